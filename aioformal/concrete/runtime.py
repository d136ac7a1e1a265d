"""What generated code calls. Everything here raises `ValueFault` where TLA+ gives no answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cmp_to_key, partial
from typing import Any, NoReturn, cast

from aioformal.concrete.by_need import ByNeed, asked, asked_domain, recursive_function
from aioformal.value.algebra import filter_set, make_set
from aioformal.value.compare import contains, equal, require_set
from aioformal.value.fault import ValueFault
from aioformal.value.format import brief, format_value
from aioformal.value.functions import (
    apply_function,
    cartesian_product,
    function_set,
    make_function,
    record_set,
    update_path,
)
from aioformal.value.order import ordered
from aioformal.value.sequences import require_sequence
from aioformal.value.sets import freeze, members
from aioformal.value.values import (
    FALSE,
    TRUE,
    Bool,
    Function,
    LazySet,
    State,
    Value,
    boolean,
    canonical,
    elements_of,
    is_sequence,
    make_record,
    make_tuple,
)


class Once:
    """A constant expression: evaluated when first needed, kept in `v`."""

    __slots__ = ("rule", "v")

    def __init__(self, rule: Callable[[], Any]) -> None:
        self.rule = rule
        self.v: Any = None

    def __call__(self) -> Any:
        if self.v is None:
            self.v = self.rule()
        return self.v


class Lazy:
    """An argument or a LET definition: evaluated at most once, and only if needed."""

    __slots__ = ("arguments", "rule", "value")

    def __init__(self, rule: Callable[..., Value], *arguments: object) -> None:
        self.rule: Callable[..., Value] | None = rule
        self.arguments = arguments
        self.value: Value | None = None

    def __call__(self) -> Value:
        if self.rule is not None:
            self.value = self.rule(*self.arguments)
            self.rule = None
        assert self.value is not None
        return self.value


class Found(Exception):  # noqa: N818
    """ENABLED has found a successor."""


def truth(value: Value) -> bool:
    """The Python truth value of a TLA+ Boolean."""
    if value is TRUE:
        return True
    if value is FALSE:
        return False
    raise ValueFault("eval.kind", f"a Boolean is needed here, not {brief(value)}")


def differs(a: Value, b: Value) -> bool:
    """FALSE, for two values that Python found unequal, unless they do not compare."""
    return equal(a, b)


def have(state: State, index: int, names: tuple[str, ...]) -> Value:
    """A variable of a state that is being put together."""
    value = cast("Value | None", state[index])
    return unset(names[index]) if value is None else value


def unset(name: str) -> NoReturn:
    raise ValueFault(
        "eval.unassigned",
        f"the value of {name} is needed before it has one",
        f"put a conjunct that gives {name} a value before this one",
    )


def unassigned(names: tuple[str, ...], action: str, is_step: bool) -> NoReturn:
    """An action, or Init, has come to its end and some variables have no value."""
    what = ", ".join(names)
    verb = "has" if len(names) == 1 else "have"
    when = f"no next value after {action}" if is_step else f"no value after {action}"
    hint = f"add UNCHANGED {names[0] if len(names) == 1 else '<<' + what + '>>'}" if is_step else None
    raise ValueFault("eval.unassigned", f"{what} {verb} {when}", hint)


def unsupported(what: str, hint: str | None = None) -> NoReturn:
    raise ValueFault("eval.unsupported", what, hint)


def no_case() -> NoReturn:
    hint = "no guard of the CASE is true; add OTHER -> ..."
    raise ValueFault("eval.partial", "CASE has no value here", hint)


def no_choice(the_set: Value) -> NoReturn:
    raise ValueFault("eval.partial", f"CHOOSE: no element of {brief(the_set)} fits")


def assertion_failed(message: Value) -> NoReturn:
    text = message if isinstance(message, str) else format_value(message)
    raise ValueFault("eval.assert", text)


def listed(the_set: Value) -> tuple[Value, ...]:
    """The members of a set in canonical order, to be walked over again and again."""
    found = members(the_set)
    return found if isinstance(found, tuple) else tuple(found)


def few(the_set: Value) -> Iterable[Value] | None:
    """The members of a function's domain, None for one that is infinite or large."""
    if isinstance(the_set, frozenset):
        return ordered(the_set)
    if isinstance(the_set, LazySet) and not the_set.is_small():
        return None
    return members(the_set)


def unpack(value: Value, count: int) -> list[Value]:
    """The components of a tuple that a pattern of so many names is to match."""
    if isinstance(value, Function) and is_sequence(value) and len(value.mapping) == count:
        return elements_of(value)
    raise ValueFault("eval.kind", f"a tuple of {count} is needed here, not {brief(value)}")


def shown(value: Lazy) -> Value | None:
    """A delayed argument for a label; None where it cannot be evaluated."""
    try:
        return value()
    except ValueFault:
        return None


def select_seq(sequence: Value, test: Callable[[Value], Value]) -> Value:
    """`SelectSeq(s, Test)`."""
    return make_tuple(e for e in elements_of(require_sequence(sequence, "SelectSeq")) if truth(test(e)))


def sort_seq(sequence: Value, less: Callable[[Value, Value], Value]) -> Value:
    """`SortSeq(s, Less)`: a stable sort."""

    def order(a: Value, b: Value) -> int:
        return -1 if truth(less(a, b)) else int(truth(less(b, a)))

    return make_tuple(sorted(elements_of(require_sequence(sequence, "SortSeq")), key=cmp_to_key(order)))


def fold_members(op: Callable[[Value, Value], Value], base: Value, the_set: Value) -> Value:
    """`FoldMembers(op, base, S)`: the members in canonical order, the first one innermost."""
    for member in members(require_set(the_set, "a fold")):
        base = op(member, base)
    return base


def fold_left(op: Callable[[Value, Value], Value], base: Value, sequence: Value) -> Value:
    """`FoldLeft(op, base, s)`: the first element innermost."""
    for element in elements_of(require_sequence(sequence, "FoldLeft")):
        base = op(base, element)
    return base


def fold_right(op: Callable[[Value, Value], Value], sequence: Value, base: Value) -> Value:
    """`FoldRight(op, s, base)`: the last element innermost."""
    for element in reversed(elements_of(require_sequence(sequence, "FoldRight"))):
        base = op(element, base)
    return base


def enabled(action: Callable[..., None], *arguments: object) -> bool:
    """Whether an action has a successor: runs its enumeration up to the first."""

    def found(_: object) -> None:
        raise Found

    try:
        action(found, *arguments)
    except Found:
        return True
    return False


def every_way(test: Callable[..., None], *arguments: object) -> bool:
    """Whether a test is true in some way: runs its enumeration to the end."""
    found: list[object] = []
    test(found.append, *arguments)
    return bool(found)


def conjunction(a: Value, b: Value) -> Bool:
    """`/\\` as an operator that is handed over."""
    return boolean(truth(a) and truth(b))


def disjunction(a: Value, b: Value) -> Bool:
    """`\\/` as an operator that is handed over."""
    return boolean(truth(a) or truth(b))


def implication(a: Value, b: Value) -> Bool:
    """`=>` as an operator that is handed over."""
    return boolean(not truth(a) or truth(b))


NAMES: dict[str, object] = {
    "TRUE": TRUE,
    "FALSE": FALSE,
    "Function": Function,
    "Once": Once,
    "Lazy": Lazy,
    "partial": partial,
    "truth": truth,
    "differs": differs,
    "equal": equal,
    "contains": contains,
    "have": have,
    "unset": unset,
    "unassigned": unassigned,
    "unsupported": unsupported,
    "no_case": no_case,
    "no_choice": no_choice,
    "assertion_failed": assertion_failed,
    "members": members,
    "listed": listed,
    "few": few,
    "freeze": freeze,
    "ordered": ordered,
    "unpack": unpack,
    "shown": shown,
    "canonical": canonical,
    "make_set": make_set,
    "make_tuple": make_tuple,
    "make_record": make_record,
    "make_function": make_function,
    "filter_set": filter_set,
    "apply_function": apply_function,
    "cartesian_product": cartesian_product,
    "function_set": function_set,
    "record_set": record_set,
    "update_path": update_path,
    "recursive_function": recursive_function,
    "ByNeed": ByNeed,
    "asked": asked,
    "asked_domain": asked_domain,
    "select_seq": select_seq,
    "sort_seq": sort_seq,
    "fold_members": fold_members,
    "fold_left": fold_left,
    "fold_right": fold_right,
    "enabled": enabled,
    "every_way": every_way,
    "conjunction": conjunction,
    "disjunction": disjunction,
    "implication": implication,
}
"""The names that generated code may use."""
