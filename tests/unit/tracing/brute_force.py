"""Trace validation by trying everything: every order, every meaning of the names, every behaviour.

Shares nothing with `aioformal.tracing` but the reference semantics, and merges no two ways. An event is plain
data: `action` (None for any, "" for a look at the state), `arguments` and `after` by name, `box`, `lane`.
Values are compared as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from aioformal.concrete import Program
from aioformal.value.format import format_value
from aioformal.value.values import State, Value


@dataclass(frozen=True)
class Said:
    """An event as the log has it. Values that begin with `?` are names of members of `Pool`."""

    action: str | None
    arguments: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    box: tuple[float, float] | None = None
    lane: str | None = None


def explains(
    program: Program, log: Sequence[Said], unlogged: frozenset[str] = frozenset(), limit: int = 0
) -> bool:
    """Whether some behaviour explains the whole log."""
    return any(
        _follows(program, state, [_named(said, meaning) for said in order], unlogged, limit, limit)
        for order in orders(log)
        for meaning in meanings(program, log)
        for state in set(program.initial_states())
    )


def longest(
    program: Program, log: Sequence[Said], unlogged: frozenset[str] = frozenset(), limit: int = 0
) -> int:
    """How many of the first events are explained, of a log that is in order."""
    return max(n for n in range(len(log) + 1) if n == 0 or explains(program, log[:n], unlogged, limit))


def orders(log: Sequence[Said]) -> Iterator[Sequence[Said]]:
    """The orders in which the events may have happened."""
    if all(said.box is None for said in log):
        yield log
        return
    numbers = range(len(log))
    for order in permutations(numbers):
        place = {number: position for position, number in enumerate(order)}
        if all(place[a] < place[b] for a in numbers for b in numbers if _surely_before(log, a, b)):
            yield [log[number] for number in order]


def _surely_before(log: Sequence[Said], a: int, b: int) -> bool:
    first, second = log[a], log[b]
    assert first.box is not None
    assert second.box is not None
    in_lane = first.lane is not None and first.lane == second.lane and a < b
    return in_lane or first.box[1] < second.box[0]


def meanings(program: Program, log: Sequence[Said]) -> Iterator[Mapping[str, str]]:
    """Every way to give the names of a log different members of the constant set `Pool`."""
    values = [v for said in log for v in (*said.arguments.values(), *said.after.values())]
    names = sorted({v for v in values if v.startswith("?")})
    pool = program.model.constants.get("Pool")
    members = sorted(map(format_value, pool)) if isinstance(pool, frozenset) else []
    for chosen in permutations(members, len(names)):
        yield dict(zip(names, chosen, strict=True))


def _named(said: Said, meaning: Mapping[str, str]) -> Said:
    arguments = {name: meaning.get(value, value) for name, value in said.arguments.items()}
    after = {name: meaning.get(value, value) for name, value in said.after.items()}
    return Said(said.action, arguments, after)


def _follows(
    program: Program, state: State, log: Sequence[Said], unlogged: frozenset[str], limit: int, left: int
) -> bool:
    if not log:
        return True
    said, *rest = log
    if said.action == "":
        if _fits(program, state, {}, said) and _follows(program, state, rest, unlogged, limit, limit):
            return True
        steps = []
    else:
        steps = [step for step in program.successors(state) if said.action in (None, step.label.name)]
    for step in steps:
        fits = _fits(program, step.state, dict(step.label.arguments), said)
        if fits and _follows(program, step.state, rest, unlogged, limit, limit):
            return True
    missing = (step.state for step in program.successors(state) if step.label.name in unlogged)
    return left > 0 and any(_follows(program, s, log, unlogged, limit, left - 1) for s in missing)


def _fits(program: Program, after: State, arguments: Mapping[str, Value], said: Said) -> bool:
    shown = {name: format_value(value) for name, value in arguments.items()}
    state = dict(zip(program.variables, map(format_value, after), strict=True))
    return said.arguments.items() <= shown.items() and said.after.items() <= state.items()
