"""Ordering rules over the names of events alone."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import combinations, product

import pytest

from aioformal.pymodule.runtime.events import Event, EventMonitor, OrderingRule, Table
from aioformal.pymodule.runtime.monitor import Broken
from aioformal.pymodule.runtime.values import ModelValue

Moves = dict[tuple[str, frozenset[str]], str]


def table(events: tuple[str, ...], moves: dict[tuple[str, str], str], states: Iterable[str]) -> Table:
    """An automaton that stays where it is unless a move says otherwise; several events at once take the first
    of the moves that there is for one of them."""
    transitions: Moves = {}
    letters = [frozenset(c) for n in range(len(events) + 1) for c in combinations(events, n)]
    for state, letter in product([*states, "error"], letters):
        named = [moves[state, one] for one in events if one in letter and (state, one) in moves]
        transitions[state, letter] = named[0] if named else state
    return Table(events, "none", "error", transitions)


ONCE = table(("A",), {("none", "A"): "seen", ("seen", "A"): "error"}, ["none", "seen"])
PRECEDES = table(("A", "B"), {("none", "A"): "seen", ("none", "B"): "error"}, ["none", "seen"])

RELEASED_ONCE = OrderingRule("ReleasedOnce", ONCE, {"A": Event("SubQuota", ("ctx",))}, "aio.tla:700")
UNLINKED_FIRST = OrderingRule(
    "UnlinkedBeforeFree", PRECEDES, {"A": Event("HlistDel", ("ctx",)), "B": Event("Free", ("ctx",))}
)


def test_instances_are_told_apart_by_their_parameters() -> None:
    monitor = EventMonitor([RELEASED_ONCE])
    monitor.step("SubQuota", ctx=1, cpu=0)
    monitor.step("SubQuota", ctx=2, cpu=0)
    with pytest.raises(Broken) as caught:
        monitor.step("SubQuota", ctx=1, cpu=1)
    assert (caught.value.rule, caught.value.event) == ("ReleasedOnce", 3)
    assert caught.value.steps == ((1, "SubQuota(ctx = 1, cpu = 0)"), (3, "SubQuota(ctx = 1, cpu = 1)"))
    assert str(caught.value).startswith("ReleasedOnce (aio.tla:700) is broken by event 3\n")


def test_events_that_no_rule_knows_are_counted_and_nothing_else() -> None:
    monitor = EventMonitor([RELEASED_ONCE])
    for _ in range(5):
        monitor.step("KXchg", ctx=1)
    assert monitor.events == 5
    monitor.step("SubQuota", ctx=1)


def test_what_must_come_before_is_asked_for_each_instance() -> None:
    monitor = EventMonitor([UNLINKED_FIRST])
    monitor.step("HlistDel", ctx="a")
    monitor.step("Free", ctx="a")
    with pytest.raises(Broken, match="UnlinkedBeforeFree is broken by event 3"):
        monitor.step("Free", ctx="b")


def test_an_event_without_an_instance_is_one_of_every_instance_also_of_those_to_come() -> None:
    rule = OrderingRule("AfterBoot", PRECEDES, {"A": Event("Boot"), "B": Event("Free", ("ctx",))})
    early = EventMonitor([rule])
    with pytest.raises(Broken):
        early.step("Free", ctx=1)
    late = EventMonitor([rule])
    late.step("Boot")
    late.step("Free", ctx=1)
    late.step("Free", ctx=2)


def test_a_parameter_can_be_asked_to_have_a_value() -> None:
    rule = OrderingRule("OnceForSubmit", ONCE, {"A": Event("Lookup", ("t",), (("op", "submit"),))})
    monitor = EventMonitor([rule])
    monitor.step("Lookup", t=1, op="submit")
    monitor.step("Lookup", t=1, op="destroy")
    with pytest.raises(Broken):
        monitor.step("Lookup", t=1, op="submit")


def test_one_event_can_be_several_events_of_a_rule() -> None:
    rule = OrderingRule("BeforeItself", PRECEDES, {"A": Event("Swap", ("c",)), "B": Event("Swap", ("c",))})
    monitor = EventMonitor([rule])
    # The move that A makes comes first in this automaton.
    monitor.step("Swap", c=1)
    assert monitor.events == 1


def test_a_missing_argument_that_tells_instances_apart_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="ctx"):
        EventMonitor([RELEASED_ONCE]).step("SubQuota")


def test_rules_that_cannot_be_watched_are_refused() -> None:
    restless = Table(("A",), "0", "error", {("0", frozenset()): "1", ("1", frozenset()): "1"})
    with pytest.raises(ValueError, match="moves where nothing happens"):
        EventMonitor([OrderingRule("R", restless, {"A": Event("A")})])
    two = {"A": Event("Get", ("a",)), "B": Event("Put", ("b",)), "C": Event("Swap", ("a", "b"))}
    with pytest.raises(ValueError, match="instances are told apart in more than two ways"):
        EventMonitor([OrderingRule("R", PRECEDES, two)])


def test_an_event_that_tells_only_some_parameters_is_one_of_all_instances_with_them() -> None:
    both = ("task", "ctx")
    events = {"A": Event("Release", ("ctx",)), "B": Event("Return", both)}
    rule = OrderingRule("ReleasedFirst", PRECEDES, events)
    monitor = EventMonitor([rule])
    monitor.step("Release", ctx=1)
    monitor.step("Return", task="t1", ctx=1)
    monitor.step("Return", task="t2", ctx=1)
    with pytest.raises(Broken) as caught:
        monitor.step("Return", task="t1", ctx=2)
    assert caught.value.event == 4
    monitor.step("Release", ctx=2)


def test_names_of_parameters_may_differ_from_event_to_event() -> None:
    both, names = ("task", "ctx"), ("t", "c")
    events = {"A": Event("Release", ("ptr",), instance=("ctx",)), "B": Event("Return", names, instance=both)}
    monitor = EventMonitor([OrderingRule("ReleasedFirst", PRECEDES, events)])
    monitor.step("Release", ptr=7)
    monitor.step("Return", t=1, c=7)
    with pytest.raises(Broken):
        monitor.step("Return", t=1, c=8)


def test_a_rule_that_was_broken_for_an_instance_before_it_came_up_is_told_when_it_does() -> None:
    rule = OrderingRule("ReadyFirst", PRECEDES, {"A": Event("Ready", ("c",)), "B": Event("Go")})
    monitor = EventMonitor([rule])
    monitor.step("Ready", c=1)
    monitor.step("Go")
    with pytest.raises(Broken) as caught:
        monitor.step("Ready", c=2)
    assert caught.value.steps == ((2, "Go"), (3, "Ready(c = 2)"))


def test_what_is_broken_does_not_keep_an_event_from_other_rules_and_instances() -> None:
    both = {"A": Event("Release", ("c",)), "B": Event("Return", ("t", "c"))}
    rules = [
        OrderingRule("Once", ONCE, {"A": Event("Release", ("c",))}),
        OrderingRule(
            "NotAgain",
            table(("B", "A"), {("none", "B"): "back", ("back", "A"): "error"}, ["none", "back"]),
            both,
        ),
        OrderingRule("First", PRECEDES, both),
    ]
    monitor = EventMonitor(rules)
    for task in (1, 2):
        monitor.step("Release", c=task)
        monitor.step("Return", t=task, c=task)
    with pytest.raises(Broken, match="Once is broken by event 5"):
        monitor.step("Release", c=1)
    with pytest.raises(Broken, match="First is broken by event 6"):
        monitor.step("Return", t=1, c=3)
    monitor.step("Release", c=4)
    monitor.step("Return", t=2, c=4)
    assert monitor.events == 8


def test_an_event_without_an_argument_that_is_needed_changes_nothing() -> None:
    where = OrderingRule("Submit", ONCE, {"A": Event("Lookup", ("t",), (("op", "submit"),))})
    monitor = EventMonitor([OrderingRule("Any", ONCE, {"A": Event("Lookup", ("t",))}), where])
    with pytest.raises(KeyError, match="op"):
        monitor.step("Lookup", t=1)
    assert monitor.events == 0
    monitor.step("Lookup", t=1, op="submit")


def test_arguments_are_told_apart_as_a_specification_does() -> None:
    monitor = EventMonitor([RELEASED_ONCE])
    monitor.step("SubQuota", ctx=1)
    monitor.step("SubQuota", ctx=True)
    monitor.step("SubQuota", ctx="c1")
    with pytest.raises(Broken):
        monitor.step("SubQuota", ctx=ModelValue("c1"))
    one = EventMonitor([OrderingRule("Once", ONCE, {"A": Event("Set", (), (("v", 1),))})])
    one.step("Set", v=1)
    one.step("Set", v=True)
    with pytest.raises(Broken):
        one.step("Set", v=1)


def test_a_parameter_may_be_called_action() -> None:
    monitor = EventMonitor([OrderingRule("Once", ONCE, {"A": Event("Do", ("action",))})])
    monitor.step("Do", action=1)
    with pytest.raises(Broken):
        monitor.step("Do", action=1)


AUTOMATA = {
    "once": ONCE,
    "precedes": PRECEDES,
    "between": table(
        ("A", "B"), {("none", "A"): "open", ("open", "B"): "none", ("open", "A"): "error"}, ["none", "open"]
    ),
}
"""Automata over A and B."""

PARAMETERS = [
    {"A": ("t", "c"), "B": ("t", "c")},
    {"A": ("t", "c"), "B": ("c",)},
    {"A": ("c",), "B": ("t", "c")},
    {"A": ("c",), "B": ("c",)},
    {"A": (), "B": ("c",)},
    {"A": (), "B": ()},
]
"""By which parameters A and B are told apart."""

Happening = tuple[str, dict[str, object]]


def first_broken(automaton: Table, per: dict[str, tuple[str, ...]], events: list[Happening]) -> int | None:
    """The event with which some instance, of those that have come up, is in the error state: instance by
    instance, each from the beginning."""
    whole = max(per.values(), key=len)
    instances: set[tuple[object, ...]] = set() if whole else {()}
    for number, (last, given) in enumerate(events, 1):
        if set(per.get(last, ())) == set(whole):
            instances.add(tuple([given[name] for name in whole]))
        for instance in instances:
            wanted, state = dict(zip(whole, instance, strict=True)), automaton.initial
            for action, arguments in events[:number]:
                letter = {
                    name
                    for name, names in per.items()
                    if action == name and all(arguments[one] == wanted[one] for one in names)
                }
                if state != automaton.error:
                    state = automaton.transitions[state, frozenset(letter)]
            if state == automaton.error:
                return number
    return None


@pytest.mark.parametrize("per", PARAMETERS)
@pytest.mark.parametrize("name", AUTOMATA)
def test_random_events_are_judged_as_instance_by_instance(name: str, per: dict[str, tuple[str, ...]]) -> None:
    choose = random.Random(f"{name} {per}")
    verdicts: set[bool] = set()
    for _ in range(200):
        events: list[Happening] = [
            (choose.choice("AB"), {"t": choose.randrange(2), "c": choose.randrange(2)}) for _ in range(6)
        ]
        automaton = AUTOMATA[name]
        told = {event: per[event] for event in automaton.events}
        kinds = {event: Event(event, told[event]) for event in told}
        monitor = EventMonitor([OrderingRule("R", automaton, kinds)])
        found: int | None = None
        for action, arguments in events:
            try:
                monitor.step(action, **arguments)
            except Broken as broken:
                found = broken.event
                break
        assert found == first_broken(automaton, told, events), events
        verdicts.add(found is None)
    assert len(verdicts) == 2
