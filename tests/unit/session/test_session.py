"""Every stage of one small specification, as text; and what the two questions are answered with."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from aioformal.diagnostic import DiagnosticError, Exit
from aioformal.evidence.verdict import Exhaustive, Holds, Proved, Violated
from aioformal.report.result import Report
from aioformal.report.terminal import report_lines
from aioformal.report.to_json import render_json
from aioformal.resolve.model import PropertyKind
from aioformal.session import STAGES, Options, Session

ROOT = Path(__file__).parents[3]
LOCK = Path("tests/golden/Lock.tla")
CARELESS = Path("tests/golden/Careless.cfg")
EXPLICIT = Options(engine="explicit")


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def lock(config: Path | None = None) -> Session:
    return Session(str(LOCK), None if config is None else str(config))


def settled(text: str) -> str:
    """Without what changes from machine to machine and from run to run."""
    text = re.sub(r'("(?:parse|encode|solve|total|seconds)": )[\d.]+', r"\1 0", text)
    return re.sub(r"in [\d.]+ s( |$)", r"in 0.0 s\1", text, flags=re.MULTILINE)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_a_text(stage: str, golden: Callable[[str, str], None]) -> None:
    golden(f"Lock.{stage}.txt", settled(lock().dump(stage)))


@pytest.mark.parametrize(("name", "config"), [("Lock", None), ("Careless", CARELESS)])
def test_the_report(name: str, config: Path | None, golden: Callable[[str, str], None]) -> None:
    report = lock(config).prove(EXPLICIT)
    golden(f"{name}.report.txt", settled("".join(f"{line.plain}\n" for line in report_lines(report, 80))))
    golden(f"{name}.report.json", settled(render_json(report)))


def verdicts(report: Report) -> dict[str, str]:
    return {j.name: j.word for j in report.judgements}


def test_check_evaluates_the_assumptions_and_solves_nothing() -> None:
    report = lock().check()
    assert verdicts(report) == {"ASSUME 7": "proved"}
    assert report.exploration is None
    assert report.exit_code is Exit.OK


def test_prove_judges_every_property_and_the_deadlock() -> None:
    report = lock().prove(EXPLICIT)
    assert verdicts(report) == dict.fromkeys(["ASSUME 7", "TypeOK", "Mutex", "deadlock"], "proved")
    assert report.exploration is not None
    # idle/idle, a critical, b critical; from the first two steps, from each of the others one back.
    assert (report.exploration.distinct_states, report.exploration.generated_states) == (3, 5)
    mutex = next(j for j in report.judgements if j.name == "Mutex")
    assert isinstance(mutex.verdict, Proved)
    assert isinstance(mutex.verdict.certificate, Exhaustive)


def test_a_counterexample_is_shortest_and_blamed() -> None:
    report = lock(CARELESS).prove(EXPLICIT)
    assert report.exit_code is Exit.SAFETY
    by_name = {j.name: j for j in report.judgements}
    mutex, one_way = by_name["Mutex"].verdict, by_name["OneWay"].verdict
    assert isinstance(mutex, Violated)
    assert isinstance(one_way, Violated)
    assert (mutex.trace.depth, one_way.trace.depth) == (2, 2)
    assert [a.name for a in mutex.trace.actions] == ["Acquire", "Acquire"]
    assert mutex.blame is not None
    assert mutex.blame.step == 3
    assert {name for name, _ in mutex.blame.bindings} == {"s", "t"}


def test_a_chosen_property_is_judged_alone() -> None:
    report = lock().prove(replace(EXPLICIT, properties=("Mutex",)))
    assert verdicts(report) == {"ASSUME 7": "proved", "Mutex": "proved"}
    report = lock().prove(replace(EXPLICIT, properties=("deadlock",)))
    assert verdicts(report) == {"ASSUME 7": "proved", "deadlock": "proved"}


def test_an_unknown_property_is_answered_with_the_nearest() -> None:
    report = lock().prove(replace(EXPLICIT, properties=("Mutx",)))
    assert report.exit_code is Exit.USAGE
    assert "Mutex" in (report.diagnostics[-1].hint or "")


def test_a_depth_is_a_bound_that_was_asked_for() -> None:
    report = lock().prove(replace(EXPLICIT, depth=0))
    assert report.verdict == "holds"
    assert report.exit_code is Exit.OK
    assert all(isinstance(j.verdict, Holds) for j in report.judgements[1:])


def test_a_bounded_engine_judges_the_shapes_too() -> None:
    report = lock().prove(Options(engine="bmc", depth=3))
    shapes = next(j for j in report.judgements if j.kind is PropertyKind.SHAPE)
    assert shapes.verdict == Holds(3)
    assert verdicts(report)["Mutex"] == "holds"
    assert report.exit_code is Exit.OK
    assert report.seconds.encode > 0


def test_the_engines_agree_on_the_counterexample() -> None:
    report = lock(CARELESS).prove(Options(engine="bmc", depth=3))
    mutex = next(j for j in report.judgements if j.name == "Mutex").verdict
    assert isinstance(mutex, Violated)
    assert mutex.trace.depth == 2
    assert mutex.blame is not None


def test_an_overlay_stands_in_for_a_file() -> None:
    text = LOCK.read_text(encoding="utf-8").replace('pc[t] = "idle"', 'pc[t] = "idel"')
    report = Session(str(LOCK), None, {str(LOCK): text}).prove(Options(engine="bmc", depth=1))
    assert verdicts(report)["deadlock"] == "violated"


def test_with_a_false_assumption_nothing_is_looked_at() -> None:
    text = LOCK.read_text(encoding="utf-8").replace("Tasks # {}", "Cardinality(Tasks) > 0 /\\ Tasks = {}")
    report = Session(str(LOCK), None, {str(LOCK): text}).prove(EXPLICIT)
    assert report.exit_code is Exit.ASSUMPTION
    assert verdicts(report) == {"ASSUME 7": "violated", "TypeOK": "unknown", "Mutex": "unknown"}
    blame = getattr(report.judgements[0].verdict, "blame", None)
    assert blame is not None
    assert blame.text == "Tasks = {}"


def test_no_initial_state_is_vacuous() -> None:
    text = LOCK.read_text(encoding="utf-8").replace("/\\ owner = {}\nNext", "/\\ owner = {} /\\ FALSE\nNext")
    report = Session(str(LOCK), None, {str(LOCK): text}).prove(EXPLICIT)
    assert report.exit_code is Exit.VACUOUS
    assert verdicts(report)["Mutex"] == "vacuous"


def test_a_stage_that_cannot_be_reached_says_why() -> None:
    text = LOCK.read_text(encoding="utf-8").replace("~Careful", "~Carefull")
    with pytest.raises(DiagnosticError, match=r"name\.unknown"):
        Session(str(LOCK), None, {str(LOCK): text}).dump("model")


VARIANTS = """---- MODULE Variants ----
EXTENDS Naturals
CONSTANT Fast
VARIABLE x
Init == x = 0
Slow == ~Fast /\\ x' = (x + 1) % 4
Quick == Fast /\\ x' = (x + 2) % 4
Bad == x > 9 /\\ x' = 0
Next == Slow \\/ Quick \\/ Bad
Small == x < 4
====
"""


def test_actions_that_are_never_enabled_are_counted_and_named_with_the_reasons_there_may_be() -> None:
    config = "INIT Init NEXT Next INVARIANT Small CONSTANT Fast = TRUE"
    files = {"Variants.tla": VARIANTS, "Variants.cfg": config}
    report = Session("Variants.tla", "Variants.cfg", files).prove(EXPLICIT)
    (remark,) = report.diagnostics
    assert remark.code == "check.never-enabled"
    assert remark.message == "2 of 3 actions are never enabled: Slow, Bad"
    assert remark.hint is not None
    assert "the constants in Variants.cfg" in remark.hint
    assert report.exit_code is Exit.OK


def test_constants_are_no_reason_where_there_are_none() -> None:
    spec = VARIANTS.replace("CONSTANT Fast\n", "").replace("~Fast", "FALSE").replace("Fast /\\", "")
    files = {"Variants.tla": spec, "Variants.cfg": "INIT Init NEXT Next INVARIANT Small"}
    (remark,) = Session("Variants.tla", "Variants.cfg", files).prove(EXPLICIT).diagnostics
    assert remark.hint is not None
    assert "constants" not in remark.hint


@pytest.mark.parametrize("engine", ["auto", "explicit"])
def test_where_nothing_is_to_be_proved_states_are_counted_all_the_same(engine: str, tmp_path: Path) -> None:
    spec = tmp_path / "Counter.tla"
    text = "EXTENDS Naturals\nVARIABLE x\nInit == x = 0\nNext == x < 4999 /\\ x' = x + 1"
    spec.write_text(f"---- MODULE Counter ----\n{text}\n====\n", encoding="utf-8")
    spec.with_suffix(".cfg").write_text("INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n", encoding="utf-8")
    report = Session(str(spec)).prove(Options(engine=engine))
    assert report.exit_code is Exit.VACUOUS
    assert report.exploration is not None
    assert (report.exploration.distinct_states, report.exploration.complete) == (5_000, True)
