"""Counts of a search, across the kernels that it went through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from msgspec import Struct, field

from aioformal.evidence.verdict import Coverage
from aioformal.native.kernel import Kernel, Tally


class Counts(Struct):
    """What earlier kernels counted, before a shape was widened. Their transitions had other numbers, so
    actions are counted by name."""

    initial: int = 0
    depth: int = 0
    """Level that is being expanded, or that was reached last."""
    widened: int = 0
    confirmed: int = 0
    _generated: int = 0
    _expanded: int = 0
    _taken: Counter[str] = field(default_factory=Counter[str])
    _found: Counter[str] = field(default_factory=Counter[str])
    _degrees: Counter[int] = field(default_factory=Counter[int])

    def keep(self, kernel: Kernel) -> None:
        """Adds up what a kernel has counted, which is about to be replaced."""
        tally = kernel.tally()
        self._generated += tally.generated
        self._expanded += tally.expanded
        self._taken.update(_by_action(kernel, tally.fired))
        self._found.update(_by_action(kernel, tally.found))
        self._degrees.update(dict(enumerate(tally.degrees)))

    def saved(self, kernel: Kernel) -> dict[str, Any]:
        """Everything that was counted until now, as JSON can hold it."""
        whole = deepcopy(self)
        whole.keep(kernel)
        values = {name: getattr(whole, name) for name in whole.__struct_fields__}
        return {name: _written(value) for name, value in values.items()}

    @classmethod
    def restored(cls, saved: dict[str, Any]) -> Counts:
        """What `saved` gave. Raises TypeError or ValueError for anything else."""
        read = cls()
        if set(saved) != set(read.__struct_fields__):
            raise ValueError("other counts")
        for name, value in saved.items():
            setattr(read, name, int(value) if isinstance(value, int) else _read(value))
        return read

    @property
    def generated_before(self) -> int:
        """By the kernels before the present one."""
        return self._generated

    def generated(self, tally: Tally) -> int:
        return self._generated + tally.generated

    def expanded(self, tally: Tally) -> int:
        return self._expanded + tally.expanded

    def coverage(self, kernel: Kernel, tally: Tally, named: Iterable[str]) -> tuple[Coverage, ...]:
        """Of every action that the model has, in the order of its next-state action: of those that are
        `named` in it, though constants may have ruled them out, and of all others."""
        taken = self._taken + Counter(_by_action(kernel, tally.fired))
        found = self._found + Counter(_by_action(kernel, tally.found))
        names = dict.fromkeys((*named, *(label.name for label in kernel.plan.labels), *taken))
        return tuple(Coverage(name, taken[name], found[name]) for name in names)

    def degrees(self, tally: Tally) -> tuple[int, ...]:
        return tuple(count + self._degrees[n] for n, count in enumerate(tally.degrees))


def _read(pairs: list[tuple[Any, int]]) -> Counter[Any]:
    return Counter({key: int(count) for key, count in pairs})


def _written(value: int | Counter[Any]) -> int | list[tuple[Any, int]]:
    """Counts of nothing say nothing."""
    return value if isinstance(value, int) else sorted((+value).items())


def _by_action(kernel: Kernel, counts: tuple[int, ...]) -> dict[str, int]:
    by_name: Counter[str] = Counter()
    for label, count in zip(kernel.plan.labels, counts, strict=True):
        by_name[label.name] += count
    return dict(by_name)
