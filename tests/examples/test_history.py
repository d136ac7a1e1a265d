"""spec/history/: what is expected of each version of fs/aio.c."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aioformal.matrix.comparing import differences
from aioformal.matrix.reading import load_matrix
from aioformal.matrix.running import outcome_of, outcomes
from aioformal.matrix.story import story

FOLDER = Path(__file__).parents[2] / "spec" / "history"
MATRIX = load_matrix(FOLDER)
QUICK = ("naive", "2013-06-seed-two-mms", "2014-04-wait", "2018-05-tryget-live-two-mms")


@pytest.mark.parametrize("name", QUICK)
def test_a_version_has_the_verdicts_that_are_expected(name: str) -> None:
    row = next(row for row in MATRIX.rows if row.name == name)
    assert list(differences([row], {name: outcome_of(row.task)})) == []


def test_every_configuration_is_a_row() -> None:
    configs = {path.stem for path in FOLDER.glob("*.cfg")}
    assert configs == {row.name for row in MATRIX.rows}


@pytest.mark.large
def test_all_verdicts_are_as_expected_and_the_story_is_up_to_date() -> None:
    found = dict(outcomes({row.name: row.task for row in MATRIX.rows}, os.cpu_count() or 1))
    assert [str(difference) for difference in differences(MATRIX.rows, found)] == []
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == story(MATRIX, found)
