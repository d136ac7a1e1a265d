"""Random models that choose among all integers, against the same models with ranges that can be enumerated
and hold all that any of their steps can use: what is said of a log never contradicts."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from aioformal.concrete import Program
from aioformal.diagnostic import DiagnosticError
from aioformal.session import Session
from aioformal.session.tracing import explain_log
from aioformal.tracing import Outcome, Unexplained

Line = dict[str, Any]

UNLOGGED = 0.05


MODULE = """---- MODULE {name} ----
EXTENDS Integers, Sequences
VARIABLES x, y, z
Whole == {whole}
Natural == {natural}
Small(a) == a \\in 0 .. 5
{body}
====
"""
OPEN = {"whole": "Int", "natural": "Nat"}
BOUNDED = {"whole": "-8 .. 8", "natural": "0 .. 8"}
"""No variable is ever beyond 0 .. 5, and every choice is added to one, or below 5."""


def a_condition(choose: random.Random, name: str) -> str:
    """Something that a number has to be."""
    return choose.choice(
        [
            f"{name} > {choose.randrange(5)}",
            f"{name} % {choose.randrange(2, 4)} = {choose.randrange(2)}",
            f"{name} # x",
            f"{name} >= x - y",
            f"({name} > 3 \\/ {name} = {choose.randrange(4)})",
            f"{name} * {name} < 17 + x",
        ]
    )


def an_update(choose: random.Random, name: str) -> str:
    """What happens to the variables with a number that was chosen."""
    return choose.choice(
        [
            f"x' = x + {name} /\\ UNCHANGED <<y, z>>",
            f"y' = {name} /\\ x' = x /\\ z' = [z EXCEPT ![1] = y]",
            f"x' = {choose.randrange(4, 6)} - {name} /\\ y' = x /\\ UNCHANGED z",
            f"z' = [z EXCEPT ![2] = {name}] /\\ UNCHANGED <<x, y>>",
            f"{name} < 5 /\\ UNCHANGED <<x, y, z>>",
            f"x' = (IF {name} > 3 THEN {name} ELSE y) /\\ y' = {choose.randrange(6)} /\\ UNCHANGED z",
            f"x' \\in Whole /\\ x' - {name} = y /\\ UNCHANGED <<y, z>>",
        ]
    )


def a_body(choose: random.Random) -> str:
    """Init and four actions; every variable stays small."""
    init = choose.choice(
        [
            f"x \\in Natural /\\ {a_condition(choose, 'x').replace('y', '3')} /\\ y = 0",
            f"x = 1 /\\ y \\in Natural /\\ y > x + {choose.randrange(3)}",
            f"x = {choose.randrange(6)} /\\ y = 0",
            f"x \\in Natural /\\ y \\in Natural /\\ x + y = {choose.randrange(2, 6)}",
        ]
    )
    guard = "x > 3" if choose.random() < 0.3 else "TRUE"
    return f"""
Tidy == Small(x') /\\ Small(y') /\\ Small(z'[1]) /\\ Small(z'[2])
Init == {init} /\\ z = <<0, 0>> /\\ Small(x) /\\ Small(y)
A(n) == {a_condition(choose, "n")} /\\ {an_update(choose, "n")} /\\ Tidy
B == \\E n \\in Natural : {a_condition(choose, "n")} /\\ {an_update(choose, "n")} /\\ Tidy
C(m) == {guard} /\\ {an_update(choose, "m")} /\\ Tidy
D == y' \\in Natural /\\ {a_condition(choose, "y'")} /\\ UNCHANGED <<x, z>> /\\ Tidy
E == x > y /\\ x' = y /\\ y' = x /\\ UNCHANGED z
Next == \\/ \\E n \\in Natural : A(n)
        \\/ \\E k \\in Natural, n \\in {{0, 1}} : C(k + n)
        \\/ B \\/ D \\/ E
"""


def a_log(choose: random.Random, program: Program) -> list[Line]:
    """Events of a walk, of which something is said, and perhaps something wrong."""
    state = choose.choice(list(program.initial_states()))
    lines: list[Line] = []
    for _ in range(choose.randrange(1, 6)):
        steps = list(program.successors(state))
        if not steps:
            break
        label, state = choose.choice(steps)
        line: Line = {} if choose.random() < 0.15 else {"event": label.name}
        line |= {name: v for name, v in label.arguments if "event" in line and choose.random() < 0.4}
        shown = {"x": state[0], "y": state[1], "z": [state[2].mapping[1], state[2].mapping[2]]}
        line |= {name: value for name, value in shown.items() if choose.random() < 0.45}
        lines.append(line)
    if lines and choose.random() < 0.5:
        wrong = choose.choice(lines)
        if choose.random() < 0.3 and "event" in wrong:
            wrong["event"] = choose.choice("ABCDE")
            wrong.pop("m", None)
            wrong.pop("n", None)
        else:
            wrong[choose.choice("xy")] = choose.randrange(6)
    return lines


def written(folder: Path, name: str, body: str, sets: dict[str, str]) -> Session:
    spec = folder / f"{name}.tla"
    spec.write_text(MODULE.format(name=name, body=body, **sets), encoding="utf-8")
    spec.with_suffix(".cfg").write_text("INIT Init\nNEXT Next\n", encoding="utf-8")
    return Session(str(spec))


def contradiction(found: Outcome, expected: Outcome) -> str | None:
    """What is wrong with what is said of the open model."""
    if isinstance(found, Unexplained) and found.cut is not None:
        return None
    if isinstance(expected, Unexplained) and expected.cut is not None:
        return None
    if type(found) is not type(expected):
        return f"{type(found).__name__}, where {type(expected).__name__} is right"
    counts = [one.explained if isinstance(one, Unexplained) else one.events for one in (found, expected)]
    return None if counts[0] == counts[1] else f"{counts[0]} events explained, where {counts[1]} are"


def compared(folder: Path, seed: int, logs: int, answers: Counter[str]) -> None:
    """Holds logs against a random model, in both forms."""
    choose = random.Random(seed)
    body = a_body(choose)
    free, bounded = written(folder, "Free", body, OPEN), written(folder, "Bounded", body, BOUNDED)
    if next(iter(bounded.program.initial_states()), None) is None:
        with pytest.raises(DiagnosticError, match="no state satisfies"):
            explain_log(free, str(log_of(folder, [{"event": "A"}])))
        answers["nothing"] += 1
        return
    for _ in range(logs):
        lines = a_log(choose, bounded.program)
        unlogged = 1 if choose.random() < UNLOGGED else None
        path = str(log_of(folder, lines))
        found, expected = explain_log(free, path, None, unlogged), explain_log(bounded, path, None, unlogged)
        assert contradiction(found, expected) is None, (contradiction(found, expected), seed, lines, unlogged)
        cut = isinstance(found, Unexplained) and found.cut is not None
        answers["undecided" if cut else type(found).__name__] += 1


def log_of(folder: Path, lines: list[Line]) -> Path:
    path = folder / "log.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def test_an_open_model_and_a_bounded_one_never_contradict(tmp_path: Path) -> None:
    answers: Counter[str] = Counter()
    for seed in range(2, 8):
        compared(tmp_path, seed, 3, answers)
    assert min(answers["Explained"], answers["Unexplained"]) >= 3
    assert answers["undecided"] <= 5
