"""The tree of decisions comes to the leaves of exactly those rules whose guards hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aioformal.ir import term as ir
from aioformal.ir.evaluate import evaluate
from aioformal.ir.relation import free
from aioformal.ir.sort import BOOL, EnumSort, int_sort
from aioformal.ir.system import Input
from aioformal.native.branching import MOST_SHARED, Rule, UnboundedInputError, branch
from aioformal.native.tree import Emit, Loop, Switch, Tree, Trouble, When
from tests.unit.engine.hand_built import members

SORTS = {"a": BOOL, "c": EnumSort(3), "d": EnumSort(4), "n": int_sort(-1, 2)}
INPUTS = {"i": int_sort(-1, 1), "j": EnumSort(2), "k": BOOL}
SLOTS = {name: ir.variable(name, sort) for name, sort in SORTS.items()}
FREE = {name: ir.input_variable(name, sort) for name, sort in INPUTS.items()}
STATES = [
    {SLOTS[name]: value for name, value in zip(SORTS, values, strict=True)}
    for values in product(*map(members, SORTS.values()))
]
Leaf = tuple[str, int, tuple[Any, ...]]


def constant(sort: Any, value: Any) -> ir.Term:
    if sort is BOOL:
        return ir.boolean(value)
    return ir.enum(value, sort.size) if isinstance(sort, EnumSort) else ir.integer(value)


def equations(names: dict[str, ir.Term]) -> st.SearchStrategy[ir.Term]:
    facts = [ir.eq(v, constant(v.sort, x)) for v in names.values() for x in members(v.sort)]
    return st.sampled_from(facts)


def guards(inputs: list[str]) -> st.SearchStrategy[ir.Term]:
    """Mostly of the kind that specifications have: a slot, or some of its values, and something else."""
    slots = equations({name: SLOTS[name] for name in ("c", "d", "n")})
    options = st.sampled_from(["c", "d", "n"]).flatmap(
        lambda name: st.lists(equations({name: SLOTS[name]}), min_size=1, max_size=3).map(
            lambda parts: ir.or_(*parts)
        )
    )
    others = equations(SLOTS | {name: FREE[name] for name in inputs})
    mixed = [ir.le(SLOTS["n"], FREE[i]) for i in inputs if i == "i"] or [ir.le(SLOTS["n"], ir.integer(0))]
    cases = st.lists(st.lists(slots | others, min_size=1, max_size=3), min_size=2, max_size=3).map(
        lambda found: ir.or_(*(ir.and_(*case) for case in found))
    )
    part = slots | options | cases | others | others.map(ir.not_) | st.sampled_from(mixed)
    parts = st.lists(part, max_size=4)
    return parts.map(lambda chosen: ir.and_(*chosen))


@st.composite
def some_rules(draw: st.DrawFn) -> list[Rule]:
    rules: list[Rule] = []
    for number in range(draw(st.integers(1, 14))):
        inputs = draw(st.lists(st.sampled_from(sorted(INPUTS)), unique=True, max_size=2))
        used = tuple(Input(name, INPUTS[name]) for name in inputs)
        if draw(st.integers(0, 3)) == 0:
            leaf: Emit | Trouble = Trouble(number)
        else:
            names = [*("c" for _ in range(1)), *(name for name in inputs if name == "i")]
            value = {"n": FREE["i"]} if "i" in names else {"n": ir.add(SLOTS["n"], ir.integer(1))}
            leaf = Emit(number, value, {}, ir.eq(SLOTS["d"], ir.enum(1, 4)))
        rules.append(Rule(draw(guards(inputs)), leaf, used))
    return rules


def expected(rules: list[Rule], state: dict[ir.Term, Any]) -> Iterator[Leaf]:
    for rule in rules:
        variables = [free(one) for one in rule.inputs]
        for values in product(*(members(one.sort) for one in rule.inputs)):
            known = state | dict(zip(variables, values, strict=True))
            if evaluate([rule.guard], known) == [True]:
                yield leaf_of(rule.leaf, known)


def leaf_of(leaf: Emit | Trouble, known: dict[ir.Term, Any]) -> Leaf:
    if isinstance(leaf, Trouble):
        return "trouble", leaf.number, ()
    return "emit", leaf.rule, tuple(evaluate([*leaf.updates.values(), leaf.allowed], known))


def reached(tree: Tree, known: dict[ir.Term, Any]) -> Iterator[Leaf]:
    match tree:
        case tuple():
            for part in tree:
                yield from reached(part, known)
        case Switch(slot=slot, cases=cases):
            assert len({value for value, _ in cases}) == len(cases)
            for value, inner in cases:
                if value == known[slot]:
                    yield from reached(inner, known)
        case When(condition=condition, body=body):
            if evaluate([condition], known) == [True]:
                yield from reached(body, known)
        case Loop(variable=variable, least=least, greatest=greatest, body=body):
            for value in range(least, greatest + 1):
                yield from reached(body, known | {variable: bool(value) if variable.sort is BOOL else value})
        case Emit() | Trouble():
            yield leaf_of(tree, known)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(rules=some_rules())
def test_a_tree_comes_to_the_leaves_whose_guards_hold(rules: list[Rule]) -> None:
    tree = branch(rules)
    for state in STATES:
        steps, troubled = told_apart(reached(tree, state))
        assert (steps, troubled) == told_apart(expected(rules, state))


def told_apart(leaves: Iterator[Leaf]) -> tuple[Counter[Leaf], bool]:
    """All steps, and whether there is any trouble: which one it is does not matter."""
    found = Counter(leaves)
    steps = Counter({leaf: count for leaf, count in found.items() if leaf[0] == "emit"})
    return steps, steps != found


def switches(tree: Tree) -> Iterator[Switch]:
    match tree:
        case tuple():
            for part in tree:
                yield from switches(part)
        case Switch(cases=cases):
            yield tree
            for _, inner in cases:
                yield from switches(inner)
        case When(body=body) | Loop(body=body):
            yield from switches(body)
        case Emit() | Trouble():
            pass


def emit(number: int) -> Emit:
    return Emit(number, {}, {}, ir.true)


def test_many_rules_on_one_slot_become_a_switch() -> None:
    rules = [Rule(ir.eq(SLOTS["d"], ir.enum(n, 4)), emit(n)) for n in range(4)]
    tree = branch(rules)
    assert isinstance(tree, Switch)
    assert dict(tree.cases) == {n: (emit(n),) for n in range(4)}


def test_two_rules_on_one_slot_do_not() -> None:
    rules = [Rule(ir.eq(SLOTS["d"], ir.enum(n, 4)), emit(n)) for n in range(2)]
    assert not list(switches(branch(rules)))


def test_the_cases_of_a_condition_may_all_decide_a_slot() -> None:
    d, a = SLOTS["d"], SLOTS["a"]
    some = ir.or_(ir.and_(ir.eq(d, ir.enum(1, 4)), a), ir.and_(ir.not_(a), ir.eq(d, ir.enum(2, 4))))
    rules = [Rule(some, emit(0)), *(Rule(ir.eq(d, ir.enum(n, 4)), emit(n)) for n in (1, 2))]
    tree = branch(rules)
    assert isinstance(tree, Switch)
    assert dict(tree.cases) == {
        1: (When(a, (emit(0),)), (emit(1),)),
        2: (When(ir.not_(a), (emit(0),)), (emit(2),)),
    }


def test_trouble_is_looked_for_only_where_it_can_be() -> None:
    d, a, n = SLOTS["d"], SLOTS["a"], SLOTS["n"]
    here, there = ir.le(n, ir.integer(-1)), ir.le(ir.integer(1), n)
    elsewhere = ir.eq(SLOTS["c"], ir.enum(1, 3))
    last = ir.eq(d, ir.enum(3, 4))
    troubled = ir.or_(ir.and_(a, here), ir.and_(a, there), last)
    rules = [Rule(a, emit(0)), Rule(troubled, Trouble(0)), Rule(ir.and_(a, elsewhere), Trouble(1))]
    inside = When(ir.or_(here, there, elsewhere), Trouble(0))
    assert branch(rules) == (When(a, (inside, (emit(0),))), When(last, Trouble(0)))


def test_conditions_that_several_steps_share_are_tested_once() -> None:
    a, d = SLOTS["a"], SLOTS["d"]
    others = [ir.eq(d, ir.enum(0, 4)), ir.not_(ir.eq(d, ir.enum(1, 4)))]
    tree = branch([Rule(ir.and_(other, a), emit(n)) for n, other in enumerate(others)])
    assert tree == When(a, (When(others[0], (emit(0),)), When(others[1], (emit(1),))))


def emits(tree: Tree, depth: int = 0) -> Iterator[int]:
    """How many tests are above each step."""
    match tree:
        case tuple():
            for part in tree:
                yield from emits(part, depth)
        case Switch(cases=cases):
            for _, inner in cases:
                yield from emits(inner, depth + 1)
        case When(body=body) | Loop(body=body):
            yield from emits(body, depth + 1)
        case _:
            yield depth


def choice(name: str, own: str) -> ir.Term:
    """One of four values of a slot, each with something of its own."""
    slot = ir.variable(name, EnumSort(4))
    return ir.or_(
        *(ir.and_(ir.eq(slot, ir.enum(n, 4)), ir.variable(f"{own}{name}{n}", BOOL)) for n in range(4))
    )


def test_choices_after_each_other_are_not_multiplied() -> None:
    few = [Rule(ir.and_(*(choice(f"s{m}", f"r{n}") for m in range(2))), emit(n)) for n in range(3)]
    many = [Rule(ir.and_(*(choice(f"s{m}", f"r{n}") for m in range(8))), emit(n)) for n in range(3)]
    assert len(list(emits(branch(few)))) == 3 * 4 * 4
    assert len(list(emits(branch(many)))) == 3


@pytest.mark.parametrize("arms", [40, 400])
def test_the_arms_of_a_long_chain_do_not_lie_below_each_other(arms: int) -> None:
    tests = [ir.variable(f"t{n}", BOOL) for n in range(arms)]
    rules = [Rule(ir.and_(*map(ir.not_, tests[:n]), tests[n]), emit(n)) for n in range(arms)]
    assert max(emits(branch(rules))) <= MOST_SHARED + 1


def test_a_rule_that_never_holds_leaves_no_trace() -> None:
    assert branch([Rule(ir.false, emit(0))]) == ()


def test_a_condition_on_an_input_is_tested_as_soon_as_that_is_bound() -> None:
    i, j = FREE["i"], FREE["j"]
    guard = ir.and_(ir.eq(j, ir.enum(1, 2)), ir.eq(i, ir.integer(1)), SLOTS["a"])
    tree = branch([Rule(guard, emit(0), (Input("i", INPUTS["i"]), Input("j", INPUTS["j"])))])
    match tree:
        case When(
            condition=first, body=Loop(body=When(condition=then, body=Loop(body=When(condition=last))))
        ):
            assert (first, then, last) == (SLOTS["a"], ir.eq(i, ir.integer(1)), ir.eq(j, ir.enum(1, 2)))
        case _:
            pytest.fail(f"{tree}")


@pytest.mark.parametrize("sort", [int_sort(0, None), int_sort(None, None), int_sort(0, 1 << 24)], ids=str)
def test_inputs_that_cannot_be_gone_through_are_refused(sort: Any) -> None:
    with pytest.raises(UnboundedInputError):
        branch([Rule(ir.true, emit(0), (Input("x", sort),))])
