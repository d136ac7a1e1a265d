"""Judging properties on packed states, clause by clause.

A test that looks at little has the same answer for all states that agree on that, so each answer is
remembered by the values that it depends on. Nearly always nearly all clauses hold, and a premise that
is false, or a conclusion without a premise, says so: these are asked first, all that depend on the
same values with one look-up, and only the clauses that are then still open are evaluated in order. So are
those of which any test has no value: a premise that fails matters where a later one is false, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from aioformal.concrete import EvaluationError, Program
from aioformal.concrete.clause import Clause, Read, Test
from aioformal.diagnostic import Diagnostic, DiagnosticError, Note
from aioformal.engine.reference.memory import LEAST_USE, MOST_ENTRIES, TRIAL, Memory
from aioformal.engine.reference.store import Node, Packed, Store, key_of, key_text
from aioformal.resolve.model import PartKind, Property, PropertyPart
from aioformal.syntax import ast

Judgement: TypeAlias = Callable[[Node, Node], bool]
"""A test of a step, or of a state that is given twice."""


class _Remembered:
    """A test on a step (or on a state, given twice) with its answers."""

    __slots__ = ("_key", "_memory", "holds_on")

    def __init__(self, test: Test, store: Store, *, is_step: bool, remembers: bool) -> None:
        self._key = key_of(store, test.reads)
        self._memory: Memory[bool] = Memory(pays=remembers)
        self.holds_on = _on_step(test) if is_step else _on_state(test)

    def __call__(self, node: Node, after: Node) -> bool:
        memory = self._memory
        if not memory.pays:
            return self.holds_on(node, after)
        key = self._key(node.packed, after.packed)
        known = memory.get(key)
        return memory.put(key, self.holds_on(node, after)) if known is None else known


def _on_step(test: Test) -> Judgement:
    holds = test.holds
    return lambda node, after: holds(node.state, after.state)


def _on_state(test: Test) -> Judgement:
    holds = test.holds
    return lambda node, _: holds(node.state)


class _Entry(Struct, frozen=True):
    """A clause of a property's part."""

    owner: int
    premises: tuple[_Remembered, ...]
    conclusion: _Remembered
    boxed: Judgement | None

    def holds(self, node: Node, after: Node) -> bool:
        for premise in self.premises:
            if not premise(node, after):
                return True
        return self.conclusion(node, after) or (self.boxed is not None and self.boxed(node, after))


class _Settling(Struct, frozen=True):
    """A test that settles the clause `bit` `by` one of its answers; where it stands among the clause's."""

    bit: int
    position: int
    holds: Judgement
    by: bool


class _Screen:
    """Tests that depend on the same values; `bits` says which clauses a test settles, and by which
    answer. `known` maps the values to the clauses that are settled, as bits, and, as far to the left as there
    are clauses, to those of which a test has no value."""

    def __init__(self, store: Store, reads: Sequence[Read]) -> None:
        self.reads = reads
        self.key = key_of(store, reads)
        self.known: dict[object, int] = {}
        self._tests: list[_Settling] = []

    def add(self, test: _Settling) -> None:
        self._tests.append(test)

    def firsts(self) -> dict[int, int]:
        """Of each clause that has a test here, where the first one stands in it."""
        found: dict[int, int] = {}
        for test in self._tests:
            found[test.bit] = min(test.position, found.get(test.bit, test.position))
        return found

    def forget_behind(self, unseen: Mapping[int, int]) -> None:
        """Tests say nothing any more of clauses of which one before them is not looked at."""
        kept = [test for test in self._tests if test.position < unseen.get(test.bit, test.position + 1)]
        if len(kept) < len(self._tests):
            self._tests = kept
            self.known.clear()

    def ask(self, node: Node, after: Node, clauses: int) -> int:
        """The clauses that these tests settle, and those that they fail in, out of so many."""
        found = 0
        for test in self._tests:
            try:
                if test.holds(node, after) is test.by:
                    found |= test.bit
            except EvaluationError:
                # Whether that matters is seen when the clause is evaluated in its turn.
                found |= test.bit << clauses
        return found


class _Screens:
    """All screens of a panel, looked up by one generated function."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_reads: dict[tuple[Read, ...], _Screen] = {}
        self._look_up: Callable[[Packed, Packed], int] | None = None
        self._asked = 0
        self.clauses = 0
        """How many there are; not to be changed once one was asked about."""

    def add(self, reads: tuple[Read, ...], test: _Settling) -> None:
        """Takes in a test, and what it depends on."""
        self._by_reads.setdefault(reads, _Screen(self._store, reads)).add(test)
        self._look_up = None

    def open_clauses(self, node: Node, after: Node) -> int:
        """The clauses that no screen settles, or that fail in one."""
        self._asked += 1
        if self._look_up is None:
            self._look_up = self._compiled()
        try:
            found = self._look_up(node.packed, after.packed)
        except KeyError:
            found = self._filled_in(node, after)
        return ~found | found >> self.clauses

    def _filled_in(self, node: Node, after: Node) -> int:
        found = 0
        for screen in list(self._by_reads.values()):
            key = screen.key(node.packed, after.packed)
            known = screen.known.get(key)
            if known is None:
                known = screen.known[key] = screen.ask(node, after, self.clauses)
                self._weigh(screen)
            found |= known
        return found

    def _weigh(self, screen: _Screen) -> None:
        """Gives up a screen whose answers are hardly ever used again. What its tests fail in is not seen
        then, so those behind them must not settle anything."""
        if len(screen.known) >= TRIAL and len(screen.known) > self._asked * (1 - LEAST_USE):
            del self._by_reads[tuple(screen.reads)]
            unseen = screen.firsts()
            for other in self._by_reads.values():
                other.forget_behind(unseen)
            self._look_up = None
        elif len(screen.known) >= MOST_ENTRIES:
            screen.known.clear()

    def _compiled(self) -> Callable[[Packed, Packed], int]:
        """`known[0][key] | known[1][key] | ...`; KeyError where one has no answer yet."""
        names: dict[str, object] = {}
        terms: list[str] = []
        for screen in self._by_reads.values():
            name = f"known{len(terms)}"
            names[name] = screen.known
            terms.append(f"{name}[{key_text(self._store, screen.reads, names)}]")
        return eval(f"lambda s, n: {' | '.join(terms) or '0'}", names)


class Panel:
    """The clauses of several properties, or constraints, that are about states or about steps."""

    def __init__(self, program: Program, store: Store, *, is_step: bool) -> None:
        self._program = program
        self._store = store
        self._is_step = is_step
        self._entries: list[_Entry] = []
        self._screens = _Screens(store)
        self._watched = 0

    def add(self, owner: int, part: PropertyPart) -> None:
        """Takes in a part of the property number `owner`."""
        boxed = None if part.subscript is None else _boxed(self._program, part)
        for clause in self._program.clauses(part.formula, is_step=self._is_step):
            self._add_clause(owner, clause, boxed)

    def _add_clause(self, owner: int, clause: Clause, boxed: Judgement | None) -> None:
        remembers = not self._program.is_volatile

        def remembered(test: Test) -> _Remembered:
            return _Remembered(test, self._store, is_step=self._is_step, remembers=remembers)

        premises = [remembered(test) for test in clause.premises]
        conclusion = remembered(clause.conclusion)
        bit = 1 << len(self._entries)
        self._entries.append(_Entry(owner, tuple(premises), conclusion, boxed))
        self._watched |= bit
        self._screens.clauses = len(self._entries)
        if not remembers:
            return
        for position, (test, premise) in enumerate(zip(clause.premises, premises, strict=True)):
            self._screens.add(test.reads, _Settling(bit, position, premise.holds_on, by=False))
        if not premises:
            self._screens.add(clause.conclusion.reads, _Settling(bit, 0, conclusion.holds_on, by=True))

    def dismiss(self, owner: int) -> None:
        """The property number `owner` is not asked about any more."""
        for position, entry in enumerate(self._entries):
            if entry.owner == owner:
                self._watched &= ~(1 << position)

    @property
    def is_idle(self) -> bool:
        return not self._watched

    def violated(self, node: Node, after: Node) -> Iterable[int]:
        """The properties that do not hold, each once. Raises `JudgingError`."""
        if not self._watched:
            return ()
        mask = self._watched & self._screens.open_clauses(node, after)
        return self._evaluated(mask, node, after) if mask else ()

    def _evaluated(self, mask: int, node: Node, after: Node) -> list[int]:
        found: list[int] = []
        while mask:
            entry = self._entries[(mask & -mask).bit_length() - 1]
            mask &= mask - 1
            if entry.owner not in found and not self._holds(entry, node, after):
                found.append(entry.owner)
        return found

    def _holds(self, entry: _Entry, node: Node, after: Node) -> bool:
        try:
            return entry.holds(node, after)
        except EvaluationError as problem:
            raise JudgingError(entry.owner, problem) from problem


class JudgingError(Exception):
    """The property number `owner` cannot be evaluated."""

    def __init__(self, owner: int, problem: EvaluationError) -> None:
        super().__init__(owner)
        self.owner = owner
        self.problem = problem


def _boxed(program: Program, part: PropertyPart) -> Judgement:
    holds = program.step_predicate(part.formula, part.subscript)
    return lambda node, after: node.packed == after.packed or holds(node.state, after.state)


def panel_of(
    program: Program, store: Store, properties: Iterable[Property], kinds: Iterable[PartKind]
) -> Panel:
    """The parts of some kinds of some properties; all kinds about states, or all about steps."""
    wanted = frozenset(kinds)
    panel = Panel(program, store, is_step=PartKind.STEP in wanted)
    for owner, prop in enumerate(properties):
        for part in prop.parts:
            if part.kind in wanted:
                panel.add(owner, part)
    return panel


def constraint_panel(
    program: Program, store: Store, formulas: Sequence[ast.Expr], kind: PartKind
) -> Panel | None:
    """The constraints of a model, None if there are none."""
    if not formulas:
        return None
    panel = Panel(program, store, is_step=kind is PartKind.STEP)
    for owner, formula in enumerate(formulas):
        panel.add(owner, PropertyPart(kind, formula))
    return panel


def naming(problem: DiagnosticError, prop: Property) -> Diagnostic:
    """The diagnostic of an error that came about while a property was evaluated."""
    first = problem.diagnostics[0]
    note = Note(f"while checking {prop.name}", prop.span)
    return Diagnostic(first.code, first.message, first.span, first.severity, (*first.notes, note), first.hint)
