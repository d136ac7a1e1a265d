"""Whether the members of a set compare with each other, deep inside too.

`{<<1>>, <<"a">>}` is no set that TLA+ says anything about: whether it has one member or two is left open.
`{<<1, "a">>, <<2, 3>>}` has two, since 1 # 2. To look at every pair would cost too much: a form tells
the kinds at every place of a value, and only values whose forms clash are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple, TypeAlias

from aioformal.value.compare import equal, surely_differ
from aioformal.value.fault import ValueFault
from aioformal.value.order import ordered
from aioformal.value.values import Bool, Function, ModelValue, Value


class FunctionForm(NamedTuple):
    places: frozenset[tuple[Value, Form]]


class SetForm(NamedTuple):
    members: frozenset[Form]


Form: TypeAlias = "type | FunctionForm | SetForm"

_ATOMS: frozenset[type] = frozenset((int, str, Bool, ModelValue))
_REMEMBERED_SETS = 1 << 14
_known: dict[frozenset[Value], frozenset[Form]] = {}


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
    _remember(both, forms)
    for one, other in combinations(forms, 2):
        if may_clash(one, other):
            _look(both, one, other)


def forms_of(members: frozenset[Value]) -> frozenset[Form]:
    """The forms of the members. Remembered: sets grow by unions with what was looked at before."""
    known = _known.get(members)
    return known if known is not None else _remember(members, frozenset(map(form_of, members)))


def _remember(members: frozenset[Value], forms: frozenset[Form]) -> frozenset[Form]:
    if len(_known) >= _REMEMBERED_SETS:
        _known.clear()
    _known[members] = forms
    return forms


def form_of(value: Value) -> Form:
    """The kinds of a value and of all its parts; sets that are known by a rule are not looked into."""
    kind = value.__class__
    if kind in _ATOMS:
        return kind
    if isinstance(value, Function):
        return FunctionForm(frozenset((key, form_of(part)) for key, part in value.mapping.items()))
    return SetForm(forms_of(value) if isinstance(value, frozenset) else frozenset())


@lru_cache(maxsize=1 << 14)
def may_clash(one: Form, other: Form) -> bool:
    """Whether two values of these forms may be neither equal nor surely different."""
    if one is ModelValue or other is ModelValue:
        return False
    if isinstance(one, SetForm) and isinstance(other, SetForm):
        return any(may_clash(x, y) for x in one.members for y in other.members)
    if not isinstance(one, FunctionForm) or not isinstance(other, FunctionForm):
        return one is not other
    if len(one.places) != len(other.places):
        return False
    parts = dict(other.places)
    if any(key not in parts for key, _ in one.places):
        kinds = {form_of(key) for form in (one, other) for key, _ in form.places}
        return any(may_clash(*pair) for pair in combinations(kinds, 2))
    return any(may_clash(form, parts[key]) for key, form in one.places)


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
    return tuple(key for key, form in one.places if form in _ATOMS and parts.get(key) is form)


def _parts(value: Value, places: tuple[Value, ...]) -> tuple[Value, ...]:
    return tuple(value.mapping[place] for place in places) if isinstance(value, Function) else ()


def _refuse(one: Value, other: Value) -> None:
    try:
        equal(one, other)
    except ValueFault as fault:
        message = f"these cannot be members of one set: {fault.message}"
        raise ValueFault(fault.code, message, fault.hint) from None
