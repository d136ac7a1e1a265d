"""What a permutation of model values does to shapes, and to the slots of a shape.

The slots are told where their content goes: from one slot to another, with the members of an enumeration
renumbered where they are model values themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from aioformal.encode.shapes import (
    KINDS,
    AtomShape,
    BoolShape,
    Entry,
    FunShape,
    IntShape,
    SeqShape,
    SetShape,
    Shape,
    Shapes,
    UnionShape,
    VariableShape,
    join,
    ordered,
)
from aioformal.encode.slots import (
    Overlay,
    key_path,
    member_path,
    overlaid,
    sort_of_integers,
    tags_of,
    union_path,
)
from aioformal.ir import term as ir
from aioformal.ir.sort import BOOL, EnumSort, Sort, int_sort
from aioformal.ir.term import Term
from aioformal.value.permutation import Group, Permutation, renamed
from aioformal.value.values import Value

Tag: TypeAlias = "Value | Overlay"


class Transfer(Struct, frozen=True):
    """The content of slot `source` goes to slot `target`; member i of an enumeration becomes member
    `numbers[i]`. `here` is where the source is in use, in terms of slots."""

    source: str
    target: str
    sort: Sort
    here: Term
    numbers: tuple[int, ...] | None = None


# ---------------------------------------------------------------- shapes


def closed_shapes(shapes: Shapes, group: Group) -> Shapes:
    """Shapes that hold, with every state, all its images."""
    return Shapes(
        {
            name: VariableShape(closed(shape, group), shapes.variable(name).origins)
            for name, shape in shapes.items()
        }
    )


def closed(shape: Shape, group: Group) -> Shape:
    """The least shape that holds all images of the values of a shape."""
    while True:
        wider = shape
        for generator in group.generators:
            wider = join(wider, _image(wider, generator))
        if wider == shape:
            return shape
        shape = wider


def _image(shape: Shape, by: Permutation) -> Shape:
    match shape:
        case AtomShape(values=values):
            return AtomShape(frozenset(renamed(value, by) for value in values))
        case SetShape(universe=universe):
            return SetShape(frozenset(renamed(value, by) for value in universe))
        case FunShape(entries=entries):
            images = {renamed(e.key, by): e for e in entries}
            found = ((key, images[key]) for key in ordered(images))
            return FunShape(tuple(Entry(key, _image(e.shape, by), e.optional) for key, e in found))
        case SeqShape(max_len=length, element=element):
            return SeqShape(length, _image(element, by))
        case UnionShape(alternatives=alternatives):
            return UnionShape(tuple(_image(s, by) for s in alternatives))
        case _:
            return shape


# ---------------------------------------------------------------- slots


def transfers(shapes: Shapes, by: Permutation) -> Iterator[Transfer]:
    """Where every slot of a state goes. The shapes must be closed under the permutation."""
    for name, shape in shapes.items():
        yield from _Transfers(by).of(shape, shape, name, name, ir.true)


class _Transfers(Struct, frozen=True):
    """`source` and `target` are the shapes of a value and of its image."""

    by: Permutation

    def of(self, source: Shape, target: Shape, at: str, to: str, here: Term) -> Iterator[Transfer]:
        match source, target:
            case BoolShape(), _:
                yield Transfer(at, to, BOOL, here)
            case IntShape(), _:
                yield Transfer(at, to, sort_of_integers(source), here)
            case AtomShape(), AtomShape():
                yield self._enumeration(source.ordered, target.ordered, at, to, here)
            case SetShape(), _:
                for member in source.ordered:
                    image = renamed(member, self.by)
                    yield Transfer(member_path(at, member), member_path(to, image), BOOL, here)
            case FunShape(), FunShape():
                yield from self._function(source, target, at, to, here)
            case SeqShape(), SeqShape():
                yield from self._sequence(source, target, at, to, here)
            case UnionShape(), UnionShape():
                yield from self._union(source, target, at, to, here)
            case _:
                raise TypeError(f"{source} and {target} are not images of each other")

    def _enumeration(
        self, before: tuple[Tag, ...], after: tuple[Tag, ...], at: str, to: str, here: Term
    ) -> Transfer:
        """`before` and `after`: what the members of the enumerations stand for."""
        numbers = tuple(after.index(self._renamed(member)) for member in before)
        identity = numbers == tuple(range(len(before)))
        return Transfer(at, to, EnumSort(len(before)), here, None if identity else numbers)

    def _renamed(self, member: Tag) -> Tag:
        """Kinds keep their name."""
        return member if isinstance(member, tuple) else renamed(member, self.by)

    def _function(
        self, source: FunShape, target: FunShape, at: str, to: str, here: Term
    ) -> Iterator[Transfer]:
        images = {entry.key: entry for entry in target.entries}
        for entry in source.entries:
            image = images[renamed(entry.key, self.by)]
            inner, outer = key_path(at, entry.key), key_path(to, image.key)
            present = here
            if entry.optional:
                yield Transfer(f"{inner}?", f"{outer}?", BOOL, here)
                present = ir.and_(here, ir.variable(f"{inner}?", BOOL))
            yield from self.of(entry.shape, image.shape, inner, outer, present)

    def _sequence(
        self, source: SeqShape, target: SeqShape, at: str, to: str, here: Term
    ) -> Iterator[Transfer]:
        sort = int_sort(0, source.max_len)
        yield Transfer(f"{at}#", f"{to}#", sort, here)
        for i in range(1, source.max_len + 1):
            present = ir.and_(here, ir.le(ir.integer(i), ir.variable(f"{at}#", sort)))
            yield from self.of(source.element, target.element, f"{at}[{i}]", f"{to}[{i}]", present)

    def _union(
        self, source: UnionShape, target: UnionShape, at: str, to: str, here: Term
    ) -> Iterator[Transfer]:
        tags = tags_of(source)
        yield self._enumeration(tags, tags_of(target), f"{at}!", f"{to}!", here)
        tag = ir.variable(f"{at}!", EnumSort(len(tags)))
        images = {KINDS[type(shape)]: shape for shape in overlaid(target)}
        for shape in overlaid(source):
            kind = KINDS[type(shape)]
            present = ir.and_(here, ir.eq(tag, ir.enum(tags.index((kind,)), len(tags))))
            image = images[kind]
            yield from self.of(shape, image, union_path(at, shape), union_path(to, image), present)
