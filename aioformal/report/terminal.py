"""A report on a terminal, or in a pipe: readable at 80 columns and without colour."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from aioformal.diagnostic import Exit
from aioformal.evidence.verdict import Inductive, Proved, Reached, Trace, Unknown, Vacuous, Violated
from aioformal.report.bystanders import Bystanders
from aioformal.report.counterexample import (
    blame_lines,
    counterexample_lines,
    same_trace_groups,
    trace_lines,
    wrapped,
)
from aioformal.report.exploration import exploration_lines
from aioformal.report.result import Judgement, Report, Word
from aioformal.report.snippet import pointer, render_diagnostic, render_diagnostics
from aioformal.report.walks import walks_lines
from aioformal.resolve.model import PropertyKind

STYLES: dict[str, str] = {
    "proved": "green",
    "holds": "yellow",
    "violated": "red",
    "vacuous": "yellow",
    "unknown": "yellow",
    "error": "red",
}
MARKS: dict[Word, tuple[str, str]] = {
    "proved": ("✓", "+"),
    "holds": ("~", "~"),
    "violated": ("✗", "x"),
    "vacuous": ("∅", "0"),
    "unknown": ("?", "?"),
}

SAID_IN_THE_TABLE = frozenset({"check.undecided", "check.vacuous"})


def print_report(report: Report, console: Console, *, coverage: bool = False) -> None:
    """Everything a reader wants, in the order in which it is wanted: why it failed stands last but
    for the summary."""
    width = min(console.width, 120)
    unicode = console.encoding.lower().startswith("utf")
    for line in report_lines(report, width, unicode=unicode, coverage=coverage):
        console.print(line, soft_wrap=True)


def report_lines(
    report: Report, width: int, *, unicode: bool = True, coverage: bool = False
) -> Iterator[Text]:
    """The report as lines of styled text; with `coverage`, how often each action was taken."""
    if report.judgements:
        yield from table_lines(report.judgements, width, unicode=unicode)
    if report.exploration is not None:
        yield from exploration_lines(report, width, coverage=coverage)
    if report.walks is not None:
        yield from walks_lines(report.walks, width, coverage=coverage)
    for judgement in report.judgements:
        yield from _assumption_lines(judgement, width)
    shown: list[tuple[Trace, str]] = []
    for trace, violated in same_trace_groups(report.judgements):
        yield Text()
        yield from counterexample_lines(trace, violated, width, shown)
        shown.append((trace, violated[0].name))
    for judgement in report.judgements:
        yield from _induction_lines(judgement, width)
    yield from _fault_lines(report, width)
    unsaid = [d for d in report.diagnostics if d.code not in SAID_IN_THE_TABLE]
    if unsaid:
        yield Text()
        yield from (Text(line) for line in render_diagnostics(unsaid).splitlines())
    faults = [] if report.fault is None else [report.fault.diagnostic]
    yield from (Text(line, "dim") for line in pointer([*unsaid, *faults]).splitlines())
    yield Text()
    yield from _summary_lines(report, width)


def table_lines(judgements: tuple[Judgement, ...], width: int, *, unicode: bool = True) -> Iterator[Text]:
    """One line for each property: mark, name, kind, verdict, engine; what does not fit is left out
    from the right, but never the verdict."""
    cells = [(j.name, j.kind.value, verdict_text(j), j.engine) for j in judgements]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    room = width - 3 - widths[0] - 2 - widths[2] - 1
    with_kind = widths[1] + 1 <= room
    with_engine = widths[3] + 1 <= room - (widths[1] + 1 if with_kind else 0)
    reasons = [list(_reasons(judgement)) for judgement in judgements]
    for number, (judgement, (name, kind, verdict, engine)) in enumerate(zip(judgements, cells, strict=True)):
        style = STYLES[judgement.word]
        line = Text()
        line.append(f" {MARKS[judgement.word][0 if unicode else 1]} ", style)
        line.append(f"{name:<{widths[0]}}  ")
        line.append(f"{kind:<{widths[1]}} " if with_kind else "", "dim")
        line.append(f"{verdict:<{widths[2]}} ", style)
        line.append(engine if with_engine else "", "dim")
        line.rstrip()
        yield line
        # A reason that several properties share in a row is said once, below them.
        if reasons[number : number + 1] != reasons[number + 1 : number + 2]:
            for reason in reasons[number]:
                yield from (Text(part, "dim") for part in wrapped(reason, width, "     "))


def verdict_text(judgement: Judgement) -> str:
    """`proved`, `holds to depth 12`, `violated in 9 steps`, ..."""
    match judgement.verdict:
        case Proved(Inductive(k=k)):
            return f"proved by {k}-induction"
        case Proved(Reached(trace)):
            return f"reached in {trace.depth} step{'' if trace.depth == 1 else 's'}"
        case Violated(trace) if trace.states:
            return f"violated in {trace.depth} step{'' if trace.depth == 1 else 's'}"
        case _:
            depth = judgement.depth
            return f"holds to depth {depth}" if judgement.word == "holds" else judgement.word


def _reasons(judgement: Judgement) -> Iterator[str]:
    match judgement.verdict:
        case Unknown(reason, hint):
            yield reason
            if hint:
                yield f"help: {hint}"
        case Vacuous(reason):
            yield reason
        case _:
            pass


def _assumption_lines(judgement: Judgement, width: int) -> Iterator[Text]:
    match judgement.verdict:
        case Violated(trace, blame) if not trace.states and blame is not None:
            yield Text()
            said = "comes about nowhere" if judgement.kind is PropertyKind.POSSIBLE else "is false"
            yield Text(f"{judgement.name} {said}", "bold red")
            yield from blame_lines(blame, width)
        case _:
            return


def _induction_lines(judgement: Judgement, width: int) -> Iterator[Text]:
    match judgement.verdict:
        case Unknown(counterexample_to_induction=Trace() as trace):
            yield Text()
            yield Text(f"Why induction does not prove {judgement.name}", "bold yellow")
            yield Text("  no counterexample: nothing says that its first state can be reached", "dim")
            yield Text()
            yield from trace_lines(trace, width, first="some state")
        case _:
            return


def _fault_lines(report: Report, width: int) -> Iterator[Text]:
    if report.fault is None:
        return
    fault = report.fault
    yield Text()
    if fault.trace is not None and fault.trace.states:
        last = len(fault.trace.states)
        marked = Bystanders.of(fault.trace, [fault.relevance])
        yield Text(f"The specification cannot be evaluated in state {last}, or a step out of it", "bold red")
        yield from marked.legend(width)
        yield Text()
        yield from trace_lines(fault.trace, width, marked=marked)
        yield Text()
    yield from (Text(line) for line in render_diagnostic(fault.diagnostic).splitlines())


def _summary_lines(report: Report, width: int) -> Iterator[Text]:
    words = [j.word for j in report.judgements]
    if words:
        yield Text(", ".join(f"{words.count(word)} {word}" for word in MARKS if word in words))
    with_config = f" with {report.config}" if report.config else ""
    code = "" if report.exit_code is Exit.OK else f" (exit {int(report.exit_code)})"
    summary = f"{report.verdict}: {report.spec}{with_config} in {report.seconds.total:.1f} s{code}"
    yield from (Text(line, f"bold {STYLES[report.verdict]}") for line in wrapped(summary, width, ""))
