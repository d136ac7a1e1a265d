"""The result of a run, free of how it is shown."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from aioformal.diagnostic import Diagnostic, Exit, Severity
from aioformal.evidence.verdict import (
    Exploration,
    Fault,
    Holds,
    Proved,
    Unknown,
    Vacuous,
    Verdict,
    Violated,
    Walks,
)
from aioformal.resolve.model import PropertyKind

Word: TypeAlias = Literal["proved", "holds", "violated", "vacuous", "unknown"]
RunVerdict: TypeAlias = Literal["proved", "holds", "violated", "unknown", "error"]

WORDS: dict[type[Verdict], Word] = {
    Proved: "proved",
    Holds: "holds",
    Violated: "violated",
    Vacuous: "vacuous",
    Unknown: "unknown",
}

VIOLATION_EXITS: dict[PropertyKind, Exit] = {
    PropertyKind.ASSUMPTION: Exit.ASSUMPTION,
    PropertyKind.POSSIBLE: Exit.ASSUMPTION,
    PropertyKind.POSTCONDITION: Exit.ASSUMPTION,
    PropertyKind.DEADLOCK: Exit.DEADLOCK,
    PropertyKind.TEMPORAL: Exit.LIVENESS,
}

WORST_FIRST: tuple[Exit, ...] = (
    Exit.EVIDENCE,
    Exit.INTERNAL,
    Exit.INTERRUPTED,
    Exit.USAGE,
    Exit.PARSE,
    Exit.CONFIG,
    Exit.SYSTEM,
    Exit.TOO_LARGE,
    Exit.EVALUATION_SAFETY,
    Exit.EVALUATION_LIVENESS,
    Exit.EVALUATION,
    Exit.ASSUMPTION,
    Exit.DEADLOCK,
    Exit.SAFETY,
    Exit.ASSERT,
    Exit.LIVENESS,
    Exit.UNDECIDED,
    Exit.VACUOUS,
    Exit.OUTDATED,
    Exit.OK,
)
"""Which exit code a run ends with when several apply: the first of them here."""

ERROR_EXITS = frozenset(WORST_FIRST[: WORST_FIRST.index(Exit.ASSUMPTION)]) - {Exit.INTERRUPTED}


class Judgement(Struct, frozen=True):
    """What a run found out about one property. `seconds` counts from the start of the engine."""

    name: str
    kind: PropertyKind
    verdict: Verdict
    engine: str
    seconds: float

    @property
    def word(self) -> Word:
        return WORDS[type(self.verdict)]

    @property
    def depth(self) -> int | None:
        """How far was looked: the diameter, the bound reached, or the length of the counterexample."""
        match self.verdict:
            case Proved(certificate):
                return getattr(certificate, "depth", None)
            case Holds(depth):
                return depth
            case Violated(trace):
                return trace.depth if trace.states else None
            case _:
                return None


class Seconds(Struct, frozen=True):
    """Wall-clock seconds of the stages. With two processes `encode` and `solve` may overlap."""

    parse: float = 0.0
    encode: float = 0.0
    solve: float = 0.0
    total: float = 0.0


class Report(Struct, frozen=True):
    """A finished run. `bounded` says that a bounded answer is what was asked for.

    `fault` is where the specification could not be evaluated; `fault_exit` its exit code.
    """

    spec: str
    config: str | None
    judgements: tuple[Judgement, ...] = ()
    exploration: Exploration | None = None
    seconds: Seconds = Seconds()
    diagnostics: tuple[Diagnostic, ...] = ()
    fault: Fault | None = None
    fault_exit: Exit | None = None
    bounded: bool = False
    walks: Walks | None = None

    @property
    def exit_code(self) -> Exit:
        codes = {Exit.OK} | self._error_exits() | {self._exit_of(j) for j in self.judgements}
        return min(codes, key=WORST_FIRST.index)

    @property
    def verdict(self) -> RunVerdict:
        code = self.exit_code
        words = {j.word for j in self.judgements}
        if code in ERROR_EXITS or self.fault is not None:
            return "error"
        if "violated" in words:
            return "violated"
        if not words or words & {"unknown", "vacuous"}:
            return "unknown"
        return "holds" if "holds" in words else "proved"

    def _error_exits(self) -> set[Exit]:
        exits = {d.exit_code for d in self.diagnostics if d.severity is Severity.ERROR}
        if self.fault is not None:
            exits.add(self.fault_exit or self.fault.diagnostic.exit_code)
        return exits

    def _exit_of(self, judgement: Judgement) -> Exit:
        match judgement.verdict:
            case Violated():
                return VIOLATION_EXITS.get(judgement.kind, Exit.SAFETY)
            case Unknown():
                return Exit.UNDECIDED
            case Vacuous():
                return Exit.VACUOUS
            case Holds():
                return Exit.OK if self.bounded else Exit.UNDECIDED
            case Proved():
                return Exit.OK
