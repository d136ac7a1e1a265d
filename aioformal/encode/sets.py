"""Sets and functions made by a rule, and the operators on sets."""

from __future__ import annotations

from collections.abc import Callable

from aioformal.encode.alike import require_alike
from aioformal.encode.binding import bound_scope, scopes_of
from aioformal.encode.choice import as_fun, over
from aioformal.encode.path import Path
from aioformal.encode.relations import domain_of, equal, member
from aioformal.encode.scope import Remembered, Scope, extended
from aioformal.encode.sources import elements_of_set, most_elements
from aioformal.encode.structures import apply, destructured, materialized
from aioformal.encode.symbols import (
    UNDEFINED,
    Const,
    Sym,
    SymEither,
    SymFilter,
    SymFunctionSet,
    SymLazyFun,
    SymPowerSet,
    SymRecordSet,
    SymSet,
    SymUnion,
    Undefined,
    integer_value,
    kind_of,
    set_value,
)
from aioformal.encode.translator import Translator
from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.resolve.traverse import gives_constructor
from aioformal.syntax import ast
from aioformal.value.values import Value

LISTED = 256
"""A filter of a rule with more members than this stays a rule."""

Element = tuple[Sym, Term]


# ---------------------------------------------------------------- set expressions


def enumeration(t: Translator, node: ast.SetEnumeration, scope: Scope) -> Sym:
    return finite_set(t.path, [(t.value(element, scope), ir.true) for element in node.elements])


def finite_set(path: Path, elements: list[Element]) -> Sym:
    """The set of guarded elements; a failure where two of them are of different kinds."""
    kinds: dict[str, Term] = {}
    for element, guard in elements:
        kind = kind_of(element)
        if kind not in ("model value", "value"):
            kinds[kind] = ir.or_(kinds.get(kind, ir.false), guard)
    if len(kinds) > 1:
        one, other = list(kinds)[:2]
        both = ir.and_(kinds[one], kinds[other])
        path.fail(both, "eval.kind", f"a set cannot have both a {one} and a {other}")
    elif kinds.keys() & {"function", "set"} or any(isinstance(element, SymUnion) for element, _ in elements):
        require_alike(path, elements)
    return set_value(elements)


def filtered(t: Translator, node: ast.SetFilter, scope: Scope) -> Sym:
    """`{x \\in S : P}`; a rule, if S is a rule with many members."""
    if node.bound.domain is None:
        raise t.path.unsupported("a set filter needs a set")
    base = t.value(node.bound.domain, scope)
    keep = _predicate(t, node, scope)
    size = most_elements(t.path, base)
    if size is None or (size > LISTED and not isinstance(base, Const | SymSet)):
        return SymFilter(base, keep)
    return set_value(elements_of_set(t.path, SymFilter(base, keep)))


def _predicate(t: Translator, node: ast.SetFilter, scope: Scope) -> Callable[[Sym], Term]:
    """The test of a filter, in the state where the filter is written."""
    frame, primed = t.frame, t.primed
    t.looked_ahead = t.looked_ahead or not frame.settled

    def keep(element: Sym) -> Term:
        with t.looking(frame, primed):
            return t.truth(node.predicate, bound_scope(t, node.bound, element, scope))

    return keep


def mapped(t: Translator, node: ast.SetMap, scope: Scope) -> Sym:
    """`{e : x \\in S}`."""
    found: list[Element] = []
    for inner, guard in scopes_of(t, node.bounds, scope):
        with t.path.under(guard):
            found.append((t.value(node.value, inner), guard))
    return finite_set(t.path, found)


def function_set(t: Translator, node: ast.FunctionSet, scope: Scope) -> Sym:
    return SymFunctionSet(t.value(node.domain, scope), t.value(node.range, scope))


def record_set(t: Translator, node: ast.RecordSet, scope: Scope) -> Sym:
    return SymRecordSet({f.name.name: t.value(f.value, scope) for f in node.fields})


def product(t: Translator, node: ast.CartesianProduct, scope: Scope) -> Sym:
    return SymRecordSet({i: t.value(factor, scope) for i, factor in enumerate(node.factors, 1)})


# ---------------------------------------------------------------- functions by a rule


def function(t: Translator, node: ast.FunctionConstructor, scope: Scope) -> Sym:
    """`[x \\in S |-> e]`; a rule, if S is infinite."""
    lazy = lazy_function(t, node.bounds, node.body, scope)
    return lazy if most_elements(t.path, lazy.domain) is None else lazy.whole()


def lazy_function(t: Translator, bounds: tuple[ast.Bound, ...], body: ast.Expr, scope: Scope) -> SymLazyFun:
    """A function by its rule. The value at an argument is found once, in the state of this place."""
    factors = [(bound, t.value(_domain(t, bound), scope)) for bound in bounds for _ in places_of(bound)]
    single = len(factors) == 1
    domain = factors[0][1] if single else SymRecordSet({i: s for i, (_, s) in enumerate(factors, 1)})
    frame, primed = t.frame, t.primed
    t.looked_ahead = t.looked_ahead or not frame.settled
    memo: dict[Value, Remembered] = {}
    by_need = gives_constructor(body)

    def fresh(argument: Value) -> Sym:
        inner = extended(scope, _arguments(t, bounds, Const(argument), single))
        with t.looking(frame, primed):
            return t.value(body, inner)

    def rule(argument: Value) -> Sym:
        known, whole = memo.get(argument), False
        if known is None:
            known, whole = t.recursion.call(
                (id(memo), argument),
                "a function",
                lambda: t.isolated(lambda: fresh(argument)),
                by_need=by_need,
            )
        if whole:
            memo[argument] = known
        return t.reuse(known)

    return SymLazyFun(domain, rule, lambda: materialized(t.path, domain, rule))


def _domain(t: Translator, bound: ast.Bound) -> ast.Expr:
    if bound.domain is None:
        raise t.path.unsupported("a function needs a domain")
    return bound.domain


def places_of(bound: ast.Bound) -> tuple[object, ...]:
    """The arguments that one bound stands for: `x, y \\in S` two, `<<x, y>> \\in S` one."""
    return (bound,) if bound.is_tuple else bound.names


def _arguments(t: Translator, bounds: tuple[ast.Bound, ...], argument: Sym, single: bool) -> dict[str, Sym]:
    names: dict[str, Sym] = {}
    position = 0
    for bound in bounds:
        for place in places_of(bound):
            position += 1
            value = argument if single else apply(t.path, argument, Const(position))
            if isinstance(place, ast.Identifier):
                names[place.name] = value
            else:
                names.update(destructured(t, bound, value))
    return names


# ---------------------------------------------------------------- operators on sets


def union(path: Path, a: Sym, b: Sym) -> Sym:
    if not (_is_set(path, a, "\\cup") and _is_set(path, b, "\\cup")):
        return UNDEFINED
    if _is_listed(path, a) and _is_listed(path, b):
        return finite_set(path, [*elements_of_set(path, a), *elements_of_set(path, b)])
    return SymEither((a, b))


def intersection(path: Path, a: Sym, b: Sym) -> Sym:
    if not (_is_set(path, a, "\\cap") and _is_set(path, b, "\\cap")):
        return UNDEFINED
    if not _is_listed(path, a) and _is_listed(path, b):
        a, b = b, a
    return _kept(path, a, lambda x: member(path, x, b))


def difference(path: Path, a: Sym, b: Sym) -> Sym:
    if not (_is_set(path, a, "\\") and _is_set(path, b, "\\")):
        return UNDEFINED
    return _kept(path, a, lambda x: ir.not_(member(path, x, b)))


def _kept(path: Path, base: Sym, keep: Callable[[Sym], Term]) -> Sym:
    kept = SymFilter(base, keep)
    return set_value(elements_of_set(path, kept)) if _is_listed(path, base) else kept


def _is_set(path: Path, sym: Sym, operator: str) -> bool:
    """Whether a value is a set; a failure where it is something else."""
    if isinstance(sym, SymUnion):
        others = [guard for guard, one in sym.alternatives if kind_of(one) != "set"]
        path.fail(ir.or_(*others), "eval.kind", f"{operator} needs a set")
        return len(others) < len(sym.alternatives)
    if kind_of(sym) != "set" and not isinstance(sym, Undefined):
        path.fail(ir.true, "eval.kind", f"{operator} needs a set, not a {kind_of(sym)}")
    return kind_of(sym) == "set"


def _is_listed(path: Path, sym: Sym) -> bool:
    """Whether a set is to be handled by its elements."""
    size = most_elements(path, sym)
    return size is not None and (size <= LISTED or isinstance(sym, Const | SymSet))


def big_union(path: Path, sym: Sym) -> Sym:
    """UNION. Of a power set it is the base."""
    if isinstance(sym, SymPowerSet):
        return sym.base
    found: list[Element] = []
    rules: list[Sym] = []
    for one, guard in elements_of_set(path, sym):
        with path.under(guard):
            if _is_set(path, one, "UNION") and _is_listed(path, one):
                found.extend((e, ir.and_(guard, inside)) for e, inside in elements_of_set(path, one))
            elif guard is ir.true:
                rules.append(one)
            else:
                raise path.unsupported("UNION of infinite sets that depend on the state")
    listed = finite_set(path, found)
    return SymEither((listed, *rules)) if rules else listed


def domain(path: Path, sym: Sym) -> Sym:
    def one(f: Sym) -> Sym:
        if kind_of(f) != "function":
            path.fail(ir.true, "eval.kind", f"DOMAIN needs a function, not a {kind_of(f)}")
            return UNDEFINED
        return f.domain if isinstance(f, SymLazyFun) else domain_of(as_fun(f))

    return over(path, sym, one)


def cardinality(path: Path, sym: Sym) -> Sym:
    """The number of different elements. Raises encode.unsupported where equal ones cannot be told."""
    return over(path, sym, lambda one: integer_value(_count(path, one)))


def _count(path: Path, sym: Sym) -> Term:
    if most_elements(path, sym) is None:
        path.fail(ir.true, "eval.infinite", "Cardinality needs a finite set")
        return ir.integer(0)
    elements = elements_of_set(path, sym)
    total = ir.integer(0)
    for i, (element, guard) in enumerate(elements):
        total = ir.add(
            total, ir.ite(_is_new(path, elements[:i], element, guard), ir.integer(1), ir.integer(0))
        )
    return total


def _is_new(path: Path, before: list[Element], element: Sym, guard: Term) -> Term:
    """Whether an element is in the set and none of those before it is the same one."""
    if isinstance(element, Const) and all(isinstance(e, Const) for e, _ in before):
        return guard
    with path.isolated():
        same = [ir.and_(inside, equal(path, e, element)) for e, inside in before]
    return ir.and_(guard, ir.not_(ir.or_(*same)))
