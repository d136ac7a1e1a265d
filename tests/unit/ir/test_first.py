"""`first`: what it is worth, how it folds, and how it is taken apart for a loop."""

from __future__ import annotations

from itertools import product

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.ir import first as first_module
from aioformal.ir import term as ir
from aioformal.ir.check import check_system
from aioformal.ir.evaluate import evaluate
from aioformal.ir.loop import body_of, cost_of, lookup_of
from aioformal.ir.node import leaves, operands
from aioformal.ir.sort import BOOL, EnumSort, int_sort
from aioformal.ir.system import StateVariable, SystemPart, SystemProperty, TransitionSystem
from aioformal.resolve.model import PartKind, PropertyKind

N, J = ir.bound_variable("i", int_sort(1, 5)), ir.bound_variable("j", int_sort(0, 3))
B = ir.bound_variable("b", BOOL)
X = ir.variable("x", int_sort(0, 9))
F = [ir.variable(f"f[{n}]", int_sort(0, 9)) for n in range(1, 6)]
G = [ir.variable(f"g[{n}]", BOOL) for n in range(1, 6)]


def at(rows: list[ir.Term], index: ir.Term) -> ir.Term:
    """`rows[index]` as the encoder says it of integers."""
    chain = rows[-1]
    for n in reversed(range(1, len(rows))):
        chain = ir.ite(ir.eq(index, ir.integer(n)), rows[n - 1], chain)
    return chain


def one_of(rows: list[ir.Term], index: ir.Term) -> ir.Term:
    """The same of truth values."""
    return ir.or_(*(ir.and_(ir.eq(index, ir.integer(n)), row) for n, row in enumerate(rows, 1)))


def value(term: ir.Term, **given: int) -> object:
    assignment = {ir.variable("x", int_sort(0, 9)): given.get("x", 0)}
    return evaluate([term], assignment)[0]


def test_there_is_one() -> None:
    square = ir.eq(ir.mul(N, N), X)
    found = ir.first([N], square, ir.true)
    assert [x for x in range(10) if value(found, x=x)] == [1, 4, 9]


def test_the_first_one_decides() -> None:
    """The least j comes before the least i: the variable in front changes last."""
    condition, answer = ir.lt(X, ir.add(N, J)), ir.eq(J, ir.integer(3))
    for x in range(10):
        pairs = [(i, j) for i, j in product(range(1, 6), range(4)) if x < i + j]
        assert value(ir.first([N, J], condition, answer), x=x) is (bool(pairs) and pairs[0][1] == 3)


def test_truth_values_and_enumerations_are_gone_through() -> None:
    colour = ir.bound_variable("c", EnumSort(3))
    green = ir.eq(colour, ir.enum(1, 3))
    assert value(ir.first([colour, B], ir.and_(green, B), ir.true)) is True
    assert value(ir.first([colour, B], ir.true, green)) is False


def test_what_is_bound_within_is_not_seen_from_outside() -> None:
    inner = ir.first([J], ir.eq(ir.add(N, J), X), ir.true)
    outer = ir.first([N], ir.not_(inner), ir.true)
    assert leaves([outer]) == [X]
    assert list(operands(inner)) == [N, X] or list(operands(inner)) == [X, N]
    assert ir.variables_of(outer) == {X}
    for x in range(10):
        assert value(outer, x=x) is any(all(i + j != x for j in range(4)) for i in range(1, 6))


def test_folding() -> None:
    condition = ir.eq(N, X)
    assert ir.first([N], ir.false, ir.true) is ir.false
    assert ir.first([N], condition, ir.false) is ir.false
    assert ir.first([J], condition, ir.true) is condition, "nothing depends on j"
    assert ir.first([N, J], condition, ir.true) is ir.first([N], condition, ir.true)


def test_a_loop_within_a_loop_becomes_one() -> None:
    inner = ir.first([J], ir.eq(ir.add(N, J), X), ir.true)
    outer = ir.first([N], ir.and_(ir.lt(X, ir.integer(7)), inner), ir.true)
    assert outer.args[:-2] == (N, J)
    for x in range(10):
        assert value(outer, x=x) is (x < 7 and any(n + j == x for n in range(1, 6) for j in range(4)))


def test_a_loop_that_is_there_twice_is_joined_once() -> None:
    """The second one may be about other values: what it binds is its own."""
    less, more = (ir.first([J], ir.eq(ir.add(J, ir.integer(k)), X), ir.true) for k in (1, 3))
    both = ir.first([N], ir.and_(ir.eq(N, ir.integer(2)), less, more), ir.true)
    assert both.args[:-2].count(J) == 1
    for x in range(10):
        assert value(both, x=x) is (1 <= x <= 4 and 3 <= x <= 6)


def test_no_loop_binds_what_means_something_else_around_it() -> None:
    """J stands for a value from outside there, and for one of its own in the loop within."""
    inner = ir.first([J], ir.eq(ir.add(J, ir.integer(3)), X), ir.true)
    outer = ir.first([N], ir.and_(ir.eq(N, J), inner), ir.true)
    assert leaves([outer]) == [J, X]
    for j, x in product(range(4), range(10)):
        assert evaluate([outer], {J: j, X: x}) == [1 <= j <= 3 and 3 <= x <= 6]


def test_no_loops_are_joined_that_are_too_many_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_module, "MOST_TOGETHER", 19)
    inner = ir.first([J], ir.eq(ir.add(N, J), X), ir.true)
    assert ir.first([N], inner, ir.true).args[:-2] == (N,)


def test_values_are_filled_in_below() -> None:
    found = ir.first([N], ir.eq(N, X), ir.true)
    (never,) = ir.substitute([found], {X: ir.integer(7)})
    (once,) = ir.substitute([found], {X: ir.integer(4)})
    assert never is ir.false
    assert value(once) is True


def test_only_what_has_an_end_is_bound() -> None:
    for variable in (ir.bound_variable("n", int_sort(0, None)), X):
        with pytest.raises(TypeError, match="cannot be gone through"):
            ir.first([variable], ir.le(variable, ir.integer(3)), ir.true)


def test_as_text() -> None:
    assert ir.text(ir.first([N], ir.eq(N, X), ir.true)) == "\\E ?i \\in 1..5 : ?i = x"
    told = ir.text(ir.first([N], ir.le(X, N), ir.eq(N, ir.integer(2))))
    assert told == "LET ?i \\in 1..5 BE THE FIRST WITH (x <= ?i) IN ?i = 2"


def test_a_bound_variable_outside_is_a_fault() -> None:
    stray = SystemPart(PartKind.ALWAYS, ir.le(N, X), ())
    system = TransitionSystem(
        variables=(StateVariable("x", int_sort(0, 9)),),
        initial=(),
        transitions=(),
        properties=(SystemProperty("P", PropertyKind.INVARIANT, (stray,)),),
    )
    with pytest.raises(DiagnosticError, match="speaks of i, which nothing binds"):
        check_system(system)


# ---------------------------------------------------------------- tables


def each(rows: list[ir.Term], index: ir.Term) -> ir.Term:
    """The same, the other way round."""
    return ir.and_(*(ir.implies(ir.eq(index, ir.integer(n)), row) for n, row in enumerate(rows, 1)))


@pytest.mark.parametrize("term", [at(F, N), one_of(G, N), each(G, N)])
def test_a_choice_by_one_variable_is_a_place_in_a_table(term: ir.Term) -> None:
    found = lookup_of(term)
    assert found is not None
    assert found.variable is N
    state = {f: n * 3 % 10 for n, f in enumerate(F)} | {g: n % 2 == 0 for n, g in enumerate(G)}
    for n, row in enumerate(found.rows, 1):
        assert evaluate([row], state) == evaluate([term], {**state, N: n})


@pytest.mark.parametrize(
    "term",
    [
        ir.or_(one_of(G, N), B),
        ir.or_(ir.and_(ir.eq(N, ir.integer(1)), G[0]), ir.and_(ir.eq(J, ir.integer(1)), G[1])),
        ir.ite(ir.eq(N, ir.integer(1)), F[0], F[1]),
        ir.ite(ir.le(N, ir.integer(3)), F[0], F[1]),
        at(F, X),
    ],
    ids=["more", "two variables", "too few", "no equation", "not bound"],
)
def test_what_is_no_table(term: ir.Term) -> None:
    assert lookup_of(term) is None


def test_what_a_loop_does_each_time() -> None:
    fixed = ir.mul(X, X)
    changing = ir.le(ir.add(at(F, N), J), fixed)
    body = body_of([changing], frozenset({N, J}))
    assert body.fixed == (fixed,)
    assert list(body.lookups) == [at(F, N)]
    assert changing in body.changing
    assert fixed not in body.changing


def test_rows_that_change_make_no_table() -> None:
    rows = [ir.add(f, J) for f in F]
    assert body_of([at(rows, N)], frozenset({N, J})).lookups == {}
    assert len(body_of([at(rows, N)], frozenset({N})).lookups) == 1


def test_loops_within_loops_cost_more() -> None:
    inner = ir.first([J], ir.lt(ir.add(N, J), X), ir.true)
    outer = ir.first([N], ir.not_(inner), ir.true)
    assert cost_of(inner).rounds == 4
    assert cost_of(outer).rounds == 20
    assert cost_of(outer).effort > 5 * cost_of(inner).effort
