"""The second process: reads a `Job`, runs symbolic engines one after the other, writes their events.

Both directions are streams of pickles: the job on standard input, messages on standard output. The
process ends when its standard input is closed, so it cannot outlive the process that started it.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from typing import BinaryIO, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from aioformal.diagnostic import Diagnostic, DiagnosticError
from aioformal.engine.protocol import Budget, Event, Problem
from aioformal.evidence.verdict import Fault, Finding, Inductive, Proved, Violated
from aioformal.portfolio.engines import BEYOND_ENUMERATION, make_engine


class Job(Struct, frozen=True):
    """What the worker is to do. `overlay` holds the texts that the first process has read, so that
    both judge the same specification even when a file changes meanwhile."""

    spec_path: str
    config_path: str | None
    overlay: Mapping[str, str]
    properties: tuple[str, ...]
    deadlock: bool
    engines: tuple[str, ...]
    depth: int | None
    deadline: float | None
    """In `time.monotonic()` seconds: that clock is the same for all processes, and getting ready counts."""
    beside_explicit: bool = False


class Encoded(Struct, frozen=True):
    """The model has been encoded; it took so many seconds."""

    seconds: float


class Refused(Struct, frozen=True):
    """An engine cannot take the model."""

    engine: str
    diagnostics: tuple[Diagnostic, ...]


class Crashed(Struct, frozen=True):
    """A fault of our own."""

    summary: str
    details: str


Message: TypeAlias = Event | Encoded | Refused | Crashed


def main() -> None:
    """Entry point of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    output = _claim_standard_output()
    job: Job = pickle.load(sys.stdin.buffer)
    if job.beside_explicit:
        _yield_to_explicit()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for message in messages(job):
        pickle.dump(message, output)
        output.flush()
    output.close()
    # A solver may still hold threads: nothing of this process is needed any more.
    os._exit(0)


def messages(job: Job) -> Iterator[Message]:
    """Everything the engines of a job have to say. Never raises."""
    try:
        yield from _run(job)
    except Exception as fault:
        yield Crashed(f"{type(fault).__name__}: {fault}", traceback.format_exc())


def _run(job: Job) -> Iterator[Message]:
    from aioformal.ordering import with_monitors
    from aioformal.resolve import load_model

    loaded = load_model(job.spec_path, job.config_path, job.overlay)
    properties = tuple(p for p in loaded.properties if p.name in job.properties)
    model = with_monitors(replace(loaded, properties=properties))
    problem = Problem(model, model.properties, job.deadlock)
    started = time.monotonic()
    try:
        engines = engine_order(job, problem)
    except DiagnosticError as refusal:
        for name in job.engines:
            yield Refused(name, refusal.diagnostics)
        return
    yield Encoded(time.monotonic() - started)
    for index, name in enumerate(engines):
        share = _share(job.deadline, last=index == len(engines) - 1)
        settled: set[str] = set()
        try:
            for event in _audited(make_engine(name).check(problem, Budget(job.depth, share))):
                yield event
                if isinstance(event, Fault) and event.diagnostic.code not in BEYOND_ENUMERATION:
                    return
                if isinstance(event, Finding) and isinstance(event.verdict, Proved | Violated):
                    settled.add(event.property)
        except DiagnosticError as refusal:
            yield Refused(name, refusal.diagnostics)
        problem = without(problem, settled)
        if not problem.properties and not problem.deadlock:
            return


def _audited(events: Iterator[Event]) -> Iterator[Event]:
    """Certificates are re-checked here, where a solver can be ended at any time: each once."""
    from aioformal.audit.certificate import check_certificate

    checked: set[Inductive] = set()
    for event in events:
        match event:
            case Finding(verdict=Proved(Inductive() as certificate)) if certificate not in checked:
                check_certificate(certificate)
                checked.add(certificate)
            case _:
                pass
        yield event


def engine_order(job: Job, problem: Problem) -> tuple[str, ...]:
    """Bounded search first; induction first where an integer has no bound, because there no search
    comes to an end."""
    unbounded = any(
        getattr(v.sort, "lo", 0) is None or getattr(v.sort, "hi", 0) is None
        for v in problem.encoding().system.variables
    )
    return tuple(reversed(job.engines)) if unbounded else job.engines


def without(problem: Problem, settled: set[str]) -> Problem:
    """The problem less what is settled. Later stages that were made stay made."""
    remaining = replace(
        problem,
        properties=tuple(p for p in problem.properties if p.name not in settled),
        deadlock=problem.deadlock and "deadlock" not in settled,
    )
    vars(remaining).update(vars(problem))
    return remaining


def _share(deadline: float | None, *, last: bool) -> float | None:
    """An engine's deadline: half of what is left, and all of it for the last."""
    if deadline is None or last:
        return deadline
    now = time.monotonic()
    return now + (deadline - now) / 2


def _claim_standard_output() -> BinaryIO:
    """Standard output for messages alone: what a specification prints must not get between them."""
    channel = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(channel, "wb")


def _yield_to_explicit() -> None:
    """Where processors are short, the exhaustive search goes first: its answer is the strongest."""
    if hasattr(os, "nice"):
        os.nice(5)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)
