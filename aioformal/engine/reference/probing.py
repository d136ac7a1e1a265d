"""Looking for what probes say never comes about, beside a search."""

from __future__ import annotations

from collections.abc import Sequence

from aioformal.concrete import Program
from aioformal.engine.reference.judge import JudgingError, Panel, panel_of
from aioformal.engine.reference.store import Node, Store
from aioformal.resolve.model import PartKind, Property


class Probing:
    """The probes that nothing has triggered so far. One that cannot be evaluated somewhere counts as
    triggered: nothing is said of it."""

    def __init__(self, program: Program, store: Store, probes: Sequence[Property]) -> None:
        self._open = dict(enumerate(probes))
        self._initially = panel_of(program, store, probes, [PartKind.INITIAL, PartKind.ALWAYS])
        self._always = panel_of(program, store, probes, [PartKind.ALWAYS])
        self._steps = panel_of(program, store, probes, [PartKind.STEP])

    @property
    def untriggered(self) -> frozenset[str]:
        return frozenset(probe.name for probe in self._open.values())

    def begin(self, node: Node) -> None:
        """Looks at an initial state."""
        self._look(self._initially, node, node)

    def arrive(self, node: Node) -> None:
        """Looks at a state."""
        self._look(self._always, node, node)

    def step(self, node: Node, after: Node) -> None:
        """Looks at a step."""
        self._look(self._steps, node, after)

    def _look(self, panel: Panel, node: Node, after: Node) -> None:
        while not panel.is_idle:
            try:
                triggered = list(panel.violated(node, after))
            except JudgingError as error:
                self._dismiss(error.owner)
                continue
            for number in triggered:
                self._dismiss(number)
            return

    def _dismiss(self, number: int) -> None:
        self._open.pop(number, None)
        for panel in (self._initially, self._always, self._steps):
            panel.dismiss(number)
