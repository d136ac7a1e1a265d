"""What the constructors make of their arguments, case by case."""

from __future__ import annotations

import gc

import pytest

from aioformal.ir.evaluate import evaluate
from aioformal.ir.node import postorder
from aioformal.ir.sort import BOOL, EnumSort, IntSort, admits, int_sort
from aioformal.ir.term import (
    Term,
    add,
    and_,
    boolean,
    div,
    enum,
    eq,
    false,
    iff,
    implies,
    integer,
    ite,
    le,
    lt,
    mod,
    mul,
    neg,
    not_,
    or_,
    sub,
    substitute,
    text,
    true,
    variable,
    variables_of,
)

P, Q, R = (variable(name, BOOL) for name in "pqr")
X, Y = variable("x", int_sort(0, 9)), variable("y", int_sort(-3, 3))
N = variable("n", int_sort(None, None))
C = variable("c", EnumSort(3))
RED, GREEN, BLUE = (enum(i, 3) for i in range(3))


def test_the_same_term_is_the_same_object() -> None:
    assert and_(P, or_(Q, R)) is and_(P, or_(Q, R))
    assert variable("x", int_sort(0, 9)) is X
    assert variable("x", int_sort(0, 8)) is not X


def test_truth_is_not_one() -> None:
    assert boolean(True) is not integer(1)
    assert enum(1, 3) is not integer(1)
    with pytest.raises(TypeError):
        integer(True)
    assert admits(BOOL, True)
    assert not admits(int_sort(0, 5), True)
    assert not admits(EnumSort(3), 3)


def test_terms_that_nobody_holds_are_forgotten() -> None:
    from aioformal.ir.node import _known

    # What was folded lately is held, so many answers and no more: other tests may have filled that up.
    eq.cache_clear()
    gc.collect()
    before = len(_known)
    rare = 7_654_321
    made = [eq(X, integer(rare + i)) for i in range(5)] + [mul(N, integer(rare + i)) for i in range(50)]
    assert len(_known) >= before + 100
    del made
    eq.cache_clear()
    gc.collect()
    assert len(_known) <= before


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (and_(), true),
        (or_(), false),
        (and_(P), P),
        (and_(P, true, P), P),
        (and_(P, Q, not_(P)), false),
        (or_(P, Q, not_(P)), true),
        (and_(and_(P, Q), R), and_(P, Q, R)),
        (or_(P, or_(Q, P)), or_(P, Q)),
        (and_(P, and_(Q, not_(P))), false),
        (not_(not_(P)), P),
        (implies(P, P), true),
        (and_(eq(C, RED), eq(C, BLUE)), false),
        (and_(eq(C, RED), not_(eq(C, BLUE))), eq(C, RED)),
        (or_(not_(eq(C, RED)), not_(eq(C, BLUE))), true),
        (or_(not_(eq(C, RED)), eq(C, BLUE)), not_(eq(C, RED))),
        (and_(eq(X, integer(1)), P, eq(X, integer(2))), false),
        (or_(eq(C, RED), eq(C, GREEN), eq(C, BLUE)), true),
        (or_(P, eq(Y, integer(-3)), *(eq(Y, integer(n)) for n in range(-2, 4))), true),
        (and_(*(not_(eq(X, integer(n))) for n in range(10))), false),
        (or_(or_(eq(C, RED), eq(C, GREEN)), P, eq(C, RED)), or_(eq(C, RED), eq(C, GREEN), P)),
    ],
)
def test_junctions(made: Term, expected: Term) -> None:
    assert made is expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (ite(P, Q, Q), Q),
        (ite(true, X, Y), X),
        (ite(P, true, false), P),
        (ite(P, false, true), not_(P)),
        (ite(P, Q, false), and_(P, Q)),
        (ite(P, true, Q), or_(P, Q)),
        (ite(P, Q, true), or_(not_(P), Q)),
        (ite(not_(P), X, Y), ite(P, Y, X)),
        (ite(P, ite(P, X, N), Y), ite(P, X, Y)),
        (ite(P, X, ite(Q, X, Y)), ite(or_(P, Q), X, Y)),
        (eq(ite(P, RED, BLUE), RED), P),
        (eq(ite(P, RED, BLUE), GREEN), false),
        (eq(ite(P, RED, ite(Q, GREEN, C)), GREEN), and_(not_(P), or_(Q, eq(C, GREEN)))),
        (lt(ite(P, integer(1), integer(5)), integer(3)), P),
        (le(ite(P, integer(1), X), integer(0)), and_(not_(P), le(X, integer(0)))),
    ],
)
def test_choices(made: Term, expected: Term) -> None:
    assert made is expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (add(integer(2), integer(3)), integer(5)),
        (add(add(X, integer(2)), integer(-2)), X),
        (sub(X, X), integer(0)),
        (sub(add(X, integer(1)), add(X, integer(3))), integer(-2)),
        (neg(neg(X)), X),
        (mul(X, integer(0)), integer(0)),
        (mul(integer(-1), X), neg(X)),
        (div(integer(-7), integer(2)), integer(-4)),
        (mod(integer(-7), integer(2)), integer(1)),
        (div(X, integer(0)), integer(0)),
        (mod(X, integer(10)), X),
        (div(X, integer(10)), integer(0)),
        (eq(X, integer(10)), false),
        (eq(add(X, integer(1)), integer(3)), eq(X, integer(2))),
        (eq(add(N, integer(1)), N), false),
        (le(X, integer(9)), true),
        (lt(X, Y), not_(le(Y, X))),
        (lt(N, add(N, integer(1))), true),
        (and_(le(X, integer(3)), lt(integer(3), X)), false),
        (iff(P, not_(P)), false),
        (iff(P, false), not_(P)),
    ],
)
def test_numbers(made: Term, expected: Term) -> None:
    assert made is expected


@pytest.mark.parametrize(
    ("term", "sort"),
    [
        (add(X, Y), IntSort(-3, 12)),
        (sub(X, Y), IntSort(-3, 12)),
        (mul(X, Y), IntSort(-27, 27)),
        (mul(Y, Y), IntSort(-9, 9)),
        (div(Y, integer(2)), IntSort(-2, 1)),
        (div(Y, X), IntSort(-3, 3)),
        (mod(Y, integer(3)), IntSort(0, 2)),
        (mod(N, X), IntSort(0, 8)),
        (add(N, X), IntSort(None, None)),
        (mul(variable("k", int_sort(1, None)), X), IntSort(0, None)),
        (ite(P, integer(3), Y), IntSort(-3, 3)),
    ],
)
def test_intervals(term: Term, sort: IntSort) -> None:
    assert term.sort == sort


def test_wrong_sorts_are_refused() -> None:
    for make, args in ((eq, (X, P)), (eq, (C, X)), (add, (C, X)), (le, (C, C)), (ite, (P, C, X))):
        with pytest.raises(TypeError):
            make(*args)


def test_substitution_folds_anew() -> None:
    term = or_(and_(P, eq(X, integer(3))), Q)
    assert substitute([term], {X: integer(3), Q: false}) == [P]
    assert substitute([term], {P: Q, Q: P}) == [or_(and_(Q, eq(X, integer(3))), P)]
    assert variables_of(term) == {P, Q, X}


def test_depth_is_no_limit() -> None:
    term = P
    for i in range(20_000):
        term = or_(and_(term, variable(f"q{i % 7}", BOOL)), variable(f"r{i % 5}", BOOL))
    values = dict.fromkeys(variables_of(term), True)
    assert evaluate([term], values) == [True]
    assert sum(1 for _ in postorder([term])) > 35_000
    assert len(text(term)) < 5_000_000
    [swapped] = substitute([term], {P: Q})
    assert Q in variables_of(swapped)


def test_a_long_chain_of_choices_is_compared_without_recursion() -> None:
    chain = integer(0)
    for i in range(1, 20_000):
        chain = ite(eq(N, integer(i)), integer(i), chain)
    assert eq(chain, integer(7)) is eq(N, integer(7))


def test_text() -> None:
    shared = add(X, Y)
    assert text(and_(P, not_(eq(C, GREEN)))) == r"p /\ ~(c = @1)"
    assert text(ite(P, neg(Y), integer(2))) == "IF p THEN -y ELSE 2"
    assert text(or_(le(shared, integer(4)), eq(shared, X))) == "LET #1 == x + y\nIN  (#1 <= 4) \\/ (#1 = x)"
