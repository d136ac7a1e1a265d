"""The conditions under which an expression is being evaluated, and what can go wrong there.

Every partial operation reports its failure here. A failure's condition is conjoined with the path that leads
to it, so it says exactly "evaluation gets here, and fails"; it becomes an `Obligation` of the system.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain

from aioformal.diagnostic import DiagnosticError, error
from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.records import dataclass
from aioformal.source import Span
from aioformal.value.fault import ValueFault

MOST_APART = 16
"""Ways to one failure that an isolated evaluation keeps apart. Kept apart, many turn out to be impossible
where the result is used; but there they multiply: a recursion into n calls, d deep, has n^d of them."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What happens when `condition` is true. `kind` is that of the obligation."""

    condition: Term
    code: str
    message: str
    span: Span | None
    kind: str = "evaluation"


class Path:
    """A stack of conditions and the failures found so far, in order, without repetition.

    `span` is the expression being looked at; `unsupported` uses it. `steps` counts the effort, see `limited`.
    """

    def __init__(self) -> None:
        self._conditions: list[Term] = []
        self._failures: dict[tuple[Term, str, Span | None], Failure] = {}
        self.span: Span | None = None
        self.steps = 0
        self._most_steps: int | None = None

    @contextmanager
    def limited(self, most: int) -> Generator[None]:
        """Give up on what follows after so many steps: counted, so that the answer is the same everywhere."""
        before = self.steps, self._most_steps
        self.steps, self._most_steps = 0, most
        try:
            yield
        finally:
            self.steps, self._most_steps = before

    def spend(self, steps: int) -> None:
        """Count steps. Raises encode.unsupported where they are too many."""
        self.steps += steps
        if self._most_steps is not None and self.steps > self._most_steps:
            raise self.unsupported(f"this takes more than {self._most_steps} steps to encode")

    @contextmanager
    def under(self, *conditions: Term) -> Generator[None]:
        """Evaluate what follows only where the conditions hold."""
        height = len(self._conditions)
        self._conditions.extend(conditions)
        try:
            yield
        finally:
            del self._conditions[height:]

    def assume(self, condition: Term) -> None:
        """Go on only where the condition holds, until the enclosing `under` ends."""
        self._conditions.append(condition)

    @contextmanager
    def at(self, span: Span) -> Generator[None]:
        before, self.span = self.span, span
        try:
            yield
        finally:
            self.span = before

    @contextmanager
    def isolated(self) -> Generator[list[Failure]]:
        """Evaluate with an empty path; the failures of it go to the list that is yielded."""
        before = self._conditions, self._failures
        self._conditions, self._failures = [], {}
        found: list[Failure] = []
        try:
            yield found
        finally:
            found.extend(_gathered(self._failures.values()))
            self._conditions, self._failures = before

    def fail(self, condition: Term, code: str, message: str, kind: str = "evaluation") -> None:
        """Report a failure that happens here under a further condition."""
        self.repeat((Failure(condition, code, message, self.span, kind),))

    def fault(self, fault: ValueFault) -> None:
        """Report that a built-in operator has no value for known arguments."""
        kind = "assert" if fault.code == "eval.assert" else "evaluation"
        self.fail(ir.true, fault.code, fault.message, kind)

    def repeat(self, failures: Sequence[Failure]) -> None:
        """Report failures of an isolated evaluation that is used here."""
        self.spend(1 + len(failures))
        for failure in failures:
            condition = ir.and_(*self._conditions, failure.condition)
            if condition is not ir.false:
                key = condition, failure.code, failure.span
                self._failures.setdefault(key, replace(failure, condition=condition))

    def take(self) -> tuple[Failure, ...]:
        """All failures so far, which are forgotten here."""
        taken = tuple(self._failures.values())
        self._failures = {}
        return taken

    def unsupported(self, reason: str, hint: str | None = None) -> DiagnosticError:
        return error("encode.unsupported", reason, self.span, hint=hint)


def _gathered(failures: Collection[Failure]) -> Iterable[Failure]:
    """The same failures; those of one place and message, if there are many of them, as one."""
    if len(failures) <= MOST_APART:
        return failures
    by_place: dict[tuple[str, str, str, Span | None], list[Failure]] = {}
    for f in failures:
        by_place.setdefault((f.kind, f.code, f.message, f.span), []).append(f)
    return chain.from_iterable(map(_joined, by_place.values()))


def _joined(ways: Sequence[Failure]) -> Sequence[Failure]:
    if len(ways) <= MOST_APART:
        return ways
    return (replace(ways[0], condition=ir.or_(*(way.condition for way in ways))),)
