"""What changed between two states, at the depth where it changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aioformal.evidence.verdict import ActionLabel
from aioformal.value.format import format_value
from aioformal.value.order import order_key
from aioformal.value.values import Function, State, Value, elements_of, is_sequence

FIELD = re.compile(r"[A-Za-z_]\w*\Z")


def state_changes(variables: tuple[str, ...], before: State, after: State) -> list[str]:
    """One line per change, as in `ctx[c1].users: 2 -> 1` or `waits: +t1`."""
    return [
        line
        for name, old, new in zip(variables, before, after, strict=True)
        if old != new
        for line in value_changes(name, old, new)
    ]


def value_changes(path: str, old: Value, new: Value) -> Iterator[str]:
    """The changes that lead from `old` to `new`, which are at `path` in the state."""
    if isinstance(old, frozenset) and isinstance(new, frozenset) and old & new:
        yield f"{path}: {_members(old, new)}"
    elif isinstance(old, Function) and isinstance(new, Function) and old.mapping and new.mapping:
        yield from _function_changes(path, old, new)
    else:
        yield f"{path}: {format_value(old)} -> {format_value(new)}"


def _members(old: frozenset[Value], new: frozenset[Value]) -> str:
    added = [f"+{format_value(v)}" for v in sorted(new - old, key=order_key)]
    removed = [f"-{format_value(v)}" for v in sorted(old - new, key=order_key)]
    return ", ".join(added + removed)


def _function_changes(path: str, old: Function, new: Function) -> Iterator[str]:
    if is_sequence(old) and is_sequence(new) and len(old.mapping) != len(new.mapping):
        yield f"{path}: {_sequence_change(old, new)}"
        return
    if not old.mapping.keys() & new.mapping.keys():
        yield f"{path}: {format_value(old)} -> {format_value(new)}"
        return
    for key in sorted(old.mapping.keys() | new.mapping.keys(), key=order_key):
        place = path + step_into(key)
        if key not in new.mapping:
            yield f"{place}: {format_value(old.mapping[key])} -> (gone)"
        elif key not in old.mapping:
            yield f"{place}: (new) -> {format_value(new.mapping[key])}"
        elif old.mapping[key] != new.mapping[key]:
            yield from value_changes(place, old.mapping[key], new.mapping[key])


def _sequence_change(old: Function, new: Function) -> str:
    """Appending and removing at the ends by name; anything else as a whole."""
    a, b = elements_of(old), elements_of(new)
    if b[: len(a)] == a:
        return f"appended {_listed(b[len(a) :])}"
    if a[len(a) - len(b) :] == b:
        return f"removed from the front {_listed(a[: len(a) - len(b)])}"
    if a[: len(b)] == b:
        return f"removed from the end {_listed(a[len(b) :])}"
    return f"{format_value(old)} -> {format_value(new)}"


def _listed(values: list[Value]) -> str:
    return ", ".join(format_value(value) for value in values)


def step_into(key: Value) -> str:
    """How the value at `key` is written after the function: `.users` or `[c1]`."""
    if isinstance(key, str) and FIELD.match(key):
        return f".{key}"
    if isinstance(key, Function) and is_sequence(key) and len(key.mapping) > 1:
        return f"[{_listed(elements_of(key))}]"
    return f"[{format_value(key)}]"


def state_lines(variables: tuple[str, ...], state: State) -> list[str]:
    """A whole state, one variable a line; values that many arguments share are written once."""
    return [f"{name} = {compact(value)}" for name, value in zip(variables, state, strict=True)]


def compact(value: Value) -> str:
    """TLA+ text of a value. Arguments that a function gives one value are put together:
    `[x \\in {a, b} |-> v] @@ (c :> w)`."""
    if not isinstance(value, Function) or is_sequence(value):
        return format_value(value)
    if all(isinstance(key, str) for key in value.mapping):
        return _record(value)
    groups: dict[Value, list[Value]] = {}
    for key in sorted(value.mapping, key=order_key):
        groups.setdefault(value.mapping[key], []).append(key)
    if len(groups) == len(value.mapping):
        return f"({' @@ '.join(f'{format_value(keys[0])} :> {compact(v)}' for v, keys in groups.items())})"
    return " @@ ".join(_constant_part(keys, shared) for shared, keys in groups.items())


def _record(value: Function) -> str:
    fields = sorted(value.mapping.items(), key=lambda item: order_key(item[0]))
    if not fields or not all(isinstance(key, str) and FIELD.match(key) for key, _ in fields):
        return format_value(value)
    return f"[{', '.join(f'{key} |-> {compact(held)}' for key, held in fields)}]"


def _constant_part(keys: list[Value], shared: Value) -> str:
    if len(keys) == 1:
        return f"({format_value(keys[0])} :> {compact(shared)})"
    return f"[x \\in {{{_listed(keys)}}} |-> {compact(shared)}]"


def action_text(action: ActionLabel) -> str:
    """`Name(t = t1, c = c1)`."""
    if not action.arguments:
        return action.name
    inside = ", ".join(f"{name} = {format_value(value)}" for name, value in action.arguments)
    return f"{action.name}({inside})"
