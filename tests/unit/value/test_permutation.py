"""Groups of permutations of model values."""

from __future__ import annotations

from math import factorial

import pytest

from aioformal.encode.symmetry import _walk_of_blocks, _walk_of_generated  # pyright: ignore[reportPrivateUsage]
from aioformal.value.permutation import MOST_ELEMENTS, NoPermutationError, closure, group_of, renamed, then
from aioformal.value.tlc import permutations
from aioformal.value.values import Function, ModelValue, make_tuple

A, B, C, D, E = map(ModelValue, "abcde")


def cycle(*values: ModelValue) -> Function:
    return Function(dict(zip(values, (*values[1:], values[0]), strict=True)))


def test_all_orders_of_sets_are_blocks() -> None:
    group = group_of(permutations(frozenset((A, B, C))) | permutations(frozenset((D, E))))
    assert group.blocks == ((A, B, C), (D, E))
    assert group.order == len(list(group.elements())) == 12


def test_swaps_that_hang_together_are_one_block() -> None:
    assert group_of(frozenset((cycle(A, B), cycle(B, C)))).blocks == ((A, B, C),)


def test_a_cycle_is_no_block() -> None:
    group = group_of(frozenset((cycle(A, B, C),)))
    assert (group.blocks, group.order, group.partial) == ((), 3, False)


def test_a_group_is_closed() -> None:
    group = group_of(frozenset((cycle(A, B, C, D), cycle(A, C))))
    elements = list(group.elements())
    assert len(elements) == 8
    assert all(then(a, b) in elements for a in elements for b in elements)


def test_too_large_a_group_is_cut_down() -> None:
    ring = [ModelValue(f"m{n}") for n in range(9)]
    group = group_of(frozenset((cycle(*ring), cycle(*ring[:3]))))
    assert group.partial
    assert 1 < group.order <= MOST_ELEMENTS


def test_nothing_that_moves_is_no_group() -> None:
    assert not group_of(permutations(frozenset((A,)))).generators


def test_renaming_goes_all_the_way_down() -> None:
    value = make_tuple([frozenset((A, make_tuple([B, C]))), Function({A: frozenset((frozenset((B,)),))}), 3])
    swapped = make_tuple(
        [frozenset((B, make_tuple([A, C]))), Function({B: frozenset((frozenset((A,)),))}), 3]
    )
    assert renamed(value, {A: B, B: A}) == swapped


@pytest.mark.parametrize(
    "value", [3, frozenset((3,)), frozenset((Function({A: B}),)), frozenset((Function({1: 1}),))]
)
def test_what_is_no_set_of_permutations(value: int | frozenset[int | Function]) -> None:
    with pytest.raises(NoPermutationError):
        group_of(value)


@pytest.mark.parametrize("sizes", [(2,), (5,), (3, 2), (2, 2, 3)])
def test_a_walk_through_all_orders(sizes: tuple[int, ...]) -> None:
    walk, partial = _walk_of_blocks(sizes)
    values = [[f"{n}.{i}" for i in range(size)] for n, size in enumerate(sizes)]
    swaps = [(n, i) for n, size in enumerate(sizes) for i in range(size - 1)]
    seen = {str(values)}
    for step in walk:
        n, i = swaps[step]
        values[n][i : i + 2] = reversed(values[n][i : i + 2])
        seen.add(str(values))
    expected = 1
    for size in sizes:
        expected *= factorial(size)
    assert (len(seen), len(walk) + 1, partial) == (expected, expected, False)


def test_a_walk_through_a_generated_group() -> None:
    generators = [{A: B, B: C, C: D, D: A}, {A: C, C: A}]
    steps, walk = _walk_of_generated(generators)
    now: dict[ModelValue, ModelValue] = {}
    seen = [now]
    for step in walk:
        now = dict(then(now, steps[step]))
        if now not in seen:
            seen.append(now)
    assert len(seen) == len(closure(generators)) == 8
