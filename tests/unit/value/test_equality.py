"""Equality and membership: TRUE, FALSE, or an error where TLA+ gives no answer."""

from __future__ import annotations

import pytest

from aioformal.value.algebra import make_set
from aioformal.value.compare import contains, equal
from aioformal.value.fault import ValueFault
from aioformal.value.format import format_value
from aioformal.value.functions import cartesian_product, function_set, make_function, record_set
from aioformal.value.sets import INT, NAT, STRING, Interval, PowerSet
from aioformal.value.values import (
    EMPTY_FUNCTION,
    EMPTY_SET,
    FALSE,
    TRUE,
    Function,
    ModelValue,
    Value,
    make_record,
    make_tuple,
)

M = ModelValue("m")


def tuple_of(*elements: Value) -> Function:
    return make_tuple(elements)


def set_of(*elements: Value) -> Value:
    return make_set(elements)


EQUAL: list[tuple[Value, Value]] = [
    (0, 0),
    ("", ""),
    (TRUE, TRUE),
    (M, ModelValue("m")),
    (set_of(1, 2), set_of(2, 1)),
    (Interval(1, 3), set_of(1, 2, 3)),
    (Interval(5, 4), EMPTY_SET),
    (tuple_of(1, 2), Function({2: 2, 1: 1})),
    (tuple_of(1, 2), make_function(Interval(1, 2), lambda x: x)),
    (tuple_of(), EMPTY_FUNCTION),
    (PowerSet(set_of(1)), set_of(EMPTY_SET, set_of(1))),
    (PowerSet(Interval(1, 50)), PowerSet(make_set(range(1, 51)))),
    (NAT, NAT),
    (set_of(Interval(1, 2)), set_of(set_of(1, 2))),
]


@pytest.mark.parametrize(("a", "b"), EQUAL, ids=format_value)
def test_equal(a: Value, b: Value) -> None:
    assert equal(a, b)
    assert equal(b, a)
    assert hash(a) == hash(b)


DIFFERENT: list[tuple[Value, Value]] = [
    (0, 1),
    ("a", "b"),
    (TRUE, FALSE),
    (M, ModelValue("n")),
    (M, 1),
    (M, "m"),
    (M, TRUE),
    (M, EMPTY_SET),
    (M, EMPTY_FUNCTION),
    (set_of(1), set_of(2)),
    (set_of(M), set_of(1)),
    (set_of(1, 2), set_of("a")),
    (EMPTY_SET, set_of("a")),
    (set_of(tuple_of(1, 2)), set_of(tuple_of(1))),
    (tuple_of(1, 2), tuple_of("a", 3)),
    (tuple_of(1, 2), tuple_of(1)),
    (tuple_of(1), make_record({"a": 1, "b": 2})),
    (make_record({"a": 1}), make_record({"b": 1})),
    (make_record({"a": 1, "b": M}), make_record({"a": 1, "b": 3})),
    (NAT, INT),
    (NAT, set_of(1)),
    (NAT, PowerSet(set_of(1))),
    (Interval(0, 10**9), Interval(1, 10**9 + 1)),
    (Interval(0, 10**9), Interval(1, 10**9)),
    (PowerSet(Interval(1, 50)), PowerSet(Interval(2, 51))),
    (function_set(set_of("a"), NAT), function_set(set_of("b"), NAT)),
    (function_set(set_of("a"), NAT), function_set(set_of("a"), INT)),
    (record_set({"a": NAT}), record_set({"a": INT})),
    (cartesian_product([NAT, NAT]), cartesian_product([NAT, INT])),
]


@pytest.mark.parametrize(("a", "b"), DIFFERENT, ids=format_value)
def test_different(a: Value, b: Value) -> None:
    assert not equal(a, b)
    assert not equal(b, a)


INCOMPARABLE: list[tuple[Value, Value]] = [
    (1, "a"),
    (1, TRUE),
    ("a", TRUE),
    (0, EMPTY_SET),
    ("", EMPTY_SET),
    (EMPTY_SET, EMPTY_FUNCTION),
    (set_of(1), set_of("a")),
    (set_of(1, M), set_of("a", M)),
    (set_of(set_of(1)), set_of(set_of("a"))),
    (tuple_of(1), tuple_of("a")),
    (tuple_of(1, 2), tuple_of(1, "a")),
    (tuple_of(1), make_record({"a": 1})),
    (make_record({"a": 1}), make_record({"a": "x"})),
    (NAT, 1),
    (Interval(1, 2), set_of("a", "b")),
]


@pytest.mark.parametrize(("a", "b"), INCOMPARABLE, ids=format_value)
def test_incomparable(a: Value, b: Value) -> None:
    for one, other in ((a, b), (b, a)):
        with pytest.raises(ValueFault) as caught:
            equal(one, other)
        assert caught.value.code == "eval.kind"


def test_the_message_names_the_parts_that_do_not_compare() -> None:
    with pytest.raises(ValueFault) as caught:
        equal(tuple_of(1, make_record({"f": 2})), tuple_of(1, make_record({"f": "x"})))
    assert caught.value.message == (
        'the integer 2 cannot be compared with the string "x",'
        ' so the tuple <<1, [f |-> 2]>> cannot be compared with the tuple <<1, [f |-> "x"]>>'
    )


def test_sets_that_only_their_members_could_tell_apart() -> None:
    with pytest.raises(ValueFault) as caught:
        equal(NAT, STRING)
    assert caught.value.code == "eval.infinite"
    with pytest.raises(ValueFault) as caught:
        equal(make_function(NAT, lambda x: x), make_function(NAT, lambda x: x))
    assert caught.value.code == "eval.infinite"


def test_members() -> None:
    assert contains(1, set_of(1, 2))
    assert not contains(3, set_of(1, 2))
    assert not contains(3, EMPTY_SET)
    assert not contains(M, set_of(1, 2))
    assert not contains(1, set_of(M))
    assert contains(Interval(1, 2), set_of(set_of(1, 2)))
    assert not contains(tuple_of(1), set_of(tuple_of(1, 2)))


@pytest.mark.parametrize(
    ("value", "the_set"),
    [
        ("a", set_of(1)),
        (TRUE, set_of(1)),
        (1, set_of(TRUE, FALSE)),
        (1, set_of(M, "a")),
        (tuple_of("a"), set_of(tuple_of(1))),
        (1, 2),
        ("a", "abc"),
    ],
    ids=format_value,
)
def test_membership_without_an_answer(value: Value, the_set: Value) -> None:
    with pytest.raises(ValueFault) as caught:
        contains(value, the_set)
    assert caught.value.code == "eval.kind"


def test_a_set_holds_one_kind() -> None:
    assert make_set([1, M]) == frozenset({1, M})
    assert make_set([EMPTY_SET, Interval(1, 2)]) == frozenset({EMPTY_SET, frozenset({1, 2})})
    for mixed in ([1, "a"], [TRUE, 1], [EMPTY_SET, EMPTY_FUNCTION], [M, 1, "a"]):
        with pytest.raises(ValueFault, match=r"eval\.kind"):
            make_set(mixed)


def test_booleans_are_not_integers() -> None:
    assert TRUE != 1
    assert FALSE != 0
    assert len(frozenset({TRUE, 1, FALSE, 0})) == 4
