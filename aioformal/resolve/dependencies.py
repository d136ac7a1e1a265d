"""Which definitions use which: an order in which each comes after what it uses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping


def in_order_of_use(uses: Mapping[str, Collection[str]]) -> list[tuple[str, ...]]:
    """The strongly connected components of a graph, each after those that it uses.

    Tarjan, Depth-first search and linear graph algorithms, 1972; with a stack of its own. A
    component of one that does not use itself is not recursive.
    """
    search = _Search(uses)
    for key in uses:
        if key not in search.index:
            search.run(key)
    return search.components


class _Search:
    def __init__(self, uses: Mapping[str, Collection[str]]) -> None:
        self.uses = uses
        self.index: dict[str, int] = {}
        self.low: dict[str, int] = {}
        self.open: list[str] = []
        self.is_open: set[str] = set()
        self.components: list[tuple[str, ...]] = []

    def run(self, root: str) -> None:
        path: list[tuple[str, Iterator[str]]] = [self._enter(root)]
        while path:
            key, rest = path[-1]
            following = next(rest, None)
            if following is None:
                path.pop()
                self._leave(key, path[-1][0] if path else None)
            elif following not in self.index:
                path.append(self._enter(following))
            elif following in self.is_open:
                self.low[key] = min(self.low[key], self.index[following])

    def _enter(self, key: str) -> tuple[str, Iterator[str]]:
        self.index[key] = self.low[key] = len(self.index)
        self.open.append(key)
        self.is_open.add(key)
        return key, iter([used for used in self.uses[key] if used in self.uses])

    def _leave(self, key: str, caller: str | None) -> None:
        if caller is not None:
            self.low[caller] = min(self.low[caller], self.low[key])
        if self.low[key] == self.index[key]:
            start = self.open.index(key)
            component = tuple(self.open[start:])
            del self.open[start:]
            self.is_open.difference_update(component)
            self.components.append(component)
