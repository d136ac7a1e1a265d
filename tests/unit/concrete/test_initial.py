"""Many initial states are made in two parts, and nobody can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from aioformal.concrete import EvaluationError, program
from aioformal.concrete.initial import FIRST, in_parts
from aioformal.concrete.instances import Outcome
from tests.unit.concrete.specs import program_of

MANY = "VARIABLES x, y\nInit == x \\in 1..100 /\\ y \\in 1..{}\nNext == UNCHANGED <<x, y>>\n"


@pytest.mark.parametrize("columns", [40, 41, 60])
def test_all_come_once_and_in_order(columns: int) -> None:
    assert 100 * 40 < FIRST < 100 * 41
    states = list(program_of(MANY.format(columns)).initial_states())
    assert states == [(x, y) for x in range(1, 101) for y in range(1, columns + 1)]


def test_the_first_do_not_wait_for_the_last() -> None:
    made: list[int] = []

    def run(found: list[Outcome]) -> None:
        for n in range(FIRST * 2):
            made.append(n)
            found.append((n, n, n))  # pyright: ignore[reportArgumentType]

    assert [n for n, _, _ in islice(in_parts(run, FIRST), 3)] == [0, 1, 2]
    assert len(made) == FIRST + 1


def test_what_fails_late_fails_for_whoever_comes_there() -> None:
    failing = MANY.format(60).replace("Next", "/\\ (x = 100 => y < 60 \\/ y = TRUE)\nNext")
    states = program_of(failing).initial_states()
    assert len(list(islice(states, 300))) == 300
    with pytest.raises(EvaluationError):
        list(states)


def test_a_specification_that_counts_evaluates_init_once(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[int | None] = []

    def noted(run: Callable[[list[Outcome]], None], most: int | None) -> Iterator[Outcome]:
        limits.append(most)
        return in_parts(run, most)

    monkeypatch.setattr(program, "in_parts", noted)
    text = MANY.format(60)
    for one in (text, text.replace("\nNext", " /\\ TLCSet(1, x)\nNext")):
        assert len(list(program_of(one).initial_states())) == 6_000
    assert limits == [FIRST, None]
