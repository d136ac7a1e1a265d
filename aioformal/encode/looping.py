"""Quantifiers over more members than are worth writing down: one term `first`, which machine code loops for.

A member is made of variables that `first` binds, as one that an action chooses is made of inputs. Where the
body may fail, it matters which member is looked at first; so then the members must come in their canonical
order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod

from msgspec import Struct

from aioformal.diagnostic import DiagnosticError
from aioformal.encode.binding import Column, are_sorted, columns_of
from aioformal.encode.choice import as_bool
from aioformal.encode.fresh import fresh_member, shape_of_members
from aioformal.encode.path import Failure
from aioformal.encode.scope import Scope, extended
from aioformal.encode.sources import elements_of_set, most_elements, rule_of
from aioformal.encode.structures import destructured
from aioformal.encode.symbols import UNDEFINED, Sym, SymFilter, SymInterval, truth_value
from aioformal.encode.translator import Translator
from aioformal.ir import term as ir
from aioformal.ir.first import MOST_TOGETHER
from aioformal.ir.loop import Cost, cost_of
from aioformal.ir.node import operands, postorder
from aioformal.ir.sort import cardinality
from aioformal.ir.term import Term
from aioformal.resolve.traverse import children, walk
from aioformal.syntax import ast

SHORT = 64
"""Combinations of values up to which a quantifier is written out."""

LONG = 1024
"""From so many on nobody tries longer to write it out than the loop takes in one state: where that is not
enough, the combinations are many indeed, and not a few once their members are known."""

HEAVY = 1_000_000
"""Operations of a loop from which on it pays to try for long to write it out: each state takes a
millisecond."""

SMALL = 400
"""Terms: what is written out in so many is as good as it gets."""

WORTH = 8
"""What a loop takes at most is compared with what is written out: it leaves out most of it when a part of its
body says so, and what is written out at length is not optimized."""

QUICK = 20_000
"""Steps that a loop may take to be said, where it can be written out instead."""

COMPARED = 100_000
"""Steps that it may take to write one out that can be a loop: what takes longer is not the cheaper one."""

MOST_WRITTEN = 500_000
"""Steps that it may take to write one out where a loop takes long to say, too."""

MOST_LOOPED = MOST_TOGETHER
"""Combinations of values that one evaluation goes through: a hundredth of a second at best."""


class _Members:
    """What the names of a quantifier stand for: `variables` make up the values in `scope`, which are members
    where `inside` holds."""

    def __init__(self, t: Translator, node: ast.Quantifier, scope: Scope) -> None:
        self.scope = scope
        self.variables: list[Term] = []
        self.inside: list[Term] = []
        self.in_order = True
        for bound, names, domain in _domains(t, node, scope):
            element = self._one_of(t, domain, names[0].name)
            values = destructured(t, bound, element) if bound.is_tuple else {names[0].name: element}
            self.scope = extended(self.scope, values)

    def _one_of(self, t: Translator, domain: Sym, name: str) -> Sym:
        fresh = f"{name}?{t.number_of_loop()}"
        with t.path.isolated() as failures:
            element, inside, made = fresh_member(t.path, domain, fresh, variable=ir.bound_variable)
        own = [ir.bound_variable(one.name, one.sort) for one in made]
        # To know what is in a set, all is looked at that might be.
        t.path.repeat([failure.under(_anywhere(t, own, failure.condition)) for failure in failures])
        self.variables += own
        self.inside.append(inside)
        self.in_order = self.in_order and _is_in_order(t, domain)
        return element


def _anywhere(t: Translator, variables: Sequence[Term], condition: Term) -> Term:
    if None in map(cardinality, (variable.sort for variable in variables)):
        raise t.path.unsupported("a set without an end may have members of which something fails")
    return ir.first(variables, condition, ir.true)


def _domains(
    t: Translator, node: ast.Quantifier, scope: Scope
) -> Iterator[tuple[ast.Bound, tuple[ast.Identifier, ...], Sym]]:
    for bound in node.bounds:
        if bound.domain is None:
            raise t.path.unsupported("an unbounded quantifier cannot be unrolled")
        domain = t.value(bound.domain, scope)
        for names in [bound.names] if bound.is_tuple else [(name,) for name in bound.names]:
            yield bound, tuple(names), domain


def few_columns(t: Translator, node: ast.Quantifier, scope: Scope) -> list[Column] | None:
    """What the names of a quantifier stand for, if that, together with the quantifiers below it, makes few
    combinations. Within a loop there are many."""
    if t.within_loop:
        return None
    try:
        columns = columns_of(t, node.bounds, scope, SHORT)
    except DiagnosticError:
        return None
    names = {name.name: UNDEFINED for bound in node.bounds for name in bound.names}
    below = _rows_below(t, node.body, extended(scope, names))
    return columns if prod(len(column.rows) for column in columns) * below <= SHORT else None


def _rows_below(t: Translator, body: ast.Expr, scope: Scope) -> int:
    """How many combinations of values the quantifiers in a body go through, as far as is known."""
    most = 1
    for node in _outermost(body):
        names = {name.name: UNDEFINED for bound in node.bounds for name in bound.names}
        own = prod(max(1, _size(t, bound, scope)) ** len(bound.names) for bound in node.bounds)
        most = max(most, own * _rows_below(t, node.body, extended(scope, names)))
    return most


def _outermost(expr: ast.Node) -> Iterator[ast.Quantifier]:
    if isinstance(expr, ast.Quantifier):
        yield expr
        return
    for child in children(expr):
        yield from _outermost(child)


def _size(t: Translator, bound: ast.Bound, scope: Scope) -> int:
    """How many members a set has at most; 1 where that depends on other members."""
    if bound.domain is None:
        return 1
    if not _local_names(bound.domain) <= scope.keys():
        return 1
    try:
        with t.path.isolated():
            return most_elements(t.path, t.value(bound.domain, scope)) or 1
    except DiagnosticError:
        return 1


def _local_names(expr: ast.Expr) -> set[str]:
    bindings = [node.binding for node in walk(expr) if isinstance(node, ast.Name)]
    return {b.key for b in bindings if b is not None and b.kind is ast.BindingKind.LOCAL}


def quantified(t: Translator, node: ast.Quantifier, scope: Scope, written_out: Callable[[], Sym]) -> Sym:
    """A quantifier over many members, as a loop or written out. Raises encode.unsupported where neither can
    be."""
    known = t.loops_decided.get(id(node))
    if known is not None and not known[1] and not t.within_loop:
        return _written_if_possible(t, node, scope, written_out)
    try:
        with t.path.at_most(QUICK):
            asked = t.path.conditions
            loop = _Attempt.at(t, lambda: looped(t, node, scope, asked))
    except DiagnosticError:
        t.loops_decided[id(node)] = node, False
        return _written_if_possible(t, node, scope, written_out)
    if t.within_loop or known is not None:
        return loop.used(t)
    chosen = _cheaper(t, loop, written_out)
    t.loops_decided[id(node)] = node, chosen is loop
    return chosen.used(t)


def _cheaper(t: Translator, loop: _Attempt, written_out: Callable[[], Sym]) -> _Attempt:
    cost = loop.cost
    most = COMPARED if cost.effort < HEAVY else MOST_WRITTEN
    try:
        with t.path.at_most(most if cost.rounds <= LONG else min(most, cost.effort)):
            out = _Attempt.at(t, written_out)
    except DiagnosticError:
        return loop
    return out if out.size <= SMALL or cost.effort > WORTH * out.size else loop


def _written_if_possible(
    t: Translator, node: ast.Quantifier, scope: Scope, written_out: Callable[[], Sym]
) -> Sym:
    """Written out, unless that takes so long that there is room for nothing else."""
    asked = t.path.conditions
    try:
        with t.path.at_most(MOST_WRITTEN):
            out = _Attempt.at(t, written_out)
    except DiagnosticError:
        return looped(t, node, scope, asked)
    return out.used(t)


class _Attempt(Struct, frozen=True):
    """One way to say it, with what may fail then."""

    sym: Sym
    failures: Sequence[Failure]

    @classmethod
    def at(cls, t: Translator, say: Callable[[], Sym]) -> _Attempt:
        with t.path.isolated() as failures:
            sym = say()
        return cls(sym, failures)

    def used(self, t: Translator) -> Sym:
        t.path.repeat(self.failures)
        return self.sym

    @property
    def _roots(self) -> list[Term]:
        return [as_bool(self.sym), *(failure.condition for failure in self.failures)]

    @property
    def size(self) -> int:
        return sum(1 for _ in postorder(self._roots))

    @property
    def cost(self) -> Cost:
        loops = [term for term in postorder(self._roots, operands) if term.op == "first"]
        return sum(map(cost_of, loops), Cost())


def looped(t: Translator, node: ast.Quantifier, scope: Scope, asked: Sequence[Term] = ()) -> Sym:
    """`\\E` or `\\A` as a loop. Nobody asks what it is worth where the conditions that are `asked` for do not
    hold, and there is no need to loop then.

    Raises encode.unsupported for members without number, or too many; and where the body may fail, but the
    order of members is not that of the loop."""
    members = _Members(t, node, scope)
    sizes = [cardinality(variable.sort) for variable in members.variables]
    if None in sizes or prod(size or 1 for size in sizes) > MOST_LOOPED:
        raise t.path.unsupported(f"a quantifier goes through more than {MOST_LOOPED:,} values")
    exists = node.kind == "\\E"
    with t.path.isolated() as failures, t.path.under(*members.inside), t.looped():
        holds = t.truth(node.body, members.scope)
    if failures and not members.in_order:
        raise t.path.unsupported("a quantifier over many members fails at some, which come in no known order")
    stops = ir.and_(*members.inside, holds if exists else ir.not_(holds))
    ends = ir.and_(*asked, ir.or_(stops, *(failure.condition for failure in failures)))
    for failure in failures:
        failed = ir.first(members.variables, ends, failure.condition)
        t.path.repeat([failure.under(failed)])
    found = ir.first(members.variables, ir.and_(*asked, stops), ir.true)
    return truth_value(found if exists else ir.not_(found))


def _is_in_order(t: Translator, domain: Sym) -> bool:
    """Whether the members come in the canonical order when their variables grow."""
    rule = rule_of(domain)
    if isinstance(rule, SymInterval):
        return True
    if isinstance(rule, SymFilter):
        return _is_in_order(t, rule.base)
    if shape_of_members(t.path, domain) is not None:
        return False
    return are_sorted([element for element, _ in elements_of_set(t.path, domain)])
