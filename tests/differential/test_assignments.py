"""Random choices between values, given to a variable: the steps of `concrete` are those of the encoding, and
what leaves a shape or fails does so in both."""

from __future__ import annotations

import pytest

from aioformal.resolve import load_model
from tests.differential.random_expressions import CONFIG, assignment
from tests.differential.test_transitions import check_steps

MODELS = 60


@pytest.mark.parametrize("first", range(0, 4 * MODELS, MODELS))
def test_a_variable_becomes_what_the_reference_says(first: int) -> None:
    for seed in range(first, first + MODELS):
        overlay = {"Expressions.tla": assignment(seed), "Expressions.cfg": CONFIG}
        check_steps(load_model("Expressions.tla", "Expressions.cfg", overlay), 40)
