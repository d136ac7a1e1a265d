"""What several engines' answers come to together, and how a run ends early. Engines are scripted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from aioformal.diagnostic import Diagnostic, DiagnosticError, Exit, error
from aioformal.engine.protocol import Budget, Progress, Reached
from aioformal.evidence.join import EvidenceError
from aioformal.evidence.verdict import (
    Exploration,
    Fault,
    Holds,
    Inductive,
    Proved,
    Unknown,
    Vacuous,
    Verdict,
    Violated,
)
from aioformal.portfolio import Outcome, Request, Stop, ledger, race, run
from aioformal.portfolio.race import SolverCrashError
from aioformal.portfolio.worker import Crashed, Encoded, Refused, engine_order, without
from aioformal.resolve.model import PartKind
from aioformal.syntax import ast
from tests.unit.portfolio.scripted import (
    COMPLETE,
    PROVED,
    SPAN,
    TRACE,
    HesitantRival,
    Scripted,
    ScriptedRival,
    found,
    problem,
    prop,
)


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    monkeypatch.setattr(ledger, "replay_trace", lambda _program, _prop, trace: trace)
    monkeypatch.setattr(ledger, "replay_fault", lambda *_: None)
    monkeypatch.setattr(ledger, "explained", lambda *_: None)
    monkeypatch.setattr(ledger, "relevance", lambda *_: None)
    monkeypatch.setattr(ledger, "relevance_to_fault", lambda *_: None)

    def start(
        asked: Any,
        explicit: Scripted,
        rival: ScriptedRival | None = None,
        **request: Any,
    ) -> Outcome:
        stop = request.pop("stop", None)
        monkeypatch.setattr(race, "make_engine", lambda *_: explicit)
        monkeypatch.setattr(race, "Rival", rival or ScriptedRival())
        monkeypatch.setattr(race, "HEAD_START", -1.0 if rival is not None else 60.0)
        return run(asked, Request(**request), lambda _: None, stop or Stop())

    return start


def verdict_of(outcome: Outcome, name: str = "P") -> Verdict:
    return outcome.findings[name].verdict


def test_a_small_model_needs_no_second_process(play: Callable[..., Outcome]) -> None:
    rival = ScriptedRival()
    run_rival = play(problem(prop("P")), Scripted([found("P", PROVED), COMPLETE]), None)
    assert verdict_of(run_rival) == PROVED
    assert run_rival.exploration == COMPLETE
    assert not rival.started


def test_the_first_conclusive_answer_ends_the_other_engine(play: Callable[..., Outcome]) -> None:
    def endless(_: Budget) -> Iterator[Progress]:
        while True:
            yield Progress("explicit", 1, 0.1)

    explicit = Scripted([endless])
    induction = found("P", Proved(Inductive(1, "P", "b", "s")), "k-induction")
    rival = ScriptedRival([Encoded(0.5), induction])
    outcome = play(problem(prop("P")), explicit, rival)
    assert outcome.findings["P"] is induction
    assert outcome.encode_seconds == 0.5
    assert explicit.closed
    assert rival.ended


def test_what_the_rival_had_found_is_held_against_the_exhaustive_answer(play: Callable[..., Outcome]) -> None:
    rival = ScriptedRival([found("P", Violated(TRACE), "bmc")])
    with pytest.raises(EvidenceError):
        play(problem(prop("P")), Scripted([found("P", PROVED), COMPLETE]), rival)
    assert rival.ended


def misconfigured(_budget: Budget) -> Iterator[Any]:
    raise error("config.symmetry", "no symmetry")
    yield


def test_a_counterexample_outlives_a_wrong_configuration(play: Callable[..., Outcome]) -> None:
    asked = problem(prop("P"), prop("Q"))
    explicit = Scripted([found("P", Violated(TRACE)), misconfigured])
    outcome = play(asked, explicit, engine="explicit")
    assert isinstance(outcome.findings["P"].verdict, Violated)
    assert outcome.findings["Q"].verdict == Unknown("explicit: no symmetry")
    assert [d.code for d in outcome.diagnostics] == ["config.symmetry"]


def test_a_wrong_configuration_ends_a_run_that_has_found_nothing(play: Callable[..., Outcome]) -> None:
    with pytest.raises(DiagnosticError) as caught:
        play(problem(prop("P")), Scripted([misconfigured]))
    assert caught.value.diagnostics[0].code == "config.symmetry"


def test_a_symbolic_engine_says_that_it_does_not_use_symmetry(play: Callable[..., Outcome]) -> None:
    asked = problem(prop("P"))
    asked.model.symmetry = ast.Boolean(SPAN, True)
    outcome = play(asked, Scripted([]), ScriptedRival([found("P", Holds(9), "bmc")]), engine="bmc")
    assert [d.code for d in outcome.diagnostics] == ["config.ignored"]


def test_when_nothing_is_conclusive_the_deepest_bound_counts(play: Callable[..., Outcome]) -> None:
    rival = ScriptedRival([found("P", Holds(9), "bmc"), found("P", Unknown("not inductive"), "k-induction")])
    outcome = play(problem(prop("P")), Scripted([found("P", Holds(4))]), rival)
    assert verdict_of(outcome) == Holds(9)


def test_an_engine_that_was_chosen_runs_alone(play: Callable[..., Outcome]) -> None:
    rival = ScriptedRival([found("P", Holds(9), "bmc")])
    explicit = Scripted([found("P", PROVED), COMPLETE])
    assert verdict_of(play(problem(prop("P")), explicit, rival, engine="bmc")) == Holds(9)
    assert not explicit.closed
    alone = ScriptedRival()
    play(problem(prop("P")), Scripted([found("P", PROVED)]), alone, engine="explicit")
    assert not alone.started


def test_no_initial_state_proves_nothing(play: Callable[..., Outcome]) -> None:
    nothing = Exploration(0, 0, 0, 0, complete=True)
    outcome = play(problem(prop("P")), Scripted([found("P", PROVED), nothing]))
    assert isinstance(verdict_of(outcome), Vacuous)


def test_a_property_without_an_answer_is_unknown_with_the_reason(play: Callable[..., Outcome]) -> None:
    asked = problem(prop("P"), prop("Live", PartKind.TEMPORAL), deadlock=True)
    rival = ScriptedRival([Refused("bmc", (Diagnostic("encode.unsupported", "no SUBSET here"),))])
    outcome = play(asked, Scripted([found("P", PROVED)]), rival)
    assert "temporal" in getattr(verdict_of(outcome, "Live"), "reason", "")
    assert "no SUBSET here" in getattr(verdict_of(outcome, "deadlock"), "reason", "")


def test_a_fault_ends_the_run(play: Callable[..., Outcome]) -> None:
    fault = Fault(Diagnostic("eval.domain", "outside", SPAN), TRACE, "explicit")
    outcome = play(problem(prop("P")), Scripted([fault]))
    assert outcome.fault is fault
    assert outcome.fault_exit is Exit.EVALUATION
    assert isinstance(verdict_of(outcome), Unknown)


def test_a_fault_within_a_property_has_its_own_exit_code(
    play: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "replay_fault", lambda *_: prop("P"))
    fault = Fault(Diagnostic("eval.domain", "outside", SPAN), TRACE, "explicit")
    assert play(problem(prop("P")), Scripted([fault])).fault_exit is Exit.EVALUATION_SAFETY


def test_an_engine_that_raises_an_evaluation_error_has_found_a_fault(play: Callable[..., Outcome]) -> None:
    def raises(_: Budget) -> Iterator[Progress]:
        raise error("eval.infinite", "Nat is infinite", SPAN)
        yield

    outcome = play(problem(prop("P")), Scripted([raises]))
    assert outcome.fault is not None
    assert outcome.fault.diagnostic.code == "eval.infinite"


def test_a_stop_sign_reaches_the_engine(play: Callable[..., Outcome]) -> None:
    stop = Stop()

    def obeys(budget: Budget) -> Iterator[Any]:
        assert not budget.exhausted()
        stop.set("interrupt")
        assert budget.exhausted()
        yield found("P", Holds(3))

    outcome = play(problem(prop("P"), deadlock=True), Scripted([obeys]), stop=stop)
    assert outcome.stopped == "interrupt"
    assert verdict_of(outcome) == Holds(3)
    assert "interrupted" in getattr(verdict_of(outcome, "deadlock"), "reason", "")


def test_ctrl_c_in_an_engine_keeps_what_is_known(play: Callable[..., Outcome]) -> None:
    def interrupted(_: Budget) -> Iterator[Any]:
        yield found("P", Violated(TRACE))
        yield Progress("explicit", 7, 0.1)
        raise KeyboardInterrupt

    outcome = play(problem(prop("P"), prop("Q")), Scripted([interrupted]))
    assert outcome.stopped == "interrupt"
    assert isinstance(verdict_of(outcome), Violated)
    assert "depth 7" in getattr(verdict_of(outcome, "Q"), "reason", "")


def test_what_an_engine_had_looked_at_counts_though_it_was_ended(play: Callable[..., Outcome]) -> None:
    stop = Stop()

    @dataclass
    class Interrupted(ScriptedRival):
        def poll(self, _seconds: float = 0.0) -> Iterator[Any]:
            yield from super().poll()
            stop.set("interrupt")

    said = [
        Reached("bmc", {"P": 0, "Q": 0}, 0.1),
        found("Q", Violated(TRACE), "bmc"),
        Reached("bmc", {"P": 3}, 0.2),
    ]
    asked = problem(prop("P"), prop("Q"), prop("R"))
    outcome = play(asked, Scripted([]), Interrupted(said), engine="bmc", stop=stop)
    assert outcome.stopped == "interrupt"
    assert verdict_of(outcome) == Holds(3)
    assert isinstance(verdict_of(outcome, "Q"), Violated)
    assert isinstance(verdict_of(outcome, "R"), Unknown)
    assert verdict_of(outcome, "shapes") == Holds(3)


def test_what_is_only_read_after_the_end_counts_too(play: Callable[..., Outcome]) -> None:
    @dataclass
    class Late(ScriptedRival):
        def poll(self, _seconds: float = 0.0) -> Iterator[Any]:
            if self.ended:
                yield from super().poll()

    stop = Stop()
    stop.set("interrupt")
    outcome = play(
        problem(prop("P")), Scripted([]), Late([found("P", Violated(TRACE))]), engine="bmc", stop=stop
    )
    assert isinstance(verdict_of(outcome), Violated)


def test_the_last_word_of_an_engine_replaces_how_far_it_had_come(play: Callable[..., Outcome]) -> None:
    unknown = found("P", Unknown("not inductive"), "k-induction")
    rival = ScriptedRival([Reached("k-induction", {"P": 3}, 0.1), unknown])
    assert play(problem(prop("P")), Scripted([]), rival, engine="k-induction").findings["P"] is unknown
    rival = ScriptedRival([found("P", Holds(2), "bmc"), Reached("k-induction", {"P": 5}, 0.1)])
    assert verdict_of(play(problem(prop("P")), Scripted([]), rival)) == Holds(5)


def test_how_far_one_engine_came_is_held_against_the_counterexample_of_another(
    play: Callable[..., Outcome],
) -> None:
    rival = ScriptedRival([Reached("bmc", {"P": 1}, 0.1)])
    with pytest.raises(EvidenceError):
        play(problem(prop("P")), Scripted([found("P", Violated(TRACE))]), rival)


def test_the_second_process_gets_the_same_deadline_and_not_a_new_one(play: Callable[..., Outcome]) -> None:
    jobs: list[Any] = []

    class Hired(ScriptedRival):
        def __call__(self, job: object) -> ScriptedRival:
            jobs.append(job)
            return self

    deadline = time.monotonic() + 50
    play(problem(prop("P")), Scripted([]), Hired(), engine="bmc", deadline=deadline)
    assert [job.deadline for job in jobs] == [deadline]


def test_a_used_up_budget_is_a_time_out(play: Callable[..., Outcome]) -> None:
    outcome = play(problem(prop("P")), Scripted([found("P", Holds(3))]), deadline=time.monotonic() - 1)
    assert outcome.stopped == "timeout"


def test_a_crash_beside_a_complete_answer_is_a_warning(play: Callable[..., Outcome]) -> None:
    rival = ScriptedRival([Crashed("killed", "")])
    outcome = play(problem(prop("P")), Scripted([found("P", Holds(3)), COMPLETE]), rival)
    assert [d.code for d in outcome.diagnostics] == ["internal.fault"]
    with pytest.raises(SolverCrashError):
        play(problem(prop("P")), Scripted([]), ScriptedRival([Crashed("killed", "")]), engine="bmc")


def unbounded(bound: int | None) -> Any:
    variable = SimpleNamespace(sort=SimpleNamespace(lo=0, hi=bound))
    return SimpleNamespace(encoding=lambda: SimpleNamespace(system=SimpleNamespace(variables=[variable])))


def test_induction_goes_first_where_no_search_can_end() -> None:
    job: Any = SimpleNamespace(engines=("bmc", "k-induction"))
    assert engine_order(job, unbounded(9)) == ("bmc", "k-induction")
    assert engine_order(job, unbounded(None)) == ("k-induction", "bmc")


def test_the_next_engine_gets_only_what_is_open() -> None:
    from aioformal.engine.protocol import Problem

    whole = Problem(problem().model, (prop("P"), prop("Q")))
    whole.__dict__["program"] = "made once"
    rest = without(whole, {"P", "deadlock"})
    assert [p.name for p in rest.properties] == ["Q"]
    assert not rest.deadlock
    assert rest.__dict__["program"] == "made once"


def test_broken_evidence_of_the_rival_ends_the_run(play: Callable[..., Outcome]) -> None:
    broken = Refused("k-induction", (Diagnostic("check.evidence", "the step is satisfiable"),))
    with pytest.raises(DiagnosticError, match=r"check\.evidence"):
        play(problem(prop("P")), Scripted([found("P", Holds(3))]), ScriptedRival([broken]))


def test_the_shapes_are_judged_as_far_as_the_symbolic_answers_go(play: Callable[..., Outcome]) -> None:
    rival = ScriptedRival([found("P", Holds(9), "bmc"), found("Q", Holds(4), "bmc")])
    outcome = play(problem(prop("P"), prop("Q")), Scripted([]), rival, engine="bmc")
    assert verdict_of(outcome, "shapes") == Holds(9)
    inductive = Proved(Inductive(1, "P", "b", "s"))
    rival = ScriptedRival([found("P", Holds(9), "bmc"), found("Q", inductive, "k-induction")])
    assert verdict_of(play(problem(prop("P"), prop("Q")), Scripted([]), rival), "shapes") == inductive
    alone = play(problem(prop("P")), Scripted([found("P", PROVED), COMPLETE]))
    assert "shapes" not in alone.findings


def test_the_counts_are_kept_when_the_explicit_engine_settles_it_beside_a_rival(
    play: Callable[..., Outcome],
) -> None:
    outcome = play(problem(prop("P")), Scripted([found("P", PROVED), COMPLETE]), ScriptedRival())
    assert outcome.exploration == COMPLETE


INFINITE = Fault(Diagnostic("eval.infinite", "Nat is infinite", SPAN), None, "explicit")


def test_what_cannot_be_enumerated_may_still_be_proved(play: Callable[..., Outcome]) -> None:
    inductive = Proved(Inductive(1, "P", "b", "s"))
    rival = ScriptedRival([found("P", inductive, "k-induction")])
    outcome = play(problem(prop("P")), Scripted([INFINITE]), rival)
    assert verdict_of(outcome) == inductive
    assert outcome.fault is None
    assert [(d.code, d.severity.value) for d in outcome.diagnostics] == [("eval.infinite", "note")]


def test_what_nobody_can_do_without_enumerating_is_a_fault(play: Callable[..., Outcome]) -> None:
    rival = ScriptedRival([found("P", Holds(20), "bmc")])
    outcome = play(problem(prop("P")), Scripted([INFINITE]), rival)
    assert outcome.fault is INFINITE
    assert verdict_of(outcome) == Holds(20)


def test_an_engine_that_was_chosen_has_nobody_to_wait_for(play: Callable[..., Outcome]) -> None:
    outcome = play(problem(prop("P")), Scripted([INFINITE]), engine="explicit")
    assert outcome.fault is INFINITE


def test_an_engine_that_runs_alone_may_say_what_it_looked_at_after_its_last_answer(
    play: Callable[..., Outcome],
) -> None:
    rival = HesitantRival([found("P", PROVED, "bmc"), COMPLETE])
    outcome = play(problem(prop("P")), Scripted([]), rival, engine="bmc")
    assert outcome.exploration == COMPLETE
