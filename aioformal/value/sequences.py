"""The operators of Sequences. As in TLC, some of them take strings too."""

from __future__ import annotations

from aioformal.value.compare import require_set
from aioformal.value.fault import ValueFault
from aioformal.value.format import brief
from aioformal.value.sets import Sequences
from aioformal.value.values import (
    EMPTY_FUNCTION,
    Function,
    Value,
    canonical,
    elements_of,
    is_sequence,
    make_tuple,
)


def require_sequence(value: Value, operator: str) -> Function:
    """The value, if it is a sequence. Raises `ValueFault` eval.kind otherwise."""
    if isinstance(value, Function) and is_sequence(value):
        return value
    raise ValueFault("eval.kind", f"{operator} needs a sequence, not {brief(value)}")


def sequence_set(base: Value) -> Sequences:
    """`Seq(base)`."""
    return Sequences(require_set(base, "Seq"))


def length(sequence: Value) -> int:
    """`Len(s)`, of a string too."""
    if isinstance(sequence, str):
        return len(sequence)
    return len(require_sequence(sequence, "Len").mapping)


def head(sequence: Value) -> Value:
    """`Head(s)`; the empty sequence has none."""
    try:
        return require_sequence(sequence, "Head").mapping[1]
    except KeyError:
        raise ValueFault("eval.partial", "Head of the empty sequence") from None


def tail(sequence: Value) -> Value:
    """`Tail(s)`, of a string too; the empty sequence has none."""
    if sequence == "" or sequence == EMPTY_FUNCTION:
        raise ValueFault("eval.partial", "Tail of the empty sequence")
    if isinstance(sequence, str):
        return sequence[1:]
    return Function(dict(enumerate(elements_of(require_sequence(sequence, "Tail"))[1:], 1)))


def append(sequence: Value, element: Value) -> Function:
    """`Append(s, e)`."""
    mapping = require_sequence(sequence, "Append").mapping
    return Function({**mapping, len(mapping) + 1: canonical(element)})


def concatenate(left: Value, right: Value) -> Value:
    """`s \\o t`, of two strings too."""
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    one, other = require_sequence(left, "\\o"), require_sequence(right, "\\o")
    return Function({**one.mapping, **dict(enumerate(elements_of(other), len(one.mapping) + 1))})


def subsequence(sequence: Value, first: Value, last: Value) -> Value:
    """`SubSeq(s, first, last)`, of a string too; empty if `last < first`.

    Raises `ValueFault` eval.domain where an end lies outside `s`.
    """
    whole = sequence if isinstance(sequence, str) else elements_of(require_sequence(sequence, "SubSeq"))
    if not isinstance(first, int) or not isinstance(last, int):
        culprit = last if isinstance(first, int) else first
        raise ValueFault("eval.kind", f"SubSeq needs integers as ends, not {brief(culprit)}")
    if first <= last and (first < 1 or last > len(whole)):
        message = f"SubSeq from {first} to {last} leaves the {len(whole)} elements of {brief(sequence)}"
        raise ValueFault("eval.domain", message)
    part = whole[first - 1 : last] if first <= last else whole[:0]
    return part if isinstance(part, str) else make_tuple(part)
