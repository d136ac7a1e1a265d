"""What each operator of module `Ordering` remembers, and when it is violated: pure data.

A rule looks at up to three events. What it remembers of earlier moments are *bits*; each is a function of
its own last value and of the events of a moment:

    once(E)     some E came before                     once' = once \\/ E
    twice(E)    two of them did                        twice' = twice \\/ (once /\\ E)
    open(B, E)  a B came before, and no E after it     open' = B \\/ (open /\\ ~E)

Equal bits of equal events are one bit: `Between(A, M, B)` and `Within(C, A, M)` share `open(A, M)`.
A `Condition` is a formula over the events of a moment and the bits before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

BitKind: TypeAlias = Literal["once", "twice", "open"]


class Bit(Struct, frozen=True):
    """What is remembered. `events`: indices of the rule's parameters."""

    kind: BitKind
    events: tuple[int, ...]


class Event(Struct, frozen=True):
    """That the event of a parameter happens now."""

    index: int


class Remembered(Struct, frozen=True):
    bit: Bit


class Not(Struct, frozen=True):
    body: Condition


class All(Struct, frozen=True):
    parts: tuple[Condition, ...]


class Some(Struct, frozen=True):
    parts: tuple[Condition, ...]


Condition: TypeAlias = Event | Remembered | Not | All | Some


class Operator(Struct, frozen=True):
    """`bad`: when the rule is violated, over the events of the moment and the bits before it. `needs`:
    events, by parameter, without any of which it cannot be violated. `says`: the rule in words, with the
    parameters' places in braces."""

    name: str
    params: tuple[str, ...]
    bad: Condition
    needs: tuple[int, ...]
    says: str

    @property
    def bits(self) -> tuple[Bit, ...]:
        """The bits that it needs, each after those that it is computed from."""
        return tuple(dict.fromkeys(needed for bit in _bits(self.bad) for needed in (*bits_below(bit), bit)))


def bits_below(bit: Bit) -> tuple[Bit, ...]:
    """The bits that a bit is computed from, beside itself."""
    return (Bit("once", bit.events),) if bit.kind == "twice" else ()


def following(bit: Bit) -> Condition:
    """The next value of a bit."""
    now = Remembered(bit)
    if bit.kind == "once":
        return Some((now, Event(bit.events[0])))
    if bit.kind == "twice":
        return Some((now, All((Remembered(Bit("once", bit.events)), Event(bit.events[0])))))
    begin, end = bit.events
    return Some((Event(begin), All((now, Not(Event(end))))))


def holds(condition: Condition, happens: Callable[[int], bool], remembered: Callable[[Bit], bool]) -> bool:
    """The truth of a condition."""
    match condition:
        case Event(index):
            return happens(index)
        case Remembered(bit):
            return remembered(bit)
        case Not(body):
            return not holds(body, happens, remembered)
        case All(parts):
            return all(holds(part, happens, remembered) for part in parts)
        case Some(parts):
            return any(holds(part, happens, remembered) for part in parts)


def _bits(condition: Condition) -> tuple[Bit, ...]:
    match condition:
        case Remembered(bit):
            return (bit,)
        case Not(body):
            return _bits(body)
        case All(parts) | Some(parts):
            return tuple(bit for part in parts for bit in _bits(part))
        case Event():
            return ()


def _once(event: int) -> Condition:
    return Remembered(Bit("once", (event,)))


def _open(begin: int, end: int) -> Condition:
    return Remembered(Bit("open", (begin, end)))


def _operators() -> tuple[Operator, ...]:
    first, second, third = Event(0), Event(1), Event(2)
    twice = Remembered(Bit("twice", (0,)))
    return (
        Operator("Precedes", ("A", "B"), All((second, Not(_once(0)))), (1,), "no {1} unless {0} came before"),
        Operator("AtMostOnce", ("A",), All((first, _once(0))), (0,), "no second {0}"),
        Operator(
            "ExactlyOnceBefore",
            ("A", "B"),
            All((second, Some((Not(_once(0)), twice)))),
            (1,),
            "exactly one {0} before any {1}",
        ),
        Operator(
            "Between", ("A", "M", "B"), All((third, _open(0, 1))), (0, 2), "after {0} no {2}, until {1}"
        ),
        Operator(
            "Within",
            ("A", "Begin", "End"),
            All((first, Not(_open(1, 2)))),
            (0,),
            "{0} only after {1}, and until {2}",
        ),
        Operator("NeverAfter", ("A", "B"), All((first, _once(1))), (0, 1), "no {0} after {1}"),
        Operator(
            "NotBetween",
            ("Call", "Wait", "Return"),
            All((second, _open(0, 2))),
            (0, 1),
            "after {0} no {1}, until {2}",
        ),
    )


OPERATORS: Mapping[str, Operator] = {operator.name: operator for operator in _operators()}
"""The rules, by name."""

PAST: Mapping[str, int] = {"Once": 1, "Historically": 1, "Since": 2}
"""The state predicates that look back, each with its number of parameters."""
