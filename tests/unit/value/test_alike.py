"""Members of a set that differ in kind deep inside."""

from __future__ import annotations

import pytest

from aioformal.value.algebra import big_union, make_set, union
from aioformal.value.fault import ValueFault
from aioformal.value.values import TRUE, Function, ModelValue, Value, make_record, make_tuple

M = ModelValue("m")


def tup(*elements: Value) -> Function:
    return make_tuple(elements)


CLASHING: list[list[Value]] = [
    [tup(1), tup("a")],
    [tup(1, "a"), tup(1, 3)],
    [tup(tup(1)), tup(tup("a"))],
    [tup(1), tup(TRUE)],
    [tup(1), tup(frozenset({1}))],
    [frozenset({1}), frozenset({"a"})],
    [frozenset({tup(1)}), frozenset({tup("a")})],
    [make_record({"a": 1}), make_record({"a": "x"})],
    [tup(1), Function({"a": 1})],
    [tup(M), tup(1), tup("a")],
    [tup(0), tup(1), tup(2), tup("a")],
]

COMPARABLE: list[list[Value]] = [
    [tup(1), tup("a", "b")],
    [tup(1, "a"), tup(2, 3)],
    [tup(1, 2), tup("a", 3)],
    [tup(1), tup(M)],
    [frozenset({1}), frozenset({"a", "b"})],
    [frozenset({1}), frozenset()],
    [make_record({"type": "one", "value": 1}), make_record({"type": "two", "value": "x"})],
    [make_record({"a": 1}), make_record({"b": "x"})],
    [make_record({"a": 1}), make_record({"a": 1, "b": "x"})],
    [tup(1, tup()), tup(2, tup(1)), tup(1, tup("a"))],
]


@pytest.mark.parametrize("members", CLASHING, ids=range(len(CLASHING)))
def test_members_that_do_not_compare_are_refused(members: list[Value]) -> None:
    for order in (members, members[::-1]):
        with pytest.raises(ValueFault) as caught:
            make_set(order)
        assert caught.value.code == "eval.kind"
        with pytest.raises(ValueFault):
            union(frozenset(order[:1]), frozenset(order[1:]))
        with pytest.raises(ValueFault):
            big_union(frozenset({frozenset(order[:1]), frozenset(order)}))


@pytest.mark.parametrize("members", COMPARABLE, ids=range(len(COMPARABLE)))
def test_members_that_differ_elsewhere_are_not(members: list[Value]) -> None:
    assert make_set(members) == union(frozenset(members[:1]), frozenset(members[1:])) == frozenset(members)


def test_many_tagged_records_are_compared() -> None:
    messages: list[Value] = [
        make_record({"type": kind, "n": n, "value": n if kind == "a" else str(n)})
        for n in range(2_000)
        for kind in ("a", "b")
    ]
    whole = make_set(messages)
    for message in messages[:20]:
        assert union(whole, frozenset({message})) == whole
