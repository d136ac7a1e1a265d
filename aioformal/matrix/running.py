"""Rows in processes of their own: only what is to be shown travels back."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct, field

from aioformal.diagnostic import Diagnostic, DiagnosticError, Exit, Severity
from aioformal.evidence.verdict import ActionLabel, Blame, Trace, Violated
from aioformal.matrix.expectation import Cell, Task
from aioformal.native.runners import free_memory
from aioformal.processes import each_done
from aioformal.report.bystanders import BYSTANDER, Bystanders
from aioformal.report.counterexample import brief
from aioformal.report.result import Judgement, Report
from aioformal.report.snippet import render_diagnostics
from aioformal.resolve.model import PropertyKind
from aioformal.value.format import format_value

if TYPE_CHECKING:
    from aioformal.session import Session

LONGEST = 60
"""Characters of a value that is shown for a bound name."""


class Interleaving(Struct, frozen=True):
    """A counterexample in a few lines: `steps`, one action each with its arguments, and what was false.
    `bystanders`: the numbers, from 1, of the steps without which it fails in the same way. `ends`: how it
    goes on for ever, if it does."""

    steps: tuple[str, ...]
    false: str
    bystanders: frozenset[int] = frozenset()
    ends: str = ""

    def lines(self, *, marked: bool = True, skip: int = 0) -> Iterator[str]:
        """One line for each step but the first `skip`, and what is false after the last."""
        width = len(str(len(self.steps)))
        for number, step in list(enumerate(self.steps, 1))[skip:]:
            mark = f"  {BYSTANDER}" if marked and number in self.bystanders else ""
            yield f"{number:>{width}}  {step}{mark}"
        if self.ends:
            yield f"{'':>{width}}  {self.ends}"
        if self.false:
            yield f"{'':>{width}}  false{'' if self.ends else ' then'}: {self.false}"


class Outcome(Struct, frozen=True):
    """What became of a row. `cells`: the verdict of each property, as the configuration lists them; `errors`:
    the diagnostics, as a text, of what could not be read or evaluated; `failure`: the exit code for that;
    `constants`: their values, as texts, by name."""

    cells: Mapping[str, Cell]
    interleavings: Mapping[str, Interleaving]
    states: int | None
    seconds: float
    errors: str = ""
    failure: Exit = Exit.OK
    constants: Mapping[str, str] = field(default_factory=dict[str, str])


def outcomes(tasks: Mapping[str, Task], jobs: int) -> Generator[tuple[str, Outcome], None, None]:
    """Each task's name and outcome, in the order in which they are done, `jobs` at a time. Closing the
    generator ends all processes."""
    share = free_memory() // max(1, min(jobs, len(tasks)))
    return each_done(partial(outcome_of, memory=share), tasks, jobs)


def outcome_of(task: Task, memory: int | None = None) -> Outcome:
    """Proves one row, here and now. `memory`: bytes for its states, None for most of what is free."""
    from aioformal.session import Options, Session

    options = Options(task.properties, task.engine, task.depth, task.seconds, memory, vacuity=False)
    session = Session(task.spec, task.config)
    report = session.prove(options)
    found = [judgement for judgement in report.judgements if not _is_granted(judgement)]
    return Outcome(
        {judgement.name: _cell(judgement) for judgement in found},
        {j.name: _interleaving(j.verdict) for j in found if isinstance(j.verdict, Violated)},
        report.exploration and report.exploration.distinct_states,
        report.seconds.total,
        render_diagnostics(_errors(report)),
        report.exit_code if report.verdict == "error" else Exit.OK,
        _constants(session),
    )


def _constants(session: Session) -> Mapping[str, str]:
    """The values of the constants; nothing where the specification cannot be read."""
    try:
        constants = session.model.constants
    except DiagnosticError:
        return {}
    return {name: format_value(value) for name, value in constants.items()}


def _is_granted(judgement: Judgement) -> bool:
    """Whether it is an assumption that is true: the name of one is often only its line."""
    return judgement.kind is PropertyKind.ASSUMPTION and judgement.word == "proved"


def _cell(judgement: Judgement) -> Cell:
    return Cell(judgement.word, judgement.depth if judgement.word == "violated" else None)


def _errors(report: Report) -> list[Diagnostic]:
    fault = [] if report.fault is None else [report.fault.diagnostic]
    return fault + [d for d in report.diagnostics if d.severity is Severity.ERROR and d not in fault]


def _interleaving(verdict: Violated) -> Interleaving:
    steps = tuple(_step(action) for action in verdict.trace.actions)
    aside = Bystanders.of(verdict.trace, [verdict.relevance]).steps
    ends = _ends(verdict.trace)
    return Interleaving(steps, _false(verdict.blame), frozenset(index + 1 for index in aside), ends)


def _ends(trace: Trace) -> str:
    """How a lasso goes on; the state after step n is the first that is met again."""
    if trace.loop is None:
        return ""
    if trace.loop == trace.depth:
        return "then nothing, for ever"
    by = f"{_step(trace.closing)}, and " if trace.closing is not None else ""
    return f"then {by}{f'as after step {trace.loop}' if trace.loop else 'as at first'}, for ever"


def _step(action: ActionLabel) -> str:
    arguments = ", ".join(format_value(value) for _, value in action.arguments)
    return f"{action.name}({arguments})" if arguments else action.name


def _false(blame: Blame | None) -> str:
    """`c1.users > 0, for c = c1`; empty where nothing is to blame, as in a deadlock."""
    if blame is None:
        return ""
    instance = ", ".join(f"{name} = {brief(format_value(value), LONGEST)}" for name, value in blame.bindings)
    text = " ".join(blame.text.split())
    return f"{text}, for {instance}" if instance else text
