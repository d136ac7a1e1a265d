"""What was expected against what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from aioformal.matrix.expectation import Cell, Row
from aioformal.matrix.running import Outcome


class Difference(Struct, frozen=True):
    """A cell that is not as expected. `expected` is None where the data file says nothing about the
    property, `found` where it was not judged."""

    row: str
    name: str
    expected: Cell | None
    found: Cell | None

    def __str__(self) -> str:
        expected = "nothing" if self.expected is None else str(self.expected)
        found = "not judged" if self.found is None else str(self.found)
        return f"{self.row}: {self.name}: {found}, expected {expected}"


def differences(
    rows: Sequence[Row], found: Mapping[str, Outcome], properties: Sequence[str] = ()
) -> Iterator[Difference]:
    """Every cell of the rows that are done that is not as expected; of `properties` only, unless empty."""
    for row in rows:
        if row.name in found:
            yield from _of_row(row, found[row.name].cells, properties)


def _of_row(row: Row, cells: Mapping[str, Cell], properties: Sequence[str]) -> Iterator[Difference]:
    named = [name for name in row.cells if not properties or name in properties]
    for name in dict.fromkeys((*cells, *named)):
        expected, cell = row.expected(name), cells.get(name)
        if expected != cell:
            yield Difference(row.name, name, expected, cell)
