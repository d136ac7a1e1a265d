"""Obligations that the members of a set compare with each other, deep inside too (see `value.alike`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from aioformal.encode.choice import as_fun
from aioformal.encode.path import Path
from aioformal.encode.relations import equal
from aioformal.encode.symbols import Const, Sym, SymFun, SymSet, SymUnion, kind_of, kind_of_value
from aioformal.ir.term import Term
from aioformal.value.form import Form, form_of
from aioformal.value.values import Value

Element = tuple[Sym, Term]


def require_alike(path: Path, elements: Sequence[Element]) -> None:
    """A failure where two elements are in the set that neither are equal nor surely differ.

    Raises encode.unsupported for sets in the set whose members are not known: whether two of those
    surely differ depends on how many members they have.
    """
    for group, other in combinations(_by_form(elements), 2):
        if may_clash(group[0][0], other[0][0]):
            if any(_holds_unknown_set(element) for element, _ in (*group, *other)):
                raise path.unsupported("a set of sets whose members may be of different kinds")
            for one, guard in group:
                for rival, inside in other:
                    with path.under(guard, inside):
                        equal(path, one, rival)


def _holds_unknown_set(sym: Sym) -> bool:
    match sym:
        case SymSet(elements=elements):
            return any(not isinstance(element, Const) for element, _ in elements)
        case SymFun(slots=slots):
            return any(_holds_unknown_set(slot.value) for slot in slots.values())
        case SymUnion(alternatives=alternatives):
            return any(_holds_unknown_set(one) for _, one in alternatives)
        case _:
            return False


def _by_form(elements: Sequence[Element]) -> list[list[Element]]:
    """Known elements by their form, which alone decides whether they may clash; each other on its own."""
    known: dict[Form, list[Element]] = {}
    others: list[list[Element]] = []
    for element in elements:
        if isinstance(element[0], Const):
            known.setdefault(form_of(element[0].value), []).append(element)
        else:
            others.append([element])
    return [*known.values(), *others]


def may_clash(a: Sym, b: Sym) -> bool:
    """Whether values of different kinds can stand at one place of these two."""
    if isinstance(a, SymUnion) or isinstance(b, SymUnion):
        return any(may_clash(x, y) for x in _alternatives(a) for y in _alternatives(b))
    kind, other = kind_of(a), kind_of(b)
    if "model value" in (kind, other) or "value" in (kind, other):
        return False
    if kind != other:
        return True
    if kind == "function":
        return _functions_may(a, b)
    return kind == "set" and any(may_clash(x, y) for x in _members(a) for y in _members(b))


def _functions_may(a: Sym, b: Sym) -> bool:
    if not isinstance(a, SymFun | Const) or not isinstance(b, SymFun | Const):
        return False
    one, other = as_fun(a).slots, as_fun(b).slots
    kinds = {kind_of_value(key) for key in (*one, *other)} - {"model value"}
    if len(kinds) > 1 or kinds & {"function", "set"}:
        return True
    return any(may_clash(one[key].value, other[key].value) for key in one if key in other)


def _alternatives(sym: Sym) -> Iterator[Sym]:
    if isinstance(sym, SymUnion):
        yield from (one for _, one in sym.alternatives)
    else:
        yield sym


def _members(sym: Sym) -> Iterator[Sym]:
    """The members that are listed; those of a rule are of one kind with whatever is compared to them."""
    if isinstance(sym, SymSet):
        yield from (element for element, _ in sym.elements)
    elif isinstance(sym, Const):
        value: Value = sym.value
        if isinstance(value, frozenset):
            yield from map(Const, value)
