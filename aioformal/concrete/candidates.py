"""Which instances of the next-state action are possible in a state, as far as single variables tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from aioformal.concrete.instances import Instance
from aioformal.value.values import State, Value

Key = TypeVar("Key")
Found = TypeVar("Found")

_POSSIBLE, _SURE = 1, 2
"""The bits of an instance: no value is false for it, and none fails. Where only the second is left, it is
ruled out."""

MOST = 4_096
"""Values of a variable, and sets of instances, that are remembered."""


class Candidates:
    """What is said of a value is the same in every state, unless there is more to it than the state: then
    nothing is remembered. What is known of all instances is a number, two bits for each."""

    def __init__(self, instances: Sequence[Instance], *, remembers: bool) -> None:
        self._remembers = remembers
        self._instances = instances
        self._everything = (1 << 2 * len(instances)) - 1
        telling = sorted({variable for instance in instances for variable in instance.needs})
        self._masks: list[tuple[int, dict[Value, int]]] = [(variable, {}) for variable in telling]
        self._lists: dict[int, list[Instance]] = {}

    def of(self, state: State) -> list[Instance]:
        """The instances that no variable's value rules out, in order."""
        if not self._remembers:
            return [one for one in self._instances if not one.is_ruled_out(state)]
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
            found = [one for place, one in enumerate(self._instances) if mask >> 2 * place & 3 != _SURE]
            _remember(self._lists, mask, found)
        return found

    def _mask(self, variable: int, value: Value) -> int:
        mask = self._everything
        for place, instance in enumerate(self._instances):
            need = instance.needs.get(variable)
            answer = True if need is None else need(value)
            if not answer:
                mask &= ~((_SURE if answer is None else _POSSIBLE) << 2 * place)
        return mask


def _remember(known: dict[Key, Found], key: Key, found: Found) -> None:
    if len(known) >= MOST:
        known.clear()
    known[key] = found
