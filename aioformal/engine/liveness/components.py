"""Fair components of a product: where a behaviour can go round for ever and keep every condition."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from msgspec import Struct

from aioformal.engine.liveness.product import BETWEEN_LOOKS, Look, Product


class Component(Struct, frozen=True):
    """Strongly connected by steps that ask for nothing in `forbidden`; every condition that some such step
    asks for (`asked`, a mask) is answered by another one. `nodes` ascend."""

    nodes: tuple[int, ...]
    forbidden: int
    asked: int


def fair_components(product: Product, look: Look) -> Iterator[Component]:
    """Emerson, Lei, 1987: a component in which a request has no answer is taken apart by leaving out the
    steps that make the request; in the end there is nothing left of it, or something fair. What every step
    asks for cannot be left out."""
    finder = _Finder(product, look)
    waiting = [(_Area(range(len(product)), 0), 0)]
    while waiting:
        area, forbidden = waiting.pop()
        for component in finder.components(area, forbidden):
            asked, answered = finder.marks_of(component, forbidden)
            unanswered = asked & ~answered
            if not unanswered:
                yield Component(tuple(sorted(component.nodes)), forbidden, asked)
            elif not unanswered & product.constant:
                waiting.append((component, forbidden | unanswered))


class _Area(Struct, frozen=True):
    """Some nodes, that are marked by a number: steps out of them are not seen."""

    nodes: Sequence[int]
    number: int


class _Finder:
    def __init__(self, product: Product, look: Look) -> None:
        self._product = product
        self._look = look
        self._area = array("I", bytes(4 * len(product)))
        """The number of the area that each node belongs to."""
        self._areas = 0
        self._found = array("I", bytes(4 * len(product)))
        """The order in which a search has come to the nodes, 0 before."""

    def marks_of(self, area: _Area, forbidden: int) -> tuple[int, int]:
        """What is asked for and what is answered by the steps inside."""
        product, where, number = self._product, self._area, area.number
        kinds = set[int]()
        for node in area.nodes:
            for edge in range(product.offsets[node], product.offsets[node + 1]):
                if where[product.targets[edge]] == number:
                    kinds.add(product.marks[edge])
        asked = answered = 0
        for marks in map(product.kinds.__getitem__, kinds):
            if not marks.asked & forbidden:
                asked |= marks.asked
                answered |= marks.answered
        return asked, answered

    def components(self, area: _Area, forbidden: int) -> list[_Area]:
        """The strongly connected components with a step inside (Tarjan, Depth-first search and linear graph
        algorithms, 1972), without recursion."""
        found, where, offsets = self._found, self._area, self._product.offsets
        for node in area.nodes:
            found[node] = 0
        components: list[_Area] = []
        stack, path, edges = list[int](), list[int](), list[int]()
        lowest: dict[int, int] = {}
        count = 0
        for root in area.nodes:
            if found[root] or where[root] != area.number or offsets[root] == offsets[root + 1]:
                continue
            path.append(root)
            while path:
                node = path[-1]
                if not found[node]:
                    count += 1
                    if count % BETWEEN_LOOKS == 0:
                        self._look()
                    found[node] = lowest[node] = count
                    stack.append(node)
                    edges.append(offsets[node])
                further = self._next(node, edges, lowest, area.number, forbidden)
                if further is not None:
                    path.append(further)
                    continue
                path.pop()
                edges.pop()
                low = lowest[node]
                if path and low < lowest[path[-1]]:
                    lowest[path[-1]] = low
                if low == found[node]:
                    component = self._taken(stack, node, lowest)
                    if len(component.nodes) > 1 or self._has_step(component, forbidden):
                        components.append(component)
        return components

    def _next(
        self, node: int, edges: list[int], lowest: dict[int, int], area: int, forbidden: int
    ) -> int | None:
        """The next node that is reached from one and was not found before; what is known of others counts for
        `lowest`."""
        found, where, product = self._found, self._area, self._product
        targets, low = product.targets, lowest[node]
        for edge in range(edges[-1], product.offsets[node + 1]):
            target = targets[edge]
            if where[target] != area or (forbidden and product.kinds[product.marks[edge]].asked & forbidden):
                continue
            number = found[target]
            if not number:
                edges[-1], lowest[node] = edge + 1, low
                return target
            if number < low:
                low = number
        lowest[node] = low
        return None

    def _taken(self, stack: list[int], node: int, lowest: dict[int, int]) -> _Area:
        """A component off the stack, an area of its own from now on."""
        self._areas += 1
        members: list[int] = []
        while True:
            member = stack.pop()
            self._area[member] = self._areas
            del lowest[member]
            members.append(member)
            if member == node:
                return _Area(members, self._areas)

    def _has_step(self, component: _Area, forbidden: int) -> bool:
        product, (node,) = self._product, component.nodes
        return any(
            product.targets[edge] == node and not product.kinds[product.marks[edge]].asked & forbidden
            for edge in range(product.offsets[node], product.offsets[node + 1])
        )
