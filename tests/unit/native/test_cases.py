"""What is said of each value of a slot is what the whole condition says where the slot has that value."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aioformal.ir import term as ir
from aioformal.ir.evaluate import evaluate
from aioformal.ir.sort import int_sort
from aioformal.native.cases import LARGE, by_cases
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


def chosen(count: int) -> ir.Term:
    """A choice among so many values of a slot, each with something of its own."""
    slot = ir.variable("pc", int_sort(0, count))
    others = [[ir.variable(f"x{n}{m}", SLOTS["n"].sort) for m in range(4)] for n in range(count)]
    options = (
        ir.and_(ir.eq(slot, ir.integer(n)), *(ir.le(other, ir.integer(0)) for other in others[n]))
        for n in range(count)
    )
    return ir.or_(*options)


def test_a_large_choice_is_taken_apart() -> None:
    condition = chosen(10)
    cases = by_cases(condition)
    assert cases is not None
    assert cases.slot.name == "pc"
    assert cases.otherwise is ir.false
    assert [len(case.args) for case in cases.of.values()] == [4] * 10


def test_a_small_choice_is_not() -> None:
    assert LARGE > 12
    assert by_cases(chosen(2)) is None
