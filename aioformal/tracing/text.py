"""What came out of holding a log against a specification, to be read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from aioformal.report.delta import action_text, compact, state_changes, step_into
from aioformal.report.snippet import snippet
from aioformal.tracing.event import Event
from aioformal.tracing.failure import count_text
from aioformal.tracing.log import Log
from aioformal.tracing.matching import Mismatch
from aioformal.tracing.result import Allowed, Explained, LoggedStep, NearMiss, Outcome, Unexplained
from aioformal.value.format import format_value
from aioformal.value.order import order_key
from aioformal.value.values import Function, Value

WIDTH = 100
MOST_ALLOWED = 12
MOST_VALUES = 4
MOST_CHANGES = 6
MOST_FIELDS = 8
INDENT = "  "


def render_outcome(outcome: Outcome, log: Log) -> str:
    """All of it, with a line end."""
    if isinstance(outcome, Explained):
        lines = _explained_lines(outcome, log)
    else:
        lines = _unexplained_lines(outcome, log)
    return "".join(f"{line}\n" for line in lines)


# ---------------------------------------------------------------- explained


def _explained_lines(found: Explained, log: Log) -> Iterator[str]:
    yield f"explained: {log.path}"
    unlogged = f", {found.unlogged:,} of them unlogged" if found.unlogged else ""
    yield (
        f"{INDENT}{count_text(found.events, 'event')}, by a behaviour of "
        f"{count_text(found.steps, 'step')}{unlogged}, replayed on the reference semantics"
    )
    yield (
        f"{INDENT}{count_text(found.worlds, 'way')} to explain it at a time at most; it ends in "
        f"{'one state' if found.ends == 1 else f'one of {found.ends:,} states'} (search by {found.runner})"
    )
    yield from _overlooked(log)


def _overlooked(log: Log) -> Iterator[str]:
    """What was in the log and not looked at."""
    for what, counts in (("fields that the map does not use", log.unread), ("events ignored", log.ignored)):
        if counts:
            listed = [f"{name} ({number:,})" for name, number in counts.most_common(MOST_FIELDS)]
            more = [f"and {len(counts) - MOST_FIELDS} more"] if len(counts) > MOST_FIELDS else []
            yield f"{INDENT}{what}: {', '.join(listed + more)}"


# ---------------------------------------------------------------- not explained


def _unexplained_lines(found: Unexplained, log: Log) -> Iterator[str]:
    verdict = "not explained" if found.cut is None else "undecided"
    yield f"{verdict}: {log.path}"
    yield from _wrapped(_summary(found))
    yield ""
    yield from _log_said(found)
    yield from _last_steps(found)
    yield from _states(found)
    yield from _allowed(found)
    if found.cut is not None:
        yield ""
        yield from _wrapped(f"undecided, because {found.cut}")
    if found.hint is not None:
        yield from _wrapped(f"help: {found.hint}")


def _summary(found: Unexplained) -> str:
    if found.cut is not None:
        return f"{count_text(found.explained, 'event')} explained; how it goes on was not found"
    if found.explained == 0:
        return "no behaviour of the specification has the first event"
    prefix = "the first event is" if found.explained == 1 else f"the first {found.explained:,} events are"
    return f"{prefix} explained; no behaviour of the specification goes on as the log does"


def _log_said(found: Unexplained) -> Iterator[str]:
    """The event that does not fit, with carets below what is nearest to the fault."""
    near = found.nearest
    if near is not None:
        fields = [mismatch.place for mismatch in near.mismatches]
        yield from _indented(snippet(near.event.span(fields[0] if fields else near.event.name_field)))
        for mismatch in near.mismatches:
            yield from _wrapped(_mismatch_text(near, mismatch), INDENT * 2)
    elif found.events:
        yield from _indented(snippet(found.events[0].span(found.events[0].name_field)))
    others = [event for event in found.events if near is None or event is not near.event]
    if near is not None and others:
        listed = ", ".join(f"{event.line}" for event in others[:MOST_FIELDS])
        yield f"{INDENT}{INDENT}nor can one of the events that may have been first: line {listed}"


def _mismatch_text(near: NearMiss, mismatch: Mismatch) -> str:
    """What the specification has, and what the log says."""
    if mismatch.moment == "action":
        return "no such step is possible here"
    said = near.event.said(mismatch.place)
    if near.action is None:
        return f"{mismatch.about} is {mismatch.has} here; the log says {said}"
    when = {"before": " before it", "after": " after it"}.get(mismatch.moment, "")
    return f"{action_text(near.action)} has {mismatch.about} = {mismatch.has}{when}; the log says {said}"


def _last_steps(found: Unexplained) -> Iterator[str]:
    if not found.last or found.before_last is None:
        return
    yield ""
    yield f"{INDENT}how it came there (the last steps of one explanation):"
    before = found.before_last
    for step in found.last:
        yield f"{INDENT}{INDENT}{_step_text(step)}"
        changes = state_changes(found.variables, before, step.state)
        for change in changes[:MOST_CHANGES]:
            yield from _wrapped(change, INDENT * 5)
        if len(changes) > MOST_CHANGES:
            yield f"{INDENT * 5}and {len(changes) - MOST_CHANGES} more"
        before = step.state


def _step_text(step: LoggedStep) -> str:
    name = "(no step)" if step.action is None else action_text(step.action)
    return f"{name:<40} {_where(step.event)}".rstrip()


def _where(event: Event | None) -> str:
    if event is None:
        return "unlogged"
    return f"state {event.line}" if event.root else f"line {event.line}"


def _states(found: Unexplained) -> Iterator[str]:
    if not found.states:
        return
    yield ""
    states = found.states
    others = ", or in others" if found.more_states else ""
    if found.count == 1:
        yield f"{INDENT}the specification is in this state then{others}:"
    elif found.more_states:
        yield f"{INDENT}the specification can be in {found.count:,} states then{others}; what is known:"
    else:
        certain = f" ({found.certain:,} without unlogged steps)" if found.certain < found.count else ""
        yield f"{INDENT}the specification can be in {found.count:,} states then{certain}; what is known:"
    for index, name in enumerate(found.variables):
        for line in _known(name, [state[index] for state in states]):
            yield from _wrapped(line, INDENT * 2)
    if len(states) < found.count:
        yield f"{INDENT * 2}(of the first {len(states)} of them)"


def _known(path: str, values: Sequence[Value]) -> Iterator[str]:
    """What is common to some values, and where they differ."""
    distinct = list(dict.fromkeys(values))
    if len(distinct) == 1:
        yield f"{path} = {compact(distinct[0])}"
        return
    functions = [value for value in distinct if isinstance(value, Function)]
    keys = {frozenset(function.mapping) for function in functions}
    if len(functions) == len(distinct) and len(keys) == 1 and next(iter(keys)):
        for key in sorted(functions[0].mapping, key=order_key):
            yield from _known(path + step_into(key), [function.mapping[key] for function in functions])
        return
    texts = sorted(format_value(value) for value in distinct)
    shown = texts[:MOST_VALUES]
    more = f" or {len(texts) - MOST_VALUES} other values" if len(texts) > MOST_VALUES else ""
    yield f"{path} = {' or '.join(shown)}{more}"


def _allowed(found: Unexplained) -> Iterator[str]:
    if not found.allowed and found.more_steps:
        return
    yield ""
    if not found.allowed:
        yield f"{INDENT}no step is possible then"
        return
    yield f"{INDENT}what it would have allowed next{', among others' if found.more_steps else ''}:"
    if len(found.allowed) <= MOST_ALLOWED:
        for step in found.allowed:
            yield f"{INDENT}{INDENT}{_allowed_text(step, found)}"
        return
    by_name: dict[str, list[Allowed]] = {}
    for step in found.allowed:
        by_name.setdefault(step.action.name, []).append(step)
    for name, steps in by_name.items():
        others = f", and {count_text(len(steps) - 1, 'other step')} of {name}" if len(steps) > 1 else ""
        yield f"{INDENT}{INDENT}{_allowed_text(steps[0], found)}{others}"


def _allowed_text(step: Allowed, found: Unexplained) -> str:
    some = f"in {step.states:,} of the states" if step.states < len(found.states) else ""
    unlogged = "may go unlogged" if step.unlogged else ""
    remark = ", ".join(part for part in (some, unlogged) if part)
    return f"{action_text(step.action):<40} {remark}".rstrip()


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"{INDENT}{line}" for line in lines)


def _wrapped(text: str, indent: str = INDENT) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + INDENT * 2,
        break_long_words=False,
        break_on_hyphens=False,
    )
