"""Every trace that we have is explained by its own specification, and mutants of it are judged rightly."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from aioformal.evidence.verdict import Trace, Violated
from aioformal.report.itf import trace_to_itf
from aioformal.session import Options, Session
from aioformal.session.tracing import explain_log
from aioformal.tracing import Explained, Unexplained
from aioformal.value.format import format_value
from tests.unit.tracing.brute_force import Said, explains, longest

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden"
VIOLATED = [p for p in (ROOT / "tests" / "corpus" / "violated").glob("*.cfg") if p.stem != "UnboundedLate"]
AIO = {"aio-naive": "NoSpuriousEAGAIN", "aio-no-second-grace-period": "NoUseAfterFree"}


def traces_in(document: Any) -> Iterator[dict[str, Any]]:
    """The traces of a JSON report."""
    if isinstance(document, dict):
        if "vars" in document and "states" in document:
            yield document
        for value in document.values():
            yield from traces_in(value)
    elif isinstance(document, list):
        for value in document:
            yield from traces_in(value)


def written(folder: Path, document: dict[str, Any]) -> str:
    path = folder / "trace.itf.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def test_every_golden_trace_is_explained(tmp_path: Path) -> None:
    report = json.loads((GOLDEN / "Careless.report.json").read_text(encoding="utf-8"))
    traces = list(traces_in(report))
    assert len(traces) == 2
    for trace in traces:
        session = Session(str(GOLDEN / "Lock.tla"), str(GOLDEN / "Careless.cfg"))
        found = explain_log(session, written(tmp_path, trace))
        assert isinstance(found, Explained)
        assert found.steps == len(trace["states"]) - 1
        careful = Session(str(GOLDEN / "Lock.tla"), str(GOLDEN / "Lock.cfg"))
        assert isinstance(explain_log(careful, written(tmp_path, trace)), Unexplained)


@cache
def counterexamples(spec: Path, config: Path, *properties: str) -> list[Trace]:
    report = Session(str(spec), str(config)).prove(Options(properties, engine="explicit", timeout=None))
    return [j.verdict.trace for j in report.judgements if isinstance(j.verdict, Violated)]


@pytest.mark.parametrize("config", VIOLATED, ids=lambda path: path.stem)
def test_counterexamples_of_the_corpus_are_explained(config: Path, tmp_path: Path) -> None:
    traces = counterexamples(config.with_suffix(".tla"), config)
    assert traces
    for trace in traces:
        log = written(tmp_path, trace_to_itf(trace))
        found = explain_log(Session(str(config.with_suffix(".tla")), str(config)), log)
        assert isinstance(found, Explained)
        assert found.steps == trace.depth


@pytest.mark.parametrize("name", AIO)
def test_counterexamples_of_the_teardown_are_explained_by_their_variant_alone(
    name: str, tmp_path: Path
) -> None:
    spec, config = ROOT / "spec" / "aio.tla", ROOT / "spec" / f"{name}.cfg"
    (trace,) = counterexamples(spec, config, AIO[name])
    log = written(tmp_path, trace_to_itf(trace))
    found = explain_log(Session(str(spec), str(config)), log)
    assert isinstance(found, Explained)
    assert found.steps == trace.depth
    assert isinstance(explain_log(Session(str(spec)), log), Unexplained)


def as_log(trace: Trace, *, all_variables: bool) -> list[Said]:
    """The steps of a trace, with all variables or none."""
    steps: list[Said] = []
    for action, state in zip(trace.actions, trace.states[1:], strict=True):
        arguments = {name: format_value(value) for name, value in action.arguments}
        values = {n: format_value(v) for n, v in zip(trace.variables, state, strict=True)}
        steps.append(Said(action.name, arguments, values if all_variables else {}))
    return steps


MUTATIONS: dict[str, Callable[[list[Any], int], list[Any]]] = {
    "drop": lambda log, at: log[:at] + log[at + 1 :],
    "swap": lambda log, at: [*log[:at], *log[at : at + 2][::-1], *log[at + 2 :]],
    "double": lambda log, at: [*log[: at + 1], *log[at:]],
}


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("all_variables", [False, True])
def test_mutants_are_judged_as_by_trying_everything(
    mutation: str, all_variables: bool, tmp_path: Path
) -> None:
    """Of the counterexample to what the fix of 2013 would have been without moving the quota."""
    spec, config = ROOT / "spec" / "aio.tla", ROOT / "spec" / "aio-naive.cfg"
    session = Session(str(spec), str(config))
    (trace,) = counterexamples(spec, config, AIO["aio-naive"])
    states = trace_to_itf(trace)["states"][1:]
    lines = [
        {
            "event": s["#meta"]["action"]["name"],
            **dict(s["#meta"]["action"]["arguments"]),
            **_variables(s, all_variables),
        }
        for s in states
    ]
    said = as_log(trace, all_variables=all_variables)
    at = random.Random(mutation).randrange(len(said) - 1)
    path = tmp_path / "log.jsonl"
    mutant = MUTATIONS[mutation](lines, at)
    path.write_text("".join(json.dumps(line) + "\n" for line in mutant), encoding="utf-8")
    found = explain_log(session, str(path))
    expected = MUTATIONS[mutation](said, at)
    assert isinstance(found, Explained) == explains(session.program, expected)
    if isinstance(found, Unexplained):
        assert found.explained == longest(session.program, expected)


def _variables(state: dict[str, Any], wanted: bool) -> dict[str, Any]:
    return {name: value for name, value in state.items() if wanted and name != "#meta"}
