"""Loops in machine code and in its twin find what `ir.evaluate` finds."""

from __future__ import annotations

from collections.abc import Mapping
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aioformal.ir import term as ir
from aioformal.ir.evaluate import evaluate
from aioformal.ir.sort import BOOL, EnumSort, Sort, int_sort
from aioformal.ir.system import StateVariable, SystemPart, SystemProperty, TransitionSystem
from aioformal.native.interpreted import InterpretedKernel
from aioformal.native.layout import layout_of
from aioformal.native.llvm_kernel import LlvmKernel
from aioformal.native.llvm_loops import LlvmLoops
from aioformal.native.plan import plan_of
from aioformal.resolve.model import PartKind, PropertyKind
from tests.unit.solve.trees import SORTS, VARIABLES, assignments, built, formulas

Asked = list[tuple[list[str], object, object]]

BINDABLE = [name for name in SORTS if name != "z"]
"""Names that a loop may go through: all but the one with the most values."""


def bound(name: str) -> ir.Term:
    return ir.bound_variable(name, SORTS[name])


def closed(names: list[str], condition: ir.Term, value: ir.Term) -> ir.Term:
    """`first` over some of the variables of two terms."""
    own = {VARIABLES[name]: bound(name) for name in names}
    return ir.first(list(own.values()), *ir.substitute([condition, value], own))


names = st.lists(st.sampled_from(BINDABLE), min_size=1, max_size=3, unique=True)
searches: st.SearchStrategy[Asked] = st.lists(
    st.tuples(names, formulas(3), formulas(2)), min_size=1, max_size=4
)


def system(terms: list[ir.Term]) -> TransitionSystem:
    """A state satisfies the n-th property where the n-th term is true."""
    return TransitionSystem(
        variables=tuple(StateVariable(name, sort) for name, sort in SORTS.items()),
        initial=(),
        transitions=(),
        properties=tuple(
            SystemProperty(f"P{n}", PropertyKind.INVARIANT, (SystemPart(PartKind.ALWAYS, term, ()),))
            for n, term in enumerate(terms)
        ),
    )


@pytest.mark.parametrize("kind", [LlvmKernel, InterpretedKernel])
@settings(max_examples=60, derandomize=True, deadline=None)
@given(asked=searches, states=st.lists(assignments, min_size=1, max_size=6))
def test_what_comes_first(
    kind: type[LlvmKernel | InterpretedKernel], asked: Asked, states: list[Mapping[str, bool | int]]
) -> None:
    terms = [closed(own, built(condition), built(value)) for own, condition, value in asked]
    # A loop within a loop, whose own variables stand for others there.
    terms.append(ir.first([bound("y")], ir.not_(renamed(terms[0], "y")), ir.true))
    kernel = kind(plan_of(system(terms)))
    try:
        for state in states:
            expected = evaluate(terms, {VARIABLES[name]: value for name, value in state.items()})
            mask = kernel.verdicts(kernel.plan.layout.pack(state))[1]
            assert [not mask >> n & 1 for n in range(len(terms))] == expected
    finally:
        kernel.close()


def renamed(term: ir.Term, name: str) -> ir.Term:
    """A term in which one of the state's variables is that of a loop around it. No two loops within each
    other bind one name."""
    inner = {bound(own): ir.bound_variable(f"{own}'", sort) for own, sort in SORTS.items()}
    (fresh,) = ir.substitute([term], inner)
    (made,) = ir.substitute([fresh], {VARIABLES[name]: bound(name)})
    return made


def test_a_table_is_read_where_the_loop_has_got_to() -> None:
    colours: Sort = EnumSort(6)
    slots = [StateVariable(f"f{n}", colours) for n in range(8)]
    read = [ir.variable(slot.name, slot.sort) for slot in slots]
    i, j = (ir.bound_variable(name, EnumSort(8)) for name in "ij")

    def at(index: ir.Term) -> ir.Term:
        chain = read[-1]
        for n in reversed(range(7)):
            chain = ir.ite(ir.eq(index, ir.enum(n, 8)), read[n], chain)
        return chain

    same = ir.first([i, j], ir.and_(ir.not_(ir.eq(i, j)), ir.eq(at(i), at(j))), ir.eq(at(i), ir.enum(2, 6)))
    whole = TransitionSystem(
        variables=tuple(slots),
        initial=(),
        transitions=(),
        properties=(SystemProperty("P", PropertyKind.INVARIANT, (SystemPart(PartKind.ALWAYS, same, ()),)),),
    )
    kernels = [LlvmKernel(plan_of(whole)), InterpretedKernel(plan_of(whole))]
    for values in ((0, 1, 2, 3, 4, 5, 2, 0), (5, 2, 1, 2, 5, 0, 0, 0), (0, 1, 2, 3, 4, 5, 5, 2)):
        state = dict(zip((slot.name for slot in slots), values, strict=True))
        (expected,) = evaluate([same], dict(zip(read, values, strict=True)))
        for kernel in kernels:
            assert (kernel.verdicts(kernel.plan.layout.pack(state))[1] == 0) is expected
    assert ir.substitute([same], {}) == [same]
    assert same.sort is BOOL


def test_what_is_in_a_table_is_not_taken_apart() -> None:
    pc, z = ir.variable("pc", int_sort(0, 5)), ir.variable("z", int_sort(0, 9))
    others = [ir.variable(f"a{n}", int_sort(0, 9)) for n in range(150)]
    i, j = (ir.bound_variable(name, int_sort(0, 99)) for name in "ij")

    def row(k: int) -> ir.Term:
        cases = (ir.and_(ir.eq(pc, ir.integer(n)), ir.le(others[n + k % 30 * 5], z)) for n in range(5))
        return ir.or_(*cases)

    condition = ir.or_(*(ir.and_(ir.eq(i, ir.integer(k)), row(k)) for k in range(100)))
    layout = layout_of([StateVariable(slot.name, slot.sort) for slot in (pc, z, *others)])
    term = ir.first([i, j], ir.and_(condition, ir.le(z, j)), ir.true)
    with patch("aioformal.native.cases.GROWTH", 100):
        text = LlvmLoops(layout).written("first", term)
    assert "alloca" in text
    assert "switch" not in text
