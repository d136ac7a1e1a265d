"""Traces to the Informal Trace Format and back; `itf-py` reads what we write."""

from __future__ import annotations

import json
from typing import Any

import itf_py
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aioformal.diagnostic import DiagnosticError
from aioformal.evidence.verdict import ActionLabel, Trace
from aioformal.report.itf import trace_from_itf, trace_to_itf
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

M, N = ModelValue("m"), ModelValue("n")

VALUES: list[tuple[Value, Any]] = [
    (TRUE, True),
    (FALSE, False),
    (12, {"#bigint": "12"}),
    (-(2**70), {"#bigint": "-1180591620717411303424"}),
    ("text", "text"),
    (M, "m"),
    (EMPTY_SET, {"#set": []}),
    (frozenset({2, 1}), {"#set": [{"#bigint": "1"}, {"#bigint": "2"}]}),
    (Interval(1, 1), {"#set": [{"#bigint": "1"}]}),
    (EMPTY_FUNCTION, []),
    (make_tuple(["a", "b"]), ["a", "b"]),
    (make_tuple(["a", TRUE]), {"#tup": ["a", True]}),
    (make_record({"b": TRUE, "a": M}), {"a": "m", "b": True}),
    (Function({M: TRUE, N: FALSE}), {"#map": [["m", True], ["n", False]]}),
    (Function({"#set": TRUE}), {"#map": [["#set", True]]}),
    (Function({0: "x"}), {"#map": [[{"#bigint": "0"}, "x"]]}),
]


@pytest.mark.parametrize(("value", "written"), VALUES, ids=range(len(VALUES)))
def test_values(value: Value, written: object) -> None:
    document = trace_to_itf(Trace(("x",), ((value,),), ()))
    assert document["states"] == [{"#meta": {"index": 0}, "x": written}]
    assert trace_from_itf(json.loads(json.dumps(document))).states == ((value,),)


TRACE = Trace(
    ("owner", "queue"),
    ((M, EMPTY_FUNCTION), (N, make_tuple([1])), (M, make_tuple([1, 2]))),
    (ActionLabel("Take", (("task", N), ("slots", frozenset({1})))), ActionLabel("Done")),
    loop=1,
)


def test_a_trace() -> None:
    document = trace_to_itf(TRACE)
    assert document["vars"] == ["owner", "queue"]
    assert document["loop"] == 1
    assert document["#meta"]["modelValues"] == ["m", "n"]
    assert document["states"][1]["#meta"] == {
        "index": 1,
        "action": {"name": "Take", "arguments": [["task", "n"], ["slots", {"#set": [{"#bigint": "1"}]}]]},
    }
    assert trace_from_itf(json.loads(json.dumps(document))) == TRACE


def test_no_loop_is_no_key() -> None:
    assert "loop" not in trace_to_itf(Trace(("x",), ((1,),), ()))


def test_a_model_value_named_like_a_string() -> None:
    trace = Trace(("x", "y"), ((M, "m"), (N, "m")), (ActionLabel("A", (("p", M),)),))
    document = trace_to_itf(trace)
    assert document["states"][0]["x"] == {"#unserializable": "m"}
    assert document["states"][1]["x"] == "n"
    assert document["#meta"]["modelValues"] == ["n"]
    assert trace_from_itf(document) == trace


def test_what_cannot_be_enumerated_is_named() -> None:
    document = trace_to_itf(Trace(("x",), ((PowerSet(NAT),),), ()))
    assert document["states"][0]["x"] == {"#unserializable": "SUBSET Nat"}
    with pytest.raises(DiagnosticError, match="written without its value"):
        trace_from_itf(document)


def test_itf_py_reads_it() -> None:
    trace = itf_py.trace_from_json(trace_to_itf(TRACE))
    assert trace.vars == ["owner", "queue"]
    assert trace.loop == 1
    assert [state.values["queue"] for state in trace.states] == [[], [1], [1, 2]]
    everything = tuple(value for value, _ in VALUES)
    names = tuple(f"v{i}" for i in range(len(everything)))
    values = itf_py.trace_from_json(trace_to_itf(Trace(names, (everything,), ()))).states[0].values
    assert values["v7"] == frozenset({1, 2})
    assert values["v11"] == ("a", True)
    assert values["v12"].a == "m"
    assert values["v15"] == {0: "x"}


def test_we_read_what_itf_py_writes() -> None:
    state = itf_py.State({}, {"x": {1: ("a", 2)}, "y": frozenset({True}), "z": [3]})
    trace = itf_py.Trace({}, [], ["x", "y", "z"], [state], None)
    read = trace_from_itf(itf_py.trace_to_json(trace))
    assert read.states == ((Function({1: make_tuple(["a", 2])}), frozenset({TRUE}), make_tuple([3])),)
    assert read.actions == ()


ATOMS = st.one_of(st.sampled_from([FALSE, TRUE, M, N]), st.integers(), st.text("mn#", max_size=2))


def containers(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    names = st.text("abc#", min_size=1, max_size=2)
    return st.one_of(
        st.frozensets(inner.filter(lambda value: isinstance(value, int)), max_size=3),
        st.lists(inner, max_size=3).map(make_tuple),
        st.dictionaries(names, inner, max_size=3).map(Function),
        st.dictionaries(inner, inner, max_size=3).map(Function),
    )


@given(st.lists(st.recursive(ATOMS, containers, max_leaves=6), min_size=1, max_size=3))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_round_trips(values: list[Value]) -> None:
    names = tuple(f"v{i}" for i in range(len(values)))
    trace = Trace(names, (tuple(values), tuple(values)), (ActionLabel("A", (("p", values[0]),)),), 0)
    assert trace_from_itf(json.loads(json.dumps(trace_to_itf(trace)))) == trace


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({}, "vars is missing"),
    ({"vars": ["x"]}, "states is missing"),
    ({"vars": [1], "states": []}, "a variable is 1"),
    ({"vars": ["x"], "states": [{}]}, "no value to x"),
    ({"vars": ["x"], "states": [[]]}, "must be an object"),
    ({"vars": ["x"], "states": [{"x": 1.5}]}, "a value is 1.5"),
    ({"vars": ["x"], "states": [{"x": None}]}, "a value is missing"),
    ({"vars": ["x"], "states": [{"x": {"#bigint": "one"}}]}, "#bigint is 'one'"),
    ({"vars": ["x"], "states": [{"x": {"#bigint": 1}}]}, "must be a string"),
    ({"vars": ["x"], "states": [{"x": {"#what": 1}}]}, "the keys #what"),
    ({"vars": ["x"], "states": [{"x": {"#set": 1}}]}, "#set is 1"),
    ({"vars": ["x"], "states": [{"x": {"#set": [1, "a"]}}]}, "integers and strings"),
    ({"vars": ["x"], "states": [{"x": {"#map": [[1]]}}]}, "where a pair is needed"),
    ({"vars": ["x"], "states": [{"x": 1}], "loop": 1}, "loop is 1"),
]


@pytest.mark.parametrize(("document", "words"), BROKEN, ids=[words for _, words in BROKEN])
def test_broken_documents(document: dict[str, Any], words: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        trace_from_itf(document)
    assert caught.value.diagnostics[0].code == "itf.malformed"
    assert words in caught.value.diagnostics[0].message
