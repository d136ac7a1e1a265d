"""Asking a solver under a budget, with signs of life."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator

from msgspec import Struct

from aioformal.engine.protocol import Budget, Progress
from aioformal.evidence.verdict import Fault
from aioformal.solve.protocol import Answer, At, Solver

POLL_SECONDS = 0.25
OUT_OF_TIME = "the time was used up"


class StoppedError(Exception):
    """The search cannot go on: out of time, undecided by the solver, or a fault of the specification."""

    def __init__(self, reason: str, fault: Fault | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fault = fault


class Clock(Struct):
    """The budget, and when the last sign of life was given."""

    engine: str
    budget: Budget
    depth: int = 0
    _last: float = 0.0

    def ask(
        self, solver: Solver, assumptions: Iterable[At], about: str | None = None
    ) -> Generator[Progress, None, Answer]:
        """The solver's answer, with progress while it works. Raises `StoppedError` when time is up."""
        if self.budget.exhausted():
            raise StoppedError(OUT_OF_TIME)
        query = solver.ask(assumptions, self.budget.remaining())
        try:
            while (answer := query.wait(POLL_SECONDS)) is None:
                if self.budget.exhausted():
                    raise StoppedError(OUT_OF_TIME)
                yield self.progress(about)
        finally:
            query.cancel()
        if answer is Answer.UNKNOWN and self.budget.exhausted():
            raise StoppedError(OUT_OF_TIME)
        return answer

    def sign_of_life(self, about: str | None = None) -> Iterator[Progress]:
        """A progress event, unless there was one a moment ago."""
        now = time.monotonic()
        if now - self._last >= POLL_SECONDS:
            self._last = now
            yield self.progress(about)

    def progress(self, about: str | None = None) -> Progress:
        return Progress(self.engine, self.depth, self.budget.elapsed(), property=about)
