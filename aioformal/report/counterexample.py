"""A counterexample to be read: numbered actions, only what changed, and what became false where."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from rich.text import Text

from aioformal.evidence.verdict import ActionLabel, Blame, Relevance, Trace, Violated
from aioformal.report.bystanders import BYSTANDER, NO_BYSTANDERS, Bystanders
from aioformal.report.delta import action_text, compact, state_changes, state_lines
from aioformal.report.result import Judgement
from aioformal.resolve.model import PropertyKind
from aioformal.value.format import format_value

INDENT = " " * 8
LONGEST = 160
"""Characters of a value that are shown where it only explains something."""


def wrapped(text: str, width: int, indent: str = INDENT) -> list[str]:
    """`text` broken at blanks, continuation lines indented further."""
    return textwrap.wrap(
        text,
        max(width, 40),
        initial_indent=indent,
        subsequent_indent=indent + "    ",
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=True,
    )


def same_trace_groups(judgements: Iterable[Judgement]) -> list[tuple[Trace, list[Judgement]]]:
    """Violated properties together with the others that the same behaviour violates, the shortest
    behaviour first: it is most likely the root of the others."""
    groups: list[tuple[Trace, list[Judgement]]] = []
    for judgement in judgements:
        if not isinstance(judgement.verdict, Violated) or not judgement.verdict.trace.states:
            continue
        trace = judgement.verdict.trace
        known = next((group for other, group in groups if other.states == trace.states), None)
        if known is None:
            groups.append((trace, [judgement]))
        else:
            known.append(judgement)
    return sorted(groups, key=lambda group: group[0].depth)


def counterexample_lines(
    trace: Trace, violated: list[Judgement], width: int, shown: Sequence[tuple[Trace, str]] = ()
) -> Iterator[Text]:
    """The whole explanation of one counterexample and of the properties that it violates.

    `shown`: the counterexamples above it, by name. What it has in common with one of them at the
    beginning is not repeated.
    """
    marked = Bystanders.of(trace, [_relevance_of(judgement) for judgement in violated])
    names = ", ".join(j.name for j in violated)
    engines = ", ".join(sorted({j.engine for j in violated}))
    yield from _wrapped_text(f"Counterexample: {names}", width, "", "bold red")
    steps = "1 step" if trace.depth == 1 else f"{trace.depth} steps"
    if trace.loop is not None:
        steps += ", then nothing" if trace.loop == trace.depth else ", then round and round"
    yield Text(f"  {steps}, found by {engines}, replayed on the reference semantics", "dim")
    yield from marked.legend(width)
    yield Text()
    known, other = max(((common_states(trace, t), n) for t, n in shown), default=(0, ""))
    if known:
        until = "1" if known == 1 else f"1 to {known}"
        text = f"{until} as in the counterexample to {other}{marked.among(known)}"
        yield from _wrapped_text(text, width, "  ", "bold")
    yield from trace_lines(trace, width, skip=known, marked=marked)
    for judgement in violated:
        yield Text()
        yield from _reason_lines(judgement, trace, width, marked)


def common_states(a: Trace, b: Trace) -> int:
    """How many states (and the steps to them) two behaviours share at the beginning."""
    steps = [list(zip(t.states, (None, *t.actions), strict=True)) for t in (a, b)]
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*steps, strict=False)))


def trace_lines(
    trace: Trace,
    width: int,
    first: str = "initial state",
    skip: int = 0,
    marked: Bystanders = NO_BYSTANDERS,
) -> Iterator[Text]:
    """The states of a trace, numbered from 1: the first whole, of the others what changed. The first
    `skip` states are left out."""
    number_width = len(str(len(trace.states)))
    if skip == 0:
        yield Text(f"  {1:>{number_width}}  {first}", "bold")
        for line in state_lines(trace.variables, trace.states[0]):
            yield from _wrapped_text(line, width)
    for index, action in enumerate(trace.actions, 1):
        if index < skip:
            continue
        aside = index - 1 in marked.steps
        yield _action_line(index + 1, number_width, action, width, aside=aside)
        changes = state_changes(trace.variables, trace.states[index - 1], trace.states[index])
        for line in changes or ["nothing changes"]:
            yield from _wrapped_text(line, width, style="dim" if aside else "")
    if trace.loop is not None:
        yield Text(f"  {'':>{number_width}}  {_loop_text(trace, trace.loop)}", "bold")


def _loop_text(trace: Trace, loop: int) -> str:
    if loop == len(trace.states) - 1:
        return "and then nothing changes any more: no fairness condition forbids to stop here"
    by = "" if trace.closing is None else f", by {action_text(trace.closing)}"
    return f"and then from {loop + 1} on again, for ever{by}"


def _action_line(number: int, number_width: int, action: ActionLabel, width: int, *, aside: bool) -> Text:
    line = Text(f"  {number:>{number_width}}  ", "dim" if aside else "bold")
    line.append(action_text(action), "dim" if aside else "bold cyan")
    line.append(f"  {BYSTANDER}" if aside else "", "dim")
    place = f"{Path(action.span.source.name).name}:{action.span.line}" if action.span is not None else ""
    gap = width - line.cell_len - len(place)
    if place and gap >= 2:
        line.append(" " * gap + place, "dim")
    return line


def _reason_lines(judgement: Judgement, trace: Trace, width: int, marked: Bystanders) -> Iterator[Text]:
    last = len(trace.states)
    if judgement.kind is PropertyKind.DEADLOCK:
        yield Text(f"  deadlock: no action is enabled in state {last}", "bold red")
        for line in state_lines(trace.variables, trace.states[-1]) if last > 1 else ():
            yield from _wrapped_text(line, width)
        return
    assert isinstance(judgement.verdict, Violated)
    blame = judgement.verdict.blame
    where = blame.step if blame is not None else last
    step = judgement.kind in (PropertyKind.ACTION, PropertyKind.ORDERING) and where > 1
    place = f"of the step from {where - 1} to {where}" if step else f"in state {where}"
    yield from _wrapped_text(f"{judgement.name} is false {place}", width, "  ", "bold red")
    if blame is not None:
        yield from blame_lines(blame, width)
    own = marked.of_one(judgement.verdict.relevance)
    if own is not None:
        yield from _labelled("needs", own, width)


def _relevance_of(judgement: Judgement) -> Relevance | None:
    return judgement.verdict.relevance if isinstance(judgement.verdict, Violated) else None


def blame_lines(blame: Blame, width: int) -> Iterator[Text]:
    """Which conjunct, where it stands, for which instance, and the values in it."""
    place = f"  ({blame.span})" if blame.span is not None else ""
    yield from _labelled("false", brief(blame.text, LONGEST * 3) + place, width)
    if blame.bindings:
        instance = ", ".join(f"{name} = {format_value(value)}" for name, value in blame.bindings)
        yield from _labelled("for", instance, width)
    if blame.because is not None:
        yield from _labelled("since", blame.because, width)
    for index, (text, value) in enumerate(blame.values):
        yield from _labelled("where" if index == 0 else "", f"{brief(text)} = {brief(compact(value))}", width)


def brief(text: str, longest: int = LONGEST) -> str:
    """One line, cut in the middle where it is long."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    return f"{line[: longest // 2]} ... {line[-longest // 3 :]}"


def _labelled(label: str, text: str, width: int) -> Iterator[Text]:
    for index, line in enumerate(wrapped(text, width, " " * 11)):
        if index == 0:
            line = f"    {label:<6} {line.lstrip()}"
        yield Text(line)


def _wrapped_text(text: str, width: int, indent: str = INDENT, style: str = "") -> Iterator[Text]:
    for line in wrapped(text, width, indent):
        yield Text(line, style)
