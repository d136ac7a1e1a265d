"""What TLCGet and Trace are told while a search goes on: where it is, and how that was reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from aioformal.concrete import Program
from aioformal.engine.reference.store import Packed, Store
from aioformal.resolve.model import Property
from aioformal.value.registers import REGISTERS
from aioformal.value.values import Function, Value


def asks_about_itself(program: Program, properties: Sequence[Property]) -> bool:
    """Whether steps or properties depend on how a state was reached. Such a search, which looks at a state
    once, proves nothing of other ways there. A constraint may ask: it says what the search leaves out."""
    model = program.model
    formulas = (model.init, model.next, *(part.formula for prop in properties for part in prop.parts))
    return any(f is not None and program.analysis.of(f).volatile for f in formulas)


class Way:
    """Says nothing until it is asked to `watch`."""

    def __init__(
        self,
        names: tuple[str, ...],
        store: Store,
        parents: Mapping[Packed, Packed | None],
        counts: Callable[[], Mapping[str, int]],
    ) -> None:
        self._names = names
        self._store = store
        self._parents = parents
        self._counts = counts
        self._here: tuple[Packed | None, Packed | None] = (None, None)
        self._watched = False

    def watch(self) -> None:
        """From now on whoever asks is told."""
        self._watched = True
        REGISTERS.counts, REGISTERS.trace = self._counts, self._states

    def arrive(self, level: int, packed: Packed | None, parent: Packed | None) -> None:
        """The state that is looked at; `parent` leads to it where it is not kept yet."""
        if self._watched:
            REGISTERS.level = level
            self._here = packed, parent

    def _states(self) -> Sequence[Value]:
        here, parent = self._here
        found: list[Packed] = []
        while here is not None:
            found.append(here)
            here = parent or self._parents.get(here)
            parent = None
        states = map(self._store.unpack, reversed(found))
        return [Function(dict(zip(self._names, state, strict=True))) for state in states]
