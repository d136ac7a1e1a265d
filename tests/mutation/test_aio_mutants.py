"""Has spec/aio.tla teeth? A flipped guard is noticed by a property, or spec/README.md says why not."""

from __future__ import annotations

import pytest

from aioformal.engine.protocol import Budget
from tests.mutation.mutants import Fate, Mutant, fate
from tests.mutation.table import README, cell, model, mutants, reasons

EXPLAINED = reasons(README.read_text(encoding="utf-8"))
NOTICED = [m for m in mutants() if (m.key, cell(m.text)) not in EXPLAINED]


def test_there_are_guards_to_flip() -> None:
    assert len(NOTICED) > 30


def test_every_survivor_is_explained_and_still_there() -> None:
    assert all(reason != "not explained yet" for reason in EXPLAINED.values())
    present = {(m.key, cell(m.text)) for m in mutants()}
    assert set(EXPLAINED) <= present


@pytest.mark.parametrize("mutant", NOTICED, ids=lambda m: f"{m.key}:{m.line}")
def test_a_flipped_guard_is_noticed(mutant: Mutant) -> None:
    found: Fate = fate(model(), mutant, Budget())
    assert found.by is not None, f"nothing notices the flip of {mutant.text} in {mutant.key}"
