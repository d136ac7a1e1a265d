"""A monitor and trace validation judge the same runs, and their mutants, alike."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from aioformal.evidence.verdict import Violated
from aioformal.session import Options, Session
from aioformal.session.tracing import explain_log
from aioformal.tracing import Explained
from tests.unit.pymodule.test_monitor import (
    AIO,
    GOLDEN,
    Event,
    Golden,
    every_mutant,
    module,
    monitored,
    mutants,
    plainly,
    program,
    walk,
)

CORPUS = Path(__file__).parents[1] / "corpus" / "violated"

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


def assert_mutants_alike(folder: Path, spec: Path, config: Path, events: list[Event]) -> None:
    assert_alike(folder, spec, config, events)
    for changed in every_mutant(events):
        assert_alike(folder, spec, config, changed)


@GOLDEN
def test_every_mutant_of_golden_traces(golden: Golden, tmp_path: Path) -> None:
    assert_mutants_alike(tmp_path, golden.spec, golden.config, golden.events)


@pytest.mark.parametrize("name", ["BrokenPeterson", "ForbiddenSteps", "Sections"])
def test_every_mutant_of_counterexamples(name: str, tmp_path: Path) -> None:
    """Also where steps have no names of their own, so that events leave several states open."""
    spec, config = CORPUS / f"{name}.tla", CORPUS / f"{name}.cfg"
    report = Session(str(spec), str(config)).prove(Options(engine="explicit-reference"))
    traces = [j.verdict.trace for j in report.judgements if isinstance(j.verdict, Violated)]
    assert traces
    for actions in dict.fromkeys(trace.actions for trace in traces):
        events: list[Event] = [(a.name, {k: plainly(v) for k, v in a.arguments}) for a in actions]
        assert_mutants_alike(tmp_path, spec, config, events)


@pytest.mark.parametrize("seed", range(WALKS))
def test_mutants_of_walks_through_the_teardown(seed: int, tmp_path: Path) -> None:
    config = AIO.with_suffix(".cfg")
    choose = random.Random(seed)
    events = walk(program(AIO, config), 25, choose)
    assert_alike(tmp_path, AIO, config, events)
    for changed in mutants(events, choose, MUTANTS):
        assert_alike(tmp_path, AIO, config, changed)
