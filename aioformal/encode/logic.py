"""Connectives, choices between expressions, quantifiers and CHOOSE.

The order of evaluation is TLC's: left to right, and no further than the answer needs. So what may fail on the
right of `/\\` fails only where the left is TRUE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from aioformal.encode.binding import Column, Row, bound_scope, columns_of, crossed
from aioformal.encode.choice import choose, if_else
from aioformal.encode.looping import few_columns, quantified
from aioformal.encode.relations import equal
from aioformal.encode.scope import Scope
from aioformal.encode.shapes import ordered
from aioformal.encode.sources import bounded, elements_of_set, known_set, known_values
from aioformal.encode.symbols import UNDEFINED, Const, Sym, truth_value
from aioformal.encode.translator import Supplier, Translator
from aioformal.encode.unordered import in_any_order
from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.syntax import ast
from aioformal.value.values import LazySet, Value


def conjunction(t: Translator, items: Iterable[Supplier]) -> Term:
    """All items, each evaluated only where those before it are TRUE."""
    terms: list[Term] = []
    with t.path.under():
        for item in items:
            terms.append(t.as_truth(item()))
            t.path.assume(terms[-1])
            if terms[-1] is ir.false:
                break
    return ir.and_(*terms)


def disjunction(t: Translator, items: Iterable[Supplier]) -> Term:
    """Any of the items, each evaluated only where those before it are FALSE."""
    terms: list[Term] = []
    with t.path.under():
        for item in items:
            terms.append(t.as_truth(item()))
            t.path.assume(ir.not_(terms[-1]))
            if terms[-1] is ir.true:
                break
    return ir.or_(*terms)


def junction(t: Translator, node: ast.Junction, scope: Scope) -> Sym:
    items = [lambda item=item: t.value(item, scope) for item in node.items]
    return truth_value(conjunction(t, items) if node.kind == "/\\" else disjunction(t, items))


def both(t: Translator, a: Supplier, b: Supplier) -> Sym:
    return truth_value(conjunction(t, (a, b)))


def either(t: Translator, a: Supplier, b: Supplier) -> Sym:
    return truth_value(disjunction(t, (a, b)))


def implication(t: Translator, a: Supplier, b: Supplier) -> Sym:
    premise = t.as_truth(a())
    if premise is ir.false:
        return truth_value(ir.true)
    with t.path.under(premise):
        return truth_value(ir.implies(premise, t.as_truth(b())))


def conditional(t: Translator, node: ast.If, scope: Scope) -> Sym:
    condition = t.truth(node.condition, scope)
    return if_else(
        condition,
        _where(t, condition, node.then, scope),
        _where(t, ir.not_(condition), node.otherwise, scope),
    )


def _where(t: Translator, condition: Term, expr: ast.Expr, scope: Scope) -> Sym:
    """An expression's value where a condition holds; nothing is evaluated where it cannot."""
    if condition is ir.false:
        return UNDEFINED
    with t.path.under(condition):
        return t.value(expr, scope)


def case(t: Translator, node: ast.Case, scope: Scope) -> Sym:
    """The first arm whose guard is TRUE."""
    options: list[tuple[Term, Sym]] = []
    rest = ir.true
    for arm in node.arms:
        with t.path.under(rest):
            guard = t.truth(arm.guard, scope)
        here = ir.and_(rest, guard)
        options.append((here, _where(t, here, arm.value, scope)))
        rest = ir.and_(rest, ir.not_(guard))
        if rest is ir.false:
            return choose(options)
    if node.other is not None:
        return choose([*options, (rest, _where(t, rest, node.other, scope))])
    t.path.fail(rest, "eval.partial", "no arm of CASE applies")
    return choose(options)


# ---------------------------------------------------------------- quantifiers


def quantifier(t: Translator, node: ast.Quantifier, scope: Scope) -> Sym:
    if node.kind not in ("\\A", "\\E"):
        raise t.path.unsupported("temporal quantifiers are not supported")
    few = columns_of(t, node.bounds, scope) if not t.looping else few_columns(t, node, scope)
    if few is not None:
        return _written_out(t, node, scope, few)
    written = lambda: _written_out(t, node, scope, columns_of(t, node.bounds, scope))  # noqa: E731
    return quantified(t, node, scope, written)


def _written_out(t: Translator, node: ast.Quantifier, scope: Scope, columns: Sequence[Column]) -> Sym:
    if all(column.in_order for column in columns):
        return _one_by_one(t, node, crossed(columns, scope))
    exists = node.kind == "\\E"
    return in_any_order(t.path, columns, scope, exists, lambda inner: t.truth(node.body, inner))


def _one_by_one(t: Translator, node: ast.Quantifier, rows: Iterable[Row]) -> Sym:
    """Each instance is looked at where those before it do not decide."""
    exists = node.kind == "\\E"
    terms: list[Term] = []
    with t.path.under():
        for inner, guard, _ in rows:
            with t.path.under(guard):
                holds = t.truth(node.body, inner)
            terms.append(ir.and_(guard, holds) if exists else ir.implies(guard, holds))
            t.path.assume(ir.not_(terms[-1]) if exists else terms[-1])
            if terms[-1] is (ir.true if exists else ir.false):
                break
    return truth_value(ir.or_(*terms) if exists else ir.and_(*terms))


def choice(t: Translator, node: ast.Choose, scope: Scope) -> Sym:
    """CHOOSE: the least value, in the canonical order, that satisfies the body."""
    if node.bound.domain is None:
        raise t.path.unsupported("an unbounded CHOOSE has no value that can be computed")
    domain = t.value(node.bound.domain, scope)
    return least(t, domain, lambda value: t.truth(node.body, bound_scope(t, node.bound, Const(value), scope)))


def least(t: Translator, domain: Sym, test: Callable[[Value], Term]) -> Sym:
    """The least member of a set that passes a test; a failure where none does."""
    options: list[tuple[Term, Sym]] = []
    rest = ir.true
    for value, guard in members_in_order(t, domain):
        here = ir.and_(rest, guard)
        if here is ir.false:
            continue
        with t.path.under(here):
            chosen = ir.and_(here, test(value))
        if chosen is not ir.false:
            options.append((chosen, Const(value)))
            bounded(t.path, len(options), "CHOOSE")
        rest = ir.and_(rest, ir.not_(chosen))
        if rest is ir.false:
            break
    t.path.fail(rest, "eval.partial", "CHOOSE finds no value")
    return choose(options)


def members_in_order(t: Translator, domain: Sym) -> Iterable[tuple[Value, Term]]:
    """The members of a set in canonical order; of a known one no more than are asked for."""
    known = known_set(domain)
    if isinstance(known, LazySet) and known.is_small():
        return ((value, ir.true) for value in known.members())
    found = _guards_of_members(t, domain)
    return ((value, found[value]) for value in ordered(found))


def _guards_of_members(t: Translator, domain: Sym) -> dict[Value, Term]:
    found: dict[Value, Term] = {}
    for element, guard in elements_of_set(t.path, domain):
        for value, condition in known_values(t.path, element).items():
            both_hold = ir.and_(guard, condition)
            known = found.get(value)
            found[value] = both_hold if known is None else ir.or_(known, both_hold)
    return found


# ---------------------------------------------------------------- actions as predicates


def unchanged(t: Translator, expr: ast.Expr, scope: Scope) -> Term:
    """`UNCHANGED expr`: worth the same in both states."""
    if isinstance(expr, ast.Tuple):
        return conjunction(
            t, [lambda item=item: truth_value(unchanged(t, item, scope)) for item in expr.elements]
        )
    now = t.value(expr, scope)
    with t.ahead():
        then = t.value(expr, scope)
    return equal(t.path, then, now)


def box(t: Translator, node: ast.ActionBox, scope: Scope) -> Sym:
    """`[A]_v`: A, or v stays as it is."""
    action, subscript = node.action, node.subscript
    stays = (lambda: t.value(action, scope), lambda: truth_value(unchanged(t, subscript, scope)))
    return truth_value(disjunction(t, stays))


def angle(t: Translator, node: ast.ActionAngle, scope: Scope) -> Sym:
    """`<<A>>_v`: A, and v changes."""
    action, subscript = node.action, node.subscript
    happens = t.happens(node, scope)
    if happens is not None:
        return truth_value(happens)
    moves = (lambda: t.value(action, scope), lambda: truth_value(ir.not_(unchanged(t, subscript, scope))))
    return truth_value(conjunction(t, moves))
