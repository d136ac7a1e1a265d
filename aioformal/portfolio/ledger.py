"""What a run knows so far. Nothing gets in without its evidence having been checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.audit.bystanders import relevance, relevance_to_fault
from aioformal.audit.explanation import explained
from aioformal.audit.replay import replay_fault, replay_trace
from aioformal.concrete import Program
from aioformal.diagnostic import Diagnostic, DiagnosticError, Exit, Severity
from aioformal.engine.protocol import Event, Problem, Progress, Reached, Remark, Untriggered
from aioformal.evidence.join import join
from aioformal.evidence.verdict import (
    Blame,
    Exploration,
    Fault,
    Finding,
    Holds,
    Inductive,
    Proved,
    Relevance,
    Trace,
    Unknown,
    Vacuous,
    Violated,
    Walks,
)
from aioformal.portfolio.engines import BEYOND_ENUMERATION, SYMBOLIC
from aioformal.portfolio.stop import StopReason
from aioformal.portfolio.worker import Crashed, Encoded, Message, Refused
from aioformal.resolve.model import PartKind, Property, PropertyKind

RELEVANCE_SECONDS = 1.0
"""For finding the steps of one counterexample that matter."""
DEADLOCK = "deadlock"
SHAPES = "shapes"
EXPLICIT = "explicit"
NO_LIVENESS = "a part of it is a temporal formula, and only explicit search judges those"
JUDGES = ("explicit", "explicit-reference")
"""The engines that judge temporal formulas."""
STOPPED: dict[StopReason, str] = {
    "interrupt": "the run was interrupted before there was an answer",
    "timeout": "the time was used up before there was an answer",
    "outdated": "the run was outdated before there was an answer",
}


class Outcome(Struct):
    """The joined answers of all engines. Every property that was asked for has a finding."""

    findings: dict[str, Finding] = field(default_factory=dict[str, Finding])
    exploration: Exploration | None = None
    walks: Walks | None = None
    fault: Fault | None = None
    fault_exit: Exit | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])
    encode_seconds: float = 0.0
    stopped: StopReason | None = None
    untriggered: Untriggered | None = None


class Ledger:
    """Takes the events of all engines in, and passes on what has been checked.

    A `patient` one lets the others go on where an engine cannot enumerate what it would have to.
    """

    def __init__(self, problem: Problem, on_event: Callable[[Event], None], *, patient: bool = False) -> None:
        self.problem = problem
        self.outcome = Outcome()
        self.crashes: list[Crashed] = []
        self._on_event = on_event
        self._patient = patient
        self._setback: Fault | None = None
        self._refusals: dict[str, str] = {}
        self._at: dict[str, int] = {}
        """The depth at which each engine is at work."""
        self._bounds: dict[tuple[str, str], Finding] = {}
        """How far each engine has looked at each property of which it has not said its last word."""
        self._asked = [p.name for p in problem.properties] + ([DEADLOCK] if problem.deadlock else [])

    def record(self, message: Message) -> None:
        """Checks and keeps one message. Raises `EvidenceError` when it does not stand up."""
        match message:
            case Finding():
                self._record_finding(message)
            case Fault():
                self._record_fault(message)
            case Exploration():
                if message.complete or message.distinct_states:
                    self.outcome.exploration = message
                self._on_event(message)
            case Progress(engine, depth):
                self._at[engine] = depth
                self._on_event(message)
            case Reached(engine, depths, seconds):
                for name, depth in depths.items():
                    self._bounds[engine, name] = Finding(name, Holds(depth), engine, seconds)
            case Walks():
                self.outcome.walks = message
            case Untriggered():
                self.outcome.untriggered = message
            case Encoded(seconds):
                self.outcome.encode_seconds = seconds
            case Remark(diagnostic):
                self.outcome.diagnostics.append(diagnostic)
            case Refused():
                self._record_refusal(message)
            case Crashed():
                self.crashes.append(message)

    @property
    def settled(self) -> bool:
        """Whether nothing that was asked for can get a better answer: what is left open by a search
        that has seen everything is beyond all engines, or is better asked without SYMMETRY or VIEW, as
        the answer says."""
        seen = self.outcome.exploration
        if self.outcome.fault is not None or (seen is not None and seen.complete):
            return True
        return self._all_conclusive

    @property
    def refuted(self) -> bool:
        """Whether a counterexample is known."""
        return any(isinstance(found.verdict, Violated) for found in self.outcome.findings.values())

    @property
    def _all_conclusive(self) -> bool:
        found = self.outcome.findings
        return all(
            name in found and isinstance(found[name].verdict, Proved | Violated | Vacuous)
            for name in self._asked
        )

    def close(self, stopped: StopReason | None) -> Outcome:
        """The outcome, with an answer for everything: `Unknown` and the reason where there is none. What
        an engine that was ended had looked at counts as far as it came."""
        self.outcome.stopped = stopped
        for bound in list(self._bounds.values()):
            self._record_finding(bound)
        self._settle_setback()
        for name in self._asked:
            if name not in self.outcome.findings:
                verdict = Unknown(self._why_unknown(name, stopped))
                self.outcome.findings[name] = Finding(name, verdict, "", 0.0)
        self._mark_vacuous()
        self._mark_vacuous_rules()
        self._judge_shapes()
        return self.outcome

    def _judge_shapes(self) -> None:
        """That no step leaves the inferred shapes is part of every symbolic answer: as far as the
        farthest of them goes, it is shown."""
        best: Finding | None = None
        for finding in self.outcome.findings.values():
            if _is_symbolic(finding):
                shown = replace(finding, property=SHAPES)
                best = shown if best is None else join(best, shown)
        if best is not None:
            self.outcome.findings[SHAPES] = best

    def _record_finding(self, finding: Finding) -> None:
        self._bounds.pop((finding.engine, finding.property), None)
        finding = self._audited(finding)
        known = self.outcome.findings.get(finding.property)
        joined = finding if known is None else join(known, finding)
        self.outcome.findings[finding.property] = joined
        if joined is not known and not self._is_hidden(joined.property):
            self._on_event(joined)

    def _is_hidden(self, name: str) -> bool:
        prop = self.problem.model.property_named(name)
        return prop is not None and prop.hidden

    def _audited(self, finding: Finding) -> Finding:
        prop = self.problem.model.property_named(finding.property)
        match finding.verdict:
            case Violated(trace, given):
                program = self.problem.program
                trace = replay_trace(program, prop, trace)
                guilty = given if given is not None or prop is None else explained(program, prop, trace)
                matters = None if given is not None else _relevance(program, prop, trace, guilty)
                return replace(finding, verdict=Violated(trace, guilty, matters))
            case _:
                return finding

    def _record_fault(self, fault: Fault) -> None:
        if self._patient and fault.diagnostic.code in BEYOND_ENUMERATION:
            self._setback = self._setback or fault
        else:
            self._end_with(fault)

    def _settle_setback(self) -> None:
        """That something could not be enumerated matters only where nobody could do without."""
        fault = self._setback
        if fault is None or self.outcome.fault is not None:
            return
        if self._all_conclusive:
            message = f"{fault.engine} search is not possible: {fault.diagnostic.message}"
            note = replace(fault.diagnostic, message=message, severity=Severity.NOTE, hint=None)
            self.outcome.diagnostics.append(note)
        else:
            self._end_with(fault)

    def _end_with(self, fault: Fault) -> None:
        program = self.problem.program
        guilty = replay_fault(program, self.problem.properties, fault)
        matters = relevance_to_fault(program, guilty, fault, time.monotonic() + RELEVANCE_SECONDS)
        self.outcome.fault = fault if matters is None else replace(fault, relevance=matters)
        exit_code = fault.diagnostic.exit_code
        if guilty is not None and exit_code is Exit.EVALUATION:
            exit_code = Exit.EVALUATION_SAFETY
        self.outcome.fault_exit = exit_code
        self._on_event(fault)

    def _record_refusal(self, refusal: Refused) -> None:
        """That an engine cannot take the model is worth a note; broken evidence ends the run."""
        if any(d.code == "check.evidence" for d in refusal.diagnostics):
            raise DiagnosticError(refusal.diagnostics)
        self._refusals[refusal.engine] = refusal.diagnostics[0].message
        notes = (replace(d, severity=Severity.NOTE) for d in refusal.diagnostics)
        self.outcome.diagnostics += [d for d in notes if d not in self.outcome.diagnostics]

    def _why_unknown(self, name: str, stopped: StopReason | None) -> str:
        prop = self.problem.model.property_named(name)
        if prop is not None and prop.unjudged:
            return prop.unjudged
        if self.outcome.fault is not None:
            return "the specification cannot be evaluated"
        if stopped is not None:
            reached = ", ".join(f"{engine} was at depth {depth}" for engine, depth in self._at.items())
            return STOPPED[stopped] + (f"; {reached}" if reached else "")
        temporal = prop is not None and any(part.kind is PartKind.TEMPORAL for part in prop.parts)
        refusals = "; ".join(
            f"{engine}: {reason}"
            for engine, reason in self._refusals.items()
            if engine in JUDGES or not temporal
        )
        return refusals or (NO_LIVENESS if temporal else "no engine has an answer")

    def _mark_vacuous_rules(self) -> None:
        """A rule is vacuous where what it speaks of is proved never to happen; where that is so of a part of
        it, there is a note. What was asked for that reason alone is forgotten."""
        found = self.outcome.findings
        for prop in self.problem.properties:
            known = found.get(prop.name)
            if known is None or not isinstance(known.verdict, Proved | Holds):
                continue
            reasons = idle_parts(prop, {n for n, f in found.items() if isinstance(f.verdict, Proved)})
            said = list(dict.fromkeys(reason for reason in reasons if reason is not None))
            if said and None not in reasons:
                found[prop.name] = replace(known, verdict=Vacuous("; ".join(said)))
            elif said:
                self.outcome.diagnostics.append(_partly_vacuous(prop, said))
        self.outcome.findings = {n: f for n, f in found.items() if not self._is_hidden(n)}

    def _mark_vacuous(self) -> None:
        """Without an initial state everything is true, and nothing was shown."""
        seen = self.outcome.exploration
        if seen is None or not seen.complete or seen.initial_states > 0:
            return
        for name, finding in self.outcome.findings.items():
            if isinstance(finding.verdict, Proved):
                reason = "no state satisfies the initial predicate, so there is no behaviour at all"
                self.outcome.findings[name] = replace(finding, verdict=Vacuous(reason))


def idle_parts(prop: Property, proved: Collection[str]) -> list[str | None]:
    """Of each part of a rule, why it is true only because something never happens; None if it is not."""
    return [
        next((trigger.reason for trigger in group if trigger.property in proved), None)
        for group in prop.triggers
    ]


def _partly_vacuous(prop: Property, reasons: list[str]) -> Diagnostic:
    return Diagnostic(
        "ordering.vacuous-part",
        f"{prop.name} is true, but a part of it says nothing: {'; '.join(reasons)}",
        prop.span,
        Severity.NOTE,
        hint="nothing is wrong if that is what another variant of the specification does",
    )


def _relevance(
    program: Program, prop: Property | None, trace: Trace, guilty: Blame | None
) -> Relevance | None:
    """Which steps of a counterexample matter. Of what is hidden, and of behaviours that were asked for,
    nobody wants to know."""
    wanted = prop is None or not (prop.hidden or prop.kind is PropertyKind.POSSIBLE)
    if not wanted:
        return None
    return relevance(program, prop, trace, guilty, time.monotonic() + RELEVANCE_SECONDS)


def _is_symbolic(finding: Finding) -> bool:
    """Whether a finding rests on the encoding, and so on the shapes being wide enough."""
    match finding.verdict:
        case Proved(certificate):
            return isinstance(certificate, Inductive)
        case Holds():
            return finding.engine in SYMBOLIC
        case _:
            return False
