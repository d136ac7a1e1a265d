"""Equality and membership, with an error where TLA+ gives no answer.

TLA+ does not say whether 1 = "a". Like TLC we refuse to answer, but only where the answer depends on
it: `<<1, 2>> = <<"a", 3>>` is FALSE because 2 # 3. A model value differs from everything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from aioformal.value.fault import ValueFault
from aioformal.value.form import is_of_other_values
from aioformal.value.format import brief
from aioformal.value.order import ordered
from aioformal.value.values import Bool, Function, LazyFunction, LazySet, ModelValue, SetValue, Value

_ATOMS: frozenset[type] = frozenset((int, str, Bool))
FEW = 3
"""So many members are looked at one by one; of more the forms are."""
_HINT = "only a model value may be compared with values of every kind"


class Kind(Enum):
    """Values of different kinds do not compare. Model values are of no kind: they compare with all."""

    BOOLEAN = "Booleans"
    INTEGER = "integers"
    STRING = "strings"
    SET = "sets"
    FUNCTION = "functions"


_KIND_OF_CLASS: dict[type, Kind | None] = {
    Bool: Kind.BOOLEAN,
    int: Kind.INTEGER,
    str: Kind.STRING,
    frozenset: Kind.SET,
    Function: Kind.FUNCTION,
    LazyFunction: Kind.FUNCTION,
    ModelValue: None,
}


def kind_of(value: Value) -> Kind | None:
    """The kind of a value, None for a model value."""
    return _KIND_OF_CLASS.get(value.__class__, Kind.SET)


def equal(a: Value, b: Value) -> bool:
    """Whether two values are equal. Raises `ValueFault` eval.kind where they do not compare."""
    if a is b or a == b:
        return True
    if (a.__class__ is b.__class__ and a.__class__ in _ATOMS) or a.__class__ is ModelValue:
        return False
    if surely_differ(a, b):
        return False
    raise _incomparable(a, b)


def contains(value: Value, the_set: Value) -> bool:
    """`value \\in the_set`. Raises `ValueFault` eval.kind for a right side that is no set, and where
    the value does not compare with the members."""
    if isinstance(the_set, frozenset):
        return value in the_set or not is_absent(value, the_set)
    if isinstance(the_set, LazySet):
        return the_set.contains(value)
    raise ValueFault("eval.kind", f"{brief(the_set)} is no set: nothing can be a member of it")


def require_set(value: Value, operator: str) -> SetValue:
    """The value, if it is a set. Raises `ValueFault` eval.kind otherwise."""
    if isinstance(value, frozenset | LazySet):
        return value
    raise ValueFault("eval.kind", f"{operator} needs a set, not {brief(value)}")


def is_absent(value: Value, the_set: frozenset[Value]) -> bool:
    """TRUE, for a value that Python did not find in a set; or `ValueFault` eval.kind if the value does
    not compare with a member."""
    kind = _KIND_OF_CLASS.get(value.__class__, Kind.SET)
    if kind is None:
        return True
    if kind is not Kind.FUNCTION and kind is not Kind.SET:
        absent = kind_of_members(the_set) in (kind, None)
    elif len(the_set) > FEW and is_of_other_values(value, the_set):
        absent = True
    else:
        absent = all(surely_differ(value, member) for member in the_set)
    if absent:
        return True
    culprit = next(member for member in ordered(the_set) if not surely_differ(value, member))
    raise _incomparable(value, culprit)


_SIMPLE: frozenset[Kind] = frozenset((Kind.BOOLEAN, Kind.INTEGER, Kind.STRING))


def kind_of_members(the_set: Iterable[Value]) -> Kind | None:
    """The kind that all members of a (well-formed) set have, None for a set of model values only."""
    for member in the_set:
        kind = _KIND_OF_CLASS.get(member.__class__, Kind.SET)
        if kind is not None:
            return kind
    return None


def surely_differ(a: Value, b: Value) -> bool:
    """Whether two values are different whatever TLA+ leaves open.

    Raises `ValueFault` eval.infinite or eval.too-large for two sets that only their members could
    tell apart.
    """
    if isinstance(a, Function) and isinstance(b, Function):
        return _functions_differ(a, b)
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        return len(a) != len(b) or (a != b and _members_differ(a, b))
    kind, other = kind_of(a), kind_of(b)
    if kind is None or other is None:
        return a is not b
    if kind is not other:
        return False
    if isinstance(a, frozenset | LazySet) and isinstance(b, frozenset | LazySet):
        return a != b and _sets_differ(a, b)
    if isinstance(a, LazyFunction) or isinstance(b, LazyFunction):
        return _rules_differ(a, b)
    return a != b


def _functions_differ(a: Function, b: Function) -> bool:
    one, other = a.mapping, b.mapping
    if len(one) != len(other):
        return True
    if one.keys() != other.keys():
        return _members_differ(frozenset(one), frozenset(other))
    for key, value in one.items():
        if value != other[key]:
            kind = value.__class__
            if (kind is other[key].__class__ and kind in _ATOMS) or surely_differ(value, other[key]):
                return True
    return False


def _rules_differ(a: Value, b: Value) -> bool:
    domains = [f.domain if isinstance(f, LazyFunction) else _domain(f) for f in (a, b)]
    if a is b or domains[0] != domains[1]:
        return a is not b and surely_differ(*domains)
    raise ValueFault("eval.infinite", f"cannot tell whether two functions on {brief(domains[0])} are equal")


def _domain(value: Value) -> frozenset[Value]:
    assert isinstance(value, Function)
    return frozenset(value.mapping)


def _sets_differ(a: SetValue, b: SetValue) -> bool:
    small_a, small_b = _small(a), _small(b)
    if small_a is not None and small_b is not None:
        return len(small_a) != len(small_b) or _members_differ(small_a, small_b)
    if small_a is not None or small_b is not None or _size(a) != _size(b):
        return True
    assert isinstance(a, LazySet)
    assert isinstance(b, LazySet)
    return a.surely_differs(b)


def _small(the_set: SetValue) -> frozenset[Value] | None:
    if isinstance(the_set, frozenset):
        return the_set
    return the_set.freeze() if the_set.is_small() else None


def _size(the_set: SetValue) -> int | None:
    return len(the_set) if isinstance(the_set, frozenset) else the_set.size


def _members_differ(a: frozenset[Value], b: frozenset[Value]) -> bool:
    """Whether two different sets of one size are different for sure: one of them has a member that
    surely differs from every member of the other."""
    kind, other = kind_of_members(a), kind_of_members(b)
    if kind is None or other is None or (kind is other and kind in _SIMPLE):
        return True
    return _has_stranger(a - b, b) or _has_stranger(b - a, a)


def _has_stranger(candidates: frozenset[Value], crowd: frozenset[Value]) -> bool:
    return any(all(surely_differ(candidate, one) for one in crowd) for candidate in candidates)


def _incomparable(a: Value, b: Value) -> ValueFault:
    one, other = _culprits(a, b)
    message = f"{brief(one)} cannot be compared with {brief(other)}"
    if one is not a:
        message += f", so {brief(a)} cannot be compared with {brief(b)}"
    return ValueFault("eval.kind", message, _HINT)


def _culprits(a: Value, b: Value) -> tuple[Value, Value]:
    """The first two parts, as deep as possible, that do not compare."""
    if isinstance(a, LazySet) or isinstance(b, LazySet) or kind_of(a) is not kind_of(b):
        return a, b
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        pairs = ((x, y) for x in ordered(a - b) for y in ordered(b))
    elif isinstance(a, Function) and isinstance(b, Function):
        if a.mapping.keys() != b.mapping.keys():
            return _culprits(_domain(a), _domain(b))
        pairs = ((a.mapping[key], b.mapping[key]) for key in ordered(frozenset(a.mapping)))
    else:
        return a, b
    for x, y in pairs:
        if x != y and not surely_differ(x, y):
            return _culprits(x, y)
    return a, b
