"""Successors of packed states.

An action that looks at few variables does the same for all states that agree on these: each instance
of the next-state action remembers what it did. Before that, the value of each single variable rules
out the instances that it can; the sets of what is left are numbers, two bits for each instance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from aioformal.concrete.clause import Read
from aioformal.concrete.instances import Effect, Instance, Outcome
from aioformal.concrete.program import Program
from aioformal.engine.reference.memory import Memory
from aioformal.engine.reference.store import Node, Packed, Store, key_of

_POSSIBLE, _SURE, _OPEN = 1, 2, 3
"""The bits of an instance: not ruled out, and nothing of what was looked at fails."""

Change: TypeAlias = tuple[str, tuple[tuple[int, int], ...]]
"""The name of a step, and the variables that it changes, each with the number of its new value."""


Expansion: TypeAlias = "Callable[[Node], tuple[Change, ...]]"


class _Effect:
    """What an instance does, with what it did."""

    __slots__ = ("_key", "_memory", "_run", "_store")

    def __init__(self, effect: Effect, store: Store, *, remembers: bool) -> None:
        self._run = effect.run
        self._store = store
        self._key = key_of(store, [Read(variable, None, False) for variable in effect.reads])
        self._memory: Memory[tuple[Change, ...]] = Memory(pays=remembers)

    def changes(self, node: Node) -> tuple[Change, ...]:
        """What the steps out of a state change. Raises `EvaluationError`."""
        memory = self._memory
        if not memory.pays:
            return tuple(map(self._change, self._run(node.state)))
        key = self._key(node.packed, node.packed)
        known = memory.get(key)
        if known is None:
            known = memory.put(key, tuple(map(self._change, self._run(node.state))))
        return known

    def _change(self, outcome: Outcome) -> Change:
        leaf, _, values = outcome
        number = self._store.number
        changed = tuple([(v, number(v, value)) for v, value in zip(leaf.variables, values, strict=True)])
        return leaf.name, changed


class _Remembering:
    """One instance with what its guard said."""

    __slots__ = ("_effect", "_guard", "_guarded", "_key", "_memory", "instance")

    def __init__(self, instance: Instance, store: Store, *, remembers: bool) -> None:
        self.instance = instance
        self._effect = _Effect(instance.effect, store, remembers=remembers)
        self._guard = instance.guard
        if self._guard is not None:
            self._guarded = _Effect(self._guard.effect, store, remembers=remembers)
            self._key = key_of(store, self._guard.reads)
        self._memory: Memory[bool] = Memory(pays=remembers)

    def changes_in_full(self, node: Node) -> tuple[Change, ...]:
        """The same where the guard says nothing, since something before it may fail."""
        return self._effect.changes(node)

    def changes(self, node: Node) -> tuple[Change, ...]:
        """What the steps of this instance out of a state change. Raises `EvaluationError`."""
        guard = self._guard
        if guard is None or not self._memory.pays:
            return self._effect.changes(node)
        key = self._key(node.packed, node.packed)
        holds = self._memory.get(key)
        if holds is None:
            holds = guard.holds(node.state)
            if holds is None:
                return self._effect.changes(node)
            self._memory.put(key, holds)
        return self._guarded.changes(node) if holds else ()


class Expander:
    """`successors(packed)` gives packed successors with the names of the steps, as often as TLC generates
    them."""

    def __init__(self, program: Program, store: Store) -> None:
        self.store = store
        self._program = program
        remembers = not program.is_volatile
        self._instances = [_Remembering(i, store, remembers=remembers) for i in program.instances]
        self._everything = (1 << 2 * len(self._instances)) - 1
        telling = sorted({v for i in program.instances for v in i.needs}) if remembers else []
        self._masks: list[tuple[int, list[int]]] = [(variable, []) for variable in telling]
        self._candidates: dict[int, list[Expansion]] = {}

    def initial(self) -> Iterator[Packed]:
        """All initial states. Raises `EvaluationError`."""
        return map(self.store.pack, self._program.initial_states())

    def successors(self, node: Node) -> list[tuple[str, Packed]]:
        """All successors of a state. Raises `EvaluationError`."""
        packed = node.packed
        found: list[tuple[str, Packed]] = []
        for changes in self._possible(packed):
            for name, changed in changes(node):
                successor = list(packed)
                for variable, number in changed:
                    successor[variable] = number
                found.append((name, tuple(successor)))
        return found

    def _possible(self, packed: Packed) -> list[Expansion]:
        """What the instances do that no single variable rules out."""
        mask = self._everything
        for variable, masks in self._masks:
            number = packed[variable]
            if number >= len(masks):
                self._extend(variable, masks)
            mask &= masks[number]
        known = self._candidates.get(mask)
        if known is None:
            known = self._candidates[mask] = list(self._chosen(mask))
        return known

    def _chosen(self, mask: int) -> Iterator[Expansion]:
        for place, one in enumerate(self._instances):
            bits = mask >> 2 * place & _OPEN
            if not bits & _SURE:
                yield one.changes_in_full
            elif bits & _POSSIBLE:
                yield one.changes

    def _extend(self, variable: int, masks: list[int]) -> None:
        """Computes the masks of the values that a variable has got meanwhile."""
        for value in self.store.values[variable][len(masks) :]:
            mask = self._everything
            for place, one in enumerate(self._instances):
                need = one.instance.needs.get(variable)
                answer = True if need is None else need(value)
                if not answer:
                    mask &= ~((_SURE if answer is None else _POSSIBLE) << 2 * place)
            masks.append(mask)
