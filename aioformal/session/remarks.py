"""What a run has to say beside its verdicts: reasons, surprises, and why it ended early."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from aioformal.diagnostic import Diagnostic, DiagnosticError, Severity, error
from aioformal.evidence.verdict import Exploration
from aioformal.portfolio import Outcome, StopReason
from aioformal.report.result import Judgement
from aioformal.resolve.model import Model
from aioformal.resolve.suggest import nearest


def run_remarks(
    model: Model, outcome: Outcome, timeout: float | None, judged: tuple[Judgement, ...]
) -> Iterator[Diagnostic]:
    """Everything that belongs below the verdicts of a run."""
    yield from outcome.diagnostics
    yield from never_enabled(outcome.exploration, model)
    for judgement in judged:
        reason = getattr(judgement.verdict, "reason", None)
        if reason is not None:
            code = "check.vacuous" if judgement.word == "vacuous" else "check.undecided"
            hint = getattr(judgement.verdict, "hint", None)
            yield Diagnostic(code, f"{judgement.name}: {reason}", severity=Severity.WARNING, hint=hint)
    yield from stop_remarks(outcome.stopped, timeout)
    if not judged:
        hint = "name an INVARIANT or a PROPERTY in the configuration"
        yield Diagnostic("check.nothing", "there is nothing to prove", hint=hint)


def never_enabled(seen: Exploration | None, model: Model) -> Iterator[Diagnostic]:
    """Actions that a search of all states has never seen. Often that is meant: a constant chooses among
    variants, or the action is what a property forbids; but a guard that is never true looks the same."""
    if seen is None or not seen.complete or seen.details is None or not seen.distinct_states:
        return
    actions = seen.details.coverage
    names = [c.action for c in actions if not c.taken]
    if not names:
        return
    which = f"{len(names)} of {len(actions)} actions {'is' if len(names) == 1 else 'are'} never enabled"
    meant = "nothing is wrong if they are what must not happen"
    if model.constants and model.config_path is not None:
        meant += f", or variants that the constants in {Path(model.config_path).name} switch off"
    hint = f"{meant}; else look at their guards (--coverage counts every action)"
    yield Diagnostic(
        "check.never-enabled", f"{which}: {', '.join(names)}", severity=Severity.WARNING, hint=hint
    )


def stop_remarks(reason: StopReason | None, timeout: float | None) -> Iterator[Diagnostic]:
    """Why a run has ended before its end."""
    if reason == "timeout":
        message = f"the time budget of {timeout:g} s is used up"
        yield Diagnostic("run.timeout", message, hint="--timeout S gives it more, --timeout 0 no limit")
    elif reason is not None:
        yield Diagnostic("run.interrupted", "the run was interrupted; what is known so far is shown")


def unknown_property(name: str, known: list[str], model: Model) -> DiagnosticError:
    """What is said of a `--property` that is not listed."""
    guess = nearest(name, known)
    if name in model.flat.definitions:
        hint = f"{name} is defined; list it under INVARIANT or PROPERTY in {model.config_path}"
    elif guess:
        hint = f"did you mean {guess}?"
    else:
        hint = "the configuration lists " + (", ".join(known) or "no property")
    return error("run.usage", f"--property {name}: the configuration lists no such property", hint=hint)
