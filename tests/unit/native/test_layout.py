"""Slots lie in words, none across two, and come out as they went in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aioformal.ir.sort import BOOL, EnumSort, Sort, admits, int_sort
from aioformal.ir.system import StateVariable
from aioformal.native.layout import LARGEST, WORD, TooWideError, layout_of

MANY = settings(max_examples=200, derandomize=True, deadline=None)


def intervals() -> st.SearchStrategy[Sort]:
    far = 2**60
    ends = st.tuples(st.integers(-far, far), st.integers(-far, far))
    near = st.tuples(st.integers(-9, 9), st.integers(-9, 9))
    return (ends | near).map(lambda pair: int_sort(min(pair), max(pair)))


sorts = st.lists(st.just(BOOL) | st.integers(1, 300).map(EnumSort) | intervals(), max_size=20)


def values(sort: Sort) -> st.SearchStrategy[bool | int]:
    if sort is BOOL:
        return st.booleans()
    lo, hi = (0, sort.size - 1) if isinstance(sort, EnumSort) else (sort.lo, sort.hi)
    return st.integers(lo, hi)


def variables(of: list[Sort]) -> list[StateVariable]:
    return [StateVariable(f"s{n}", sort) for n, sort in enumerate(of)]


@MANY
@given(of=sorts)
def test_no_slot_lies_across_two_words_and_no_two_overlap(of: list[Sort]) -> None:
    layout = layout_of(variables(of))
    taken = [0] * layout.words
    for field in layout.fields:
        assert field.shift + field.width <= WORD
        bits = field.mask << field.shift
        assert not taken[field.word] & bits
        taken[field.word] |= bits
    assert sum(word.bit_count() for word in taken) == layout.bits
    assert [field.name for field in layout.fields] == [f"s{n}" for n in range(len(of))]


@MANY
@given(of=sorts, data=st.data())
def test_what_is_packed_comes_out_again(of: list[Sort], data: st.DataObject) -> None:
    layout = layout_of(variables(of))
    slots = {f"s{n}": data.draw(values(sort)) for n, sort in enumerate(of)}
    words = layout.pack(slots)
    assert len(words) == layout.words >= 1
    assert all(type(word) is int and 0 <= word < 1 << WORD for word in words)
    found = layout.unpack(words)
    assert found == slots
    assert all(admits(sort, found[f"s{n}"]) for n, sort in enumerate(of))


@MANY
@given(of=sorts, data=st.data())
def test_different_states_have_different_words(of: list[Sort], data: st.DataObject) -> None:
    layout = layout_of(variables(of))
    one, other = ({f"s{n}": data.draw(values(s)) for n, s in enumerate(of)} for _ in range(2))
    assert (layout.pack(one) == layout.pack(other)) == (one == other)


@pytest.mark.parametrize(
    "sort",
    [
        int_sort(0, None),
        int_sort(None, 0),
        int_sort(None, None),
        int_sort(0, 1 << LARGEST),
        int_sort(-(1 << LARGEST), -(1 << LARGEST) + 1),
    ],
    ids=str,
)
def test_what_is_too_wide_is_refused(sort: Sort) -> None:
    with pytest.raises(TooWideError, match="wide"):
        layout_of([StateVariable("wide", sort)])


def test_the_widest_slot_is_not_refused() -> None:
    layout = layout_of(variables([int_sort(0, (1 << LARGEST) - 1), EnumSort(4), BOOL]))
    assert [(field.word, field.shift) for field in layout.fields] == [(0, 0), (0, LARGEST), (1, 0)]


def test_slots_of_one_value_take_no_room() -> None:
    layout = layout_of(variables([EnumSort(1), int_sort(-7, -7)]))
    assert (layout.bits, layout.words) == (0, 1)
    assert layout.unpack((0,)) == {"s0": 0, "s1": -7}
