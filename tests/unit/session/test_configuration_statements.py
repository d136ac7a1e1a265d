"""What POSTCONDITION, _POSSIBLE, ALIAS and Print come to in a report.

The counts are in `case/constructs.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aioformal.engine.simulation import Walking
from aioformal.evidence.verdict import Proved, Reached, Unknown, Violated
from aioformal.report.result import Judgement, Report
from aioformal.report.to_json import render_json
from aioformal.session import Options, Session
from aioformal.value.format import format_value

COUNTER = """---- MODULE Counter ----
EXTENDS Naturals, TLC, TLCExt, Sequences
VARIABLE x
Init == x = 0 /\\ PrintT("begin")
Next == x' = (x + 1) % 4
Small == x < 2
Three == x = 3
Nine == x = 9
Wrap == x = 3 /\\ x' = 0
Jump == x' = x + 2
ToTwo == x' = 2
UpToTwo == x' < 2
Stays == UNCHANGED x
NextOrStay == Next \\/ Stays
Shown == [value |-> x, next |-> x', level |-> TLCGet("level"), past |-> Len(Trace)]
Early == TLCGet("level") < 5
Number == x
Broken == [value |-> <<>>[x]]
Four == TLCGet("distinct") = 4 /\\ TLCGet("stats").diameter = 4 /\\ TLCGet("queue") = 0
Lost == TLCGet(99) = 1
Five == TLCGet("distinct") = 5
Once == TLCSet(7, TLCGetAndSet(8, LAMBDA old, new : old + new, 2, 1)) /\\ TLCGet(7) = 1 /\\ TLCGet(8) = 3
====
"""


@pytest.fixture
def report_of(tmp_path: Path) -> Callable[..., Report]:
    def run(
        statements: str, engine: str = "explicit", depth: int | None = None, next_action: str = "Next"
    ) -> Report:
        (tmp_path / "Counter.tla").write_text(COUNTER, encoding="utf-8")
        text = f"INIT Init NEXT {next_action} {statements}\n"
        (tmp_path / "Counter.cfg").write_text(text, encoding="utf-8")
        return Session(str(tmp_path / "Counter.tla")).prove(Options(engine=engine, depth=depth))

    return run


def judged(report: Report, name: str) -> Judgement:
    return next(j for j in report.judgements if j.name == name)


def test_a_true_postcondition_is_proved(report_of: Callable[..., Report]) -> None:
    report = report_of("POSTCONDITIONS Four Once")
    assert [judged(report, name).word for name in ("Four", "Once")] == ["proved", "proved"]
    assert report.exit_code == 0


def test_a_false_postcondition_ends_with_the_code_of_a_false_assumption(
    report_of: Callable[..., Report],
) -> None:
    report = report_of("POSTCONDITION Five")
    verdict = judged(report, "Five").verdict
    assert isinstance(verdict, Violated)
    assert verdict.blame is not None
    assert verdict.blame.text == "Five"
    assert report.exit_code == 10


def test_a_postcondition_without_a_value_is_an_error_beside_what_was_found(
    report_of: Callable[..., Report],
) -> None:
    report = report_of("_POSSIBLE Three POSTCONDITION Lost")
    assert judged(report, "Three").word == "proved"
    assert judged(report, "Lost").word == "unknown"
    [problem] = [d for d in report.diagnostics if d.code == "eval.partial"]
    assert "the integer 99" in problem.message
    assert report.exit_code == 75


def test_a_postcondition_is_judged_after_a_violation_too(report_of: Callable[..., Report]) -> None:
    report = report_of("INVARIANT Small CHECK_DEADLOCK FALSE POSTCONDITION Five")
    assert isinstance(judged(report, "Five").verdict, Violated)


@pytest.mark.parametrize(("engine", "depth"), [("bmc", 3), ("explicit", 1)])
def test_a_postcondition_wants_a_whole_search(
    report_of: Callable[..., Report], engine: str, depth: int
) -> None:
    assert isinstance(judged(report_of("POSTCONDITION Four", engine, depth), "Four").verdict, Unknown)


@pytest.mark.parametrize("engine", ["explicit", "explicit-reference", "bmc"])
def test_what_is_possible_comes_with_a_shortest_way_there(
    report_of: Callable[..., Report], engine: str
) -> None:
    report = report_of("_POSSIBLE Three", engine, 6 if engine == "bmc" else None)
    verdict = judged(report, "Three").verdict
    assert isinstance(verdict, Proved)
    assert isinstance(verdict.certificate, Reached)
    assert [state[0] for state in verdict.certificate.trace.states] == [0, 1, 2, 3]
    assert '"kind": "reached"' in render_json(report)


def test_what_no_reachable_state_satisfies_is_violated(report_of: Callable[..., Report]) -> None:
    report = report_of("_POSSIBLE Nine")
    assert judged(report, "Nine").word == "violated"
    assert report.exit_code == 10


def test_a_bounded_search_that_does_not_get_there_decides_nothing(report_of: Callable[..., Report]) -> None:
    assert judged(report_of("_POSSIBLE Three", "bmc", 2), "Three").word == "unknown"


def test_a_state_outside_of_constraint_does_not_count_as_possible(report_of: Callable[..., Report]) -> None:
    # In 0 -> 1 -> 2 the last state is judged, and is not one that TLC would look at.
    assert judged(report_of("CONSTRAINT Small _POSSIBLE Three"), "Three").word == "violated"


@pytest.mark.parametrize("engine", ["explicit", "explicit-reference", "bmc"])
def test_a_possible_action_comes_with_a_shortest_way_to_its_step(
    report_of: Callable[..., Report], engine: str
) -> None:
    report = report_of("_POSSIBLE Wrap", engine, 6 if engine == "bmc" else None)
    verdict = judged(report, "Wrap").verdict
    assert isinstance(verdict, Proved)
    assert isinstance(verdict.certificate, Reached)
    assert [state[0] for state in verdict.certificate.trace.states] == [0, 1, 2, 3, 0]
    assert report.exit_code == 0


def test_an_action_that_no_step_is_one_of_is_violated(report_of: Callable[..., Report]) -> None:
    report = report_of("_POSSIBLE Jump Wrap")
    assert [judged(report, name).word for name in ("Jump", "Wrap")] == ["violated", "proved"]
    assert report.exit_code == 10
    unknown = judged(report_of("_POSSIBLE Wrap", "bmc", 3), "Wrap").verdict
    assert isinstance(unknown, Unknown)
    assert unknown.reason == "no step within 3 steps satisfies it"


@pytest.mark.parametrize("engine", ["explicit", "explicit-reference"])
@pytest.mark.parametrize(
    ("statements", "word"),
    [
        # 1 -> 2 leaves CONSTRAINT: TLC takes no notice of it.
        ("CONSTRAINT Small _POSSIBLE ToTwo", "violated"),
        ("ACTION_CONSTRAINT UpToTwo _POSSIBLE ToTwo", "violated"),
        ("CONSTRAINT Three ACTION_CONSTRAINT UpToTwo _POSSIBLE ToTwo", "violated"),
        ("_POSSIBLE ToTwo", "proved"),
        ("_POSSIBLE Stays", "violated"),
    ],
)
def test_only_steps_that_the_search_takes_count_as_possible(
    report_of: Callable[..., Report], engine: str, statements: str, word: str
) -> None:
    report = report_of(f"{statements} CHECK_DEADLOCK FALSE", engine)
    assert [j.word for j in report.judgements] == [word]


@pytest.mark.parametrize("engine", ["explicit", "explicit-reference"])
def test_a_step_that_changes_nothing_is_possible_where_next_has_it(
    report_of: Callable[..., Report], engine: str
) -> None:
    report = report_of("_POSSIBLE Stays", engine, next_action="NextOrStay")
    assert judged(report, "Stays").word == "proved"


def test_one_predicate_may_be_an_invariant_and_possible(report_of: Callable[..., Report]) -> None:
    report = report_of("INVARIANT Small _POSSIBLE Small")
    assert [judged(report, name).word for name in ("Small", "_POSSIBLE Small")] == ["violated", "proved"]


def test_an_alias_is_what_a_counterexample_shows(report_of: Callable[..., Report]) -> None:
    # TLC shows the same: after the last state comes that state again.
    verdict = judged(report_of("INVARIANT Small ALIAS Shown"), "Small").verdict
    assert isinstance(verdict, Violated)
    trace = verdict.trace
    rows = [dict(zip(trace.variables, map(format_value, state), strict=True)) for state in trace.states]
    assert rows == [
        {"value": "0", "next": "1", "level": "1", "past": "1"},
        {"value": "1", "next": "2", "level": "2", "past": "2"},
        {"value": "2", "next": "2", "level": "3", "past": "3"},
    ]


@pytest.mark.parametrize("alias", ["Number", "Broken"])
def test_an_alias_that_is_no_record_leaves_the_variables_and_says_so(
    report_of: Callable[..., Report], alias: str
) -> None:
    report = report_of(f"INVARIANT Small ALIAS {alias}")
    verdict = judged(report, "Small").verdict
    assert isinstance(verdict, Violated)
    assert verdict.trace.variables == ("x",)
    assert [d.code for d in report.diagnostics].count("config.ignored") == 1


def test_what_is_printed_is_shown_once(report_of: Callable[..., Report]) -> None:
    notes = [d.notes for d in report_of("INVARIANT Small").diagnostics if d.code == "run.print"]
    assert [[note.message for note in said] for said in notes] == [['"begin"']]


@pytest.mark.parametrize(
    ("statements", "word"), [("INVARIANT Early", "unknown"), ("CONSTRAINT Early", "proved")]
)
def test_what_asks_about_the_search_is_not_proved_by_it(
    report_of: Callable[..., Report], statements: str, word: str
) -> None:
    # After five steps x is 0 once more, and a search does not look at that state again.
    assert judged(report_of(statements), "deadlock").word == word


CONFIGURED = """---- MODULE Configured ----
EXTENDS Naturals, TLC
ASSUME TLCGet("config").mode = "bfs"
ASSUME TLCGet("config") = [mode |-> "bfs", deadlock |-> FALSE, worker |-> 2]
VARIABLE x
Init == x = 0
Next == x' = (x + 1) % 4
Walked == TLCGet("config") = [mode |-> "simulate", deadlock |-> FALSE, worker |-> 1,
                              depth |-> 7, traces |-> 5, seed |-> "3", sched |-> "random"]
Reached == x < 4
====
"""


def test_the_specification_is_told_how_it_is_run(tmp_path: Path) -> None:
    path = tmp_path / "Configured.tla"
    path.write_text(CONFIGURED, encoding="utf-8")
    path.with_suffix(".cfg").write_text("INIT Init NEXT Next INVARIANT Reached CHECK_DEADLOCK FALSE\n")
    report = Session(str(path)).prove(Options(engine="explicit", workers=2))
    assert report.exit_code == 0
    # The second assumption says two workers.
    assert Session(str(path)).prove(Options(engine="explicit")).exit_code == 10
    assert Session(str(path)).check().exit_code == 10


def test_random_walks_are_told_how_they_are_walked(tmp_path: Path) -> None:
    text = "\n".join(line for line in CONFIGURED.splitlines() if not line.startswith("ASSUME"))
    path = tmp_path / "Configured.tla"
    path.write_text(text, encoding="utf-8")
    path.with_suffix(".cfg").write_text("INIT Init NEXT Next INVARIANT Walked CHECK_DEADLOCK FALSE\n")
    walked = Session(str(path)).prove(Options(walking=Walking(seed=3, depth=7, walks=5)))
    assert judged(walked, "Walked").word != "violated"
    assert walked.walks is not None
    assert judged(Session(str(path)).prove(Options(engine="explicit")), "Walked").word == "violated"


def test_where_tlc_is_installed_is_not_known_here(tmp_path: Path) -> None:
    path = tmp_path / "Configured.tla"
    path.write_text(CONFIGURED.replace('").mode = "bfs"', '").install = ""'), encoding="utf-8")
    path.with_suffix(".cfg").write_text("INIT Init NEXT Next\n")
    assert [d.code for d in Session(str(path)).check().diagnostics] == ["eval.domain"]
