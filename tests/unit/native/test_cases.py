"""What is said of each value of a slot is what the whole condition says where the slot has that value."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aioformal.ir import term as ir
from aioformal.ir.evaluate import evaluate
from aioformal.ir.sort import int_sort
from aioformal.native.cases import by_cases
from tests.unit.native.test_branching import SLOTS, STATES, equations

ATOMS = equations(SLOTS) | st.sampled_from([ir.le(SLOTS["n"], ir.integer(0)), SLOTS["a"]])


def _combined(parts: st.SearchStrategy[ir.Term]) -> st.SearchStrategy[ir.Term]:
    several = st.lists(parts, min_size=2, max_size=4)
    return (
        parts.map(ir.not_)
        | several.map(lambda terms: ir.and_(*terms))
        | several.map(lambda terms: ir.or_(*terms))
        | st.tuples(parts, parts, parts).map(lambda three: ir.ite(*three))
    )


@settings(max_examples=200, derandomize=True, deadline=None)
@given(condition=st.recursive(ATOMS, _combined, max_leaves=14))
def test_the_cases_say_what_the_condition_says(condition: ir.Term) -> None:
    with patch("aioformal.native.cases.LARGE", 2), patch("aioformal.native.cases.FEWEST_VALUES", 1):
        cases = by_cases(condition)
    assume(cases is not None)
    assert cases is not None
    for state in STATES:
        case = cases.of.get(state[cases.slot], cases.otherwise)
        assert evaluate([case], state) == evaluate([condition], state)


def chosen(count: int, name: str = "pc", others: int = 4) -> ir.Term:
    """A choice among so many values of a slot, each with something of its own."""
    slot = ir.variable(name, int_sort(0, count))
    own = [[ir.variable(f"{name}{n}{m}", SLOTS["n"].sort) for m in range(others)] for n in range(count)]
    options = (
        ir.and_(ir.eq(slot, ir.integer(n)), *(ir.le(other, ir.integer(0)) for other in own[n]))
        for n in range(count)
    )
    return ir.or_(*options)


def hardly_chosen() -> ir.Term:
    """Nearly all of it is said where the slot has none of its values."""
    slot = ir.variable("pc", int_sort(0, 9))
    none = (ir.not_(ir.eq(slot, ir.integer(n))) for n in range(3))
    return ir.and_(*none, ir.or_(*(chosen(1, f"other{n}") for n in range(20))))


def test_a_large_choice_is_taken_apart() -> None:
    cases = by_cases(chosen(10))
    assert cases is not None
    assert cases.slot.name == "pc"
    assert cases.otherwise is ir.false
    assert [len(case.args) for case in cases.of.values()] == [4] * 10


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(chosen(2), id="small"),
        pytest.param(ir.or_(chosen(20), *(chosen(1, f"other{n}") for n in range(20))), id="a copied rest"),
        pytest.param(hardly_chosen(), id="a long rest"),
        pytest.param(ir.and_(chosen(20, "pc"), chosen(10, "qc")), id="a copied choice"),
        pytest.param(chosen(1_000, others=1), id="too many values"),
    ],
)
def test_what_would_be_copied_or_take_long_is_not(condition: ir.Term) -> None:
    assert by_cases(condition) is None
