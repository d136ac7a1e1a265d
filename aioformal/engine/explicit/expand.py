"""Successors of packed states. An action that looks at few variables does the same for all states that
agree on these: each instance of the next-state action remembers what it did."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import TypeAlias

from aioformal.concrete.instances import Instance, Outcome
from aioformal.concrete.program import Program, may_hold
from aioformal.engine.explicit.memory import Memory
from aioformal.engine.explicit.store import Packed, Store, getter
from aioformal.value.values import State

Change: TypeAlias = tuple[tuple[int, int], ...]
"""The variables that a step changes, each with the number of its new value."""


class _Remembering:
    """One instance with its memory."""

    __slots__ = ("instance", "key", "lookups", "memory")

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.key: Callable[[Packed], Hashable] = getter(instance.reads)
        self.memory: Memory[tuple[Change, ...]] = Memory()
        self.lookups = 0


class Expander:
    """`successors(packed)` yields packed successors, as often as TLC generates them."""

    def __init__(self, program: Program, store: Store) -> None:
        self.store = store
        self._instances = [_Remembering(instance) for instance in program.instances]
        self._filter_key = getter(program.filter_variables)
        self._enabled: Memory[list[_Remembering]] = Memory()
        self._lookups = 0

    def successors(self, packed: Packed) -> list[Packed]:
        """All successors. Raises `EvaluationError`."""
        found: list[Packed] = []
        for one in self._candidates(packed):
            for change in self._changes(one, packed):
                successor = list(packed)
                for variable, number in change:
                    successor[variable] = number
                found.append(tuple(successor))
        return found

    def _candidates(self, packed: Packed) -> list[_Remembering]:
        """The instances whose guards do not say at once that they have no successors."""
        memory = self._enabled
        if not memory.pays:
            return self._filtered(self.store.unpack(packed))
        self._lookups += 1
        key = self._filter_key(packed)
        known = memory.known.get(key)
        if known is None:
            known = self._filtered(self.store.unpack(packed))
            memory.missed(key, known, self._lookups)
        return known

    def _filtered(self, state: State) -> list[_Remembering]:
        return [
            one
            for one in self._instances
            if one.instance.guard is None or may_hold(one.instance.guard, state)
        ]

    def _changes(self, one: _Remembering, packed: Packed) -> tuple[Change, ...]:
        memory = one.memory
        if not memory.pays:
            return self._run(one.instance, packed)
        one.lookups += 1
        key = one.key(packed)
        known = memory.known.get(key)
        if known is None:
            known = self._run(one.instance, packed)
            memory.missed(key, known, one.lookups)
        return known

    def _run(self, instance: Instance, packed: Packed) -> tuple[Change, ...]:
        outcomes: list[Outcome] = []
        instance.run(outcomes.append, self.store.unpack(packed))
        return tuple(map(self._change, outcomes))

    def _change(self, outcome: Outcome) -> Change:
        leaf, _, values = outcome
        number = self.store.number
        return tuple([(v, number(v, value)) for v, value in zip(leaf.variables, values, strict=True)])

    def initial(self, program: Program) -> Iterator[Packed]:
        return map(self.store.pack, program.initial_states())
