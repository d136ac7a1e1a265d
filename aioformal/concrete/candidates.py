"""Which instances of the next-state action are possible in a state, as far as single variables tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from aioformal.concrete.instances import Instance
from aioformal.value.values import State, Value

Key = TypeVar("Key")
Found = TypeVar("Found")

MOST = 4_096
"""Values of a variable, and sets of instances, that are remembered."""


class Candidates:
    """What a value rules out it rules out in every state, unless there is more to it than the state: then
    nothing is remembered. Sets of instances are numbers, a bit for each."""

    def __init__(self, instances: Sequence[Instance], *, remembers: bool) -> None:
        self._remembers = remembers
        self._instances = instances
        self._everything = (1 << len(instances)) - 1
        telling = sorted({variable for instance in instances for variable in instance.needs})
        self._masks: list[tuple[int, dict[Value, int]]] = [(variable, {}) for variable in telling]
        self._lists: dict[int, list[Instance]] = {}

    def of(self, state: State) -> list[Instance]:
        """The instances that no variable's value rules out, in order."""
        if not self._remembers:
            return [one for one in self._instances if _is_possible(one, state)]
        mask = self._everything
        for variable, masks in self._masks:
            value = state[variable]
            known = masks.get(value)
            if known is None:
                known = self._mask(variable, value)
                _remember(masks, value, known)
            mask &= known
        found = self._lists.get(mask)
        if found is None:
            found = [one for bit, one in enumerate(self._instances) if mask >> bit & 1]
            _remember(self._lists, mask, found)
        return found

    def _mask(self, variable: int, value: Value) -> int:
        mask = self._everything
        for bit, instance in enumerate(self._instances):
            need = instance.needs.get(variable)
            if need is not None and not need(value):
                mask &= ~(1 << bit)
        return mask


def _is_possible(instance: Instance, state: State) -> bool:
    return all(need(state[variable]) for variable, need in instance.needs.items())


def _remember(known: dict[Key, Found], key: Key, found: Found) -> None:
    if len(known) >= MOST:
        known.clear()
    known[key] = found
