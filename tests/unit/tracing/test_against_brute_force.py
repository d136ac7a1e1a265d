"""The search and a search that tries everything judge random logs, and their mutants, alike."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from aioformal.concrete import Program
from aioformal.concrete.behaviour import Trace
from aioformal.report.itf import trace_to_itf
from aioformal.tracing import Explained, Unexplained, Vocabulary
from aioformal.value.format import format_value
from aioformal.value.values import State
from tests.unit.tracing.brute_force import Said, explains, longest
from tests.unit.tracing.logs import LOCK, LOCK_CFG, held, session_in

COUNTERS = """
---- MODULE Counters ----
EXTENDS Integers, Sequences
CONSTANT Pool
VARIABLES queue, count
Init == queue = <<>> /\\ count \\in 0..1
Put(t) == Len(queue) < 2 /\\ queue' = Append(queue, t) /\\ UNCHANGED count
Get(t) == queue # <<>> /\\ Head(queue) = t /\\ queue' = Tail(queue) /\\ count' = count + 1
Skip == count > 0 /\\ count' = count - 1 /\\ UNCHANGED queue
Drop == queue # <<>> /\\ \\E i \\in 1..Len(queue) : queue' = SubSeq(queue, 1, i - 1) /\\ UNCHANGED count
Next == (\\E t \\in Pool : Put(t) \\/ Get(t)) \\/ Skip \\/ Drop
====
"""
SPECS = {
    "Lock": (LOCK, LOCK_CFG),
    "Counters": (COUNTERS, "INIT Init\nNEXT Next\nCONSTANT Pool = {p, q}\nCHECK_DEADLOCK FALSE\n"),
}
UNLOGGED = {"Lock": "Ask", "Counters": "Skip"}
BOUND = {"Drop": ("i",)}
"""Parameters that are bound by a quantifier inside the action."""

SEEDS = range(25)


def walk(program: Program, generator: random.Random, length: int) -> list[tuple[str, dict[str, Any], State]]:
    """Steps of a random behaviour: action, arguments, state after it."""
    state = generator.choice(sorted(program.initial_states(), key=repr))
    steps: list[tuple[str, dict[str, Any], State]] = []
    for _ in range(length):
        choices = list(program.successors(state))
        if not choices:
            break
        step = generator.choice(choices)
        state = step.state
        steps.append((step.label.name, dict(step.label.arguments), state))
    return steps


def mutated(log: list[dict[str, Any]], generator: random.Random) -> list[dict[str, Any]]:
    """One event dropped, doubled, swapped with the next, moved, or with something else in it."""
    at = generator.randrange(len(log))
    match generator.randrange(6):
        case 0:
            return log[:at] + log[at + 1 :]
        case 1:
            return [*log[: at + 1], *log[at:]]
        case 2 if at + 1 < len(log):
            return [*log[:at], log[at + 1], log[at], *log[at + 2 :]]
        case 3:
            moved = log[:at] + log[at + 1 :]
            moved.insert(generator.randrange(len(log)), log[at])
            return moved
        case 4:
            return [*log[:at], {**log[at], **generator.choice(log)}, *log[at + 1 :]]
        case _:
            return log


def as_said(event: Mapping[str, Any]) -> Said:
    return Said(event["event"], event["arguments"], event["after"])


def events_of(
    program: Program, steps: Sequence[tuple[str, dict[str, Any], State]], generator: random.Random
) -> list[dict[str, Any]]:
    """Events that leave out arguments and variables now and then. Values are text, as TLA+ has them."""
    events: list[dict[str, Any]] = []
    for name, arguments, state in steps:
        shown = {n: format_value(v) for n, v in arguments.items() if generator.random() < 0.7}
        values = zip(program.variables, map(format_value, state), strict=True)
        after = {n: v for n, v in values if generator.random() < 0.3}
        events.append({"event": name, "arguments": shown, "after": after})
    return events


def plain(event: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The event as a line of a log without a map."""
    fields = {n: values[v] for n, v in (*event["arguments"].items(), *event["after"].items())}
    return {"event": event["event"], **fields}


def in_json(arguments: Mapping[str, str]) -> dict[str, Any]:
    return {name: int(value) if value.isdecimal() else value for name, value in arguments.items()}


def json_values(program: Program, steps: Sequence[tuple[str, dict[str, Any], State]]) -> dict[str, Any]:
    """What the values of some steps, as text, are in JSON."""
    found: dict[str, Any] = {"p": "p", "q": "q", "1": 1, "2": 2}
    for _, _, state in steps:
        written = trace_to_itf(Trace(program.variables, (state,), ()))["states"][0]
        found |= {format_value(v): written[n] for n, v in zip(program.variables, state, strict=True)}
    return found


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("seed", SEEDS)
def test_logs_in_order(spec: str, seed: int, tmp_path: Path) -> None:
    generator = random.Random(seed)
    text, cfg = SPECS[spec]
    program = session_in(tmp_path, text, cfg).program
    steps = walk(program, generator, generator.randrange(3, 9))
    log = mutated(events_of(program, steps, generator), generator)
    values = json_values(program, steps)
    found = held(tmp_path, [plain(event, values) for event in log], text=text, cfg=cfg)
    said = [as_said(event) for event in log]
    assert isinstance(found, Explained) == explains(program, said)
    if isinstance(found, Unexplained):
        assert found.cut is None
        assert found.explained == longest(program, said)


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("seed", SEEDS)
def test_logs_with_unlogged_steps_and_names(spec: str, seed: int, tmp_path: Path) -> None:
    """Each name stands for another member, and steps of one action are missing, up to two in a row."""
    generator = random.Random(1000 + seed)
    text, cfg = SPECS[spec]
    program = session_in(tmp_path, text, cfg).program
    steps = walk(program, generator, 8)
    kept = [step for step in steps if step[0] != UNLOGGED[spec] or generator.random() < 0.3][:6] or steps[:1]
    log = mutated([{**e, "after": {}} for e in events_of(program, kept, generator)], generator)
    meaning = dict(zip(("p", "q"), generator.sample(["?1", "?2"], 2), strict=True))
    for event in log:
        event["arguments"] = {n: meaning.get(v, v) for n, v in event["arguments"].items()}
    toml = _map(program, UNLOGGED[spec], 2)
    lines = [{"event": e["event"], **in_json(e["arguments"])} for e in log]
    found = held(tmp_path, lines, toml, text=text, cfg=cfg)
    said = [as_said(event) for event in log]
    unlogged = frozenset((UNLOGGED[spec],))
    assert isinstance(found, Explained) == explains(program, said, unlogged, 2)
    if isinstance(found, Unexplained):
        assert found.explained == longest(program, said, unlogged, 2)


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("seed", SEEDS)
def test_logs_in_time_boxes_and_lanes(spec: str, seed: int, tmp_path: Path) -> None:
    generator = random.Random(2000 + seed)
    text, cfg = SPECS[spec]
    program = session_in(tmp_path, text, cfg).program
    log = mutated(events_of(program, walk(program, generator, 5), generator), generator)[:6]
    for index, event in enumerate(log):
        spread = generator.choice([0, 0, 1, 2, 4])
        lane = generator.choice([None, None, "1", "2"])
        log[index] = {**event, "a": index - generator.randint(0, spread), "b": index + spread, "lane": lane}
    generator.shuffle(log)
    starts: dict[str | None, float] = {}
    log = [e for e in log if _in_lane(e, starts)]
    toml = _map(program, None, 0, 'earliest = "a"\nlatest = "b"\nlane = "lane"')
    lines = [
        {"event": e["event"], **in_json(e["arguments"]), "a": e["a"], "b": e["b"], "lane": e["lane"]}
        for e in log
    ]
    found = held(tmp_path, lines, toml, text=text, cfg=cfg)
    said = [Said(e["event"], e["arguments"], {}, (e["a"], e["b"]), e["lane"]) for e in log]
    assert isinstance(found, Explained) == explains(program, said)


def _in_lane(event: dict[str, Any], starts: dict[str | None, float]) -> bool:
    """Whether an event can come after those before it in its lane."""
    if event["lane"] is None:
        return True
    if event["b"] < starts.get(event["lane"], event["b"]):
        return False
    starts[event["lane"]] = max(event["a"], starts.get(event["lane"], event["a"]))
    return True


def _map(program: Program, unlogged: str | None, limit: int, log: str = "") -> str:
    actions = json.dumps([unlogged] if unlogged else [])
    parts = [f"[log]\n{log}\n[unlogged]\nactions = {actions}\nlimit = {limit}\n"]
    parts += ['[fields.t]\nnames = "Pool"\n'] if not log else []
    for action, parameters in Vocabulary(program).actions.items():
        fields = ", ".join(f'{name} = "{name}"' for name in parameters or BOUND.get(action, ()))
        parts.append(f'[events.{action}]\naction = "{action}"\nparameters = {{ {fields} }}\n')
    return "".join(parts)


def test_the_mutants_are_explained_and_refused_often_enough(tmp_path: Path) -> None:
    """Else the tests above would say little."""
    verdicts: list[bool] = []
    for seed in SEEDS:
        generator = random.Random(seed)
        text, cfg = SPECS["Lock"]
        program = session_in(tmp_path, text, cfg).program
        log = mutated(events_of(program, walk(program, generator, 6), generator), generator)
        verdicts.append(explains(program, [as_said(event) for event in log]))
    assert min(verdicts.count(True), verdicts.count(False)) > 4
