"""Parts of properties that never matter: what a search is to look for, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aioformal.diagnostic import Diagnostic, DiagnosticError, Severity
from aioformal.engine.protocol import Problem
from aioformal.portfolio import Outcome
from aioformal.portfolio.engines import SYMBOLIC
from aioformal.report.result import Judgement
from aioformal.vacuity import Probes, never_applying, probes_of
from aioformal.vacuity.telling import Seen

if TYPE_CHECKING:
    from aioformal.session.session import Options


def with_probes(problem: Problem, options: Options) -> tuple[Problem, Probes]:
    """The problem with what a search that sees all states is to look for, unless nobody wants to know, or no
    such search will be made."""
    wanted = options.vacuity and options.walking is None and options.engine not in SYMBOLIC
    if not wanted or not problem.properties:
        return problem, Probes()
    try:
        found = probes_of(problem.program, problem.properties)
    except DiagnosticError:
        # What cannot be compiled is said where it is judged.
        return problem, Probes()
    probed = replace(problem, probes=found.claims)
    vars(probed).update(program=problem.program)
    return probed, found


def vacuity_notes(
    problem: Problem, found: Probes, outcome: Outcome, judged: tuple[Judgement, ...]
) -> Iterator[Diagnostic]:
    """The notes, where all states were seen."""
    seen, untriggered = outcome.exploration, outcome.untriggered
    if untriggered is None or seen is None or not seen.complete or not seen.initial_states:
        return
    proved = {judgement.name for judgement in judged if judgement.word == "proved"}
    states = Seen(seen.distinct_states, problem.model, bool(seen.details and seen.details.reduced_by))
    yield from never_applying(found.probes, untriggered.probes, proved, states)
    if untriggered.unseen or not found.complete:
        yield Diagnostic("check.never-applies", _left_out(untriggered.unseen), severity=Severity.NOTE)


def _left_out(count: int) -> str:
    if count == 1:
        return "1 part of the properties was not looked at: whether it ever matters is not known"
    parts = f"{count:,} parts" if count else "some parts"
    return f"{parts} of the properties were not looked at: whether they ever matter is not known"
