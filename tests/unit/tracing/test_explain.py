"""Logs that a specification explains, logs that it does not, and what is said of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aioformal.diagnostic import DiagnosticError, Exit
from aioformal.session.tracing import explain_log
from aioformal.tracing import Explained, Log, LoggedStep, Unexplained, explain, ground
from aioformal.tracing import search as searching
from aioformal.tracing.ground import InterpretedGround
from tests.unit.tracing.logs import LOCK, held, session_in, write_log

MAP = """
[log]
event = "what"
ignore = ["noise"]
[unlogged]
actions = ["Ask"]
limit = 2
[fields.who]
names = "Pool"
[events.ask]
action = "Ask"
parameters = { t = "who" }
[events.lock]
action = "Take"
parameters = { t = "who" }
[events.unlock]
action = "Give"
parameters = { t = "who" }
after = { served = "n" }
[events.look]
after = { holder = "holder" }
"""


@pytest.fixture(params=["machine code", "reference semantics"], autouse=True)
def runner(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "reference semantics":
        monkeypatch.setattr(ground, "MachineGround", lambda problem: InterpretedGround(problem.program))
    return request.param


def ev(name: str, **fields: Any) -> dict[str, Any]:
    return {"event": name, **fields}


def what(name: str, **fields: Any) -> dict[str, Any]:
    return {"what": name, **fields}


def test_a_log_in_the_words_of_the_specification_is_explained(tmp_path: Path, runner: str) -> None:
    links: list[LoggedStep] = []
    log = [ev("Ask", t="p"), ev("Take", t="p", waiting={"#set": []}), ev("Give", t="p", served=1)]
    found = held(tmp_path, log, sink=links)
    assert found == Explained(events=3, steps=3, unlogged=0, worlds=1, ends=1, runner=runner)
    assert [link.action and link.action.name for link in links] == [None, "Ask", "Take", "Give"]
    assert [link.event and link.event.line for link in links] == [None, 1, 2, 3]


def test_the_first_event_that_does_not_fit_is_named_with_the_field(tmp_path: Path) -> None:
    log = [ev("Ask", t="p"), ev("Take", t="p"), ev("Give", t="p", served=2), ev("Ask", t="q")]
    found = held(tmp_path, log)
    assert isinstance(found, Unexplained)
    assert (found.exit_code, found.explained, found.count, found.cut) == (Exit.SAFETY, 2, 1, None)
    assert [event.line for event in found.events] == [3]
    assert found.nearest is not None
    (mismatch,) = found.nearest.mismatches
    assert (mismatch.about, mismatch.has, mismatch.moment) == ("served", "1", "after")
    assert found.nearest.event.span(mismatch.place).text == '"served": 2'
    assert {step.action.name for step in found.allowed} == {"Ask", "Give"}


def test_what_an_event_leaves_out_is_searched_for(tmp_path: Path) -> None:
    log = [ev("Ask"), ev("Ask"), ev("Take"), ev("Give", t="q")]
    found = held(tmp_path, log)
    assert isinstance(found, Explained)
    assert (found.worlds, found.ends) == (2, 1)


def test_an_event_without_a_name_is_any_step(tmp_path: Path) -> None:
    assert isinstance(held(tmp_path, [{"waiting": {"#set": ["q"]}}, {"holder": "q"}]), Explained)
    assert isinstance(held(tmp_path, [{"holder": "q"}]), Unexplained)


def test_steps_may_be_missing_only_up_to_the_limit(tmp_path: Path) -> None:
    log = [ev("Give", t="p", served=1), ev("Give", t="q", served=2)]
    assert isinstance(held(tmp_path, log, unlogged=2), Explained)
    cut = held(tmp_path, log, unlogged=1)
    assert isinstance(cut, Unexplained)
    assert cut.exit_code is Exit.UNDECIDED
    assert cut.cut is not None
    assert "more unlogged steps were possible than the 1 that" in cut.cut
    assert held(tmp_path, log).exit_code is Exit.SAFETY


def test_a_search_through_all_unlogged_steps_decides(tmp_path: Path) -> None:
    """The lock serves without end, but `Ask` alone leads to four states."""
    found = held(tmp_path, [what("lock", who="a"), what("lock", who="b")], MAP, unlogged=9)
    assert found.exit_code is Exit.SAFETY


def test_a_map_translates_names_and_looks(tmp_path: Path) -> None:
    log = [
        what("noise", x=1),
        what("lock", who="0xffff8880"),
        what("look", holder="q"),
        what("unlock", who="0xffff8880", n=1),
        what("lock", who=4711),
        what("look", holder="p"),
    ]
    found = held(tmp_path, log, MAP)
    assert found == Explained(5, 5, 2, worlds=4, ends=2, runner=found.runner)


def test_a_name_means_one_member_and_a_member_has_one_name(tmp_path: Path) -> None:
    first = [what("lock", who="a"), what("unlock", who="a"), what("look", holder="nobody")]
    assert isinstance(held(tmp_path, [*first, what("lock", who="b")], MAP), Explained)
    known = [what("lock", who="a"), what("look", holder="p"), what("unlock", who="a"), what("lock", who="b")]
    assert isinstance(held(tmp_path, [*known, what("look", holder="q")], MAP), Explained)
    assert held(tmp_path, [*known, what("look", holder="p")], MAP).exit_code is Exit.SAFETY
    third = [*known, what("unlock", who="b"), what("lock", who="c")]
    assert held(tmp_path, third, MAP).exit_code is Exit.SAFETY


def test_a_released_name_is_free_again(tmp_path: Path) -> None:
    toml = MAP.replace("[events.look]", 'release = ["who"]\n[events.look]')
    log = [what(name, who=f"p{n}") for n in range(20) for name in ("lock", "unlock")]
    assert isinstance(held(tmp_path, log, toml), Explained)
    assert held(tmp_path, log, MAP).exit_code is Exit.SAFETY


def test_names_that_the_map_fixes_are_not_given_away(tmp_path: Path) -> None:
    toml = MAP.replace("[fields.who]", '[names.Pool]\nmain = "q"\n[fields.who]')
    log = [what("lock", who="other"), what("look", holder="p"), what("unlock", who="other")]
    assert isinstance(held(tmp_path, [*log, what("lock", who="main")], toml), Explained)
    assert held(tmp_path, [what("lock", who="x"), what("look", holder="q")], toml).exit_code is Exit.SAFETY


def test_events_in_overlapping_boxes_may_have_happened_in_any_order(tmp_path: Path) -> None:
    toml = MAP.replace('event = "what"', 'event = "what"\nearliest = "a"\nlatest = "b"')
    late = [what("unlock", who="x", a=1, b=9), what("lock", who="x", a=2, b=3)]
    assert isinstance(held(tmp_path, late, toml), Explained)
    apart = [what("unlock", who="x", a=1, b=1), what("lock", who="x", a=2, b=3)]
    found = held(tmp_path, apart, toml)
    assert isinstance(found, Unexplained)
    assert [event.line for event in found.events] == [1]


def test_a_lane_keeps_the_order_of_its_lines(tmp_path: Path) -> None:
    toml = MAP.replace('event = "what"', 'event = "what"\nearliest = "a"\nlatest = "b"\nlane = "cpu"')
    log = [what("unlock", who="x", a=1, b=9, cpu=0), what("lock", who="x", a=2, b=9, cpu=1)]
    assert isinstance(held(tmp_path, log, toml), Explained)
    log[1]["cpu"] = 0
    assert isinstance(held(tmp_path, log, toml), Unexplained)


def test_slack_widens_the_boxes(tmp_path: Path) -> None:
    toml = MAP.replace('event = "what"', 'event = "what"\ntime = "ts"\nslack = SLACK')
    log = [what("unlock", who="x", ts=10), what("lock", who="x", ts=12)]
    assert isinstance(held(tmp_path, log, toml.replace("SLACK", "1")), Explained)
    assert isinstance(held(tmp_path, log, toml.replace("SLACK", "0.5")), Unexplained)


def test_integers_may_leave_what_was_expected_of_them(tmp_path: Path) -> None:
    """The shapes are guesses: a long log leaves them, and places are written anew, more than once."""
    log = [ev(name, t="p") for _ in range(400) for name in ("Ask", "Take", "Give")]
    log[-1]["served"] = 400
    assert isinstance(held(tmp_path, log, unlogged=0), Explained)
    log[-1]["served"] = 401
    found = held(tmp_path, log)
    assert isinstance(found, Unexplained)
    assert found.explained == 1199


def test_integers_beyond_words_end_up_on_the_reference_semantics(tmp_path: Path) -> None:
    text = LOCK.replace("served' = served + 1", "served' = 3 * (served + 1)")
    log = [ev(name, t="p") for _ in range(45) for name in ("Ask", "Take", "Give")]
    found = held(tmp_path, log, text=text)
    assert isinstance(found, Explained)
    assert found.runner == "reference semantics"


def test_a_constraint_is_no_part_of_the_specification(tmp_path: Path) -> None:
    text = LOCK.replace("====", "Few == served < 1\n====")
    cfg = "SPECIFICATION Spec\nCONSTANT Pool = {p, q}\nCONSTRAINT Few\n"
    log = [ev(name, t="p") for _ in range(3) for name in ("Ask", "Take", "Give")]
    assert isinstance(held(tmp_path, log, text=text, cfg=cfg), Explained)


def test_an_infinite_choice_is_refused_with_its_place(tmp_path: Path) -> None:
    text = LOCK.replace("Next ==", "Jump(n) == served' = n /\\ UNCHANGED <<holder, waiting>>\nNext ==")
    text = text.replace("\\/ Give(t)", "\\/ Give(t) \\/ \\E n \\in [{1} -> Nat] : Jump(n[1])")
    with pytest.raises(DiagnosticError) as caught:
        held(tmp_path, [ev("Jump", n=70000)], text=text)
    assert caught.value.diagnostics[0].code == "eval.infinite"
    assert caught.value.diagnostics[0].span is not None


def test_integers_without_an_end_are_chosen_beside_other_steps(tmp_path: Path) -> None:
    text = LOCK.replace("Next ==", "Jump(n) == served' = n /\\ UNCHANGED <<holder, waiting>>\nNext ==")
    text = text.replace("\\/ Give(t)", "\\/ Give(t) \\/ \\E n \\in Nat : Jump(n)")
    log = [ev("Ask", t="p"), ev("Jump", n=70000), ev("Take"), ev("Give", served=70001), ev("Jump", served=3)]
    found = held(tmp_path, log, text=text)
    assert isinstance(found, Explained)
    assert found.runner == "a solver"
    log[3] = ev("Give", served=70002)
    wrong = held(tmp_path, log, text=text)
    assert isinstance(wrong, Unexplained)
    assert (wrong.explained, wrong.cut) == (3, None)


def test_too_many_ways_are_undecided(tmp_path: Path) -> None:
    session = session_in(tmp_path, cfg="SPECIFICATION Spec\nCONSTANT Pool = {a, b, c, d}\n")
    log = write_log(tmp_path, [{}] * 3)
    found = explain(session.problem, Log(log), limits=searching.Limits(worlds=5))
    assert found.exit_code is Exit.UNDECIDED
    assert isinstance(found, Unexplained)
    assert found.explained == 1


def test_no_initial_state_is_said(tmp_path: Path) -> None:
    text = LOCK.replace("Init == holder", "Init == FALSE /\\ holder")
    with pytest.raises(DiagnosticError, match="no state satisfies"):
        held(tmp_path, [ev("Ask")], text=text)


def test_an_empty_log_is_explained_by_no_step(tmp_path: Path) -> None:
    found = held(tmp_path, [])
    assert isinstance(found, Explained)
    assert (found.events, found.steps) == (0, 0)


def test_the_behaviour_of_a_long_log_is_settled_on_the_way(tmp_path: Path) -> None:
    """What all explanations share is handed on before the log ends, and in order."""
    session = session_in(tmp_path)
    names = ("Ask", "Take", "Give")
    log = write_log(tmp_path, [ev(name) for _ in range(1000) for name in names])
    seen: list[LoggedStep] = []
    early: list[int] = []
    explain_log(session, log, sink=seen.append, on_progress=lambda _: early.append(len(seen)))
    assert early[-1] > 1000
    assert [link.event.line for link in seen if link.event] == list(range(1, 3001))
