"""Temporal formulas in negation normal form, over numbered atoms.

An atom is a state predicate, or an action, which has a truth value on a step. A formula is true of an
infinite sequence of steps; an atom is true of it if it is true of its first step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from msgspec import Struct


class Literal(Struct, frozen=True):
    """An atom, or its negation where it is not `wanted`."""

    atom: int
    wanted: bool = True

    def is_true(self, letter: int) -> bool:
        """`letter`: the atoms that are true, as a mask."""
        return bool(letter >> self.atom & 1) is self.wanted


class Both(Struct, frozen=True):
    """All of its parts; without parts it is true."""

    parts: tuple[Temporal, ...] = ()


class Either(Struct, frozen=True):
    """One of its parts; without parts it is false."""

    parts: tuple[Temporal, ...] = ()


class Always(Struct, frozen=True):
    body: Temporal


class Eventually(Struct, frozen=True):
    body: Temporal


Temporal: TypeAlias = Literal | Both | Either | Always | Eventually

TRUE = Both()
FALSE = Either()


def both(parts: Iterable[Temporal]) -> Temporal:
    """The conjunction, with nested ones, repetitions and what is true left out."""
    flat = dict.fromkeys(_flat(parts, Both))
    if FALSE in flat:
        return FALSE
    return next(iter(flat)) if len(flat) == 1 else Both(tuple(flat))


def either(parts: Iterable[Temporal]) -> Temporal:
    """The disjunction, with nested ones, repetitions and what is false left out."""
    flat = dict.fromkeys(_flat(parts, Either))
    if TRUE in flat:
        return TRUE
    return next(iter(flat)) if len(flat) == 1 else Either(tuple(flat))


def always(body: Temporal) -> Temporal:
    """`[]`; twice is no more than once."""
    return body if isinstance(body, Always) or body in (TRUE, FALSE) else Always(body)


def eventually(body: Temporal) -> Temporal:
    """`<>`; twice is no more than once."""
    return body if isinstance(body, Eventually) or body in (TRUE, FALSE) else Eventually(body)


def negated(formula: Temporal) -> Temporal:
    """The negation, in negation normal form again."""
    match formula:
        case Literal(atom, wanted):
            return Literal(atom, not wanted)
        case Both(parts):
            return either(map(negated, parts))
        case Either(parts):
            return both(map(negated, parts))
        case Always(body):
            return eventually(negated(body))
        case Eventually(body):
            return always(negated(body))


def conjuncts(formula: Temporal) -> tuple[Temporal, ...]:
    return formula.parts if isinstance(formula, Both) else (formula,)


def _flat(parts: Iterable[Temporal], kind: type[Both] | type[Either]) -> Iterator[Temporal]:
    for part in parts:
        if isinstance(part, kind):
            yield from part.parts
        else:
            yield part
