"""All mutants of one specification, in as many processes as there are cores.

A process reads the specification and searches it once; then it is given numbers of mutants. Only numbers and
outcomes travel: the mutants are the same in each.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from aioformal.diagnostic import Diagnostic, DiagnosticError
from aioformal.mutation.judging import Outcome, Subject, within
from aioformal.mutation.making import mistakes
from aioformal.mutation.mutant import Mutant
from aioformal.resolve import load_model


@dataclass(frozen=True)
class Task:
    """`seconds`: for the search of the specification, and for each mutant; None for no limit."""

    spec: str
    config: str | None
    seconds: float | None


@dataclass(frozen=True)
class Refusal:
    """Why nothing can be judged: exceptions do not travel well."""

    diagnostics: tuple[Diagnostic, ...]


class _Judge:
    """What a process has made of its task."""

    def __init__(self, task: Task) -> None:
        self._task = task
        model = load_model(task.spec, task.config)
        self._mutants = mistakes(model)
        self._subject = Subject(model, within(task.seconds))

    def outcome(self, number: int) -> Outcome:
        return self._subject.judge(self._mutants[number], within(self._task.seconds))


_made: dict[Task, _Judge] = {}


def _judged(task: Task, number: int) -> Outcome | Refusal:
    """In a process of its own, which keeps what it has made."""
    try:
        if task not in _made:
            _made[task] = _Judge(task)
        return _made[task].outcome(number)
    except DiagnosticError as refusal:
        return Refusal(refusal.diagnostics)


def _leave_signals_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def outcomes(task: Task, numbers: Sequence[int], jobs: int) -> Generator[tuple[int, Outcome], None, None]:
    """Each mutant and what became of it, in the order in which they are done. Closing the generator ends
    all processes. Raises `DiagnosticError` where the specification does not hold by itself."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, len(numbers)) or 1, context, _leave_signals_to_the_parent)
    try:
        waiting = {pool.submit(_judged, task, number): number for number in numbers}
        yield from _done(waiting)
    except BaseException:
        # Nobody waits for mutants that are not needed any more.
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _done(waiting: dict[Future[Outcome | Refusal], int]) -> Iterator[tuple[int, Outcome]]:
    for future in as_completed(waiting):
        found = future.result()
        if isinstance(found, Refusal):
            raise DiagnosticError(found.diagnostics)
        yield waiting[future], found


def all_mutants(task: Task) -> list[Mutant]:
    """Raises `DiagnosticError` where the specification cannot be read."""
    return mistakes(load_model(task.spec, task.config))
