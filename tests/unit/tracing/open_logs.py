"""Logs held against specifications that choose integers without an end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aioformal.diagnostic import CODES, DiagnosticError, Exit
from aioformal.session import Session
from aioformal.session.tracing import explain_log
from aioformal.tracing import Explained, Log, LoggedStep, Outcome, render_outcome
from aioformal.tracing.solving import GivenUpError

Line = dict[str, Any]

LOOK = '[events.Up]\naction = "Up"\n[events.look]\nafter = { x = "x" }\n'

MODULE = """---- MODULE Open ----
EXTENDS Integers, Sequences, FiniteSets
VARIABLES {variables}
{body}
====
"""


def held(
    folder: Path,
    body: str,
    lines: list[Line],
    variables: str = "x",
    toml: str | None = None,
    unlogged: int | None = None,
    config: str = "",
) -> Outcome:
    """What comes out of holding a log against a specification. What is explained is a behaviour of as many
    links as there are events, and unlogged steps."""
    spec = folder / "Open.tla"
    spec.write_text(MODULE.format(variables=variables, body=body), encoding="utf-8")
    spec.with_suffix(".cfg").write_text(f"INIT Init\nNEXT Next\n{config}", encoding="utf-8")
    log = folder / "log.jsonl"
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    if toml is not None:
        (folder / "map.toml").write_text(toml, encoding="utf-8")
    steps: list[LoggedStep] = []
    trace_map = None if toml is None else str(folder / "map.toml")
    outcome = explain_log(Session(str(spec)), str(log), trace_map, unlogged, steps.append)
    if isinstance(outcome, Explained):
        assert [step.event.line for step in steps if step.event] == list(range(1, len(lines) + 1))
    return outcome


def exit_code_of(hold: Callable[[], Outcome]) -> Exit:
    """That of the outcome, or of the error that there is instead."""
    try:
        return hold().exit_code
    except DiagnosticError as problem:
        return CODES[problem.diagnostics[0].code][0]


def text(outcome: Outcome) -> str:
    return render_outcome(outcome, Log("log.jsonl"))


def given_up(*_: object) -> bool:
    raise GivenUpError("it has no time")
