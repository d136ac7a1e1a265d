"""From a fair component to a behaviour: a way there, and a cycle that answers every request."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from aioformal.engine.liveness.components import Component
from aioformal.engine.liveness.product import Marks, Product

Path = list[int]


class Lasso(Struct, frozen=True):
    """Numbers of states of the graph: `states[loop]` follows the last one. Where that is the last one itself,
    nothing changes any more."""

    states: tuple[int, ...]
    loop: int


def lasso_of(product: Product, components: Iterable[Component]) -> Lasso | None:
    """A short lasso, None if there is no component. The nearest component is entered where it is nearest; a
    stop for ever is preferred where it takes no more states."""
    nearest = min(components, key=lambda component: component.nodes[0], default=None)
    if nearest is None:
        return None
    ways = _Ways(product, nearest)
    candidates = [ways.round(nearest.nodes[0])]
    stop = ways.first_stop()
    if stop is not None:
        way = product.way_to(stop)
        candidates.append(Lasso(tuple(way), len(way) - 1))
    return min((_shortened(one) for one in candidates), key=lambda lasso: len(lasso.states))


class _Ways:
    """Ways inside a component."""

    def __init__(self, product: Product, component: Component) -> None:
        self._product = product
        self._component = component
        self._inside = set(component.nodes)

    def _steps(self, node: int) -> Iterable[tuple[int, Marks]]:
        forbidden = self._component.forbidden
        for target, marks in self._product.steps(node):
            if target in self._inside and not marks.asked & forbidden:
                yield target, marks

    def first_stop(self) -> int | None:
        """The nearest node with steps to itself that answer all that they ask for."""
        for node in self._component.nodes:
            for target, marks in self._steps(node):
                if target == node and not marks.asked & ~marks.answered:
                    return node
        return None

    def round(self, start: int) -> Lasso:
        """The way to `start`, and from there around by steps that answer all that is asked in the
        component."""
        missing, path, here = self._component.asked, [start], start
        while missing:
            way, answered = self._nearest(here, _answering(missing))
            path += way
            here = path[-1]
            missing &= ~answered
        if here != start or len(path) == 1:
            way, _ = self._nearest(here, lambda target, _: target == start)
            path += way
        before = self._product.way_to(start)[:-1]
        states = [self._product.states[node] for node in path[:-1]]
        return Lasso((*before, *states), len(before))

    def _nearest(self, start: int, wanted: Callable[[int, Marks], bool]) -> tuple[Path, int]:
        """The nodes on a shortest way over a wanted step, which comes last, without `start`; and what is
        answered on it."""
        before: dict[int, tuple[int, Marks] | None] = {start: None}
        waiting = deque([start])
        while True:
            node = waiting.popleft()
            for target, marks in self._steps(node):
                if wanted(target, marks):
                    way, answered = [target], marks.answered
                    while (step := before[node]) is not None:
                        way.append(node)
                        node, answered = step[0], answered | step[1].answered
                    return way[::-1], answered
                if target not in before:
                    before[target] = node, marks
                    waiting.append(target)


def _answering(missing: int) -> Callable[[int, Marks], bool]:
    """Steps that answer one of some requests."""
    return lambda _, marks: bool(marks.answered & missing)


def _shortened(lasso: Lasso) -> Lasso:
    """Without steps that change nothing: a temporal formula does not notice them (Lamport, The temporal
    logic of actions, TOPLAS 1994, section 5)."""
    around = _without_repetitions(lasso.states[lasso.loop :])
    if len(around) > 1 and around[0] == around[-1]:
        around.pop()
    before = _without_repetitions(lasso.states[: lasso.loop])
    if before and before[-1] == around[0]:
        before.pop()
    return Lasso((*before, *around), len(before))


def _without_repetitions(states: Sequence[int]) -> list[int]:
    kept: list[int] = []
    for state in states:
        if not kept or kept[-1] != state:
            kept.append(state)
    return kept
