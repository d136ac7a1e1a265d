"""Permutations of model values, and the groups that they generate.

A permutation is a mapping of the values that it moves; it acts on a value by renaming the model values
inside. Applied one after the other, `a` and then `b`, they give `then(a, b)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise, permutations, product
from math import factorial, prod
from random import Random
from typing import TypeAlias

from msgspec import Struct

from aioformal.value.format import format_value
from aioformal.value.order import order_key
from aioformal.value.values import Function, LazySet, ModelValue, Value

Permutation: TypeAlias = Mapping[ModelValue, ModelValue]

MOST_ELEMENTS = 5_040
"""A group with more elements is not gone through: seven things in any order."""


class NoPermutationError(ValueError):
    """A value is no set of permutations; the text says why."""


class Group(Struct, frozen=True, dict=True):
    """Permutations that are closed under composition.

    If it is all orders of each of some disjoint sets, `blocks` are these sets. Otherwise `blocks` is
    empty, and it is what `generators` generate. `partial`: the group that was asked for has more
    elements.
    """

    blocks: tuple[tuple[ModelValue, ...], ...]
    generators: tuple[Permutation, ...]
    partial: bool = False

    @cached_property
    def order(self) -> int:
        """How many elements it has."""
        if self.blocks:
            return prod(factorial(len(block)) for block in self.blocks)
        return len(closure(self.generators))

    def elements(self) -> Iterator[Permutation]:
        """Every element, the identity first."""
        if not self.blocks:
            yield from closure(self.generators)
            return
        for orders in product(*(permutations(block) for block in self.blocks)):
            chosen = zip(self.blocks, orders, strict=True)
            yield _moving((a, b) for block, order in chosen for a, b in zip(block, order, strict=True))

    def sample(self, turn: int) -> Permutation:
        """One of the elements, which `turn` decides: a product of generators."""
        chosen = Random(turn)
        found: Permutation = {}
        for _ in range(chosen.randint(1, 2 * len(self.generators))):
            found = then(found, chosen.choice(self.generators))
        return found


def renamed(value: Value, by: Permutation) -> Value:
    """A value with its model values renamed. Raises `ValueFault` for a set that is too large to look into."""
    match value:
        case ModelValue():
            return by.get(value, value)
        case frozenset():
            return frozenset(renamed(member, by) for member in value)
        case Function():
            return Function({renamed(key, by): renamed(v, by) for key, v in value.mapping.items()})
        case LazySet():
            return renamed(value.freeze(), by)
        case _:
            return value


def then(first: Permutation, second: Permutation) -> Permutation:
    """One permutation after the other."""
    return _moving((a, second.get(b := first.get(a, a), b)) for a in {**second, **first})


def _moving(pairs: Iterable[tuple[ModelValue, ModelValue]]) -> Permutation:
    return {a: b for a, b in pairs if a is not b}


def swap(a: ModelValue, b: ModelValue) -> Permutation:
    return {a: b, b: a}


def closure(generators: Sequence[Permutation], most: int | None = None) -> list[Permutation]:
    """All that the generators generate, the identity first. With `most`, the search ends soon after
    more than so many are found."""
    found: dict[frozenset[tuple[ModelValue, ModelValue]], Permutation] = {frozenset(): {}}
    waiting: list[Permutation] = [{}]
    while waiting and (most is None or len(found) <= most):
        one = waiting.pop()
        for generator in generators:
            made = then(one, generator)
            key = frozenset(made.items())
            if key not in found:
                found[key] = made
                waiting.append(made)
    return list(found.values())


# ---------------------------------------------------------------- from a value


def group_of(value: Value) -> Group:
    """The group that a set of permutations generates. Raises `NoPermutationError`."""
    if not isinstance(value, frozenset | LazySet):
        raise NoPermutationError("it is no set of permutations")
    members = value if isinstance(value, frozenset) else value.freeze()
    moving = [one for one in map(permutation_of, members) if one]
    blocks = _blocks(moving)
    if blocks is not None:
        swaps = (swap(a, b) for block in blocks for a, b in pairwise(block))
        return Group(blocks, tuple(swaps))
    return _generated(moving)


def permutation_of(value: Value) -> Permutation:
    """A function as a permutation. Raises `NoPermutationError`."""
    if not isinstance(value, Function):
        raise NoPermutationError(f"{format_value(value)} is no function")
    pairs: list[tuple[ModelValue, ModelValue]] = []
    for key, image in value.mapping.items():
        if not isinstance(key, ModelValue) or not isinstance(image, ModelValue):
            other = image if isinstance(key, ModelValue) else key
            raise NoPermutationError(f"{format_value(other)} is no model value")
        pairs.append((key, image))
    if {key for key, _ in pairs} != {image for _, image in pairs}:
        raise NoPermutationError(f"{format_value(value)} does not map its domain onto itself")
    return _moving(pairs)


def _blocks(moving: Sequence[Permutation]) -> tuple[tuple[ModelValue, ...], ...] | None:
    """The sets of which all orders are generated, if that is the whole group: swaps connect each of them."""
    block_of: dict[ModelValue, frozenset[ModelValue]] = {}
    for one in moving:
        if len(one) == 2:
            joined = frozenset[ModelValue]().union(*(block_of.get(v, frozenset((v,))) for v in one))
            block_of.update((member, joined) for member in joined)
    if any(b not in block_of.get(a, ()) for one in moving for a, b in one.items()):
        return None
    blocks = [tuple(sorted(block, key=order_key)) for block in set(block_of.values())]
    return tuple(sorted(blocks, key=lambda block: order_key(block[0])))


def _generated(moving: Sequence[Permutation]) -> Group:
    """As many of the generators as do not make too large a group."""
    chosen: list[Permutation] = []
    known: set[frozenset[tuple[ModelValue, ModelValue]]] = {frozenset()}
    for one in moving:
        if frozenset(one.items()) in known:
            continue
        elements = closure([*chosen, one], MOST_ELEMENTS)
        if len(elements) <= MOST_ELEMENTS:
            chosen.append(one)
            known = {frozenset(element.items()) for element in elements}
    left_out = any(frozenset(one.items()) not in known for one in moving)
    return Group((), tuple(chosen), left_out)
