"""What must happen again and again: fairness, as requests and answers.

A condition is true of an infinite behaviour if its request is made finitely often, or answered infinitely
often (Streett, 1982). Weak fairness of A asks at every step, and is answered by a step of A and wherever A
is not enabled; strong fairness asks where A is enabled, and is answered by a step of A.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from aioformal.engine.liveness.formula import (
    TRUE,
    Always,
    Either,
    Eventually,
    Literal,
    Temporal,
    both,
    conjuncts,
)


class Condition(Struct, frozen=True):
    """`request` None: it asks at every step. Any of the `answers` will do."""

    request: Literal | None
    answers: tuple[Literal, ...]


def split(formula: Temporal) -> tuple[Temporal, list[Condition]]:
    """A formula as the conjunction of a smaller one and conditions. Those are free, what is left is not: it
    takes an automaton."""
    rest: list[Temporal] = []
    found: list[Condition] = []
    for part in conjuncts(formula):
        condition = _condition(part)
        if condition is None:
            rest.append(part)
        else:
            found.append(condition)
    return both(rest) if rest else TRUE, list(dict.fromkeys(found))


def _condition(formula: Temporal) -> Condition | None:
    parts = formula.parts if isinstance(formula, Either) else (formula,)
    finally_ = [part for part in parts if _is_finally(part)]
    if len(finally_) > 1:
        return None
    answers: list[Literal] = []
    for part in parts:
        if part in finally_:
            continue
        again = _again(part)
        if again is None:
            return None
        answers += again
    request = None
    if finally_:
        kept = _finally(finally_[0])
        request = Literal(kept.atom, not kept.wanted)
    return Condition(request, tuple(dict.fromkeys(answers)))


def _again(formula: Temporal) -> tuple[Literal, ...] | None:
    """Of `[]<>p`, or of `[]<>(p \\/ q)`, the literals."""
    match formula:
        case Always(Eventually(Literal() as literal)):
            return (literal,)
        case Always(Eventually(Either(parts))):
            return _literals(parts)
        case _:
            return None


def _literals(parts: Iterable[Temporal]) -> tuple[Literal, ...] | None:
    found = [part for part in parts if isinstance(part, Literal)]
    return tuple(found) if len(found) == len(tuple(parts)) else None


def _is_finally(formula: Temporal) -> bool:
    return (
        isinstance(formula, Eventually)
        and isinstance(formula.body, Always)
        and (isinstance(formula.body.body, Literal))
    )


def _finally(formula: Temporal) -> Literal:
    """Of `<>[]p` the literal."""
    assert isinstance(formula, Eventually)
    assert isinstance(formula.body, Always)
    assert isinstance(formula.body.body, Literal)
    return formula.body.body


def marks_of(conditions: Sequence[Condition], letter: int) -> tuple[int, int]:
    """The conditions, as masks, that make their request on a step, and those that are answered by it.
    `letter`: the atoms that are true of it."""
    asked = answered = 0
    for bit, condition in enumerate(conditions):
        if condition.request is None or condition.request.is_true(letter):
            asked |= 1 << bit
        if any(answer.is_true(letter) for answer in condition.answers):
            answered |= 1 << bit
    return asked, answered
