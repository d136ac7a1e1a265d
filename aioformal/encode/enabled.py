"""`ENABLED A` as a term over one state: that a walk through A gets to an end.

The walk is that of `walk`, from a next state in which nothing has a value; a variable that A gives none may
have any. The oracle stops at the first end that it finds: what would fail on a later way does not fail then.
So every way of a fork carries a *mark*, an input that stands for "no way before this one gets to an end".
When the walk is done it is known when that is so, and marks are replaced: in failures by what they stand for,
in the ends themselves, whose order does not matter, by TRUE.

A test that chooses is a fork, too, where anything in it can fail. Nothing is chosen by an input: ENABLED asks
whether there is a choice.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

from msgspec.structs import replace

from aioformal.encode.free import Summaries
from aioformal.encode.leaf import Leaf, Way
from aioformal.encode.path import Failure
from aioformal.encode.scope import Closure, Frame, Remembered, Scope, Thunk
from aioformal.encode.shapes import ordered
from aioformal.encode.simplifying import narrowed
from aioformal.encode.sources import Element, elements_of_set, most_elements, split
from aioformal.encode.symbols import UNDEFINED, Const, Sym, truth_value
from aioformal.encode.translator import Translator
from aioformal.encode.walk import Walker
from aioformal.ir import term as ir
from aioformal.ir.sort import BOOL
from aioformal.ir.system import Label
from aioformal.ir.term import Term
from aioformal.syntax import ast

MOST_CHOICES = 512
"""Members of a set that an action may choose from below ENABLED."""


def enabled(t: Translator, args: Sequence[ast.Expr], scope: Scope) -> Sym:
    """`ENABLED A`. Raises encode.unsupported where A cannot be walked through, or its state is not known."""
    (action,) = args
    summaries = _summaries(t)
    start = _start(t, action, scope, summaries)
    try:
        with _from(t, start), t.path.isolated() as failures:
            walker = EnabledWalker(t, summaries)
            leaves = walker.walk(action, scope, Leaf((), start, Way(Label("ENABLED"), open=False)))
    except RecursionError:
        raise t.path.unsupported("the action below ENABLED unfolds too deeply") from None
    found = [*(failure for _, failure in walker.found), *failures]
    truth, found = walker.marks.settled(leaves, found)
    t.path.repeat(found)
    return truth_value(truth)


# ---------------------------------------------------------------- the state that is asked about


def _summaries(t: Translator) -> Summaries:
    if t.below_enabled is None:
        t.below_enabled = Summaries(t.model, below_enabled=True)
    return t.below_enabled


@contextmanager
def _from(t: Translator, start: Frame) -> Generator[None]:
    """Look at the state of a frame. What is found out there is no matter of the next state around."""
    before = t.initializing, t.looked_ahead
    t.initializing = False
    try:
        with t.looking(start):
            yield
    finally:
        t.initializing, t.looked_ahead = before


def _start(t: Translator, action: ast.Expr, scope: Scope, summaries: Summaries) -> Frame:
    """A frame of the state that is looked at, with a next state of which nothing is known yet."""
    if not (t.primed or t.initializing):
        return _beside(t.frame)
    t.looked_ahead = True
    missing = [name for name in t.model.variables if name not in t.frame.next]
    if missing:
        names = ", ".join(missing)
        raise t.path.unsupported(f"ENABLED is about a state in which {names} has no value yet")
    if t.primed and _primes(action, scope, summaries, set()):
        raise t.path.unsupported("ENABLED is about the next state, and so is a name in its action")
    return Frame(t.frame.next, enabled=True)


def _beside(frame: Frame) -> Frame:
    """A frame of the same state. What the other one remembers may be about its own next state."""
    if frame.enabled:
        return frame.having({})
    known = frame.memo.get("ENABLED")
    if known is None:
        known = frame.memo["ENABLED"] = Remembered(UNDEFINED, (), kept=Frame(frame.state, enabled=True))
    return cast(Frame, known.kept)


def _primes(expr: ast.Expr, scope: Scope, summaries: Summaries, seen: set[int]) -> bool:
    """Whether a name stands for an expression about the next state of where it was written."""
    for name in summaries.in_text(expr).names:
        bound = scope.get(name)
        if not isinstance(bound, Thunk | Closure) or id(bound) in seen:
            continue
        seen.add(id(bound))
        if isinstance(bound, Thunk) and bound.primed:
            return True
        body = bound.expr if isinstance(bound, Thunk) else bound.body
        if _primes(body, bound.scope, summaries, seen):
            return True
    return False


# ---------------------------------------------------------------- the order of ways


class Marks:
    """The marks of the ways of forks. A mark is among the guards of the leaves on its way."""

    def __init__(self) -> None:
        self._forks: list[tuple[Term, ...]] = []
        self._number = 0

    def of_fork(self, number: int) -> tuple[Term, ...]:
        """A mark for each way of a fork, in order."""
        first = self._number
        self._number += number
        marks = tuple(ir.input_variable(f"ENABLED?{first + i}", BOOL) for i in range(number))
        self._forks.append(marks)
        return marks

    def settled(self, leaves: Sequence[Leaf], failures: Sequence[Failure]) -> tuple[Term, list[Failure]]:
        """That a leaf is an end, and what fails before the first end is found."""
        marked = {mark for marks in self._forks for mark in marks}
        done = dict.fromkeys(marked, ir.true)
        ends: list[Term] = []
        behind: dict[Term, list[Term]] = {}
        for leaf in leaves:
            ends.append(narrowed(ir.substitute(leaf.guards, done)))
            for mark in marked.intersection(leaf.guards):
                behind.setdefault(mark, []).append(ends[-1])
        meaning = self._meanings(behind) if failures else {}
        conditions = ir.substitute([failure.condition for failure in failures], meaning)
        found = [(failure, narrowed([c])) for failure, c in zip(failures, conditions, strict=True)]
        return ir.or_(*ends), [replace(failure, condition=c) for failure, c in found if c is not ir.false]

    def _meanings(self, behind: Mapping[Term, Sequence[Term]]) -> dict[Term, Term]:
        """What marks stand for, given the ends behind each."""
        meaning: dict[Term, Term] = {}
        for marks in self._forks:
            before: list[Term] = []
            for mark in marks:
                meaning[mark] = ir.not_(ir.or_(*before))
                before.extend(behind.get(mark, ()))
        return meaning


class EnabledWalker(Walker):
    """A walk that only asks whether it gets anywhere, and in which order it looks."""

    def __init__(self, translator: Translator, summaries: Summaries) -> None:
        super().__init__(translator, summaries)
        self.marks = Marks()

    def _starts(self, leaf: Leaf, number: int) -> Sequence[Leaf]:
        if number < 2:
            return [leaf] * number
        return [leaf.where(mark) for mark in self.marks.of_fork(number)]

    def _is_settled(self, leaf: Leaf) -> bool:  # noqa: ARG002
        """Never: every way is looked at in its order, up to the first end."""
        return False

    def _test(self, expr: ast.Expr, scope: Scope, leaf: Leaf) -> list[Leaf]:
        if not self._ways.forking.forks(expr, scope):
            return super()._test(expr, scope, leaf)
        with self.t.path.isolated() as failures, self._here(leaf):
            truth, _ = self._ways.of(expr, scope)
        if not failures:
            return self._where(leaf.closed(), truth)
        if isinstance(expr, ast.Name | ast.Apply):
            entered = self._ways.forking.behind(expr, scope)
            if entered is not None and entered.recursive:
                raise self.t.path.unsupported("a recursive test that chooses may fail below ENABLED")
        return self._step(expr, scope, leaf)

    def _for_all(self, expr: ast.Quantifier, scope: Scope, leaf: Leaf) -> list[Leaf]:
        """As the oracle has it, a conjunction of actions only over a constant set with few members."""
        if not self._ways.forking.is_few(expr):
            return super()._test(expr, scope, leaf)
        return super()._for_all(expr, scope, leaf)

    def _elements(self, domain: Sym, leaf: Leaf, name: str, most: int) -> list[tuple[Sym, Leaf]]:  # noqa: ARG002
        """The members of a set in order, each with the leaf where it is in."""
        with self._here(leaf):
            size = most_elements(self.t.path, domain)
            if size is None or size > MOST_CHOICES:
                many = "infinitely" if size is None else "too"
                raise self.t.path.unsupported(f"below ENABLED, {name} has {many} many values to choose from")
            elements = self._in_order(elements_of_set(self.t.path, domain))
        starts = self._starts(leaf, len(elements))
        pairs = zip(elements, starts, strict=True)
        return [(element, end) for (element, guard), start in pairs for end in self._where(start, guard)]

    def _in_order(self, elements: Sequence[Element]) -> Sequence[Element]:
        """Elements in the canonical order, where that is known."""
        if len(elements) > 1 and not all(isinstance(element, Const) for element, _ in elements):
            elements = split(self.t.path, elements) or elements
        known = {element.value: (element, guard) for element, guard in elements if isinstance(element, Const)}
        if len(known) < len(elements) or len(known) > MOST_CHOICES:
            return elements
        return [known[value] for value in ordered(known)]

    def _present(self, variable: str, expr: ast.Expr, scope: Scope) -> Sym:
        known = self.t.frame.state.get(variable)
        return self.t.value(expr, scope) if known is None else known
