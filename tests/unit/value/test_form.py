"""Forms: what they tell about values without looking at them."""

from __future__ import annotations

from itertools import product

import pytest

from aioformal.value.compare import FEW, is_absent, surely_differ
from aioformal.value.fault import ValueFault
from aioformal.value.form import form_of, is_of_other_values, may_clash
from aioformal.value.sets import NAT, Interval
from aioformal.value.values import (
    EMPTY_FUNCTION,
    EMPTY_SET,
    TRUE,
    Function,
    ModelValue,
    Value,
    make_record,
    make_tuple,
)

PARTS: list[Value] = [1, "a", TRUE, ModelValue("m"), EMPTY_SET, EMPTY_FUNCTION, frozenset((1, 2))]
VALUES: list[Value] = [
    *PARTS,
    *(make_tuple(pair) for pair in product(PARTS, repeat=2)),
    *(make_record({"f": part}) for part in PARTS),
    *(frozenset((part,)) for part in PARTS),
    Function({2: "a"}),
]


def test_values_whose_forms_do_not_clash_are_equal_or_surely_different() -> None:
    told = [(a, b) for a, b in product(VALUES, repeat=2) if not may_clash(form_of(a), form_of(b))]
    assert len(told) > len(VALUES)
    assert all(a == b or surely_differ(a, b) for a, b in told)


def test_the_empty_set_and_the_empty_function_do_not_compare() -> None:
    assert may_clash(form_of(EMPTY_SET), form_of(EMPTY_FUNCTION))
    assert not may_clash(form_of(EMPTY_SET), form_of(frozenset((EMPTY_FUNCTION,))))


def test_a_pair_of_a_large_set_is_told_by_its_form() -> None:
    pairs = frozenset(make_tuple((ModelValue(f"m{i}"), i)) for i in range(10 * FEW))
    stranger = make_tuple((ModelValue("m1"), 0))
    assert is_of_other_values(stranger, pairs)
    assert is_absent(stranger, pairs)
    assert is_absent(make_tuple((1,)), pairs)


def test_what_does_not_compare_with_a_member_of_a_large_set_is_refused() -> None:
    pairs = frozenset(make_tuple((1, i)) for i in range(10 * FEW))
    assert not is_of_other_values(make_tuple((1, "a")), pairs)
    with pytest.raises(ValueFault, match="cannot be compared"):
        is_absent(make_tuple((1, "a")), pairs)
    assert is_absent(make_tuple((2, "a")), pairs)


@pytest.mark.parametrize("rule", [NAT, Interval(1, 10**9)])
def test_a_form_says_nothing_of_what_is_known_by_a_rule(rule: Value) -> None:
    assert not is_of_other_values(make_tuple((1, rule)), frozenset((EMPTY_FUNCTION,)))
    assert not is_of_other_values(EMPTY_FUNCTION, frozenset((make_tuple((1, rule)),)))
