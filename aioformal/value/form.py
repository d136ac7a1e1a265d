"""The forms of values: the kinds at every place of a value, whatever stands there.

Two values of forms that do not clash are equal or surely different, so nothing has to be looked at.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import NamedTuple, TypeAlias, final

from aioformal.value.values import Bool, Function, ModelValue, Value


class FunctionForm(NamedTuple):
    """`kind` tells it from a form of sets: as tuples they could be equal."""

    places: frozenset[tuple[Value, Form]]
    kind: str = "function"


class SetForm(NamedTuple):
    members: frozenset[Form]
    kind: str = "set"


@final
class RULE:
    """The form of what is known by a rule."""


Form: TypeAlias = "type | FunctionForm | SetForm"

ATOMS: frozenset[type] = frozenset((int, str, Bool, ModelValue))
_REMEMBERED_SETS = 1 << 14
_known: dict[frozenset[Value], frozenset[Form]] = {}


def forms_of(members: frozenset[Value]) -> frozenset[Form]:
    """The forms of the members. Remembered: sets grow by unions with what was looked at before."""
    known = _known.get(members)
    return known if known is not None else remember_forms(members, frozenset(map(form_of, members)))


def remember_forms(members: frozenset[Value], forms: frozenset[Form]) -> frozenset[Form]:
    """Take down the forms of a set's members."""
    if len(_known) >= _REMEMBERED_SETS:
        _known.clear()
    _known[members] = forms
    return forms


def form_of(value: Value) -> Form:
    """The kinds of a value and of all its parts; what is known by a rule is not looked into."""
    kind = value.__class__
    if kind in ATOMS:
        return kind
    if isinstance(value, Function):
        return value.form(_form_of_function)
    return SetForm(forms_of(value)) if isinstance(value, frozenset) else RULE


def _form_of_function(value: Function) -> FunctionForm:
    return FunctionForm(frozenset([(key, form_of(part)) for key, part in value.mapping.items()]))


@lru_cache(maxsize=1 << 14)
def may_clash(one: Form, other: Form) -> bool:
    """Whether two values of these forms may be neither equal nor surely different."""
    if one is ModelValue or other is ModelValue:
        return False
    if one is RULE or other is RULE:
        return not all(form is RULE or isinstance(form, SetForm) for form in (one, other))
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


def is_of_other_values(value: Value, members: frozenset[Value]) -> bool:
    """Whether the forms alone tell that a value that is no member surely differs from every member."""
    return _tells_apart(form_of(value), forms_of(members))


@lru_cache(maxsize=1 << 14)
def _tells_apart(form: Form, others: frozenset[Form]) -> bool:
    return _is_plain(form) and all(_is_plain(other) and not may_clash(form, other) for other in others)


@lru_cache(maxsize=1 << 14)
def _is_plain(form: Form) -> bool:
    """Whether nothing in a form is known by a rule only."""
    if isinstance(form, SetForm):
        return all(map(_is_plain, form.members))
    if isinstance(form, FunctionForm):
        return all(_is_plain(part) and _is_plain(form_of(key)) for key, part in form.places)
    return form is not RULE
