"""All mutants of one specification, in as many processes as there are cores.

A process reads the specification and searches it once; then it is given numbers of mutants. Only numbers and
outcomes travel: the mutants are the same in each.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from aioformal.diagnostic import Diagnostic, DiagnosticError
from aioformal.mutation.judging import Outcome, Subject, within
from aioformal.mutation.making import mistakes
from aioformal.mutation.mutant import Mutant
from aioformal.native.runners import free_memory
from aioformal.processes import each_done
from aioformal.resolve import load_model


class Task(Struct, frozen=True):
    """`seconds`: for the search of the specification, and for each mutant; None for no limit. `memory`: bytes
    for the states of both together, None for most of what is free."""

    spec: str
    config: str | None
    seconds: float | None
    memory: int | None = None


class Refusal(Struct, frozen=True):
    """Why nothing can be judged: exceptions do not travel well."""

    diagnostics: tuple[Diagnostic, ...]


class _Judge:
    """What a process has made of its task."""

    def __init__(self, task: Task) -> None:
        self._task = task
        model = load_model(task.spec, task.config)
        self._mutants = mistakes(model)
        half = None if task.memory is None else task.memory // 2
        self._subject = Subject(model, within(task.seconds), half)

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


def outcomes(task: Task, numbers: Sequence[int], jobs: int) -> Generator[tuple[int, Outcome], None, None]:
    """Each mutant and what became of it, in the order in which they are done. Closing the generator ends
    all processes. Raises `DiagnosticError` where the specification does not hold by itself."""
    shared = replace(task, memory=free_memory() // max(1, min(jobs, len(numbers))))
    with closing(each_done(partial(_judged, shared), {n: n for n in numbers}, jobs)) as done:
        for number, found in done:
            if isinstance(found, Refusal):
                raise DiagnosticError(found.diagnostics)
            yield number, found


def all_mutants(task: Task) -> list[Mutant]:
    """Raises `DiagnosticError` where the specification cannot be read."""
    return mistakes(load_model(task.spec, task.config))
