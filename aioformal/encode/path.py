"""The conditions under which an expression is being evaluated, and what can go wrong there.

Every partial operation reports its failure here. A failure's condition is conjoined with the path that leads
to it, so it says exactly "evaluation gets here, and fails"; it becomes an `Obligation` of the system.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Sequence
from contextlib import contextmanager
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from aioformal.diagnostic import DiagnosticError, error
from aioformal.ir import term as ir
from aioformal.ir.logic import MOST_FLATTENED
from aioformal.ir.term import Term
from aioformal.source import Span
from aioformal.value.fault import ValueFault

MOST_APART = 16
"""Ways to one failure that an isolated evaluation keeps apart. Kept apart, many turn out to be impossible
where the result is used; but there they multiply: a recursion into n calls, d deep, has n^d of them."""


class Failure(Struct, frozen=True):
    """What happens when `condition` is true. `kind` is that of the obligation."""

    condition: Term
    code: str
    message: str
    span: Span | None
    kind: str = "evaluation"

    def under(self, condition: Term) -> Failure:
        return Failure(condition, self.code, self.message, self.span, self.kind)


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

    @contextmanager
    def at_most(self, more: int) -> Generator[None]:
        """Give up on what follows after so many steps more, or where it is given up anyhow. What was given up
        is not missing to what comes then."""
        before, start = self._most_steps, self.steps
        self._most_steps = start + more if before is None else min(before, start + more)
        try:
            yield
        except DiagnosticError:
            self.steps = start
            raise
        finally:
            self._most_steps = before

    def spend(self, steps: int) -> None:
        """Count steps. Raises encode.unsupported where they are too many."""
        self.steps += steps
        if self._most_steps is not None and self.steps > self._most_steps:
            raise self.unsupported(f"this takes more than {self._most_steps} steps to encode")

    @property
    def conditions(self) -> tuple[Term, ...]:
        """Under which what is looked at now is evaluated at all."""
        return tuple(self._conditions)

    def under(self, *conditions: Term) -> _Held:
        """Evaluate what follows only where the conditions hold."""
        return _Held(self._conditions, conditions)

    def assume(self, condition: Term) -> None:
        """Go on only where the condition holds, until the enclosing `under` ends."""
        self._conditions.append(condition)

    def at(self, span: Span) -> _At:
        return _At(self, span)

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
        if condition is ir.false:
            self.spend(2)
            return
        self.repeat((Failure(condition, code, message, self.span, kind),))

    def fault(self, fault: ValueFault) -> None:
        """Report that a built-in operator has no value for known arguments."""
        kind = "assert" if fault.code == "eval.assert" else "evaluation"
        self.fail(ir.true, fault.code, fault.message, kind)

    def repeat(self, failures: Sequence[Failure]) -> None:
        """Report failures of an isolated evaluation that is used here."""
        self.spend(1 + len(failures))
        if not failures:
            return
        here = (ir.and_(*self._conditions),)
        if here[0].op == "and" and len(here[0].args) > MOST_FLATTENED:
            # As one term they would stay together, and what contradicts one of them would not be seen.
            here = tuple(self._conditions)
        for failure in failures:
            condition = ir.and_(*here, failure.condition)
            key = condition, failure.code, failure.span
            if condition is not ir.false and key not in self._failures:
                self._failures[key] = failure.under(condition)

    def take(self) -> tuple[Failure, ...]:
        """All failures so far, which are forgotten here."""
        taken = tuple(self._failures.values())
        self._failures = {}
        return taken

    def unsupported(self, reason: str, hint: str | None = None) -> DiagnosticError:
        return error("encode.unsupported", reason, self.span, hint=hint)


class _Held:
    """Conditions that hold inside. Entered by the ten thousand: a generator would take twice as long."""

    __slots__ = ("_conditions", "_height", "_stack")

    def __init__(self, stack: list[Term], conditions: tuple[Term, ...]) -> None:
        self._stack = stack
        self._conditions = conditions
        self._height = 0

    def __enter__(self) -> None:
        self._height = len(self._stack)
        self._stack.extend(self._conditions)

    def __exit__(self, *_: object) -> None:
        del self._stack[self._height :]


class _At:
    """Another place is looked at inside."""

    __slots__ = ("_before", "_path", "_span")

    def __init__(self, path: Path, span: Span) -> None:
        self._path = path
        self._span = span
        self._before: Span | None = None

    def __enter__(self) -> None:
        self._before, self._path.span = self._path.span, self._span

    def __exit__(self, *_: object) -> None:
        self._path.span = self._before


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
