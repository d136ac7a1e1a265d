"""A group of permutations of model values as a symmetry of packed states.

What a state says of one member of a block (a set of which all orders are in the group) is a column: the
slots, and the cases of enumerations, that go where the member goes. Sorting the columns of a block finds
the one state that stands for all orders of it, unless something speaks of two members at once (a
function from members to members, a set of sets); then the orders are gone through where columns tie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from math import factorial
from typing import TypeAlias

from msgspec import Struct

from aioformal.encode.renaming import Transfer, transfers
from aioformal.encode.shapes import Shapes
from aioformal.ir import term as ir
from aioformal.ir.reduction import Exchange, Move, Symmetry
from aioformal.ir.sort import EnumSort
from aioformal.ir.term import Term
from aioformal.value.permutation import MOST_ELEMENTS, Group, Permutation, then
from aioformal.value.values import ModelValue

Point: TypeAlias = tuple[str, int | None]
"""A slot, or one member of a slot whose members are renumbered."""


def symmetry_of(shapes: Shapes, group: Group) -> Symmetry:
    """The symmetry of states in shapes that are closed under the group."""
    if not group.blocks:
        steps, walk = _walk_of_generated(group.generators)
        moves = tuple(_move(list(transfers(shapes, step))) for step in steps)
        return Symmetry(moves, walk=walk, always_walks=True, partial=group.partial)
    told = [list(transfers(shapes, generator)) for generator in group.generators]
    columns = _Columns(told, [len(block) for block in group.blocks])
    moves = tuple(map(_move, told))
    if columns.complete:
        return Symmetry(moves, tuple(columns.chains))
    walk, partial = _walk_of_blocks([len(block) for block in group.blocks])
    return Symmetry(moves, tuple(columns.chains), walk, not all(columns.chains), partial)


def _move(told: Sequence[Transfer]) -> Move:
    return {t.target: _content(t) for t in told if t.source != t.target or t.numbers is not None}


def _content(transfer: Transfer) -> Term:
    source = ir.variable(transfer.source, transfer.sort)
    if transfer.numbers is None:
        return source
    assert isinstance(transfer.sort, EnumSort)
    size = transfer.sort.size
    changed = [(before, after) for before, after in enumerate(transfer.numbers) if before != after]
    term = source
    for before, after in changed:
        term = ir.ite(ir.eq(source, ir.enum(before, size)), ir.enum(after, size), term)
    return ir.ite(transfer.here, term, source)


# ---------------------------------------------------------------- columns


class _Columns:
    """`chains` has the exchanges of every block, none where nothing speaks of single members; `complete`
    is whether the columns are all that the group changes."""

    def __init__(self, told: Sequence[Sequence[Transfer]], sizes: Sequence[int]) -> None:
        self._in_use = {transfer.source: transfer for transfer in told[0]}
        renumbered = _renumbered(told)
        self._maps = [dict(_mapped(one, renumbered)) for one in told]
        ends = list(accumulate(size - 1 for size in sizes))
        self._blocks = [range(end - size + 1, end) for end, size in zip(ends, sizes, strict=True)]
        columns: list[list[tuple[Point, ...]]] = [[] for _ in sizes]
        self.complete = True
        for orbit in self._orbits():
            block, ordered = self._ordered(orbit)
            if ordered is None:
                self.complete = False
            else:
                columns[block].append(ordered)
        self.chains = [self._chain(n, found) for n, found in enumerate(columns)]

    def _orbits(self) -> Iterator[set[Point]]:
        seen: set[Point] = set()
        for start in sorted({point for one in self._maps for point in one}, key=str):
            if start in seen:
                continue
            orbit, waiting = {start}, [start]
            while waiting:
                point = waiting.pop()
                images = {image for one in self._maps if (image := one.get(point)) is not None}
                waiting.extend(images - orbit)
                orbit |= images
            seen |= orbit
            yield orbit

    def _ordered(self, orbit: set[Point]) -> tuple[int, tuple[Point, ...] | None]:
        """The block that moves an orbit, and its points in the order of the block's members."""
        moving = [
            n for n, block in enumerate(self._blocks) if any(p in self._maps[g] for g in block for p in orbit)
        ]
        first = moving[0]
        swaps = [self._maps[g] for g in self._blocks[first]]
        if len(moving) > 1 or len(orbit) != len(swaps) + 1:
            return first, None
        ends = swaps[0].keys() - (swaps[1].keys() if len(swaps) > 1 else ())
        starts = sorted(orbit & ends, key=str)
        if not starts:
            return first, None
        points = [starts[0]]
        for one in swaps:
            points.append(one.get(points[-1], points[-1]))
        return first, tuple(points) if _is_row(points, swaps) else None

    def _chain(self, block: int, columns: Sequence[tuple[Point, ...]]) -> tuple[Exchange, ...]:
        if not columns:
            return ()
        terms = [tuple(map(self._term, ordered)) for ordered in columns]
        members = list(zip(*terms, strict=True))
        return tuple(Exchange(move, members[n], members[n + 1]) for n, move in enumerate(self._blocks[block]))

    def _term(self, point: Point) -> Term:
        name, member = point
        transfer = self._in_use[name]
        slot = ir.variable(name, transfer.sort)
        if member is None:
            return slot
        assert isinstance(transfer.sort, EnumSort)
        return ir.and_(transfer.here, ir.eq(slot, ir.enum(member, transfer.sort.size)))


def _renumbered(told: Sequence[Sequence[Transfer]]) -> set[str]:
    """The slots of whose members some become others, here or where their content goes."""
    found = {name for one in told for t in one if t.numbers is not None for name in (t.source, t.target)}
    while True:
        more = {
            name for one in told for t in one if {t.source, t.target} & found for name in (t.source, t.target)
        }
        if more == found:
            return found
        found |= more


def _mapped(told: Sequence[Transfer], renumbered: set[str]) -> Iterator[tuple[Point, Point]]:
    """Where the points go that do not stay."""
    for transfer in told:
        if transfer.source in renumbered:
            assert isinstance(transfer.sort, EnumSort)
            numbers = transfer.numbers or range(transfer.sort.size)
            pairs = [((transfer.source, a), (transfer.target, b)) for a, b in enumerate(numbers)]
        else:
            pairs = [((transfer.source, None), (transfer.target, None))]
        yield from (pair for pair in pairs if pair[0] != pair[1])


def _is_row(points: Sequence[Point], swaps: Sequence[Mapping[Point, Point]]) -> bool:
    """Whether swap i exchanges points i and i + 1 and leaves the others alone."""
    if len(set(points)) != len(points):
        return False
    return all(
        one.get(point, point) == (points[i + 1] if n == i else points[i] if n == i + 1 else point)
        for i, one in enumerate(swaps)
        for n, point in enumerate(points)
    )


# ---------------------------------------------------------------- ways through a group


def _walk_of_blocks(sizes: Sequence[int]) -> tuple[tuple[int, ...], bool]:
    """Swaps of neighbours that lead through all orders of all blocks, or, where these are too many,
    of as many members as possible."""
    walk: list[int] = []
    first, left, partial = 0, MOST_ELEMENTS, False
    for size in sizes:
        moved = size
        while factorial(moved) > left:
            moved -= 1
        partial |= moved < size
        left //= factorial(moved)
        inner, walk = walk, []
        for swap in [*_plain_changes(moved), None]:
            walk.extend(inner)
            inner.reverse()
            if swap is not None:
                walk.append(first + swap)
        first += size - 1
    return tuple(walk), partial


def _plain_changes(size: int) -> list[int]:
    """Swaps of neighbours that lead through all orders of some things, each once."""
    if size < 2:
        return []
    found: list[int] = []
    down, shifted = list(range(size - 2, -1, -1)), False
    for swap in [*_plain_changes(size - 1), None]:
        found.extend(down)
        down.reverse()
        shifted = not shifted
        if swap is not None:
            # The greatest has gone to the front, or back to the end: the others are one further.
            found.append(swap + shifted)
    return found


def _walk_of_generated(generators: Sequence[Permutation]) -> tuple[list[Permutation], tuple[int, ...]]:
    """The generators and their inverses, and a way along them that comes to every element."""
    steps: list[Permutation] = []
    inverse: list[int] = []
    for generator in generators:
        backwards = {b: a for a, b in generator.items()}
        inverse.append(len(steps) if backwards == generator else len(steps) + 1)
        steps.append(generator)
        if backwards != generator:
            inverse.append(len(steps) - 1)
            steps.append(backwards)
    return steps, tuple(_explored(steps, inverse))


class _Stop(Struct):
    """An element on the way, the step that led to it, and the step to try next."""

    element: Permutation
    came_by: int | None
    tried: int = 0


def _explored(steps: Sequence[Permutation], inverse: Sequence[int]) -> Iterator[int]:
    """Goes to elements that were not seen, and back where there are none."""
    seen: set[frozenset[tuple[ModelValue, ModelValue]]] = {frozenset()}
    way = [_Stop({}, None)]
    while way:
        stop = way[-1]
        if stop.tried == len(steps):
            way.pop()
            if stop.came_by is not None:
                yield inverse[stop.came_by]
            continue
        step, stop.tried = stop.tried, stop.tried + 1
        element = then(stop.element, steps[step])
        key = frozenset(element.items())
        if key not in seen:
            seen.add(key)
            way.append(_Stop(element, step))
            yield step
