"""What the names of a quantifier, a set or a function stand for, one value after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from aioformal.encode.relations import firsts
from aioformal.encode.scope import Scope, extended
from aioformal.encode.shapes import ordered
from aioformal.encode.sources import SIZE_LIMIT, Element, bounded, elements_of_set, rule_of, split
from aioformal.encode.structures import destructured
from aioformal.encode.symbols import Const, Sym, SymBool, SymEither, SymFilter, SymInt, SymSet, SymUnion
from aioformal.encode.translator import Translator
from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.syntax import ast

Row = tuple[Scope, Term, Term]
"""A scope, the condition that the values in it are in their sets, and the one that none of them equals an
earlier value of the same set."""


class Column(Struct, frozen=True):
    """What one name, or one pattern, may stand for: the elements of a set, and the row of each."""

    domain: Sym
    elements: Sequence[Sym]
    rows: Sequence[Row]

    @property
    def in_order(self) -> bool:
        """Whether the elements are in canonical order, or in one that follows from the rule of their set."""
        return len(self.elements) < 2 or not _is_listed(self.domain) or are_sorted(self.elements)


def are_sorted(elements: Sequence[Sym]) -> bool:
    """Whether elements are known to be in canonical order."""
    values = [element.value for element in elements if isinstance(element, Const)]
    return len(values) == len(elements) and list(ordered(values)) == values


def _is_listed(domain: Sym) -> bool:
    match rule_of(domain):
        case SymSet() | SymUnion() | SymEither():
            return True
        case SymFilter(base=base):
            return _is_listed(base)
        case _:
            return False


def columns_of(
    t: Translator, bounds: Sequence[ast.Bound], scope: Scope, most: int = SIZE_LIMIT, *, once: bool = False
) -> list[Column]:
    """A column for each name. With `once`, each row says whether its value equals no earlier one; else they
    are put in order where that takes no more of them. Raises encode.unsupported for more than `most`
    combinations."""
    columns: list[Column] = []
    size = 1
    for bound in bounds:
        for column in _columns(t, bound, scope, once):
            columns.append(column)
            size *= len(column.rows)
            bounded(t.path, size, "a quantifier, a set or a function", most)
    return columns


def _columns(t: Translator, bound: ast.Bound, scope: Scope, once: bool) -> Iterator[Column]:
    if bound.domain is None:
        raise t.path.unsupported("an unbounded quantifier cannot be unrolled")
    with t.path.at(bound.domain.span):
        domain = t.value(bound.domain, scope)
        elements = elements_of_set(t.path, domain)
        if once:
            members = firsts(t.path, elements)
        else:
            members = [(e, guard, ir.true) for e, guard in _sorted(t, domain, elements)]
    values = [element for element, _, _ in members]
    if bound.is_tuple:
        rows = [(destructured(t, bound, element), guard, first) for element, guard, first in members]
        yield Column(domain, values, rows)
        return
    for name in bound.names:
        yield Column(domain, values, [({name.name: e}, guard, first) for e, guard, first in members])


def _sorted(t: Translator, domain: Sym, elements: list[Element]) -> list[Element]:
    """The same elements as known values in order, if these are not more."""
    values = [element for element, _ in elements]
    if len(elements) < 2 or not _is_listed(domain) or are_sorted(values) or not all(map(_is_scalar, values)):
        return elements
    known = split(t.path, elements)
    if known is None or len(known) > len(elements):
        return elements
    guards = {element.value: guard for element, guard in known if isinstance(element, Const)}
    return [(Const(value), guards[value]) for value in ordered(guards)]


def _is_scalar(value: Sym) -> bool:
    """Whether a value is none that is made of many."""
    match value:
        case Const() | SymInt() | SymBool():
            return True
        case SymUnion(alternatives=alternatives):
            return all(_is_scalar(one) for _, one in alternatives)
        case _:
            return False


def rows_of(t: Translator, bounds: Sequence[ast.Bound], scope: Scope, *, once: bool) -> Iterator[Row]:
    """The scopes that bound variables make."""
    return crossed(columns_of(t, bounds, scope, once=once), scope)


def scopes_of(t: Translator, bounds: Sequence[ast.Bound], scope: Scope) -> Iterator[tuple[Scope, Term]]:
    """The scopes that bound variables make, each with the condition that their values are in the sets."""
    rows = rows_of(t, bounds, scope, once=False)
    return ((inner, guard) for inner, guard, _ in rows)


def crossed(columns: Sequence[Column], scope: Scope) -> Iterator[Row]:
    """All combinations, the last column changing first."""
    return _crossed(columns, (scope, ir.true, ir.true))


def _crossed(columns: Sequence[Column], row: Row) -> Iterator[Row]:
    if not columns:
        yield row
        return
    for one in columns[0].rows:
        together = extended(row[0], one[0]), ir.and_(row[1], one[1]), ir.and_(row[2], one[2])
        if together[1] is not ir.false:
            yield from _crossed(columns[1:], together)


def bound_scope(t: Translator, bound: ast.Bound, value: Sym, scope: Scope) -> Scope:
    """The scope in which the name (or the pattern) of a bound stands for a value."""
    if bound.is_tuple:
        return extended(scope, destructured(t, bound, value))
    return extended(scope, {bound.names[0].name: value})
