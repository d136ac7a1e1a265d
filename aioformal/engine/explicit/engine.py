"""The engine: machine code where the model fits into words, the reference semantics where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from aioformal.diagnostic import Diagnostic, Severity
from aioformal.encode.infer import Sample
from aioformal.engine.explicit.doubts import one_worker, view_decides_counts
from aioformal.engine.explicit.preparation import RefusedError
from aioformal.engine.explicit.saving import EVERY, Saver
from aioformal.engine.explicit.search import NAME, Search
from aioformal.engine.explicit.small import first_look, may_be_small, small_search
from aioformal.engine.protocol import Budget, Event, Problem, Remark
from aioformal.engine.reference import Reference
from aioformal.native.runners import Runner

SMALL = 300


class Settings(Struct, frozen=True):
    """`workers`: threads that expand states. `memory`: bytes that states may take, None for most of what
    the machine has free. `small`: up to so many states the reference semantics is done before machine
    code would be made. `checkpoint`: the folder that the search is saved into at the latest `every`
    seconds, None for none; `resume`: it goes on from there. `runner`: what executes the model."""

    workers: int = 1
    memory: int | None = None
    small: int = SMALL
    checkpoint: Path | None = None
    resume: bool = False
    every: float = EVERY
    runner: Runner = "auto"


class Explicit:
    """Judges every property on all reachable states."""

    name = NAME

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()

    def check(self, problem: Problem, budget: Budget) -> Iterator[Event]:
        """See `protocol.Engine`. Raises checkpoint.* where there is no way to use the folder."""
        saver = self._saver(problem)
        try:
            # Counts are those of the reduced search, also of a small one.
            reduced = problem.model.symmetry is not None or problem.model.view is not None
            most = 0 if self._resumes or reduced else self.settings.small
            sample = first_look(problem) if most else None
            small = small_search(problem, budget, most) if may_be_small(sample, most) else None
            yield from self._search(problem, budget, saver, sample) if small is None else small
        finally:
            if saver is not None:
                saver.close()

    @property
    def _resumes(self) -> bool:
        return self.settings.checkpoint is not None and self.settings.resume

    def _saver(self, problem: Problem) -> Saver | None:
        folder = self.settings.checkpoint
        if folder is None:
            return None
        return Saver(problem, folder, self.settings.every, resume=self.settings.resume)

    def _search(
        self, problem: Problem, budget: Budget, saver: Saver | None, sample: Sample | None
    ) -> Iterator[Event]:
        workers = self.settings.workers
        if workers > 1 and view_decides_counts(problem.model):
            workers = 1
            yield Remark(one_worker(problem.model))
        memory, runner = self.settings.memory, self.settings.runner
        search = Search(problem, budget, workers, memory, saver, runner, sample=sample)
        try:
            yield from search.run()
        except RefusedError as refusal:
            message = f"explicit search goes on without machine code, and slower: {refusal}"
            yield Remark(Diagnostic("run.reference", message, severity=Severity.NOTE))
            if saver is not None:
                message = "the search without machine code writes no checkpoints"
                yield Remark(Diagnostic("checkpoint.none", message, severity=Severity.WARNING))
            yield from Reference().check(problem, budget)
        finally:
            search.close()
