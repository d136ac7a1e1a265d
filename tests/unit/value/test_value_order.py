"""Order, text and digests: equal for equal values only, and the same in every process."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aioformal.value.algebra import make_set
from aioformal.value.compare import equal
from aioformal.value.digest import digest, encode_value
from aioformal.value.fault import ValueFault
from aioformal.value.format import brief, format_value
from aioformal.value.functions import function_set, make_function
from aioformal.value.order import order_key, ordered
from aioformal.value.sets import NAT, Interval, PowerSet
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

IN_ORDER: list[Value] = [
    FALSE,
    TRUE,
    -1,
    2,
    10,
    "",
    "B",
    "a",
    "aa",
    ModelValue("p1"),
    ModelValue("p2"),
    EMPTY_SET,
    frozenset({1}),
    frozenset({"a"}),
    frozenset({1, 5}),
    frozenset({2, 3}),
    EMPTY_FUNCTION,
    make_tuple([2]),
    make_record({"a": 1}),
    make_tuple([1, 2]),
    make_tuple([1, 3]),
    make_tuple([2, 1]),
    PowerSet(Interval(1, 99)),
]


def test_the_canonical_order() -> None:
    for smaller, larger in pairwise(IN_ORDER):
        assert order_key(smaller) < order_key(larger)
    shuffled = IN_ORDER[1::2] + IN_ORDER[::2]
    assert sorted(shuffled, key=order_key) == IN_ORDER


ATOMS = st.one_of(
    st.sampled_from([FALSE, TRUE]),
    st.integers(-3, 300),
    st.text('ab"\\', max_size=2),
    st.sampled_from("mn").map(ModelValue),
)


def containers(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.one_of(
        st.frozensets(inner, max_size=3),
        st.lists(inner, max_size=3).map(make_tuple),
        st.dictionaries(inner, inner, max_size=3).map(Function),
    )


VALUES = st.recursive(ATOMS, containers, max_leaves=8)


@given(VALUES, VALUES)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_keys_encodings_and_texts_are_equal_for_equal_values_only(a: Value, b: Value) -> None:
    same = a == b
    assert (order_key(a) == order_key(b)) is same
    assert (order_key(a) < order_key(b)) is not (order_key(a) >= order_key(b))
    assert (encode_value(a) == encode_value(b)) is same
    assert (format_value(a) == format_value(b)) is same
    try:
        assert equal(a, b) is same
    except ValueFault:
        assert not same


@given(VALUES)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_values_survive_a_pickle(value: Value) -> None:
    again = pickle.loads(pickle.dumps(value))
    assert equal(again, value)
    assert hash(again) == hash(value)
    assert encode_value(again) == encode_value(value)


PROGRAM = """
import pickle, sys
from aioformal.value.digest import digest
from aioformal.value.order import ordered
from aioformal.value.values import Function, ModelValue, TRUE, make_record, make_tuple
names = frozenset(map(ModelValue, ("q", "p")))
state = (names, make_record({"x": "a", "y": TRUE}), frozenset({"u", "v", "w"}))
print(digest(state), *map(ordered, (state[0], state[2])))
sys.stdout.flush()
sys.stdout.buffer.write(pickle.dumps(state))
"""


def run_with_seed(seed: str) -> tuple[bytes, object]:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=True)
    line, pickled = done.stdout.split(b"\n", 1)
    return line, pickle.loads(pickled)


def test_processes_agree() -> None:
    (one, state), (other, same_state) = run_with_seed("1"), run_with_seed("2")
    assert one == other
    assert state == same_state
    assert {state: "found"}[same_state] == "found"


def test_a_digest_depends_on_every_part() -> None:
    states = [
        (1, 2),
        (2, 1),
        (12,),
        (1, "2"),
        (make_tuple([1, 2]),),
        (frozenset({1, 2}),),
        (TRUE, 2),
        (258,),
        (-1,),
        (255,),
    ]
    assert len({digest(state) for state in states}) == len(states)
    assert digest((Interval(1, 2),)) == digest((frozenset({1, 2}),))
    assert 0 <= digest((1,)) < 2**128
    assert encode_value(NAT) != encode_value(PowerSet(NAT))


TEXTS: list[tuple[Value, str]] = [
    (TRUE, "TRUE"),
    (-3, "-3"),
    (10**5000, f"\\h{10**5000:x}"),
    ('say "hi"\\\n', '"say \\"hi\\"\\\\\\n"'),
    (ModelValue("p1"), "p1"),
    (EMPTY_SET, "{}"),
    (frozenset({"b", "a"}), '{"a", "b"}'),
    (frozenset({10, 9, -1}), "{-1, 9, 10}"),
    (EMPTY_FUNCTION, "<<>>"),
    (make_tuple(["x", make_tuple([1])]), '<<"x", <<1>>>>'),
    (make_record({"b": 1, "a": EMPTY_SET}), "[a |-> {}, b |-> 1]"),
    (Function({"not a name": 1, "a": 2}), '("a" :> 2 @@ "not a name" :> 1)'),
    (Function({0: "x", 1: "y"}), '(0 :> "x" @@ 1 :> "y")'),
    (Function({ModelValue("p"): make_record({"f": 1})}), "(p :> [f |-> 1])"),
    (Interval(1, 3), "{1, 2, 3}"),
    (Interval(1, 10**6), "1..1000000"),
    (PowerSet(NAT), "SUBSET Nat"),
    (PowerSet(Interval(1, 99)), "SUBSET (1..99)"),
    (function_set(frozenset({1}), NAT), "[{1} -> Nat]"),
    (make_function(NAT, lambda x: x), "[x \\in Nat |-> ...]"),
]


@pytest.mark.parametrize(("value", "text"), TEXTS, ids=[text[:20] for _, text in TEXTS])
def test_text(value: Value, text: str) -> None:
    assert format_value(value) == text


def test_messages_stay_short() -> None:
    assert brief(make_set(range(1000))).startswith("the set {0, 1, 2")
    assert len(brief(make_set(range(1000)))) < 120


def test_members_are_ordered_once() -> None:
    the_set = frozenset(map(ModelValue, ("c", "a", "b")))
    assert [str(member) for member in ordered(the_set)] == ["a", "b", "c"]
    assert ordered(the_set) is ordered(frozenset(the_set))
