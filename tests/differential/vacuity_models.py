"""Random models with properties, and by brute force which parts of these never matter.

Formulas are trees of our own: they are written as TLA+, and evaluated here on pairs of numbers, over all
choices of bound names. Neither the syntax tree nor any semantics of the package takes part in that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias

State = tuple[int, frozenset[int]]
Step = tuple[State, State]
Names: TypeAlias = Mapping[str, int]
VALUES = range(3)


@dataclass(frozen=True)
class Atom:
    """`text` with names of its own; `constant`: whether it looks at the state."""

    text: str
    holds: Callable[[Step, Names], bool]
    reads: frozenset[str] = frozenset()
    """The bound names that it looks at, and "state"."""


@dataclass(frozen=True, eq=False)
class Formula:
    """`op`: atom, and, or, not, =>, <=>, all, some, if, case, let, call. `name` is bound by a quantifier or a
    LET, `domain` is "s", "s'" or "{...}"; a call hands a value to a definition of one parameter."""

    op: str
    parts: tuple[Formula, ...] = ()
    atom: Atom | None = None
    name: str = ""
    domain: str = ""
    members: Callable[[Step], frozenset[int]] = lambda _: frozenset()
    argument: tuple[str, Callable[[Step, Names], int], frozenset[str]] | None = None


@dataclass
class Text:
    """A module under way: where each formula stands in it."""

    lines: list[str] = field(default_factory=list[str])
    places: dict[Formula, tuple[int, int]] = field(default_factory=dict[Formula, tuple[int, int]])
    calls: dict[Formula, str] = field(default_factory=dict[Formula, str])

    def define(self, head: str, formula: Formula, before: str = "", after: str = "") -> None:
        """One definition, on one line; the definitions that it uses come first."""
        for called in _called(formula):
            if called not in self.calls:
                self.calls[called] = f"Op{len(self.calls)}"
                self.define(f"{self.calls[called]}({called.name})", called.parts[0])
        start = f"{head} == {before}"
        text = self._written(formula, len(start))
        self.lines.append(start + text + after)

    def written(self, formula: Formula) -> str:
        """The text of a formula that stands somewhere."""
        return "".join(one if isinstance(one, str) else self.written(one) for one in self._layout(formula))

    def _written(self, formula: Formula, column: int) -> str:
        self.places[formula] = (len(self.lines), column)
        return "".join(self._pieces(formula, column))

    def _pieces(self, formula: Formula, column: int) -> Iterator[str]:
        for piece in self._layout(formula):
            text = piece if isinstance(piece, str) else self._written(piece, column)
            column += len(text)
            yield text

    def _layout(self, formula: Formula) -> list[str | Formula]:
        parts, name = formula.parts, formula.name
        match formula.op:
            case "atom":
                assert formula.atom is not None
                return [formula.atom.text]
            case "not":
                return ["~", parts[0]]
            case "all" | "some":
                kind = "\\A" if formula.op == "all" else "\\E"
                return [f"({kind} {name} \\in {formula.domain} : ", parts[0], ")"]
            case "if":
                return ["(IF ", parts[0], " THEN ", parts[1], " ELSE ", parts[2], ")"]
            case "case":
                return ["(CASE ", parts[0], " -> ", parts[1], " [] ", parts[2], " -> ", parts[3],
                        " [] OTHER -> ", parts[4], ")"]  # fmt: skip
            case "let":
                assert formula.argument is not None
                return [f"(LET {name} == {formula.argument[0]} IN ", parts[0], ")"]
            case "call":
                assert formula.argument is not None
                return [f"{self.calls[formula.parts[0]]}({formula.argument[0]})"]
            case _:
                sign = {"and": "/\\", "or": "\\/"}.get(formula.op, formula.op)
                pieces: list[str | Formula] = ["("]
                for part in parts:
                    pieces += [part, f" {sign} "]
                return [*pieces[:-1], ")"]


def _called(formula: Formula) -> Iterator[Formula]:
    if formula.op == "call":
        yield formula.parts[0]
        return
    for part in formula.parts:
        yield from _called(part)


def is_true(formula: Formula, step: Step, names: Names) -> bool:
    """The value of a formula."""
    parts = formula.parts
    said: Callable[[Formula], bool] = lambda part: is_true(part, step, names)  # noqa: E731
    match formula.op:
        case "atom":
            assert formula.atom is not None
            return formula.atom.holds(step, names)
        case "and":
            return all(map(said, parts))
        case "or":
            return any(map(said, parts))
        case "not":
            return not said(parts[0])
        case "=>":
            return not said(parts[0]) or said(parts[1])
        case "<=>":
            return said(parts[0]) == said(parts[1])
        case "all" | "some":
            values = (is_true(parts[0], step, {**names, formula.name: v}) for v in formula.members(step))
            return all(values) if formula.op == "all" else any(values)
        case "if":
            return said(parts[1] if said(parts[0]) else parts[2])
        case "case":
            return said(parts[1] if said(parts[0]) else parts[3] if said(parts[2]) else parts[4])
        case "let":
            return is_true(parts[0], step, _given(formula, step, names))
        case _:
            return is_true(parts[0].parts[0], step, {parts[0].name: _given(formula, step, names)[""]})


def _given(formula: Formula, step: Step, names: Names) -> dict[str, int]:
    """What a LET adds to the names; of a call the argument's value, without a name."""
    assert formula.argument is not None
    return {**names, formula.name: formula.argument[1](step, names)}


Condition = Callable[[Step, Names], bool]
Around = tuple["Condition | Formula", ...]
"""Conditions, and formulas that bind a name (or, for a call, all names anew)."""


@dataclass(frozen=True)
class Occurrence:
    """A part that may never matter, on one way to it. `constant`: for each of `around`, whether the state
    does not decide it. `within`: the place of the innermost part around it."""

    place: tuple[str, Formula]
    around: Around
    constant: tuple[bool, ...]
    within: tuple[str, Formula] | None


def occurrences(formula: Formula) -> list[Occurrence]:
    """All of them, but those that only constants decide."""
    found = _Occurrences()
    found.visit(formula, _Way((), (), frozenset(["state"]), True, None))
    return found.all


@dataclass(frozen=True)
class _Way:
    around: Around
    constant: tuple[bool, ...]
    varying: frozenset[str]
    asserted: bool
    within: tuple[str, Formula] | None

    def then(self, what: Condition | Formula, constant: bool) -> _Way:
        added = (*self.constant, constant)
        return _Way((*self.around, what), added, self.varying, self.asserted, self.within)

    def given(self, formula: Formula, wanted: bool = True) -> _Way:
        """Where a formula is true, or false; of a conjunction each part by itself."""
        if formula.op == "and" and wanted:
            way = self
            for part in formula.parts:
                way = way.given(part)
            return way
        condition: Condition = lambda step, names: is_true(formula, step, names) is wanted  # noqa: E731
        return self.then(condition, not reads(formula) & self.varying)

    def having(self, **changes: object) -> _Way:
        return _Way(**{**self.__dict__, **changes})  # type: ignore[arg-type]


def reads(formula: Formula) -> frozenset[str]:
    """The free names of a formula, and "state"."""
    if formula.op == "atom":
        assert formula.atom is not None
        return formula.atom.reads
    if formula.op == "call":
        assert formula.argument is not None
        called = formula.parts[0]
        return formula.argument[2] | (reads(called.parts[0]) & {"state"})
    found = frozenset[str]().union(*map(reads, formula.parts)) - {formula.name}
    if formula.op == "let":
        assert formula.argument is not None
        return found | formula.argument[2]
    return found | ({"state"} if formula.domain.startswith("s") else set())


class _Occurrences:
    def __init__(self) -> None:
        self.all: list[Occurrence] = []

    def add(self, kind: str, formula: Formula, new: _Way, before: _Way) -> tuple[str, Formula] | None:
        if all(new.constant[len(before.constant) :]) or not _allowed(new):
            return before.within
        place = (kind, formula)
        self.all.append(Occurrence(place, new.around, new.constant, before.within))
        return place

    def visit(self, formula: Formula, way: _Way) -> None:
        parts, doubted = formula.parts, way.having(asserted=False)
        match formula.op:
            case "and":
                for n, part in enumerate(parts):
                    here = way
                    for earlier in parts[:n] if not way.asserted else ():
                        here = here.given(earlier)
                    self.visit(part, here)
            case "or":
                self.alternatives(list(_alternatives(formula)), way)
            case "not":
                self.visit(parts[0], doubted)
            case "<=>":
                self.visit(parts[0], doubted)
                self.visit(parts[1], doubted)
            case "=>":
                inner = way.given(parts[0])
                inner = inner.having(within=self.add("premise", parts[0], inner, way))
                self.visit(parts[0], doubted.having(within=inner.within))
                self.visit(parts[1], inner)
            case "all" | "some":
                self.quantifier(formula, way)
            case "if":
                self.branches([(parts[0], parts[1])], parts[2], way)
            case "case":
                self.branches([(parts[0], parts[1]), (parts[2], parts[3])], parts[4], way)
            case "let":
                varies = _varies(formula, way)
                names = way.varying | {formula.name} if varies else way.varying - {formula.name}
                self.visit(parts[0], way.then(formula, True).having(varying=names))
            case "call":
                varies = _varies(formula, way)
                names = frozenset(["state"]) | ({parts[0].name} if varies else set())
                self.visit(parts[0].parts[0], way.then(formula, True).having(varying=names))
            case _:
                pass

    def alternatives(self, parts: list[Formula], way: _Way) -> None:
        for part in parts[:-1]:
            self.visit(part, way.having(asserted=False))
            if part.op == "not":
                inner = way.given(part.parts[0])
                way = inner.having(within=self.add("denial", part.parts[0], inner, way))
            else:
                way = way.given(part, False)
        self.visit(parts[-1], way)

    def quantifier(self, formula: Formula, way: _Way) -> None:
        constant = not formula.domain.startswith("s")
        names = way.varying - {formula.name} if constant else way.varying | {formula.name}
        inner = way.then(formula, constant).having(varying=names)
        inner = inner.having(asserted=way.asserted and formula.op == "all")
        if formula.op == "all" or not way.asserted:
            inner = inner.having(within=self.add("domain", formula, inner, way))
        self.visit(formula.parts[0], inner)

    def branches(self, arms: list[tuple[Formula, Formula]], other: Formula, way: _Way) -> None:
        rest = way
        for condition, value in arms:
            taken = rest.given(condition)
            within = self.add("condition", condition, taken, way)
            self.visit(condition, rest.having(asserted=False, within=within))
            self.visit(value, taken.having(within=within))
            rest = rest.given(condition, False)
        within = self.add("otherwise", other, rest, way)
        self.visit(other, rest.having(within=within))


def _alternatives(formula: Formula) -> Iterator[Formula]:
    """Those of disjunctions in disjunctions, too."""
    if formula.op == "or":
        for part in formula.parts:
            yield from _alternatives(part)
    else:
        yield formula


def _varies(formula: Formula, way: _Way) -> bool:
    assert formula.argument is not None
    return bool(formula.argument[2] & way.varying)


NOWHERE: Step = ((0, frozenset()), (0, frozenset()))


def _allowed(way: _Way) -> bool:
    """Whether the constants alone let anything come to the end of a way."""
    kept = [a for a, c in zip(way.around, way.constant, strict=True) if c]
    return comes_through(tuple(kept), NOWHERE, {})


def comes_through(around: Around, step: Step, names: Names) -> bool:
    """Whether some choice of the bound names leads to the end of a way."""
    if not around:
        return True
    first, rest = around[0], around[1:]
    if not isinstance(first, Formula):
        return first(step, names) and comes_through(rest, step, names)
    if first.op == "let":
        return comes_through(rest, step, _given(first, step, names))
    if first.op == "call":
        return comes_through(rest, step, {first.parts[0].name: _given(first, step, names)[""]})
    return any(comes_through(rest, step, {**names, first.name: v}) for v in first.members(step))


def never_mattering(formula: Formula, seen: list[Step]) -> set[tuple[str, Formula]]:
    """The parts that no state, or no step, comes to, without those within another such part."""
    found = occurrences(formula)
    reached = {o.place for o in found if any(comes_through(o.around, step, {}) for step in seen)}
    return {
        o.place
        for o in found
        if o.place not in reached
        and any(p.within is None or p.within in reached for p in found if p.place == o.place)
    }


def subsets() -> list[frozenset[int]]:
    """What the second variable may be."""
    bits = product((False, True), repeat=len(VALUES))
    return [frozenset(v for v, b in zip(VALUES, chosen, strict=True) if b) for chosen in bits]
