"""Machine code and Python source give a term the value that `ir.evaluate` gives it."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aioformal.ir import term as ir
from aioformal.ir.evaluate import evaluate
from aioformal.ir.sort import BOOL, int_sort
from aioformal.ir.system import StateVariable
from aioformal.native.conversion import compile_conversion
from aioformal.native.interpreted import compiled
from aioformal.native.layout import Layout, Packed, layout_of
from aioformal.native.python_tree import conversion_source
from tests.unit.solve.trees import SORTS, VARIABLES, assignments, built, colours, formulas, numbers

FEW = settings(max_examples=100, derandomize=True, deadline=None)
HERE = layout_of(StateVariable(name, sort) for name, sort in SORTS.items())
some_trees = st.lists(formulas(4) | numbers(4) | colours(3), min_size=1, max_size=8)
some_states = st.lists(assignments, min_size=1, max_size=8)


def results(terms: list[ir.Term]) -> tuple[Layout, dict[str, ir.Term]]:
    """A layout whose slots are the values of the terms."""
    named = {f"t{n}": term for n, term in enumerate(terms)}
    return layout_of(StateVariable(name, term.sort) for name, term in named.items()), named


def by_machine_code(terms: list[ir.Term], states: list[Packed]) -> list[Packed]:
    there, named = results(terms)
    flat = [word for words in states for word in words]
    source = (ctypes.c_uint64 * len(flat))(*flat)
    target = (ctypes.c_uint64 * (there.words * len(states)))()
    convert = compile_conversion(HERE, there, named)
    convert(ctypes.addressof(source), ctypes.addressof(target), len(states))
    return [tuple(target[n * there.words : (n + 1) * there.words]) for n in range(len(states))]


def by_python(terms: list[ir.Term], states: list[Packed]) -> list[Packed]:
    there, named = results(terms)
    convert = compiled(conversion_source(HERE, there, named))["convert"]
    return [convert(*words) for words in states]


@FEW
@pytest.mark.parametrize("run", [by_machine_code, by_python])
@given(trees=some_trees, states=some_states)
@example(
    trees=[(op, ("variable", a), ("variable", b)) for op in ("div", "mod") for a in "xz" for b in "xyz"],
    states=[
        {"p": True, "q": False, "x": x, "y": y, "z": -7, "c": 1, "d": 2} for x in range(-3, 5) for y in (0, 3)
    ],
)
def test_terms_have_the_value_that_evaluation_gives_them(run: Any, trees: Any, states: Any) -> None:
    terms = [built(tree) for tree in trees]
    there, _ = results(terms)
    found = run(terms, [HERE.pack(state) for state in states])
    for state, words in zip(states, found, strict=True):
        assert all(type(word) is int for word in words), "a truth value is no word"
        expected = evaluate(terms, {VARIABLES[name]: value for name, value in state.items()})
        assert list(there.unpack(words).values()) == expected


def test_deep_terms_do_not_exhaust_a_parser() -> None:
    x = VARIABLES["x"]
    deep: ir.Term = x
    for n in range(600):
        deep = ir.ite(ir.eq(deep, ir.integer(n % 7)), x, ir.mod(ir.add(deep, ir.integer(n)), ir.integer(5)))
    states = [
        HERE.pack({"p": True, "q": True, "x": n, "y": 0, "z": -2, "c": 0, "d": 0}) for n in range(-3, 5)
    ]
    there, _ = results([deep])
    expected = [evaluate([deep], {x: n})[0] for n in range(-3, 5)]
    for run in (by_machine_code, by_python):
        assert [there.unpack(words)["t0"] for words in run([deep], states)] == expected


def test_a_term_shared_everywhere_is_written_once() -> None:
    shared = ir.mul(ir.add(VARIABLES["x"], VARIABLES["y"]), ir.add(VARIABLES["x"], VARIABLES["z"]))
    terms = [ir.eq(shared, ir.integer(n)) for n in range(20)]
    there, named = results(terms)
    assert conversion_source(HERE, there, named).count("*") == 1


def test_a_wide_result_keeps_all_its_bits() -> None:
    far = 2**61 - 1
    wide = layout_of([StateVariable("n", int_sort(-far, far)), StateVariable("b", BOOL)])
    n = ir.variable("n", int_sort(-far, far))
    term = ir.ite(ir.variable("b", BOOL), ir.neg(n), n)
    there = layout_of([StateVariable("r", term.sort)])
    convert = compiled(conversion_source(wide, there, {"r": term}))["convert"]
    for value in (-far, -1, 0, far):
        assert there.unpack(convert(*wide.pack({"n": value, "b": True}))) == {"r": -value}
        assert there.unpack(convert(*wide.pack({"n": value, "b": False}))) == {"r": value}
