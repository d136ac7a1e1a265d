"""Values as TLA+ text. Equal values give equal text."""

from __future__ import annotations

import re
from typing import Final

from aioformal.value.order import ordered
from aioformal.value.values import (
    Bool,
    Function,
    LazyFunction,
    LazySet,
    ModelValue,
    Value,
    elements_of,
    is_sequence,
)

BRIEF_LENGTH: Final = 100
ENUMERATED_IN_TEXT: Final = 1 << 12
"""A set kept as a rule is written out when it has no more members than this."""

_IDENTIFIER = re.compile(r"[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f"})


def format_value(value: Value) -> str:
    """TLA+ text of a value: `{1, 2}`, `<<a, b>>`, `[f |-> 1]`, `(1 :> "x" @@ 4 :> "y")`.

    Sets, records and functions are written in the canonical order. Sets too large to write out
    appear as the rule that they are kept as.
    """
    if value.__class__ is int:
        return _format_integer(value)
    if isinstance(value, str):
        return f'"{value.translate(_ESCAPES)}"'
    if isinstance(value, Function):
        return _format_function(value)
    if isinstance(value, frozenset):
        return "{" + ", ".join(map(format_value, ordered(value))) + "}"
    return _format_rule(value)


def _format_rule(value: Value) -> str:
    if isinstance(value, LazySet):
        few = value.is_small() and (value.size or 0) <= ENUMERATED_IN_TEXT
        return format_value(value.freeze()) if few else value.text()
    if isinstance(value, LazyFunction):
        return f"[x \\in {value.domain.text()} |-> ...]"
    return repr(value)


def _format_integer(value: Value) -> str:
    assert isinstance(value, int)
    try:
        return str(value)
    except ValueError:  # Python refuses to write thousands of decimal digits
        return f"-\\h{-value:x}" if value < 0 else f"\\h{value:x}"


def _format_function(function: Function) -> str:
    if is_sequence(function):
        return f"<<{', '.join(map(format_value, elements_of(function)))}>>"
    keys = ordered(frozenset(function.mapping))
    if is_record(function):
        fields = (f"{key} |-> {format_value(function.mapping[key])}" for key in keys)
        return f"[{', '.join(fields)}]"
    pairs = (f"{format_value(key)} :> {format_value(function.mapping[key])}" for key in keys)
    return f"({' @@ '.join(pairs)})"


def is_record(function: Function) -> bool:
    """Whether a function can be written as a record: its arguments are strings that can name fields."""
    keys = function.mapping
    return bool(keys) and all(isinstance(key, str) and _IDENTIFIER.fullmatch(key) for key in keys)


def rule_text(value: Value) -> str:
    """A value as text that names the rule of a lazy set instead of writing out its members."""
    return value.text() if isinstance(value, LazySet) else format_value(value)


def operand_text(value: Value) -> str:
    """`rule_text` for the operand of an operator: in parentheses where it needs them."""
    text = rule_text(value)
    return text if text[0] in "{[<(" or text.isalnum() else f"({text})"


def brief(value: Value) -> str:
    """A value for a message: what kind it is, and not too much of it."""
    text = rule_text(value)
    if len(text) > BRIEF_LENGTH:
        text = text[: BRIEF_LENGTH - 4] + " ..."
    return f"{noun(value)} {text}"


def noun(value: Value) -> str:
    """What kind of value this is, with its article: "the integer", "the set"."""
    if isinstance(value, Function):
        return _function_noun(value)
    for kind, name in _NOUNS:
        if isinstance(value, kind):
            return name
    return "the function"


def _function_noun(function: Function) -> str:
    if is_sequence(function):
        return "the tuple"
    return "the record" if all(isinstance(key, str) for key in function.mapping) else "the function"


_NOUNS: Final = (
    (int, "the integer"),
    (str, "the string"),
    (Bool, "the Boolean"),
    (ModelValue, "the model value"),
    ((frozenset, LazySet), "the set"),
)
