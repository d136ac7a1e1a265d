"""One specification and its configuration: every stage lazily, and the two questions, check and prove."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from aioformal.diagnostic import Diagnostic, DiagnosticError, Exit, error
from aioformal.session.building import few_collections
from aioformal.session.printing import Printed
from aioformal.source import Source
from aioformal.value.registers import REGISTERS

if TYPE_CHECKING:
    from pathlib import Path

    from aioformal.concrete import Program
    from aioformal.encode import Encoding, Shapes
    from aioformal.engine.explicit import Settings
    from aioformal.engine.protocol import Event, Problem
    from aioformal.engine.simulation import Walking
    from aioformal.evidence.verdict import Finding
    from aioformal.portfolio import Outcome, Stop
    from aioformal.report.result import Judgement, Report
    from aioformal.resolve import LoadedModules
    from aioformal.resolve.model import FlatModule, Model
    from aioformal.syntax.ast import Module

STAGES: tuple[str, ...] = ("ast", "flat", "model", "shapes", "ir", "smt2")
DEFAULT_TIMEOUT = 120.0
DEFAULT_EVERY = 60.0
DEADLOCK = "deadlock"
LIBRARY_MARK = "<"
"""What the name of a source that is no file begins with."""


class Options(Struct, frozen=True):
    """`properties`: names, empty for all that the configuration lists. `depth`: steps to look ahead,
    None for the engine's choice. `timeout`: seconds for the whole run, None for no limit. `memory`: bytes
    that the states of an explicit search may take, None for most of what is free. `checkpoint`: the
    folder that such a search is saved into `every` so many seconds; `resume`: it goes on from there.
    `walking`: random walks instead of a proof. `show_monitors`: traces show what ordering rules remember.
    `vacuity`: parts of proved properties that never apply are noted."""

    properties: tuple[str, ...] = ()
    engine: str = "auto"
    depth: int | None = None
    timeout: float | None = DEFAULT_TIMEOUT
    memory: int | None = None
    workers: int = 1
    checkpoint: Path | None = None
    resume: bool = False
    every: float = DEFAULT_EVERY
    walking: Walking | None = None
    show_monitors: bool = False
    vacuity: bool = True

    @property
    def bounded(self) -> bool:
        """Whether a bounded answer is what was asked for."""
        return self.engine == "bmc" or self.depth is not None


class Session:
    """Each stage is a property, computed when first asked for, and raises `DiagnosticError`."""

    def __init__(
        self, spec_path: str, config_path: str | None = None, overlay: Mapping[str, str] | None = None
    ) -> None:
        self.spec_path = spec_path
        self.config_path = config_path
        self.overlay = overlay or {}
        self._started = time.monotonic()
        self._printed = Printed()

    @cached_property
    def loaded(self) -> LoadedModules:
        with few_collections(), _stage("parse.nesting", "reading the specification"):
            from aioformal.resolve import load_module

            return load_module(self.spec_path, self.overlay)

    @property
    def source(self) -> Source:
        return self.loaded.sources[0]

    @property
    def module(self) -> Module:
        return self.loaded.root

    @cached_property
    def flat(self) -> FlatModule:
        with few_collections(), _stage("parse.nesting", "resolving names"):
            from aioformal.resolve import flatten

            return flatten(self.loaded)

    @cached_property
    def configured(self) -> Model:
        """The model as it is written: ordering rules are formulas."""
        with few_collections(), _stage("parse.nesting", "binding the configuration"):
            from aioformal.resolve import configure

            return configure(self.loaded, self.spec_path, self.config_path, self.overlay, with_proofs=True)

    @cached_property
    def model(self) -> Model:
        """The model as engines see it: ordering rules are compiled."""
        with few_collections(), _stage("parse.nesting", "compiling the ordering rules"):
            from aioformal.ordering import with_monitors

            return with_monitors(self.configured)

    @cached_property
    def problem(self) -> Problem:
        from aioformal.engine.protocol import Problem

        return Problem(self.model, self.model.properties, self.checks_deadlock)

    @property
    def checks_deadlock(self) -> bool:
        """Without a next-state action there is nothing that could come to a halt."""
        return self.model.check_deadlock and self.model.next is not None

    @property
    def program(self) -> Program:
        with _stage("eval.recursion", "compiling the model"):
            return self.problem.program

    @property
    def shapes(self) -> Shapes:
        return self.encoding.shapes

    @property
    def encoding(self) -> Encoding:
        with _stage("eval.recursion", "encoding the model"):
            return self.problem.encoding()

    def dump(self, stage: str) -> str:
        """The text of one of `STAGES`. Raises `DiagnosticError`."""
        from aioformal.session.dump import DUMPS

        return DUMPS[stage](self).rstrip("\n") + "\n"

    def texts(self) -> dict[str, str]:
        """What was read, by path: the overlay under which another process reads the same."""
        files = (s for s in self.model.flat.sources if not s.name.startswith(LIBRARY_MARK))
        return {**self.overlay, **{source.name: source.text for source in files}}

    def check(self, options: Options | None = None) -> Report:
        """Everything but solving: reads, resolves, binds, compiles, and evaluates the assumptions, which may
        ask how the specification is run."""
        from aioformal.report.result import Report, Seconds
        from aioformal.session.assumptions import assumption_errors
        from aioformal.session.configuration import how_it_runs

        REGISTERS.clear()
        REGISTERS.config = lambda: how_it_runs(self.model, options or Options())
        diagnostics: tuple[Diagnostic, ...] = ()
        judgements: tuple[Judgement, ...] = ()
        try:
            judgements = self.judge_assumptions()
            diagnostics = (*self.loaded.warnings, *self.model.warnings, *assumption_errors(judgements))
        except DiagnosticError as problem:
            diagnostics = problem.diagnostics
        elapsed = self.elapsed()
        return Report(
            self.spec_path,
            self._config_shown(),
            judgements,
            seconds=Seconds(parse=elapsed, total=elapsed),
            diagnostics=diagnostics,
        )

    def prove(
        self, options: Options, on_event: Callable[[Event], None] = lambda _: None, stop: Stop | None = None
    ) -> Report:
        """Judges the properties. Every error becomes a diagnostic of the report, but a fault of our
        own is raised."""
        from aioformal.portfolio.stop import Stop, StoppableBudget, watchdog

        stop = stop or Stop()
        deadline = None if options.timeout is None else self._started + options.timeout
        with watchdog(StoppableBudget(options.depth, deadline, stop=stop)), self._printed.listening():
            try:
                report = self.check(options)
                if report.exit_code is not Exit.OK:
                    return replace(report, judgements=(*report.judgements, *self._not_judged(report)))
                if report.judgements and self.model.init is None and not options.properties:
                    return report
                return self._judge(report, options, on_event, stop, deadline)
            except KeyboardInterrupt:
                stop.set("interrupt")
                return self._cut_short(options, stop)

    def _judge(
        self,
        checked: Report,
        options: Options,
        on_event: Callable[[Event], None],
        stop: Stop,
        deadline: float | None,
    ) -> Report:
        from aioformal.session.vacuity import vacuity_notes, with_probes

        started = time.monotonic()
        try:
            problem = self._chosen(options)
            with _stage("eval.recursion", "checking the model"):
                problem, probes = with_probes(problem, options)
                outcome = self._outcome(problem, options, self._as_asked(on_event), stop, deadline)
        except DiagnosticError as failure:
            total = replace(checked.seconds, total=self.elapsed())
            return replace(checked, diagnostics=(*checked.diagnostics, *failure.diagnostics), seconds=total)
        spent = time.monotonic() - started
        report = self._judged(checked, problem, outcome, options, spent)
        notes = vacuity_notes(problem, probes, outcome, report.judgements)
        return replace(report, diagnostics=(*report.diagnostics, *notes))

    def _as_asked(self, on_event: Callable[[Event], None]) -> Callable[[Event], None]:
        from aioformal.engine.possible import as_asked

        return lambda event: on_event(as_asked(self.model, event))

    def _outcome(
        self,
        problem: Problem,
        options: Options,
        on_event: Callable[[Event], None],
        stop: Stop,
        deadline: float | None,
    ) -> Outcome:
        if options.walking is not None:
            from aioformal.portfolio.simulation import simulate

            shown = tuple(p for p in problem.properties if not p.hidden)
            problem = replace(problem, properties=shown)
            return simulate(problem, options.walking, on_event, stop)
        from aioformal.portfolio import Request, run

        request = Request(options.engine, options.depth, deadline, self.texts(), _settings(options))
        return run(problem, request, on_event, stop)

    def _judged(
        self, checked: Report, problem: Problem, outcome: Outcome, options: Options, spent: float
    ) -> Report:
        """The report of what was checked, with what a run of `spent` seconds has found."""
        from aioformal.session.ending import finished
        from aioformal.session.remarks import run_remarks

        found = tuple(self._judgement(f) for f in _in_order(problem, outcome))
        judged, fault, unused = finished(problem, found, outcome, options)
        everything = (*checked.judgements, *judged)
        solving = max(0.0, spent - outcome.encode_seconds)
        seconds = replace(checked.seconds, encode=outcome.encode_seconds, solve=solving, total=self.elapsed())
        return replace(
            checked,
            judgements=everything,
            exploration=outcome.exploration,
            walks=outcome.walks,
            seconds=seconds,
            diagnostics=(
                *checked.diagnostics,
                *unused,
                *self._unbounded(outcome),
                *self._printed.remarks(self.model.flat, outcome.exploration),
                *run_remarks(self.model, outcome, options.timeout, everything),
            ),
            fault=fault,
            fault_exit=outcome.fault_exit,
            bounded=options.bounded and outcome.stopped is None,
        )

    def _unbounded(self, outcome: Outcome) -> tuple[Diagnostic, ...]:
        """Why a search that has run for long, or that --depth has ended, had no end."""
        seen = outcome.exploration
        if seen is None or seen.complete or outcome.fault is not None or outcome.stopped == "outdated":
            return ()
        from aioformal.session.unbounded import growing_variables

        return tuple(growing_variables(self.model, self.program))

    def _cut_short(self, options: Options, stop: Stop) -> Report:
        """Not even reading came to an end."""
        from aioformal.report.result import Report, Seconds
        from aioformal.session.remarks import stop_remarks

        spent = Seconds(parse=self.elapsed(), total=self.elapsed())
        diagnostics = tuple(stop_remarks(stop.reason, options.timeout))
        walks = None
        if options.walking is not None:
            from aioformal.portfolio.simulation import nowhere

            walks = nowhere(options.walking)
        return Report(self.spec_path, self.config_path, seconds=spent, diagnostics=diagnostics, walks=walks)

    def judge_assumptions(self) -> tuple[Judgement, ...]:
        """Evaluates every ASSUME of the specification."""
        from aioformal.session.assumptions import judge_assumption

        with _stage("eval.recursion", "evaluating the assumptions"):
            root = self.model.flat.sources[0]
            return tuple(judge_assumption(self.program, a, root) for a in self.model.flat.assumptions)

    def elapsed(self) -> float:
        """Seconds since the session began."""
        return time.monotonic() - self._started

    def _config_shown(self) -> str | None:
        bound = "model" in self.__dict__
        return self.model.config_path if bound else self.config_path

    def _not_judged(self, report: Report) -> Iterator[Judgement]:
        """The properties, where a false assumption makes it pointless to judge them."""
        from aioformal.evidence.verdict import Finding, Unknown

        if report.exit_code is Exit.ASSUMPTION:
            why = Unknown("not looked at: an assumption is false")
            for prop in self.configured.properties:
                yield self._judgement(Finding(prop.name, why, "", 0.0))

    def _chosen(self, options: Options) -> Problem:
        """The part of the problem that the options ask for."""
        from aioformal.engine.protocol import Problem

        if not options.properties:
            return self.problem
        from aioformal.session.remarks import unknown_property

        known = [p.name for p in self.configured.properties] + [DEADLOCK] * self.checks_deadlock
        for name in options.properties:
            if name not in known:
                raise unknown_property(name, known, self.model)
        chosen = tuple(p for p in self.configured.properties if p.name in options.properties)
        deadlock = DEADLOCK in options.properties
        if any(p.rule is not None for p in self.configured.properties):
            # Only what these properties have to remember is part of a state.
            from aioformal.ordering import with_monitors

            model = with_monitors(replace(self.configured, properties=chosen))
            return Problem(model, model.properties, deadlock)
        problem = Problem(self.model, chosen, deadlock)
        vars(problem).update(program=self.program)
        return problem

    def _judgement(self, engine_says: Finding) -> Judgement:
        from aioformal.engine.possible import as_asked
        from aioformal.report.result import Judgement
        from aioformal.resolve.model import PropertyKind

        finding = as_asked(self.model, engine_says)
        prop = self.configured.property_named(finding.property)
        special = {DEADLOCK: PropertyKind.DEADLOCK}
        kind = prop.kind if prop is not None else special.get(finding.property, PropertyKind.SHAPE)
        return Judgement(finding.property, kind, finding.verdict, finding.engine, finding.seconds)


def _settings(options: Options) -> Settings | None:
    """Those of the explicit engine; to make them takes its code, which the others can do without."""
    if options.engine not in ("auto", "explicit"):
        return None
    from aioformal.engine.explicit import Settings

    return Settings(
        workers=options.workers,
        memory=options.memory,
        checkpoint=options.checkpoint,
        resume=options.resume,
        every=options.every,
    )


def _in_order(problem: Problem, outcome: Outcome) -> Iterator[Finding]:
    """Findings as the configuration lists the properties; then deadlock, then what engines add."""
    names = [p.name for p in problem.properties] + [DEADLOCK]
    for name in (*names, *(n for n in outcome.findings if n not in names)):
        if name in outcome.findings:
            yield outcome.findings[name]


@contextmanager
def _stage(recursion_code: str, doing: str) -> Generator[None]:
    """What Python says when it runs out of stack or memory, in our words."""
    try:
        yield
    except RecursionError:
        raise error(recursion_code, f"too deeply nested: {doing} ran out of stack") from None
    except MemoryError:
        raise error(
            "run.memory", f"{doing} ran out of memory", hint="smaller constants make fewer states"
        ) from None
