"""Judging properties on packed states, conjunct by conjunct.

A conjunct that looks at few variables has the same truth for all states that agree on these, so its
truth is remembered by their values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from aioformal.concrete import Program
from aioformal.concrete.choices import conjuncts_of_formula
from aioformal.diagnostic import Diagnostic, DiagnosticError, Note
from aioformal.engine.explicit.memory import Memory
from aioformal.engine.explicit.store import Packed, Store, getter
from aioformal.resolve.model import PartKind, Property, PropertyPart
from aioformal.syntax import ast


class StateTest:
    """A conjunction of state predicates, evaluated in order."""

    def __init__(self, program: Program, store: Store, formulas: Iterable[ast.Expr]) -> None:
        self._store = store
        self._lookups = 0
        self._conjuncts: list[tuple[Callable[[Packed], Hashable], Memory[bool], Callable[..., bool]]] = [
            (getter(_reads(program, part)[0]), Memory(), program.predicate(part))
            for formula in formulas
            for part in conjuncts_of_formula(formula, program.model.flat.definitions)
        ]

    def __call__(self, packed: Packed) -> bool:
        """Whether all of them hold. Raises `EvaluationError`."""
        self._lookups += 1
        for key_of, memory, predicate in self._conjuncts:
            key = key_of(packed)
            holds = memory.known.get(key)
            if holds is None:
                holds = predicate(self._store.unpack(packed))
                if memory.pays:
                    memory.missed(key, holds, self._lookups)
            if not holds:
                return False
        return True


class StepTest:
    """A conjunction of actions, each with a subscript or without, evaluated in order."""

    def __init__(
        self, program: Program, store: Store, formulas: Iterable[tuple[ast.Expr, ast.Expr | None]]
    ) -> None:
        self._store = store
        self._lookups = 0
        self._conjuncts = [
            _StepConjunct(program, part, subscript)
            for formula, subscript in formulas
            for part in conjuncts_of_formula(formula, program.model.flat.definitions)
        ]

    def __call__(self, packed: Packed, successor: Packed) -> bool:
        """Whether all of them hold for a step. Raises `EvaluationError`."""
        self._lookups += 1
        return all(one.holds(self._store, packed, successor, self._lookups) for one in self._conjuncts)


class _StepConjunct:
    __slots__ = ("action", "boxed", "key", "memory", "next_key")

    def __init__(self, program: Program, action: ast.Expr, subscript: ast.Expr | None) -> None:
        now, following = _reads(program, action)
        self.key, self.next_key = getter(now), getter(following)
        self.action = program.step_predicate(action)
        self.boxed = None if subscript is None else program.step_predicate(action, subscript)
        self.memory: Memory[bool] = Memory()

    def holds(self, store: Store, packed: Packed, successor: Packed, lookups: int) -> bool:
        if self.boxed is not None and packed == successor:
            return True
        key = self.key(packed), self.next_key(successor)
        holds = self.memory.known.get(key)
        if holds is None:
            holds = self.action(store.unpack(packed), store.unpack(successor))
            if self.memory.pays:
                self.memory.missed(key, holds, lookups)
        return holds or (self.boxed is not None and self.boxed(store.unpack(packed), store.unpack(successor)))


def _reads(program: Program, formula: ast.Expr) -> tuple[tuple[int, ...], tuple[int, ...]]:
    facts = program.analysis.of(formula)
    return tuple(sorted(facts.now)), tuple(sorted(facts.following))


@dataclass(frozen=True)
class Judge:
    """One property: its tests on initial states, on all states, and on steps."""

    prop: Property
    initial: StateTest
    always: StateTest
    step: StepTest | None

    @property
    def name(self) -> str:
        return self.prop.name

    @property
    def temporal(self) -> bool:
        """Whether a part of the property is about whole behaviours."""
        return any(part.kind is PartKind.TEMPORAL for part in self.prop.parts)


def make_judge(program: Program, store: Store, prop: Property) -> Judge:
    """The tests of a property."""
    steps = _parts(prop, PartKind.STEP)
    return Judge(
        prop,
        StateTest(program, store, [part.formula for part in _parts(prop, PartKind.INITIAL)]),
        StateTest(program, store, [part.formula for part in _parts(prop, PartKind.ALWAYS)]),
        StepTest(program, store, [(part.formula, part.subscript) for part in steps]) if steps else None,
    )


def _parts(prop: Property, kind: PartKind) -> Sequence[PropertyPart]:
    return [part for part in prop.parts if part.kind is kind]


def naming(problem: DiagnosticError, prop: Property) -> Diagnostic:
    """The diagnostic of an error that came about while a property was evaluated."""
    first = problem.diagnostics[0]
    note = Note(f"while checking {prop.name}", prop.span)
    return Diagnostic(first.code, first.message, first.span, first.severity, (*first.notes, note), first.hint)
