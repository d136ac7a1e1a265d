"""The engine: machine code where the model fits into words, the reference semantics where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aioformal.diagnostic import Diagnostic, Severity
from aioformal.engine.explicit.preparation import RefusedError
from aioformal.engine.explicit.search import NAME, Search
from aioformal.engine.explicit.small import small_search
from aioformal.engine.protocol import Budget, Event, Problem, Remark
from aioformal.engine.reference import Reference

SMALL = 300


@dataclass(frozen=True, slots=True)
class Settings:
    """`workers`: threads that expand states. `memory`: bytes that states may take, None for most of what
    the machine has free. `small`: up to so many states the reference semantics is done before machine
    code would be made."""

    workers: int = 1
    memory: int | None = None
    small: int = SMALL


class Explicit:
    """Judges every property on all reachable states."""

    name = NAME

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()

    def check(self, problem: Problem, budget: Budget) -> Iterator[Event]:
        """See `protocol.Engine`."""
        small = small_search(problem, budget, self.settings.small)
        if small is not None:
            yield from small
            return
        search = Search(problem, budget, self.settings.workers, self.settings.memory)
        try:
            yield from search.run()
        except RefusedError as refusal:
            message = f"explicit search goes on without machine code, and slower: {refusal}"
            yield Remark(Diagnostic("run.reference", message, severity=Severity.NOTE))
            yield from Reference().check(problem, budget)
        finally:
            search.close()
