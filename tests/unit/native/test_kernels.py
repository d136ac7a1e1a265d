"""Machine code and Python source number the same states in the same order, and count as the reference
engine does."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings

from aioformal.engine.protocol import Budget, Problem
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Exploration
from aioformal.ir import term as ir
from aioformal.ir.sort import BOOL, EnumSort, int_sort
from aioformal.ir.system import Initial, Input, Label, StateVariable, Transition, TransitionSystem
from aioformal.native.interpreted import InterpretedKernel
from aioformal.native.kernel import Kernel
from aioformal.native.llvm_kernel import LlvmKernel
from aioformal.native.memory import Event, Status
from aioformal.native.plan import Plan, plan_of
from aioformal.native.tree import Loop, Tree, When
from aioformal.resolve import load_model
from aioformal.resolve.model import Model
from tests.unit.concrete.specs import model_of
from tests.unit.engine.hand_built import Build, transition
from tests.unit.engine.systems import random_builds
from tests.unit.native.runs import Run, events, explored, level, plan_for, plan_from, prepared, twins

EXAMPLES = Path(__file__).parents[3] / "spec" / "examples"
BOTH = pytest.mark.parametrize("make", [LlvmKernel, InterpretedKernel], ids=lambda kind: kind.name)

RING = """
VARIABLE f
Init == f = [i \\in 1..5 |-> 0]
Next == \\E i \\in 1..5 : f' = [f EXCEPT ![i] = (f[i] + 1) % 4]
Far == f[1] + f[2] + f[3] < 8
Near == f[1] < 4
Up == [][f'[1] >= f[1]]_f
"""
STUCK = """
VARIABLES x, s
Init == x \\in 0..3 /\\ s = {}
Take == x > 0 /\\ x' = x - 1 /\\ s' = s \\cup {x}
Drop == \\E e \\in s : s' = s \\ {e} /\\ UNCHANGED x
Next == (IF x > 0 THEN TRUE ELSE 2 \\in s) /\\ (Take \\/ Drop)
First == x + Cardinality(s) < 9
Shrinks == [][x' <= x]_x
"""
BOUNDED = """
VARIABLES x, y
Init == x = 0 /\\ y \\in {0, 1}
Next == (x < 30 /\\ x' = x + 1 /\\ y' \\in {y, 1 - y}) \\/ (x > 0 /\\ x' = x - 1 /\\ y' = y)
Small == x < 10
Model == x <= 10
Calm == y' = y \\/ x # 3
"""
SMALL = {
    "ring": (RING, "INVARIANTS Far Near\nPROPERTY Up"),
    "stuck": (STUCK, "INVARIANT First\nPROPERTY Shrinks"),
    "bounded": (BOUNDED, "INVARIANT Small\nCONSTRAINT Model\nACTION_CONSTRAINT Calm"),
    "negative": (
        "VARIABLES x, b\nInit == x = -20 /\\ b = TRUE\n"
        "Next == (b /\\ x < 20 /\\ x' = x + 3 /\\ b' = (x % 2 = 1)) \\/ "
        "(~b /\\ x' = (x \\div 2) - 1 /\\ b' = TRUE)\nLow == x < 15",
        "INVARIANT Low",
    ),
}


def reference(model: Model) -> Exploration:
    checked = Reference().check(Problem(model, model.properties, True), Budget())
    return next(event for event in checked if isinstance(event, Exploration))


def agrees(run: Run, model: Model) -> None:
    seen = reference(model)
    assert seen.complete
    assert run.trouble is None
    assert (run.tally.distinct, run.tally.generated) == (seen.distinct_states, seen.generated_states)
    assert (run.levels[0], len(run.levels) - 2) == (run.parents.count(None), seen.depth)


def consistent(run: Run) -> None:
    """What follows from the meaning of the counts."""
    tally = run.tally
    assert tally.expanded == tally.distinct == len(set(run.states)) == sum(tally.degrees)
    assert sum(tally.found) == tally.distinct - run.parents.count(None)
    assert all(found <= fired for found, fired in zip(tally.found, tally.fired, strict=True))
    assert all(parent is None or parent < n for n, parent in enumerate(run.parents))


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("at_a_time", [1, 7, 1_000])
def test_twins_on_small_models(name: str, at_a_time: int) -> None:
    text, config = SMALL[name]
    model = model_of(text, f"INIT Init\nNEXT Next\n{config}")
    run = twins(plan_from(model), at_a_time)
    consistent(run)
    agrees(run, model)


@pytest.mark.parametrize("name", ["TwoPhase", "TicketLock", "McsLock", "McsLock-no-await", "EWD998"])
def test_twins_on_examples(name: str) -> None:
    spec = EXAMPLES / f"{name.split('-')[0]}.tla"
    model = load_model(spec, EXAMPLES / f"{name}.cfg")
    run = twins(plan_from(model))
    if run.trouble is None:
        consistent(run)
        agrees(run, model)


@settings(max_examples=30, derandomize=True, deadline=None)
@given(build=random_builds())
def test_twins_on_random_systems(build: Build) -> None:
    """Their integer grows beyond its shape now and then: trouble comes to both in the same place."""
    for width in (3, 4):
        run = twins(plan_of(build(width)))
        if run.trouble is None:
            consistent(run)


@settings(max_examples=30, derandomize=True, deadline=None)
@given(build=random_builds())
def test_twins_with_all_conditions_taken_apart(build: Build) -> None:
    with patch("aioformal.native.cases.LARGE", 2), patch("aioformal.native.cases.FEWEST_VALUES", 1):
        run = twins(plan_of(build(4)))
    if run.trouble is None:
        consistent(run)


def test_notes_say_what_was_seen_and_where() -> None:
    run = twins(plan_for(STUCK, "INVARIANT First\nPROPERTY Shrinks"))
    dead = [note for note in run.notes if note.event is Event.DEADLOCK]
    assert [(note.parent, run.states[note.parent or 0]) for note in dead] == [(0, dead[0].words)]
    run = twins(plan_for(RING, "INVARIANTS Far Near\nPROPERTY Up"))
    assert sorted(events(run)) == [Event.STATE, Event.STEP]
    for note in run.notes:
        assert note.mask.bit_count() == 1
        assert note.words in run.states
        assert note.parent is not None


def test_a_state_outside_the_model_is_judged_and_not_kept() -> None:
    text = "VARIABLE x\nInit == x = 0\nNext == x' = x + 1\nLow == x < 5\nModel == x < 5"
    run = twins(plan_for(text, "INVARIANT Low\nCONSTRAINT Model"))
    assert run.tally.distinct == 5
    assert run.tally.generated == 6
    assert [(note.event, note.parent) for note in run.notes] == [(Event.STATE, 4)]
    assert run.notes[0].words not in run.states


def test_a_constraint_without_a_value_is_noted() -> None:
    text = "VARIABLE x\nInit == x = 0\nNext == x' = x + 1\nModel == (IF x = 3 THEN <<1>>[x] ELSE x) < 9"
    run = twins(plan_for(text, "CONSTRAINT Model"))
    assert [(note.event, note.parent) for note in run.notes] == [(Event.UNCLEAR, 2)]
    assert run.tally.distinct == 3


@BOTH
def test_every_status_of_a_run(make: type[LlvmKernel | InterpretedKernel]) -> None:
    kernel = prepared(make(plan_for(RING, "INVARIANTS Far Near")))
    assert kernel.begin() is Status.PAUSED
    kernel.enter_level(0, 1)
    assert kernel.run(1) is Status.PAUSED
    assert kernel.run(1) is Status.LEVEL
    assert (kernel.distinct, kernel.position) == (6, 1)
    kernel.enter_level(1, 6)
    assert kernel.run(3) is Status.PAUSED
    assert kernel.position == 4
    assert kernel.run(100) is Status.LEVEL
    first, statuses = 6, set[Status]()
    while first < kernel.distinct:
        end = kernel.distinct
        kernel.enter_level(first, end)
        while (status := kernel.run(50)) is not Status.LEVEL:
            statuses.add(status)
        first = end
    assert Status.HALTED in statuses
    kernel.close()


@BOTH
def test_what_made_trouble_does_not_count(make: type[LlvmKernel | InterpretedKernel]) -> None:
    """Three steps lead out of 2, and the last of them leaves the shape."""
    x = ir.variable("x", int_sort(0, 3))
    more = [ir.add(x, ir.integer(n)) for n in (1, -1, 2)]
    guards = [ir.true, ir.eq(x, ir.integer(2)), ir.eq(x, ir.integer(2))]
    system = TransitionSystem(
        (StateVariable("x", x.sort),),
        (Initial(ir.true, {"x": ir.integer(0)}),),
        tuple(transition(f"T{n}", g, x=m) for n, (g, m) in enumerate(zip(guards, more, strict=True))),
    )
    run = explored(make(plan_of(system)))
    assert run.trouble is not None
    assert run.trouble[0] == 2
    assert run.states == [(0,), (1,), (2,)]
    assert (run.tally.generated, run.tally.expanded, run.tally.fired) == (3, 2, (2, 0, 0))


@BOTH
def test_trouble_among_initial_states(make: type[LlvmKernel | InterpretedKernel]) -> None:
    i = Input("i", int_sort(0, 9))
    far = ir.input_variable("i", i.sort)
    system = TransitionSystem(
        (StateVariable("x", int_sort(0, 3)),), (Initial(ir.true, {"x": far}, (i,)),), (transition("Stay"),)
    )
    kernel = prepared(make(plan_of(system)))
    assert kernel.begin() is Status.TROUBLE
    assert (kernel.at, kernel.trouble) == (0, 0)
    kernel.close()


def test_more_initial_states_than_the_first_table_holds() -> None:
    """The table has to grow before there is anything to come back to."""
    text = (
        "VARIABLES x, y\nInit == x \\in 0..249 /\\ y \\in 0..249\nNext == UNCHANGED <<x, y>>\nLow == x < 249"
    )
    run = twins(plan_for(text, "INVARIANT Low"), at_a_time=1 << 20)
    assert run.levels == [62_500, 0]
    assert run.tally.generated == 125_000
    assert [note.parent for note in run.notes] == [None]


def test_more_successors_of_one_state_than_the_buffer_holds() -> None:
    text = (
        "VARIABLES x, y\nInit == x = 0 /\\ y = 0\n"
        "Next == (x = 0 /\\ x' \\in 1..100 /\\ y' \\in 1..100) \\/ (x > 0 /\\ UNCHANGED <<x, y>>)\n"
        "Range == x \\in 0..100 /\\ y \\in 0..100"
    )
    # The invariant says how large the integers are: a sample would take as long as it takes to see that.
    run = twins(plan_for(text, "INVARIANT Range"))
    consistent(run)
    assert run.levels == [1, 10_000, 0]


@BOTH
def test_more_successors_than_the_buffer_holds_are_looked_at(
    make: type[LlvmKernel | InterpretedKernel],
) -> None:
    text = """VARIABLES x, y
Init == x = 0 /\\ y = 0
Next == x' \\in 1..99 /\\ y' \\in 1..99
Range == x \\in 0..99 /\\ y \\in 0..99"""
    kernel = make(plan_for(text, "INVARIANT Range"))
    kernel.begin()
    steps = kernel.successors(kernel.state(0))
    assert steps is not None
    assert len({words for _, words in steps}) == len(steps) == 99 * 99
    assert kernel.distinct == 1
    kernel.close()


def test_a_state_can_be_asked_about_without_being_kept() -> None:
    plan = plan_for(BOUNDED, "INVARIANT Small\nCONSTRAINT Model\nACTION_CONSTRAINT Calm")
    run = explored(LlvmKernel(plan))
    kernels: list[Kernel] = [LlvmKernel(plan), InterpretedKernel(plan)]
    for words in run.states:
        machine, python = ((k.successors(words), k.verdicts(words)) for k in kernels)
        assert machine == python
    for kernel in kernels:
        assert kernel.distinct == 0
        kernel.close()


@pytest.mark.parametrize("name", ["ring", "stuck", "bounded"])
def test_two_workers_count_like_one(name: str) -> None:
    plan = plan_for(*SMALL[name])
    one, two = explored(LlvmKernel(plan)), explored(LlvmKernel(plan, 2))
    assert set(two.states) == set(one.states)
    assert (two.digest, two.levels) == (one.digest, one.levels)
    assert sorted(events(two)) == sorted(events(one))
    assert (two.tally.distinct, two.tally.generated, two.tally.expanded, two.tally.fired) == (
        one.tally.distinct,
        one.tally.generated,
        one.tally.expanded,
        one.tally.fired,
    )


def test_two_workers_on_more_states_than_the_first_table_holds() -> None:
    text = RING.replace("1..5", "1..8")
    plan = plan_for(text, "INVARIANT Near")
    one, two = explored(LlvmKernel(plan), 1 << 20), explored(LlvmKernel(plan, 2), 1 << 20)
    assert len(one.states) == 4**8
    assert (two.digest, two.levels) == (one.digest, one.levels)
    assert two.tally.fired == one.tally.fired


@BOTH
def test_a_search_goes_on_in_another_layout(make: type[LlvmKernel | InterpretedKernel]) -> None:
    """After two levels the slots are moved, and one that is no longer needed to be narrow is widened."""
    narrow, wide = counters(15), counters(40)
    whole = explored(make(wide))
    kernel: Kernel = prepared(make(narrow))
    kernel.begin()
    notes = kernel.notes()
    for first, end in ((0, 1), (1, 3)):
        level(kernel, first, end, 100, notes)
    terms = {name: ir.variable(name, int_sort(0, 15)) for name in ("x", "y")}
    kernel = kernel.relaid(wide, terms)
    first, end = 3, kernel.distinct
    while first < end:
        level(kernel, first, end, 100, notes)
        first, end = end, kernel.distinct
    assert [kernel.state(n) for n in range(end)] == whole.states
    assert [kernel.parent(n) for n in range(end)] == whole.parents
    kernel.close()


def counters(most: int) -> Plan:
    sort = int_sort(0, most)
    x, y = ir.variable("x", sort), ir.variable("y", sort)
    low = [ir.le(v, ir.integer(9)) for v in (x, y)]
    return plan_of(
        TransitionSystem(
            (StateVariable("x", sort), StateVariable("y", sort)),
            (Initial(ir.true, {"x": ir.integer(0), "y": ir.integer(0)}),),
            (
                transition("X", low[0], x=ir.add(x, ir.integer(1))),
                transition("Y", low[1], y=ir.add(y, ir.integer(1))),
            ),
        )
    )


def test_python_stays_within_the_limits_of_its_own_compiler() -> None:
    """Loops within loops, and tests within tests, far more than Python takes in one function."""
    inputs = tuple(Input(f"i{n}", BOOL if n % 8 == 0 else EnumSort(1)) for n in range(80))
    bits = [ir.input_variable(one.name, one.sort) for one in inputs if one.sort is BOOL]
    sum_of = ir.integer(0)
    for bit in bits:
        sum_of = ir.add(sum_of, ir.ite(bit, ir.integer(1), ir.integer(0)))
    x = ir.variable("x", int_sort(0, 10))
    step = Transition(Label("Go"), ir.not_(ir.eq(sum_of, x)), {"x": sum_of}, inputs)
    system = TransitionSystem(
        (StateVariable("x", x.sort),), (Initial(ir.true, {"x": ir.integer(0)}),), (step,)
    )
    run = twins(plan_of(system))
    assert run.tally.distinct == 11
    assert depth(plan_of(system).step) > 80


def depth(tree: Tree) -> int:
    match tree:
        case tuple():
            return max(map(depth, tree), default=0)
        case Loop(body=body) | When(body=body):
            return 1 + depth(body)
        case _:
            return 0


def test_the_source_can_be_read() -> None:
    kernel = InterpretedKernel(plan_for(RING, "INVARIANT Far"))
    for name in ("initial", "step", "judge", "judge_first", "place"):
        assert f"def {name}(" in kernel.text
    compile(kernel.text, "text", "exec")


@BOTH
def test_images_are_equal_just_where_steps_are(make: type[LlvmKernel | InterpretedKernel]) -> None:
    config = "INVARIANT Small\nCONSTRAINT Model\nACTION_CONSTRAINT Calm"
    states = explored(LlvmKernel(plan_for(BOUNDED, config))).states
    other = BOUNDED.replace("x > 0", "x > 5")
    one, two = (make(plan_for(text, config)) for text in (BOUNDED, other))
    alike = [one.image(words) == two.image(words) for words in states]
    assert alike == [one.steps(words) == two.steps(words) for words in states]
    assert {True, False} == set(alike)
    assert all(one.image(words) == one.image(words) for words in states)
    for kernel in (one, two):
        kernel.close()
