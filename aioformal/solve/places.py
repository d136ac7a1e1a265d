"""Which solver constant a variable at a frame is."""

from __future__ import annotations

from typing import NamedTuple

from aioformal.ir.sort import Sort
from aioformal.ir.term import Term, variables_of
from aioformal.solve.protocol import At


class Place(NamedTuple):
    """The next value of x at frame i and the value of x at frame i + 1 are one place."""

    kind: str
    name: str
    sort: Sort
    frame: int

    @property
    def symbol(self) -> str:
        """`x@3`; an input of the step from state 3 is `?x@3`."""
        return f"{self.kind}{self.name}@{self.frame}"


def place_of(leaf: Term, fact: At) -> Place:
    """Where a variable of the fact's term belongs."""
    if leaf.op == "input":
        return Place("?", leaf.name, leaf.sort, fact.frame)
    return Place("", leaf.name, leaf.sort, fact.next_frame if leaf.op == "next" else fact.frame)


def leaves_of(term: Term) -> list[Term]:
    """The variables of a term, in an order that does not depend on the run."""
    return sorted(variables_of(term), key=lambda leaf: (leaf.op, leaf.name, str(leaf.sort)))
