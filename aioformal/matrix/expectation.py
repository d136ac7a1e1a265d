"""What a data file says: rows, and what is expected of each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from aioformal.report.result import Word


class Cell(Struct, frozen=True):
    """A verdict: a word and, of a violation, the length of the shortest counterexample in steps."""

    word: Word
    steps: int | None = None

    def __str__(self) -> str:
        return self.word if self.steps is None else f"{self.word} in {steps_text(self.steps)}"


def steps_text(steps: int) -> str:
    """`1 step`, `9 steps`."""
    return f"{steps} step{'' if steps == 1 else 's'}"


class Task(Struct, frozen=True):
    """What is proved: a specification and a configuration by their paths, and how. `seconds`: None for no
    limit; `properties`: empty for all."""

    spec: str
    config: str | None
    engine: str = "explicit"
    depth: int | None = None
    seconds: float | None = 120.0
    properties: tuple[str, ...] = ()


class Row(Struct, frozen=True):
    """One line of the table. `cells`: the expected verdict of each property that is named; `others`: that of
    all that are not, None where each must be named. `consequences`: properties whose violation only follows
    from another defect, and is no claim of its own. `shows`: the properties whose counterexamples the story
    shows."""

    name: str
    task: Task
    title: str
    commit: str
    when: str
    text: str
    cells: Mapping[str, Cell]
    others: Cell | None
    consequences: frozenset[str]
    shows: tuple[str, ...]

    def expected(self, name: str) -> Cell | None:
        """The verdict that a property should have; None where the row says nothing about it."""
        return self.cells.get(name, self.others)


class Matrix(Struct, frozen=True):
    """A whole data file. `opening` and `closing` are the prose around the rows of the story."""

    path: Path
    title: str
    opening: str
    closing: str
    rows: tuple[Row, ...]
