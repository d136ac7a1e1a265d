"""How much room a shape gets beyond the values that were seen, and how it grows when a step leaves it."""

from __future__ import annotations

from collections.abc import Mapping

from aioformal.encode.shapes import (
    KINDS,
    Entry,
    FunShape,
    IntShape,
    SeqShape,
    SetShape,
    Shape,
    Shapes,
    UnionShape,
    VariableShape,
    alternatives_of,
    contains,
    join,
    join_all,
    shape_of,
)
from aioformal.value.values import State, Value

COUNTER = 48
"""An integer seen beyond this in a short sample is taken for one that grows for ever."""


# ---------------------------------------------------------------- room


def _up(hi: int | None, more: int = 0) -> int | None:
    """The next power of two less one, or that with `more` bits; no end at all for what has grown large."""
    if hi is None or hi > COUNTER:
        return None
    return (1 << ((hi + 1).bit_length() + more)) - 1 if hi >= 0 else 0


def _down(lo: int | None, more: int = 0) -> int | None:
    if lo is None or lo < -COUNTER:
        return None
    return 0 if lo >= 0 else -(1 << ((-lo).bit_length() + more))


def _longer(length: int) -> int:
    return length + max(1, length // 2)


def with_room(shape: Shape) -> Shape:
    """A shape with room for values that a short sample has not shown."""
    match shape:
        case IntShape(lo=lo, hi=hi):
            return IntShape(_down(lo), _up(hi))
        case FunShape(entries=entries):
            return FunShape(tuple(Entry(e.key, with_room(e.shape), e.optional) for e in entries))
        case SeqShape(max_len=length, element=element):
            return SeqShape(_longer(length), with_room(element))
        case UnionShape(alternatives=alternatives):
            return UnionShape(tuple(with_room(s) for s in alternatives))
        case _:
            return shape


# ---------------------------------------------------------------- sample and hint


def settled(sample: Shape | None, hint: Shape | None, complete: bool) -> Shape | None:
    """The shape of a variable from the values that were seen and from what the specification says.

    A `complete` sample holds every value there is: then a hint only widens integers that it bounds.
    """
    if sample is None:
        return hint
    if hint is None:
        return sample if complete else with_room(sample)
    match sample, hint:
        case IntShape(), IntShape():
            return _settled_integer(sample, hint, complete)
        case SetShape(), SetShape():
            return sample if complete else join(sample, hint)
        case FunShape(), FunShape() if sample.keys == hint.keys:
            return _settled_entries(sample, hint, complete)
        case ((FunShape() | SeqShape()), SeqShape()):
            return _settled_sequence(sample, hint, complete)
        case _:
            return join(sample, hint) if complete else with_room(join(sample, hint))


def _settled_integer(sample: IntShape, hint: IntShape, complete: bool) -> IntShape:
    """A finite end of the hint that the sample respects is taken; any other end comes from the sample."""
    roomy = sample if complete else IntShape(_down(sample.lo), _up(sample.hi))
    bounds_lo = hint.lo is not None and sample.lo is not None and hint.lo <= sample.lo
    bounds_hi = hint.hi is not None and sample.hi is not None and sample.hi <= hint.hi
    return IntShape(hint.lo if bounds_lo else roomy.lo, hint.hi if bounds_hi else roomy.hi)


def _settled_entries(sample: FunShape, hint: FunShape, complete: bool) -> FunShape:
    hinted = {e.key: e for e in hint.entries}
    entries: list[Entry] = []
    for entry in sample.entries:
        other = hinted[entry.key]
        shape = settled(entry.shape, other.shape, complete)
        assert shape is not None
        entries.append(Entry(entry.key, shape, entry.optional or other.optional))
    return FunShape(tuple(entries))


def _settled_sequence(sample: FunShape | SeqShape, hint: SeqShape, complete: bool) -> Shape:
    """The hint speaks of the elements, the sample of the length."""
    joined = join(sample, SeqShape(0, hint.element))
    if not isinstance(joined, SeqShape):
        return joined if complete else with_room(joined)
    seen = [e.shape for e in sample.entries] if isinstance(sample, FunShape) else [sample.element]
    element = settled(join_all(seen) if seen else None, hint.element, complete)
    assert element is not None
    return SeqShape(joined.max_len if complete else _longer(joined.max_len), element)


def uniform(shape: Shape) -> Shape:
    """One shape for all keys of a function (not of a record), where their shapes differ in degree only."""
    match shape:
        case FunShape(entries=entries) if _is_array(entries):
            inner = [uniform(e.shape) for e in entries]
            one = join_all(inner) if all(_alike(inner[0], s) for s in inner) else None
            shapes = [one if one is not None else s for s in inner]
            return FunShape(tuple(Entry(e.key, s, e.optional) for e, s in zip(entries, shapes, strict=True)))
        case FunShape(entries=entries):
            return FunShape(tuple(Entry(e.key, uniform(e.shape), e.optional) for e in entries))
        case SeqShape(max_len=length, element=element):
            return SeqShape(length, uniform(element))
        case _:
            return shape


def _is_array(entries: tuple[Entry, ...]) -> bool:
    return len(entries) > 1 and not any(isinstance(e.key, str) for e in entries)


def _alike(a: Shape, b: Shape) -> bool:
    """Whether two shapes have the same kinds and keys throughout."""
    kinds = [[KINDS[type(s)] for s in alternatives_of(x)] for x in (a, b)]
    if kinds[0] != kinds[1]:
        return False
    if isinstance(a, FunShape) and isinstance(b, FunShape):
        return a.keys == b.keys and all(
            _alike(x.shape, y.shape) for x, y in zip(a.entries, b.entries, strict=True)
        )
    return True


# ---------------------------------------------------------------- widening


MORE = 3
"""Bits beyond the next power of two that a generous widening gives an integer."""


def widen_shapes(shapes: Shapes, state: State, *, generous: bool = False) -> Shapes:
    """Shapes that hold a state, with room for more like it. Shapes only grow. Generous ones are for those to
    whom room costs little, and another widening much."""
    widened: dict[str, VariableShape] = {}
    more = MORE if generous else 0
    for (name, shape), value in zip(shapes.items(), state, strict=True):
        known = shapes.variable(name)
        if contains(shape, value):
            widened[name] = known
            continue
        grown = uniform(_grown(shape, join(shape, shape_of(value)), more))
        widened[name] = VariableShape(grown, tuple(dict.fromkeys((*known.origins, "widened"))))
    return Shapes(widened)


def _grown(old: Shape, new: Shape, more: int) -> Shape:
    """A shape that contains `new`, generous where it goes beyond `old`: otherwise a counter would be
    widened one by one."""
    match old, new:
        case IntShape(), IntShape():
            return _grown_integer(old, new, more)
        case FunShape(), FunShape():
            return _grown_entries({e.key: e.shape for e in old.entries}, new, more)
        case SeqShape(), SeqShape():
            longer = new.max_len if new.max_len == old.max_len else _longer(new.max_len)
            return SeqShape(longer, _grown(old.element, new.element, more))
        case UnionShape(), UnionShape():
            before = {KINDS[type(s)]: s for s in old.alternatives}
            return UnionShape(tuple(_grown(before.get(KINDS[type(s)], s), s, more) for s in new.alternatives))
        case _:
            return new


def _grown_integer(old: IntShape, new: IntShape, more: int) -> IntShape:
    """What left one end and has values on both sides of zero is taken to wander, with `more` to both."""
    if new == old:
        return new
    wanders = more > 0 and new.lo is not None and new.lo < 0
    return IntShape(
        new.lo if new.lo == old.lo and not wanders else _down(new.lo, more),
        new.hi if new.hi == old.hi and not wanders else _up(new.hi, more),
    )


def _grown_entries(before: Mapping[Value, Shape], new: FunShape, more: int) -> FunShape:
    return FunShape(
        tuple(
            Entry(e.key, _grown(before.get(e.key, e.shape), e.shape, more), e.optional) for e in new.entries
        )
    )


def with_ends(shapes: Shapes, reach: int) -> Shapes:
    """Shapes in which every integer has a least and a greatest value: `-reach` and `reach` where it had
    none. For engines that need a fixed number of bits; it is a guess as any other."""
    ended = {
        name: VariableShape(_with_ends(shape, reach), shapes.variable(name).origins)
        for name, shape in shapes.items()
    }
    return Shapes(ended)


def _with_ends(shape: Shape, reach: int) -> Shape:
    match shape:
        case IntShape(lo=lo, hi=hi):
            least = -reach if lo is None else lo
            return IntShape(least, max(least, reach) if hi is None else hi)
        case FunShape(entries=entries):
            return FunShape(tuple(Entry(e.key, _with_ends(e.shape, reach), e.optional) for e in entries))
        case SeqShape(max_len=length, element=element):
            return SeqShape(length, _with_ends(element, reach))
        case UnionShape(alternatives=alternatives):
            return UnionShape(tuple(_with_ends(s, reach) for s in alternatives))
        case _:
            return shape
