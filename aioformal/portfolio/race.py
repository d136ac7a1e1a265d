"""One run: the explicit engine here, the symbolic ones beside it, the first conclusive answers win."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from aioformal.diagnostic import Diagnostic, DiagnosticError, Severity
from aioformal.engine.protocol import Event, Problem, Progress
from aioformal.engine.unused import unused_reductions
from aioformal.evidence.verdict import Fault
from aioformal.portfolio.engines import AUTO, SYMBOLIC, make_engine
from aioformal.portfolio.ledger import Ledger, Outcome
from aioformal.portfolio.rival import Rival
from aioformal.portfolio.stop import GRACE, Stop, StoppableBudget
from aioformal.portfolio.worker import Job, Refused

if TYPE_CHECKING:
    from aioformal.engine.explicit import Settings

HEAD_START = 1.5
"""Seconds after which the explicit engine gets company: most small models are done before."""

PATIENCE = 0.1
"""Seconds between two looks at the stop sign while only the second process is at work."""

LAST_WORDS = 2.0
"""Seconds that an engine has between its last answer and its end."""


class Request(Struct, frozen=True):
    """`engine`: one of `ENGINE_NAMES`. `depth`: steps to look ahead, None for the engines' own choice.
    `deadline`: in `time.monotonic()` seconds, None for no limit. `overlay`: the texts that were read.
    `settings`: those of the explicit engine, None for its own choice."""

    engine: str = AUTO
    depth: int | None = None
    deadline: float | None = None
    overlay: Mapping[str, str] = field(default_factory=dict[str, str])
    settings: Settings | None = None


class SolverCrashError(Exception):
    """The second process broke off and nothing else has an answer. `details`: its traceback."""

    def __init__(self, summary: str, details: str) -> None:
        super().__init__(summary)
        self.details = details


def run(problem: Problem, request: Request, on_event: Callable[[Event], None], stop: Stop) -> Outcome:
    """Judges every property of the problem. Raises `EvidenceError` when engines contradict each other
    or evidence does not check, `SolverCrashError` when only a fault of ours stands in the way. A
    KeyboardInterrupt ends the run with what is known."""
    budget = StoppableBudget(request.depth, request.deadline, stop=stop)
    ledger = Ledger(problem, on_event, patient=request.engine == AUTO)
    explicit = request.engine not in SYMBOLIC
    with Rival(_job(problem, request, budget)) as rival:
        try:
            if explicit:
                _explore(ledger, rival, budget, request)
            elif not ledger.settled:
                for remark in unused_reductions(problem.model) if request.engine in SYMBOLIC else ():
                    ledger.record(remark)
                rival.start()
            _await(ledger, rival, budget)
            if request.engine != AUTO:
                _await_last_words(ledger, rival, budget)
        except KeyboardInterrupt:
            stop.set("interrupt")
        stop.closing = True
        rival.end()
        _hear_out(ledger, rival)
    if stop.reason is None and budget.exhausted() and not ledger.settled:
        stop.set("timeout")
    _judge_crashes(ledger)
    return ledger.close(stop.reason)


def _job(problem: Problem, request: Request, budget: StoppableBudget) -> Job:
    model = problem.model
    return Job(
        spec_path=model.spec_path,
        config_path=model.config_path,
        overlay=request.overlay,
        properties=tuple(p.name for p in problem.properties),
        deadlock=problem.deadlock,
        engines=SYMBOLIC if request.engine == AUTO else (request.engine,),
        depth=request.depth,
        deadline=budget.deadline,
        beside_explicit=request.engine == AUTO,
    )


def _explore(ledger: Ledger, rival: Rival, budget: StoppableBudget, request: Request) -> None:
    """Runs the explicit engine, and after its head start the rival beside it. Where nothing is asked, states
    are counted all the same, and what cannot be evaluated is found."""
    problem = ledger.problem
    nothing_asked = not problem.properties and not problem.deadlock
    alone = request.engine != AUTO or nothing_asked
    name = "explicit" if request.engine == AUTO else request.engine
    events = make_engine(name, request.settings).check(problem, budget)
    try:
        for event in events:
            try:
                ledger.record(event)
                if not alone and not rival.started and budget.elapsed() > HEAD_START:
                    rival.start()
                for message in rival.poll():
                    ledger.record(message)
            except KeyboardInterrupt:
                # The engine has still to say how far it came.
                budget.stop.set("interrupt")
            if isinstance(event, Progress) and ledger.settled and not nothing_asked:
                return
    except DiagnosticError as refusal:
        _explicit_refused(ledger, refusal)
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()
    if not alone and not ledger.settled and not rival.started and not budget.exhausted():
        rival.start()


def _explicit_refused(ledger: Ledger, refusal: DiagnosticError) -> None:
    """An engine that cannot take the model is no reason not to ask the others; an expression that has
    no value is the specification's fault, and broken evidence ours. A checkpoint that cannot be used, and a
    configuration that is wrong, are for the user to decide about; but a counterexample stays one."""
    first = refusal.diagnostics[0]
    if first.code == "check.evidence" or first.code.startswith("checkpoint."):
        raise refusal
    if first.code.startswith("config.") and not ledger.refuted:
        raise refusal
    if first.code.startswith("eval."):
        ledger.record(Fault(first, None, "explicit"))
    else:
        ledger.record(Refused("explicit", refusal.diagnostics))


def _await(ledger: Ledger, rival: Rival, budget: StoppableBudget) -> None:
    """Waits for the rival as long as it can still better an answer."""
    late = None if budget.deadline is None else budget.deadline + GRACE
    while rival.running and not ledger.settled and not budget.stop.is_set():
        if late is not None and time.monotonic() > late:
            break
        for message in rival.poll(PATIENCE):
            ledger.record(message)


def _await_last_words(ledger: Ledger, rival: Rival, budget: StoppableBudget) -> None:
    """An engine that runs alone says after its last answer what it has looked at."""
    until = time.monotonic() + LAST_WORDS
    while rival.running and ledger.settled and not budget.stop.is_set() and time.monotonic() < until:
        for message in rival.poll(PATIENCE):
            ledger.record(message)


def _hear_out(ledger: Ledger, rival: Rival) -> None:
    """Holds what the rival had said before it was ended against what is known."""
    for message in rival.poll():
        ledger.record(message)


def _judge_crashes(ledger: Ledger) -> None:
    if not ledger.crashes:
        return
    crash = ledger.crashes[0]
    if not ledger.settled and ledger.outcome.exploration is None:
        raise SolverCrashError(crash.summary, crash.details)
    message = f"the symbolic engines broke off: {crash.summary}"
    ledger.outcome.diagnostics.append(Diagnostic("internal.fault", message, severity=Severity.WARNING))
