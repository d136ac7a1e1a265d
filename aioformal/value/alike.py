"""Whether the members of a set compare with each other, deep inside too.

`{<<1>>, <<"a">>}` is no set that TLA+ says anything about: whether it has one member or two is left open.
`{<<1, "a">>, <<2, 3>>}` has two, since 1 # 2. To look at every pair would cost too much: only values whose
forms clash are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from aioformal.value.compare import equal, surely_differ
from aioformal.value.fault import ValueFault
from aioformal.value.form import ATOMS, Form, FunctionForm, form_of, forms_of, may_clash, remember_forms
from aioformal.value.order import ordered
from aioformal.value.values import Function, Value


def require_alike(members: frozenset[Value]) -> None:
    """Raises `ValueFault` eval.kind if two members neither are equal nor surely differ."""
    if len(members) < 2:
        return
    for one, other in combinations(forms_of(members), 2):
        if may_clash(one, other):
            _look(members, one, other)


def require_alike_both(a: frozenset[Value], b: frozenset[Value], both: frozenset[Value]) -> None:
    """`require_alike` of a union of two sets: what is known of them need not be found again."""
    forms = forms_of(a) | forms_of(b)
    remember_forms(both, forms)
    for one, other in combinations(forms, 2):
        if may_clash(one, other):
            _look(both, one, other)


def _look(members: frozenset[Value], one: Form, other: Form) -> None:
    """Compare the members of two forms, but for those that an atom at one place tells apart."""
    places = _telling(one, other)
    rivals: dict[tuple[Value, ...], list[Value]] = {}
    values = ordered(members)
    for value in _with_form(values, other):
        rivals.setdefault(_parts(value, places), []).append(value)
    for value in _with_form(values, one):
        for rival in rivals.get(_parts(value, places), ()):
            if not surely_differ(value, rival):
                _refuse(*sorted((value, rival), key=values.index))


def _with_form(values: Iterable[Value], form: Form) -> Iterator[Value]:
    return (value for value in values if form_of(value) == form)


def _telling(one: Form, other: Form) -> tuple[Value, ...]:
    """The arguments at which functions of both forms have atoms of one kind."""
    if not isinstance(one, FunctionForm) or not isinstance(other, FunctionForm):
        return ()
    parts = dict(other.places)
    return tuple(key for key, form in one.places if form in ATOMS and parts.get(key) is form)


def _parts(value: Value, places: tuple[Value, ...]) -> tuple[Value, ...]:
    return tuple(value.mapping[place] for place in places) if isinstance(value, Function) else ()


def _refuse(one: Value, other: Value) -> None:
    try:
        equal(one, other)
    except ValueFault as fault:
        message = f"these cannot be members of one set: {fault.message}"
        raise ValueFault(fault.code, message, fault.hint) from None
