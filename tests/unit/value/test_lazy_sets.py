"""Sets kept as rules: membership and size without enumeration, and refusal to enumerate too much."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aioformal.value.algebra import (
    big_union,
    cardinality,
    difference,
    filter_set,
    intersection,
    make_set,
    subset,
    union,
)
from aioformal.value.compare import contains, equal
from aioformal.value.fault import ValueFault
from aioformal.value.format import format_value
from aioformal.value.functions import cartesian_product, function_set, make_function, record_set
from aioformal.value.order import ordered
from aioformal.value.sets import ANY, INT, NAT, STRING, Interval, PowerSet, Sequences, freeze, members
from aioformal.value.values import (
    BOOLEAN,
    EMPTY_FUNCTION,
    EMPTY_SET,
    FALSE,
    TRUE,
    LazyFunction,
    LazySet,
    ModelValue,
    Value,
    make_record,
    make_tuple,
)

M = ModelValue("m")
AB = make_set(["a", "b"])
HUGE = Interval(1, 10**9)

SMALL: dict[str, tuple[LazySet, str]] = {
    "interval": (Interval(-1, 1), "{-1, 0, 1}"),
    "empty interval": (Interval(1, 0), "{}"),
    "powerset": (PowerSet(Interval(1, 2)), "{{}, {1}, {2}, {1, 2}}"),
    "functions": (
        function_set(AB, BOOLEAN),
        "{[a |-> FALSE, b |-> FALSE], [a |-> FALSE, b |-> TRUE],"
        " [a |-> TRUE, b |-> FALSE], [a |-> TRUE, b |-> TRUE]}",
    ),
    "functions from nothing": (function_set(EMPTY_SET, NAT), "{<<>>}"),
    "functions to nothing": (function_set(AB, EMPTY_SET), "{}"),
    "records": (
        record_set({"b": BOOLEAN, "a": Interval(1, 1)}),
        "{[a |-> 1, b |-> FALSE], [a |-> 1, b |-> TRUE]}",
    ),
    "a product": (
        cartesian_product([AB, BOOLEAN]),
        '{<<"a", FALSE>>, <<"a", TRUE>>, <<"b", FALSE>>, <<"b", TRUE>>}',
    ),
    "a product with nothing": (cartesian_product([NAT, EMPTY_SET]), "{}"),
    "no sequences": (Sequences(EMPTY_SET), "{<<>>}"),
}


@pytest.mark.parametrize("name", SMALL)
def test_small_sets(name: str) -> None:
    the_set, text = SMALL[name]
    listed = list(members(the_set))
    assert format_value(the_set) == text
    assert the_set.size == cardinality(the_set) == len(listed)
    assert tuple(listed) == ordered(freeze(the_set)), "members come in canonical order"
    assert all(contains(member, the_set) for member in listed)
    assert the_set == frozenset(listed)
    assert frozenset(listed) == the_set
    assert hash(the_set) == hash(frozenset(listed))
    assert pickle.loads(pickle.dumps(the_set)) == the_set


def test_intervals_of_any_size() -> None:
    assert contains(10**9, HUGE)
    assert not contains(0, HUGE)
    assert not contains(M, HUGE)
    assert cardinality(HUGE) == 10**9
    assert not contains("a", Interval(1, 0)), "nothing is a member of the empty set"
    with pytest.raises(ValueFault, match=r"eval\.kind"):
        contains("a", HUGE)


@pytest.mark.parametrize(
    ("the_set", "code", "words"),
    [
        (HUGE, "eval.too-large", "1..1000000000 has 1000000000 members"),
        (PowerSet(Interval(1, 40)), "eval.too-large", "has 1099511627776 members"),
        (PowerSet(HUGE), "eval.too-large", "to the power of 1000000000"),
        (function_set(HUGE, BOOLEAN), "eval.too-large", "to the power of 1000000000"),
        (NAT, "eval.infinite", "Nat is infinite"),
        (INT, "eval.infinite", "Int is infinite"),
        (STRING, "eval.infinite", "STRING is infinite"),
        (ANY, "eval.infinite", "Any is infinite"),
        (PowerSet(NAT), "eval.infinite", "SUBSET Nat is infinite"),
        (function_set(AB, NAT), "eval.infinite", '[{"a", "b"} -> Nat] is infinite'),
        (record_set({"f": NAT, "g": AB}), "eval.infinite", "[f : Nat,"),
        (cartesian_product([AB, INT]), "eval.infinite", '{"a", "b"} \\X Int'),
        (Sequences(AB), "eval.infinite", 'Seq({"a", "b"})'),
        (union(NAT, make_set([-1])), "eval.infinite", "Nat \\cup {-1}"),
        (difference(INT, make_set([0])), "eval.infinite", "Int \\ {0}"),
        (intersection(NAT, HUGE), "eval.too-large", "Nat \\cap (1..1000000000)"),
        (filter_set(NAT, lambda _: True), "eval.infinite", "{x \\in Nat : ...}"),
        (1, "eval.kind", "the integer 1"),
        (EMPTY_FUNCTION, "eval.kind", "the tuple <<>>"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_refusals_to_enumerate(the_set: Value, code: str, words: str) -> None:
    with pytest.raises(ValueFault) as caught:
        list(members(the_set))
    assert caught.value.code == code
    assert words in caught.value.message


def test_numbers_and_strings() -> None:
    assert contains(0, NAT)
    assert not contains(-1, NAT)
    assert contains(-1, INT)
    assert contains("x", STRING)
    assert not contains(M, NAT)
    for value, the_set in (("x", NAT), (TRUE, INT), (1, STRING)):
        with pytest.raises(ValueFault, match=r"eval\.kind"):
            contains(value, the_set)


def test_membership_in_infinite_constructions() -> None:
    functions = function_set(AB, NAT)
    assert contains(make_record({"a": 1, "b": 2}), functions)
    assert not contains(make_record({"a": 1, "b": -2}), functions)
    assert not contains(make_record({"a": 1}), functions)
    assert contains(make_set([1, 5]), PowerSet(NAT))
    assert not contains(make_set([1, -5]), PowerSet(NAT))
    assert contains(NAT, PowerSet(INT))
    assert not contains(INT, PowerSet(NAT))
    assert contains(make_tuple([1, "x"]), cartesian_product([NAT, STRING]))
    assert not contains(make_tuple([1, "x", 2]), cartesian_product([NAT, STRING]))
    assert contains(make_record({"f": 3}), record_set({"f": NAT}))
    assert not contains(make_record({"g": 3}), record_set({"f": NAT}))
    assert contains(make_tuple([1, 1, 2]), Sequences(NAT))
    assert contains(EMPTY_FUNCTION, Sequences(NAT))
    assert not contains(make_function(Interval(2, 3), lambda x: x), Sequences(NAT))
    assert contains(HUGE, ANY)


def test_what_is_no_function_is_no_member_of_a_set_of_functions() -> None:
    for the_set in (
        function_set(AB, NAT),
        record_set({"f": NAT}),
        cartesian_product([NAT, NAT]),
        Sequences(NAT),
    ):
        assert not contains(M, the_set)
        with pytest.raises(ValueFault, match=r"eval\.kind"):
            contains(1, the_set)
    with pytest.raises(ValueFault, match=r"eval\.kind"):
        contains(make_record({"a": 1}), Sequences(NAT))


def test_union() -> None:
    assert union(Interval(1, 2), make_set([5])) == frozenset({1, 2, 5})
    beyond = union(NAT, make_set([-1]))
    assert contains(-1, beyond)
    assert contains(7, beyond)
    assert not contains(-2, beyond)
    assert union(HUGE, EMPTY_SET) == HUGE
    assert big_union(make_set([make_set([1]), Interval(3, 4)])) == frozenset({1, 3, 4})
    assert big_union(EMPTY_SET) == EMPTY_SET
    assert big_union(PowerSet(HUGE)) == HUGE
    assert contains(-3, big_union(make_set([NAT, make_set([-3])])))
    with pytest.raises(ValueFault, match=r"UNION needs a set, not the integer 1"):
        big_union(make_set([1]))


def test_intersection_and_difference() -> None:
    assert intersection(NAT, make_set([-1, 3])) == frozenset({3})
    assert intersection(make_set([-1, 3]), NAT) == frozenset({3})
    assert difference(make_set([-1, 3]), NAT) == frozenset({-1})
    positive = difference(NAT, make_set([0]))
    assert contains(1, positive)
    assert not contains(0, positive)
    assert contains(5, intersection(NAT, HUGE))
    assert not contains(-5, intersection(INT, HUGE))


def test_subset() -> None:
    assert subset(make_set([1, 2]), NAT) is TRUE
    assert subset(make_set([1, -2]), NAT) is FALSE
    assert subset(HUGE, NAT) is TRUE
    assert subset(Interval(-1, 10**9), NAT) is FALSE
    assert subset(HUGE, Interval(0, 10**10)) is TRUE
    assert subset(NAT, INT) is TRUE
    assert subset(EMPTY_SET, AB) is TRUE
    assert subset(PowerSet(HUGE), PowerSet(NAT)) is TRUE
    with pytest.raises(ValueFault, match=r"eval\.infinite"):
        subset(NAT, AB)
    with pytest.raises(ValueFault, match=r"eval\.kind"):
        subset(make_set([1]), AB)


@pytest.mark.parametrize("operator", [union, intersection, difference])
def test_sets_of_different_kinds_do_not_combine(operator: object) -> None:
    assert callable(operator)
    with pytest.raises(ValueFault, match=r"eval\.kind"):
        operator(make_set([1]), AB)
    with pytest.raises(ValueFault, match=r"needs a set"):
        operator(make_set([1]), 1)
    operator(make_set([1]), EMPTY_SET)
    operator(make_set([1]), make_set([M]))


def test_filters() -> None:
    assert filter_set(Interval(1, 4), lambda x: x != 2) == frozenset({1, 3, 4})
    even = filter_set(NAT, lambda x: isinstance(x, int) and x % 2 == 0)
    assert contains(4, even)
    assert not contains(5, even)
    assert not contains(-2, even)


def test_functions_on_infinite_sets() -> None:
    square = make_function(NAT, lambda x: x * x if isinstance(x, int) else x)
    assert isinstance(square, LazyFunction)
    assert square.at(12) == 144
    assert equal(square, square)
    assert not equal(square, make_tuple([1]))


def test_two_rules_for_one_large_set_hash_alike() -> None:
    one, other = PowerSet(Interval(1, 50)), PowerSet(make_set(range(1, 51)))
    assert len({one, other}) == 1


NUMBERS = st.frozensets(st.integers(0, 3), max_size=3)
RULES: st.SearchStrategy[LazySet] = st.one_of(
    st.builds(Interval, st.integers(0, 3), st.integers(0, 3)),
    st.builds(PowerSet, NUMBERS),
    st.builds(function_set, NUMBERS, NUMBERS),
    st.builds(function_set, st.builds(Interval, st.just(1), st.integers(0, 2)), NUMBERS),
    st.builds(lambda a, b: record_set({"a": a, "b": b}), NUMBERS, NUMBERS),
    st.builds(lambda a, b: cartesian_product([a, b]), NUMBERS, NUMBERS),
)


@given(RULES, RULES)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_rules_agree_with_the_sets_they_stand_for(one: LazySet, other: LazySet) -> None:
    listed, others = one.freeze(), other.freeze()
    assert list(one.members()) == list(ordered(listed))
    assert one.size == len(listed)
    assert (one == other) is (listed == others) is (one == others) is (listed == other)
    for candidate in ordered(listed | others):
        try:
            assert contains(candidate, one) is (candidate in listed)
        except ValueFault:
            assert candidate not in listed
