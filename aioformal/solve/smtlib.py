"""Formulas as SMT-LIB 2 scripts that stand by themselves, for any solver to read.

A script is written for people too: every assertion says what it is, and `x@3` is the value of x in
the fourth state. Subformulas that are used more than once are named by `define-fun`, so a script is as
long as the formula has distinct parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from aioformal.ir.sort import BoolSort, IntSort, Sort
from aioformal.ir.term import Term
from aioformal.solve.lowering import Lowering
from aioformal.solve.places import Place, leaves_of, place_of
from aioformal.solve.protocol import At

LONGEST = 2000
"""Characters from which on a formula is named even if it is used once: else deep ones grow quadratically."""


class Written(NamedTuple):
    """A node of the text: its form is an atom or a parenthesised application."""

    text: str


class Script:
    """A script in the making. `finite` as in `lowering`: bit vectors, or integers where one is unbounded.

    Names given to `define`, `conjunction` and `disjunction` must differ; each returns the name as it is
    written, to be used in the others and in `require`.
    """

    def __init__(self, *, finite: bool) -> None:
        self._finite = finite
        self._lines = [f"(set-logic {'QF_BV' if finite else 'ALL'})"]
        self._declared: set[Place] = set()
        self._shared = 0

    def comment(self, text: str) -> None:
        self._lines += [f"; {line}" for line in text.splitlines()]

    def define(self, name: str, fact: At) -> str:
        """Name a formula at a frame; declares the variables that are new in it."""
        places = {leaf: place_of(leaf, fact) for leaf in leaves_of(fact.term)}
        nodes = _ScriptNodes(self, places)
        lowering = Lowering(nodes, finite=self._finite)
        for leaf, place in places.items():
            if place not in self._declared:
                self._declare(lowering, leaf, place)
        return self._function(quoted(name), "Bool", lowering.lower(fact.term).text)

    def conjunction(self, name: str, parts: Iterable[str]) -> str:
        return self._function(quoted(name), "Bool", _applied("and", parts, "true"))

    def disjunction(self, name: str, parts: Iterable[str]) -> str:
        return self._function(quoted(name), "Bool", _applied("or", parts, "false"))

    def require(self, name: str) -> None:
        """Assert a formula by its written name."""
        self._lines.append(f"(assert {name})")

    def text(self) -> str:
        """The whole script; it asks for satisfiability at its end."""
        return "\n".join([*self._lines, "(check-sat)", ""])

    def named(self, body: str, sort: Sort, width: int | None) -> str:
        """A new name for a node that is used more than once."""
        self._shared += 1
        return self._function(f"|#{self._shared}|", _sort_text(sort, width), body)

    def _function(self, name: str, sort: str, body: str) -> str:
        self._lines.append(f"(define-fun {name} () {sort} {body})")
        return name

    def _declare(self, lowering: Lowering[Written], leaf: Term, place: Place) -> None:
        self._declared.add(place)
        form = lowering.format(place.sort)
        sort = _sort_text(place.sort, None if form is None else form.width)
        self._lines.append(f"(declare-const {quoted(place.symbol)} {sort})")
        within = lowering.in_range(leaf)
        if within is not None:
            self._lines.append(f"(assert {within.text})")


class _ScriptNodes:
    """The `lowering.Target` of a script, at the frames that `places` gives."""

    def __init__(self, script: Script, places: dict[Term, Place]) -> None:
        self._script = script
        self._places = places

    def truth(self, value: bool) -> Written:
        return Written("true" if value else "false")

    def bits(self, value: int, width: int) -> Written:
        return Written(f"#b{value % (1 << width):0{width}b}")

    def whole(self, value: int) -> Written:
        return Written(str(value) if value >= 0 else f"(- {-value})")

    def symbol(self, variable: Term, width: int | None) -> Written:  # noqa: ARG002
        return Written(quoted(self._places[variable].symbol))

    def apply(self, operator: str, args: Sequence[Written]) -> Written:
        return Written(f"({operator} {' '.join(arg.text for arg in args)})")

    def extend(self, node: Written, extra: int, signed: bool) -> Written:
        return Written(f"((_ {'sign' if signed else 'zero'}_extend {extra}) {node.text})")

    def cut(self, node: Written, width: int) -> Written:
        return Written(f"((_ extract {width - 1} 0) {node.text})")

    def share(self, node: Written, uses: int, sort: Sort, width: int | None) -> Written:
        if uses < 2 and len(node.text) < LONGEST:
            return node
        return Written(self._script.named(node.text, sort, width))


def quoted(name: str) -> str:
    """A name as a quoted symbol. The two characters that cannot stand in one are written as %7C, %5C."""
    return "|" + name.replace("%", "%25").replace("|", "%7C").replace("\\", "%5C") + "|"


def _sort_text(sort: Sort, width: int | None) -> str:
    if isinstance(sort, BoolSort):
        return "Bool"
    assert width is not None or isinstance(sort, IntSort)
    return "Int" if width is None else f"(_ BitVec {width})"


def _applied(operator: str, parts: Iterable[str], unit: str) -> str:
    written = list(parts)
    if len(written) < 2:
        return written[0] if written else unit
    return f"({operator} {' '.join(written)})"
