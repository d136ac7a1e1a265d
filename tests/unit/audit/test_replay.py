"""A trace is believed only when both readings of the next-state action confirm every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from aioformal.audit.replay import replay_fault, replay_trace
from aioformal.diagnostic import Diagnostic, DiagnosticError, error
from aioformal.evidence.join import EvidenceError
from aioformal.evidence.verdict import ActionLabel, Fault, Trace
from aioformal.resolve.model import PartKind, Property, PropertyKind, PropertyPart
from aioformal.source import Source, Span
from aioformal.syntax import ast

SPAN = Span(Source("Count.tla", "x < 3"), 0, 5)
FORMULA = ast.Boolean(SPAN, True)
INC, RESET = ActionLabel("Inc"), ActionLabel("Reset")


class Step(NamedTuple):
    label: ActionLabel
    state: tuple[int, ...]


def counting(state: tuple[int, ...]) -> Iterator[Step]:
    if state[0] < 5:
        yield Step(INC, (state[0] + 1,))
    if 0 < state[0] < 5:
        yield Step(RESET, (0,))


def always(*_: object) -> bool:
    return True


def never(*_: object) -> bool:
    return False


@dataclass
class FakeProgram:
    """A counter from 0 to 5 that can be reset; `x < 3` is what every predicate asks."""

    successors: Callable[[tuple[int, ...]], Iterator[Step]] = counting
    step: Callable[[tuple[int, ...], tuple[int, ...]], bool] = lambda s, t: t[0] in (s[0] + 1, 0)
    small: Callable[[tuple[int, ...]], bool] = lambda s: s[0] < 3
    inside: Callable[[tuple[int, ...]], bool] = always
    allowed: Callable[[tuple[int, ...], tuple[int, ...]], bool] = always

    def is_initial(self, state: tuple[int, ...]) -> bool:
        return state == (0,)

    def is_step(self, s: tuple[int, ...], t: tuple[int, ...]) -> bool:
        return self.step(s, t)

    def satisfies_constraints(self, state: tuple[int, ...]) -> bool:
        return self.inside(state)

    def satisfies_action_constraints(self, s: tuple[int, ...], t: tuple[int, ...]) -> bool:
        return self.allowed(s, t)

    def predicate(self, _: ast.Expr) -> Callable[[tuple[int, ...]], bool]:
        return self.small

    def step_predicate(self, *_: object) -> Callable[..., bool]:
        return lambda s, t: t[0] > s[0]


def prop(kind: PartKind) -> Property:
    return Property("Small", PropertyKind.INVARIANT, (PropertyPart(kind, FORMULA),), SPAN)


def up_to(last: int, *labels: ActionLabel) -> Trace:
    return Trace(("x",), tuple((i,) for i in range(last + 1)), labels or (INC,) * last)


SMALL = prop(PartKind.ALWAYS)


def replay(program: FakeProgram, trace: Trace, what: Property | None = SMALL) -> Trace:
    return replay_trace(program, what, trace)  # type: ignore[arg-type]


def test_a_true_counterexample_replays() -> None:
    assert replay(FakeProgram(), up_to(3)) == up_to(3)


def test_the_reference_semantics_names_the_actions() -> None:
    assert replay(FakeProgram(), up_to(3, INC, ActionLabel("Wrong"), INC)).actions == (INC, INC, INC)


def test_a_step_that_only_one_branch_can_enumerate_is_judged_by_the_predicate() -> None:
    def broken(_: tuple[int, ...]) -> Iterator[Step]:
        raise error("eval.infinite", "Nat is infinite", SPAN)
        yield

    assert replay(FakeProgram(successors=broken), up_to(3)).depth == 3


@pytest.mark.parametrize(
    ("program", "trace", "says"),
    [
        (FakeProgram(), up_to(2), "does not violate"),
        (FakeProgram(), Trace(("x",), ((1,), (2,), (3,)), (INC, INC)), "initial"),
        (FakeProgram(), Trace(("x",), ((0,), (2,), (3,)), (INC, INC)), "no step"),
        (FakeProgram(step=always), Trace(("x",), ((0,), (4,)), (INC,)), "successors"),
        (FakeProgram(step=never), up_to(3), "no step"),
        (FakeProgram(inside=lambda s: s[0] < 2), up_to(3), "CONSTRAINT"),
        (FakeProgram(allowed=lambda *st: st[1][0] < 2), up_to(3), "ACTION_CONSTRAINT"),
        (FakeProgram(), Trace(("x",), (), ()), "no states"),
        (FakeProgram(), Trace(("x",), ((0,), (1,)), ()), "one action"),
    ],
)
def test_what_does_not_replay_is_not_shown(program: FakeProgram, trace: Trace, says: str) -> None:
    with pytest.raises(EvidenceError, match=says):
        replay(program, trace)


def test_the_last_state_may_lie_outside_the_constraint() -> None:
    assert replay(FakeProgram(inside=lambda s: s[0] < 3), up_to(3)).depth == 3


def test_the_last_step_may_be_a_forbidden_one() -> None:
    assert replay(FakeProgram(allowed=lambda *st: st[1][0] < 3), up_to(3)).depth == 3


@pytest.mark.parametrize(
    "program", [FakeProgram(inside=lambda s: s[0] < 5), FakeProgram(allowed=lambda *st: st[1][0] < 5)]
)
def test_a_deadlock_is_in_a_state_that_is_expanded(program: FakeProgram) -> None:
    with pytest.raises(EvidenceError, match="CONSTRAINT"):
        replay(program, up_to(5), None)


def test_a_step_property_is_judged_on_the_last_step() -> None:
    reset = Trace(("x",), ((0,), (1,), (0,)), (INC, RESET))
    assert replay(FakeProgram(), reset, prop(PartKind.STEP)) == reset
    with pytest.raises(EvidenceError):
        replay(FakeProgram(), up_to(2), prop(PartKind.STEP))
    with pytest.raises(EvidenceError):
        replay(FakeProgram(), up_to(0), prop(PartKind.STEP))


def test_an_initial_property_is_judged_on_the_first_state() -> None:
    program = FakeProgram(small=lambda s: s[0] > 0)
    assert replay(program, up_to(0), prop(PartKind.INITIAL)).depth == 0


def test_a_temporal_property_has_no_counterexample_that_could_be_replayed() -> None:
    with pytest.raises(EvidenceError):
        replay(FakeProgram(), up_to(3), prop(PartKind.TEMPORAL))


def test_a_deadlock_has_no_successor() -> None:
    assert replay(FakeProgram(), up_to(5), None).depth == 5
    with pytest.raises(EvidenceError, match="successor"):
        replay(FakeProgram(), up_to(4), None)


FAULT = Fault(Diagnostic("eval.domain", "outside", SPAN), up_to(2), "bmc")


def failing(_: object) -> bool:
    raise error("eval.domain", "outside", SPAN)


def test_a_fault_in_a_property_names_it() -> None:
    program: Any = FakeProgram(small=failing)
    assert replay_fault(program, (SMALL,), FAULT) is SMALL


def test_a_fault_in_the_behaviour_belongs_to_no_property() -> None:
    def fails_at_two(state: tuple[int, ...]) -> Iterator[Step]:
        if state == (2,):
            raise error("eval.domain", "outside", SPAN)
        yield from counting(state)

    program: Any = FakeProgram(successors=fails_at_two)
    assert replay_fault(program, (SMALL,), FAULT) is None


def test_a_fault_in_the_action_constraint_of_the_last_step() -> None:
    def fails_at_two(_: object, after: tuple[int, ...]) -> bool:
        return after[0] < 2 or failing(after)

    program: Any = FakeProgram(allowed=fails_at_two)
    assert replay_fault(program, (SMALL,), FAULT) is None


def test_a_state_behind_a_forbidden_step_cannot_fail_to_be_expanded() -> None:
    def fails_at_two(state: tuple[int, ...]) -> Iterator[Step]:
        if state == (2,):
            raise error("eval.domain", "outside", SPAN)
        yield from counting(state)

    program: Any = FakeProgram(successors=fails_at_two, allowed=lambda *st: st[1][0] < 2)
    with pytest.raises(EvidenceError, match="does not come about"):
        replay_fault(program, (SMALL,), FAULT)


def test_a_fault_that_does_not_come_about_is_our_own() -> None:
    program: Any = FakeProgram()
    with pytest.raises(EvidenceError, match="does not come about"):
        replay_fault(program, (SMALL,), FAULT)


def test_a_fault_before_any_state_has_nothing_to_replay() -> None:
    program: Any = FakeProgram()
    assert replay_fault(program, (SMALL,), replace(FAULT, trace=None)) is None


def test_an_error_in_the_judged_property_is_passed_on() -> None:
    with pytest.raises(DiagnosticError, match=r"eval\.domain"):
        replay(FakeProgram(small=failing), up_to(1))
