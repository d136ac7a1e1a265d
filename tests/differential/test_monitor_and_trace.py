"""A monitor and trace validation judge the same runs, and their mutants, alike."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from aioformal.session import Session
from aioformal.session.tracing import explain_log
from aioformal.tracing import Explained
from tests.unit.pymodule.test_monitor import (
    AIO,
    CARELESS,
    LOCK,
    Event,
    golden_traces,
    module,
    monitored,
    mutants,
    program,
    walk,
)

WALKS = 3
MUTANTS = 6


def is_explained(folder: Path, session: Session, events: list[Event]) -> bool:
    path = folder / "log.jsonl"
    lines = [json.dumps({"event": action, **arguments}) for action, arguments in events]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return isinstance(explain_log(session, str(path)), Explained)


def assert_alike(folder: Path, spec: Path, config: Path, events: list[Event]) -> None:
    """A log knows steps and no properties: up to an event that only breaks a property it is explained."""
    session = Session(str(spec), str(config))
    found = monitored(module(spec, config), events)
    if found is None:
        assert is_explained(folder, session, events)
        return
    number, rule = found
    is_step = rule == events[number - 1][0]
    assert is_explained(folder, session, events[: number - 1])
    assert is_explained(folder, session, events[:number]) is not is_step


@pytest.mark.parametrize("events", [events for _, events in golden_traces()])
def test_mutants_of_golden_traces(events: list[Event], tmp_path: Path) -> None:
    assert_alike(tmp_path, LOCK, CARELESS, events)
    for changed in mutants(events, random.Random(2), MUTANTS):
        assert_alike(tmp_path, LOCK, CARELESS, changed)


@pytest.mark.parametrize("seed", range(WALKS))
def test_mutants_of_walks_through_the_teardown(seed: int, tmp_path: Path) -> None:
    config = AIO.with_suffix(".cfg")
    choose = random.Random(seed)
    events = walk(program(AIO, config), 25, choose)
    assert_alike(tmp_path, AIO, config, events)
    for changed in mutants(events, choose, MUTANTS):
        assert_alike(tmp_path, AIO, config, changed)
