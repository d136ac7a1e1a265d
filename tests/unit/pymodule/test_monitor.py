"""A monitor says what an independent replay says, of runs and of their mutants."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

import aioformal
from aioformal.concrete import Program, compile_model
from aioformal.pymodule.runtime.monitor import exactly, same
from aioformal.pymodule.runtime.values import ModelValue
from aioformal.report.itf import trace_from_itf
from aioformal.resolve import load_model
from aioformal.resolve.model import PartKind
from aioformal.value import values
from aioformal.value.values import State, Value

ROOT = Path(__file__).parents[3]
LOCK = ROOT / "tests" / "golden" / "Lock.tla"
CARELESS = ROOT / "tests" / "golden" / "Careless.cfg"
AIO = ROOT / "spec" / "aio.tla"
NAIVE = ROOT / "spec" / "aio-naive.cfg"

Event = tuple[str, dict[str, object]]


@cache
def module(spec: Path, config: Path) -> ModuleType:
    return aioformal.load(spec, config)


@cache
def program(spec: Path, config: Path) -> Program:
    return compile_model(load_model(str(spec), str(config)))


def plainly(value: Value) -> object:
    """What a user of a monitor says for a value."""
    if isinstance(value, values.Bool):
        return value.truth
    return value.name if isinstance(value, values.ModelValue) else value


def replayed(reference: Program, events: Sequence[Event]) -> tuple[int, str] | None:
    """Where and why events are no run of the specification: the number of the first wrong one, and the
    property that is then broken, or the action that is not allowed. All states that are possible are kept."""
    possible = set(reference.initial_states())
    for number, (action, arguments) in enumerate(events, 1):
        found: list[tuple[State, str | None]] = []
        for before in possible:
            for step in reference.successors(before):
                given = {name: plainly(value) for name, value in step.label.arguments}
                if step.label.name == action and arguments.items() <= given.items():
                    found.append((step.state, broken(reference, before, step.state)))
        possible = {state for state, wrong in found if wrong is None}
        if not possible:
            return number, next((wrong for _, wrong in found if wrong), action)
    return None


def broken(reference: Program, before: State, after: State) -> str | None:
    """The first property that a step breaks: those of steps first, as monitors look at them."""
    parts = [(p.name, part) for p in reference.model.properties for part in p.parts]
    for name, part in parts:
        is_step = part.kind is PartKind.STEP
        if is_step and not reference.step_predicate(part.formula, part.subscript)(before, after):
            return name
    for name, part in parts:
        if part.kind is PartKind.ALWAYS and not reference.predicate(part.formula)(after):
            return name
    return None


def monitored(spec: ModuleType, events: Sequence[Event]) -> tuple[int, str] | None:
    monitor = spec.monitor()
    for action, arguments in events:
        try:
            monitor.step(action, **arguments)
        except spec.Broken as found:
            return found.event, found.rule
    return None


def mutants(events: Sequence[Event], choose: random.Random, count: int) -> Iterator[list[Event]]:
    """Events with one left out, two neighbours swapped, or one twice."""
    for _ in range(count):
        changed = list(events)
        place = choose.randrange(len(changed))
        match choose.choice(["drop", "swap", "duplicate"]):
            case "drop":
                del changed[place]
            case "swap":
                other = max(place - 1, 0)
                changed[place], changed[other] = changed[other], changed[place]
            case _:
                changed.insert(place, changed[place])
        yield changed


def every_mutant(events: Sequence[Event]) -> Iterator[list[Event]]:
    """Events with each of them left out, each twice, and each two neighbours swapped."""
    for place in range(len(events)):
        before, one, after = events[:place], events[place], events[place + 1 :]
        yield [*before, *after]
        yield [*before, one, one, *after]
        if after:
            yield [*before, after[0], one, *after[1:]]


def walk(reference: Program, length: int, choose: random.Random) -> list[Event]:
    """The events of a random walk that breaks nothing."""
    state = next(reference.initial_states())
    events: list[Event] = []
    for _ in range(length):
        steps = [s for s in reference.successors(state) if broken(reference, state, s.state) is None]
        step = choose.choice(steps)
        events.append((step.label.name, {name: plainly(value) for name, value in step.label.arguments}))
        state = step.state
    return events


class Golden(NamedTuple):
    """A counterexample: to a property of a specification with a configuration."""

    name: str
    spec: Path
    config: Path
    events: list[Event]


def golden_traces() -> list[Golden]:
    """Every counterexample in a report of the golden files."""
    found: list[Golden] = []
    for report in sorted((ROOT / "tests" / "golden").glob("*.report.json")):
        document = json.loads(report.read_text(encoding="utf-8"))
        spec, config = ROOT / document["spec"], ROOT / document["config"]
        for judged in document["properties"]:
            if judged["trace"] is not None:
                trace = trace_from_itf(judged["trace"])
                events = [(a.name, {k: plainly(v) for k, v in a.arguments}) for a in trace.actions]
                found.append(Golden(judged["name"], spec, config, events))
    return found


GOLDEN = pytest.mark.parametrize("golden", golden_traces(), ids=lambda golden: golden.name)


def test_every_counterexample_of_a_golden_text_is_in_a_golden_report() -> None:
    """Those of report-*.txt are of no specification: they are made by hand."""
    reports = [(golden.config.stem, golden.name) for golden in golden_traces()]
    told: list[tuple[str, str]] = []
    for text in sorted((ROOT / "tests" / "golden").glob("*.report.txt")):
        for names in re.findall(r"^Counterexample: (.*)$", text.read_text(encoding="utf-8"), re.MULTILINE):
            told += [(text.name.partition(".")[0], name) for name in names.split(", ")]
    assert sorted(told) == sorted(reports) != []


@GOLDEN
def test_a_trace_of_the_golden_files_breaks_its_property_at_its_end(golden: Golden) -> None:
    _, spec, config, events = golden
    found = monitored(module(spec, config), events)
    assert found == replayed(program(spec, config), events)
    assert found is not None
    assert found[0] == len(events)
    assert golden.name in {"Mutex", "OneWay"}


@GOLDEN
def test_mutants_of_golden_traces_are_judged_as_by_a_replay(golden: Golden) -> None:
    _, spec, config, events = golden
    for changed in every_mutant(events):
        assert monitored(module(spec, config), changed) == replayed(program(spec, config), changed)


@pytest.mark.parametrize("seed", range(3))
def test_walks_through_the_teardown_and_their_mutants_are_judged_as_by_a_replay(seed: int) -> None:
    choose = random.Random(seed)
    spec, reference = module(AIO, NAIVE), program(AIO, NAIVE)
    events = walk(reference, 25, choose)
    assert monitored(spec, events) is None
    verdicts = [monitored(spec, changed) for changed in mutants(events, choose, 6)]
    choose = random.Random(seed)
    walk(reference, 25, choose)
    assert verdicts == [replayed(reference, changed) for changed in mutants(events, choose, 6)]
    assert any(verdict is not None for verdict in verdicts)


def test_an_argument_that_is_not_given_leaves_states_open() -> None:
    spec = module(AIO, AIO.with_suffix(".cfg"))
    monitor = spec.monitor()
    monitor.step("IoSetup")
    assert len(monitor.states) > 1
    monitor.observe(aio_nr=2)
    assert {state.aio_nr for state in monitor.states} == {2}


def test_more_open_states_than_allowed_are_told() -> None:
    monitor = module(AIO, AIO.with_suffix(".cfg")).monitor(most=1)
    with pytest.raises(OverflowError, match="leave more than 1 states open: say more of them"):
        monitor.step("IoSetup")


def test_a_broken_rule_comes_with_the_events_that_changed_what_it_looks_at() -> None:
    spec = module(LOCK, CARELESS)
    monitor = spec.monitor()
    monitor.step("Acquire", t="a")
    with pytest.raises(spec.Broken) as caught:
        monitor.step("Acquire", t="b")
    assert caught.value.rule == "OneWay"
    assert caught.value.steps == ((1, "Acquire(t = a)"), (2, "Acquire(t = b)"))
    assert str(caught.value).startswith("OneWay (Lock.tla:28) is broken by event 2\n       1  Acquire(t = a)")


def test_a_monitor_stays_where_it_was_before_a_broken_rule() -> None:
    spec = module(LOCK, CARELESS)
    monitor = spec.monitor()
    monitor.step("Acquire", t="a")
    before = monitor.states
    with pytest.raises(spec.Broken):
        monitor.step("Acquire", t="b")
    assert monitor.states == before
    assert monitor.events == 1


def test_an_event_that_is_not_allowed_says_what_would_be() -> None:
    spec = module(LOCK, CARELESS)
    with pytest.raises(spec.Broken, match=r'Release\(t = "a"\), is no step .* here; it allows Acquire'):
        spec.monitor().step("Release", t="a")


@pytest.mark.parametrize(
    ("action", "arguments", "message"),
    [
        ("Aquire", {}, "no action is called Aquire; there are Acquire"),
        ("Acquire", {"task": "a"}, "Acquire has no parameter task; it has t"),
    ],
)
def test_a_name_that_does_not_exist_is_told(action: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        module(LOCK, CARELESS).monitor().step(action, **arguments)


def test_a_variable_that_does_not_exist_is_told() -> None:
    with pytest.raises(ValueError, match="no variable is called nobody; there are"):
        module(LOCK, CARELESS).monitor().observe(nobody=1)


def test_an_observation_that_cannot_be_says_which_events_matter() -> None:
    spec = module(LOCK, CARELESS)
    monitor = spec.monitor()
    monitor.step("Acquire", t="a")
    monitor.observe(owner={"a"}, pc={"a": "critical", "b": "idle"})
    with pytest.raises(spec.Broken) as caught:
        monitor.observe(owner=set())
    assert "owner = {a}, not" in str(caught.value)
    assert caught.value.steps == ((1, "Acquire(t = a)"),)


FLAG = """---- MODULE Flag ----
EXTENDS Integers
VARIABLES flag, count
Init == flag = 0 /\\ count = 0
Set(v) == flag' = v /\\ count' = (count + 1) % 3
Next == \\E v \\in {0, 1} : Set(v)
====
"""


def flag_monitor(folder: Path) -> Any:
    spec = folder / "Flag.tla"
    spec.write_text(FLAG, encoding="utf-8")
    spec.with_suffix(".cfg").write_text("INIT Init\nNEXT Next\n", encoding="utf-8")
    return aioformal.load(spec)


def test_what_is_remembered_of_1_is_not_said_of_true(tmp_path: Path) -> None:
    spec = flag_monitor(tmp_path)
    first = spec.monitor()
    first.step("Set", v=1)
    for value in (True, 1.0, (1,), frozenset({1})):
        monitor = spec.monitor()
        monitor.step("Set", v=0)
        monitor.step("Set", v=1)
        monitor.step("Set", v=0)
        with pytest.raises(spec.Broken):
            monitor.step("Set", v=value)
        monitor.step("Set", v=1)


@pytest.mark.parametrize("one", [(True, 1), ((True,), (1,)), (frozenset({True}), frozenset({1}))])
def test_arguments_are_told_apart_where_python_takes_them_for_equal(one: tuple[object, object]) -> None:
    a, b = one
    assert a == b
    assert exactly(a) != exactly(b)
    assert exactly(a) == exactly(a)


def test_a_monitor_that_has_forgotten_what_it_remembered_judges_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = flag_monitor(tmp_path)
    monkeypatch.setattr(spec, "MOST_REMEMBERED", 2)
    monitor = spec.monitor()
    for number in range(20):
        monitor.step("Set")
        assert len(monitor.states) == 2
        assert {state.count for state in monitor.states} == {(number + 1) % 3}
    assert monitor.remembered <= 6
    with pytest.raises(spec.Broken) as caught:
        monitor.step("Set", v=2)
    assert caught.value.event == 21


NAMES = """---- MODULE Names ----
EXTENDS Integers
VARIABLES state, self
Init == state = 0 /\\ self = {[a |-> 1]}
Do(action, step) == state' = (state + action) % 3 /\\ self' = {step}
Next == \\E n \\in {1, 2}, r \\in {[a |-> 1], [a |-> 2]} : Do(n, r)
====
"""

BRANCHES = """---- MODULE Branches ----
EXTENDS Integers
VARIABLE x
Init == x = 4
Move == (\\E up \\in {1, 2} : x' = x + up) \\/ (\\E down \\in {1, 2} : x' = x - down)
Fail == x = 4 /\\ x' = 1 \\div (x - 4)
Next == Move \\/ Fail
====
"""


def loaded(folder: Path, name: str, text: str) -> ModuleType:
    spec = folder / f"{name}.tla"
    spec.write_text(text, encoding="utf-8")
    spec.with_suffix(".cfg").write_text("INIT Init\nNEXT Next\n", encoding="utf-8")
    return aioformal.load(spec)


def test_names_of_parameters_and_variables_may_be_those_of_the_monitor(tmp_path: Path) -> None:
    spec = loaded(tmp_path, "Names", NAMES)
    monitor = spec.monitor()
    monitor.step("Do", action=2, step={"a": 2})
    monitor.observe(state=2)
    with pytest.raises(spec.Broken, match="state = 2, not 1"):
        monitor.observe(state=1)
    with pytest.raises(spec.Broken, match="state = 2, not 1"):
        monitor.observe(monitor.states[0], state=1)


def test_what_has_no_hash_is_not_remembered_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = loaded(tmp_path, "Names", NAMES)
    monkeypatch.setattr(spec, "MOST_REMEMBERED", 3)
    monitor = spec.monitor()
    for _ in range(20):
        monitor.step("Do", action=1, step={"a": 1})
    assert monitor.remembered <= 6
    assert len(monitor.positions) <= 6


def test_a_record_in_a_set_can_be_said_as_python_has_it(tmp_path: Path) -> None:
    spec = loaded(tmp_path, "Names", NAMES)
    monitor = spec.monitor()
    monitor.observe(self=spec.native(monitor.states[0].self))
    monitor.step("Do", action=1, step={"a": 2})
    with pytest.raises(spec.Broken):
        monitor.observe(self=spec.native(next(spec.initial_states()).self))


def test_a_name_that_only_some_steps_of_an_action_have_is_asked_of_those(tmp_path: Path) -> None:
    spec = loaded(tmp_path, "Branches", BRANCHES)
    monitor = spec.monitor()
    monitor.step("Move", down=1)
    monitor.observe(x=3)
    monitor.step("Move", up=2)
    monitor.observe(x=5)
    with pytest.raises(ValueError, match="no step of Move has a parameter by here"):
        monitor.step("Move", by=1)


def test_what_is_wrong_with_other_steps_does_not_hide_what_is_broken(tmp_path: Path) -> None:
    spec = loaded(tmp_path, "Branches", BRANCHES)
    with pytest.raises(spec.Broken, match="is no step that the specification allows here"):
        spec.monitor().step("Move", up=3)


def test_sets_are_the_same_only_if_each_member_is_one_of_the_others() -> None:
    c1, c2 = ModelValue("c1"), ModelValue("c2")
    assert same(frozenset({c1, c2}), {"c1", "c2"})
    assert not same(frozenset({c1, c2}), {"c1", c1})
