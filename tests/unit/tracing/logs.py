"""Specifications in a folder, and logs held against them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from aioformal.session import Session
from aioformal.session.tracing import explain_log
from aioformal.tracing import LoggedStep, Outcome

LOCK = """
---- MODULE Lock ----
EXTENDS Integers
CONSTANT Pool
VARIABLES holder, waiting, served
vars == <<holder, waiting, served>>
Nobody == "nobody"
Init == holder = Nobody /\\ waiting = {} /\\ served = 0
Ask(t) == t \\notin waiting /\\ holder # t /\\ waiting' = waiting \\cup {t} /\\ UNCHANGED <<holder, served>>
Take(t) == /\\ holder = Nobody /\\ t \\in waiting
           /\\ holder' = t /\\ waiting' = waiting \\ {t} /\\ UNCHANGED served
Give(t) == holder = t /\\ holder' = Nobody /\\ served' = served + 1 /\\ UNCHANGED waiting
Next == \\E t \\in Pool : Ask(t) \\/ Take(t) \\/ Give(t)
Spec == Init /\\ [][Next]_vars
====
"""
LOCK_CFG = "SPECIFICATION Spec\nCONSTANT Pool = {p, q}\n"


def session_in(folder: Path, text: str = LOCK, cfg: str = LOCK_CFG) -> Session:
    """The session of a specification that is written into a folder."""
    name = text.split("MODULE")[1].split()[0]
    path = folder / f"{name}.tla"
    path.write_text(text.lstrip("\n"), encoding="utf-8")
    path.with_suffix(".cfg").write_text(cfg, encoding="utf-8")
    return Session(str(path))


def write_log(folder: Path, events: Iterable[Mapping[str, Any]], name: str = "log.jsonl") -> str:
    path = folder / name
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return str(path)


def write_map(folder: Path, text: str) -> str:
    path = folder / "map.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def held(
    folder: Path,
    events: Iterable[Mapping[str, Any]],
    toml: str | None = None,
    unlogged: int | None = None,
    text: str = LOCK,
    cfg: str = LOCK_CFG,
    sink: list[LoggedStep] | None = None,
) -> Outcome:
    """What comes out of holding events against a specification."""
    session = session_in(folder, text, cfg)
    map_path = None if toml is None else write_map(folder, toml)
    take = None if sink is None else sink.append
    return explain_log(session, write_log(folder, events), map_path, unlogged, take)
