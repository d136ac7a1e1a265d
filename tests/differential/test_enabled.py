"""ENABLED: what `concrete` finds by looking for a successor is what the encoded term is worth.

That includes failures: the search for a successor fails exactly where an obligation fires. And engines that
use the term agree with the search that never sees it, on verdicts, counts and lengths of counterexamples.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from aioformal.concrete import Program, compile_model
from aioformal.diagnostic import DiagnosticError
from aioformal.encode import encode_model, infer_shapes
from aioformal.engine.bmc import Bmc
from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.k_induction import KInduction
from aioformal.engine.protocol import Problem
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Exploration
from aioformal.resolve import Model, load_model
from aioformal.value.values import State
from tests.differential.random_models import afterthoughts, booleans, guards, joined, template, updates
from tests.differential.symbolic_values import Meaning
from tests.differential.test_random_models import compare, findings, run, summary

CONFIG = "INIT Init\nNEXT Next\nINVARIANT Inv\n"


def loaded(body: str, config: str = CONFIG) -> Model:
    text = f"---- MODULE Enabled ----\nEXTENDS Integers, Sequences, FiniteSets\n{body}\n====\n"
    return load_model("Enabled.tla", "Enabled.cfg", {"Enabled.tla": text, "Enabled.cfg": config})


def small(formula: str, definitions: str = "") -> Model:
    return loaded(f"""VARIABLES x, y
Init == x \\in 0..2 /\\ y \\in 0..2
Next == UNCHANGED <<x, y>>
{definitions}
Inv == {formula}""")


def by_reference(program: Program, state: State) -> bool | None:
    """The value of the invariant, None where it has none."""
    (prop,) = program.model.properties
    try:
        return program.predicate(prop.parts[0].formula)(state)
    except DiagnosticError:
        return None


def agree(model: Model, program: Program, states: Sequence[State]) -> set[bool | None]:
    """Compares the two readings of the invariant; what its values were."""
    encoding = encode_model(model, infer_shapes(model, program), model.properties)
    assert not encoding.system.unsupported
    (part,) = encoding.system.properties[0].parts
    seen: set[bool | None] = set()
    for state in states:
        meaning = Meaning(encoding.encode_state(state))
        fired = any(meaning.term(o.condition) for o in part.obligations)
        expected = by_reference(program, state)
        assert (None if fired else meaning.term(part.term)) is expected, state
        seen.add(expected)
    return seen


YES, BOTH = {True}, {True, False}
SOME_FAIL, ALL_FAIL, ANY = {True, None}, {None}, {True, False, None}

FORMULAS = {
    "a guard": ("ENABLED (x > 0 /\\ x' = 1)", BOTH),
    "a test of what is assigned": ("ENABLED (x' = 1 /\\ x' # y)", BOTH),
    "a test of what is not": ("ENABLED (x' = 1 /\\ y' # y)", ALL_FAIL),
    "a negation of what is not": ("ENABLED ~(x' = 1)", ALL_FAIL),
    "no test at all": ("ENABLED (x' = 1)", YES),
    "assigned twice": ("ENABLED (x' = y /\\ UNCHANGED x)", BOTH),
    "a choice": ("ENABLED (x' \\in {x, y} /\\ x' > 1)", BOTH),
    "a choice from nothing": ("ENABLED (x' \\in {k \\in 0..2 : k > x})", BOTH),
    "a choice of a set": ("ENABLED (x' \\subseteq {x, 2} /\\ x' \\cap {y} # {})", BOTH),
    "a bound": ("ENABLED (\\E i, j \\in {x, y} : i # j /\\ x' = i)", BOTH),
    "a bound over subsets": ("ENABLED (\\E S \\in SUBSET {0, 1, x} : x' = S /\\ y \\in S)", BOTH),
    "a tuple's bound": ("ENABLED (\\E <<i, j>> \\in {<<x, y>>} : x' = i /\\ x' < j)", BOTH),
    "all of a constant set": ("ENABLED (\\A i \\in {1} : x' = i /\\ x = 1)", BOTH),
    "all of what depends on the state": ("ENABLED (\\A i \\in 0..y : i < x \\/ x' = i)", {True, None}),
    "branches": ("ENABLED (IF x > 0 THEN x' = 1 ELSE y > 0 /\\ x' = 2)", BOTH),
    "branches that assign differently": ("ENABLED ((IF x > 0 THEN x' = 1 ELSE y' = 0) /\\ x' = y)", BOTH),
    "cases": ("ENABLED (CASE x = 1 -> x' = 1 [] y = 1 -> x' = 2 /\\ x' # y)", {True, None}),
    "an implication": ("ENABLED (x > 0 => x' = 1 /\\ y > 1)", BOTH),
    "LET": ("ENABLED (LET z == x + 1 IN x' = z /\\ z < 2)", BOTH),
    "LET ahead": ("ENABLED (LET z == x' IN x' = 1 /\\ z < y)", BOTH),
    "LET around": ("LET z == x' IN ENABLED (x' = 1 /\\ z = y)", BOTH),
    "a function": ("ENABLED (x' = [i \\in 0..y |-> i] /\\ x'[x] = 0)", ANY),
    "a box": ("ENABLED ([x' = 1 /\\ y > 0]_x /\\ x' = 0)", BOTH),
    "an angle": ("ENABLED <<x' \\in {x, y}>>_x", BOTH),
    "an angle on two": ("ENABLED <<x' \\in {x, y} /\\ y' = y>>_<<x, y>>", BOTH),
    "an angle on what is not assigned": ("ENABLED <<x' = 1>>_y", ALL_FAIL),
    "an angle that is decided before": ("ENABLED <<x' = 1>>_<<x, y>>", SOME_FAIL),
    "nested": ("ENABLED (x' = 1 /\\ ENABLED (x' = y /\\ x' # x))", BOTH),
    "of the next state": ("ENABLED (x' = y /\\ y' = 1 /\\ (ENABLED (y' = x /\\ y' # y))')", BOTH),
    "below other operators": ("{i \\in 0..2 : ENABLED (x' = i /\\ x' = y)} = {y}", YES),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_enabled_means_what_the_reference_says(name: str) -> None:
    formula, values = FORMULAS[name]
    model = small(formula)
    program = compile_model(model)
    assert agree(model, program, list(program.initial_states())) == values


ORDERED = {
    "the second disjunct": ("ENABLED (x = 0 \\/ 1 \\div x = 1)", BOTH),
    "the first disjunct": ("ENABLED (1 \\div x = 1 \\/ x = 0)", {True, False, None}),
    "a disjunct that assigns": ("ENABLED (x' = 1 \\/ x' = 1 \\div x)", YES),
    "a disjunct behind a dead end": ("ENABLED ((x' = 1 \\/ x' = 1 \\div x) /\\ x' = y)", ANY),
    "a test behind a dead end": ("ENABLED ((x = 0 \\/ 1 \\div y = 1) /\\ y' = y /\\ y' = 1)", ANY),
    "tests in a row": (
        "ENABLED ((x = 0 \\/ 1 \\div y = 1) /\\ (y = 1 \\/ 1 \\div (x - 1) = 1) /\\ y' = y)",
        ANY,
    ),
    "a later member": ("ENABLED (\\E i \\in 0..2 : x' = i /\\ 2 \\div (2 - i) > y)", SOME_FAIL),
    "members whose order is one of values": (
        "ENABLED (\\E i \\in {x, y} : x' = i /\\ 2 \\div (2 - i) > y)",
        SOME_FAIL,
    ),
    "a later value": ("ENABLED (x' \\in {2, 0, 1} /\\ 2 \\div (2 - x') > y)", SOME_FAIL),
    "a box": ("ENABLED ([x' = 1 \\div y]_x /\\ x' = 1)", ANY),
    "a branch": ("ENABLED (IF x > 0 THEN x' = 1 ELSE 1 \\div y = 1 /\\ x' = 2)", ANY),
    "a choice inside of a choice": (
        "ENABLED (\\E i \\in 0..1 : (x = i \\/ 1 \\div (x - i) = 1) /\\ (y = i \\/ 1 \\div (y - i - 1) = 0))",
        ANY,
    ),
}


@pytest.mark.parametrize("name", ORDERED)
def test_what_comes_after_a_success_does_not_fail(name: str) -> None:
    formula, values = ORDERED[name]
    model = small(formula)
    program = compile_model(model)
    assert agree(model, program, list(program.initial_states())) == values


V = "v == <<x, y>>"
FAIR = f"{V}\nA(n) == x < n /\\ x' = n /\\ y' = y\nFair(act, w) == ENABLED <<act>>_w"
APPLY = "A(n) == x < n /\\ x' = n\nCan(F(_), a) == ENABLED F(a)"
DOWN = "RECURSIVE D(_)\nD(n) == IF n = 0 THEN {} ELSE D(n - 1)"

DEFINITIONS = {
    "a parameter": ("\\E n \\in 1..2 : ENABLED A(n)", "A(n) == x < n /\\ x' = n", BOTH),
    "a parameter that is an action": ("Can(x' = y)", "Can(act) == ENABLED (x' = 1 /\\ act)", BOTH),
    "an operator": ("Can(A, 2)", APPLY, BOTH),
    "a LAMBDA": ("Can(LAMBDA z : z = y /\\ x' = z, 2)", APPLY, BOTH),
    "a primed parameter": ("ENABLED (P(x) /\\ x' = y)", "P(p) == p' = 1", BOTH),
    "a parameter that may fail": ("ENABLED G(1 \\div x = 1)", "G(p) == (y = 0 \\/ p) /\\ y' = 1", ANY),
    "a choice that may fail": ("ENABLED (B(1 \\div x = 1) /\\ y' = 1)", "B(p) == p \\/ y = 0", ANY),
    "a tuple's name": ("ENABLED <<x' \\in {x, 1} /\\ y' = y>>_v", V, BOTH),
    "a tuple's name that is decided before": ("ENABLED <<x' = 1>>_v", V, SOME_FAIL),
    "fairness": ("Fair(A(1), v)", FAIR, BOTH),
    "fairness of what is not assigned": ("Fair(x' = 1, v)", FAIR, ALL_FAIL),
    "an action of LET": ("LET act == x > 0 /\\ x' = 0 IN ENABLED act", "", BOTH),
    "an operator of LET": ("LET act(n) == x > n /\\ x' = n IN ENABLED act(1)", "", BOTH),
    "a recursion": ("ENABLED (D(2) /\\ x' = 1)", DOWN.format("x' = y"), BOTH),
    "a recursive test": ("ENABLED (D(x) /\\ x' = 1)", DOWN.format("x = 0 \\/ y = 0"), BOTH),
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_enabled_looks_through_definitions(name: str) -> None:
    formula, definitions, values = DEFINITIONS[name]
    model = small(formula, definitions)
    program = compile_model(model)
    assert agree(model, program, list(program.initial_states())) == values


INNER = """---- MODULE Inner ----
VARIABLES a, b
Both == a' = 0 /\\ b' = 1
Down == a > 0 /\\ a' = a - 1 /\\ b' \\in {a, a'} /\\ b' # a'
Grow(n) == a' = a + n /\\ UNCHANGED b /\\ a' = b'
Here(p) == p' = 5
Same == UNCHANGED <<a, b>> /\\ a' # b'
Can(act) == ENABLED act
Asked == ASKED
====
"""

INSTANCES = {
    "one variable twice": ("a <- x, b <- x", "ENABLED Both", YES),
    "as it is outside": ("a <- x, b <- x", "ENABLED Both /\\ ENABLED ~(x' = 0 /\\ x' = 1)", YES),
    "by a parameter": ("a <- x, b <- y", "Can(Down)", BOTH),
    "an expression": ("a <- x - 1, b <- y", "ENABLED Down", BOTH),
    "unchanged expressions": ("a <- x, b <- y + 1", "ENABLED Same", BOTH),
    "unchanged and assigned": ("a <- x, b <- x + y", "\\E n \\in 1..2 : ENABLED Grow(n)", BOTH),
    "a constant": ("a <- 4, b <- y", "ENABLED (a' = b /\\ a' # a /\\ b = 1)", BOTH),
    "a primed parameter": ("a <- x, b <- y", "ENABLED (b' = 1 /\\ Here(a) /\\ a' # b /\\ b > 0)", BOTH),
    "nested": ("a <- x, b <- x", "ENABLED (Both /\\ ENABLED (a' = 2 /\\ b' = a /\\ b' = 1))", BOTH),
    "a box": ("a <- x, b <- y + 1", "ENABLED ([Both]_<<a, b>> /\\ a' = b')", BOTH),
    "an angle": ("a <- x, b <- y", "ENABLED <<UNCHANGED a /\\ b' = a>>_<<a, b>>", BOTH),
}


@pytest.mark.parametrize("name", INSTANCES)
def test_what_enabled_binds_is_not_substituted(name: str) -> None:
    substitution, asked, values = INSTANCES[name]
    asked = asked.replace("ENABLED ~(x' = 0 /\\ x' = 1)", "TRUE")
    definitions = f"{INNER.replace('ASKED', asked)}\nI == INSTANCE Inner WITH {substitution}"
    model = small("I!Asked", definitions)
    program = compile_model(model)
    assert agree(model, program, list(program.initial_states())) == values


def test_an_action_from_outside_is_substituted() -> None:
    model = small(
        "ENABLED I!Both", f"{INNER.replace('ASKED', 'TRUE')}\nI == INSTANCE Inner WITH a <- x, b <- x"
    )
    program = compile_model(model)
    assert agree(model, program, list(program.initial_states())) == {False}


def test_a_parametrized_instance_has_next_values_of_its_own() -> None:
    inner = """---- MODULE Inner ----
VARIABLES a, b
Can(n) == ENABLED (a' = n /\\ b' = a + n /\\ a' # b')
====
I(p) == INSTANCE Inner WITH a <- p, b <- p + 1"""
    model = small("I(x)!Can(2) /\\ ~I(y)!Can(2)", inner)
    program = compile_model(model)
    assert agree(model, program, list(program.initial_states())) == BOTH


REFUSED = {
    "too many": ("ENABLED (x' \\in 0..1000 /\\ x' > 3)", "", "too many values"),
    "infinitely many": ("ENABLED (x' \\in Nat /\\ x' > 3)", "", "infinitely many values"),
    "a half state": ("ENABLED (x' = 1 /\\ (ENABLED (x' = y))')", "", "y has no value yet"),
    "a name about the next state": (
        "ENABLED (x' = 1 /\\ y' = 1 /\\ (Can(x))')",
        "Can(p) == ENABLED (x' = p)",
        "so is a name in its action",
    ),
    "a recursive test that may fail": (
        "ENABLED (D(x) /\\ x' = 1)",
        DOWN.format("x = 0 \\/ 1 \\div y = 1"),
        "a recursive test",
    ),
    "what the oracle counts": ("ENABLED (x' = 1 /\\ TLCGet(1) = 1)", "LOCAL INSTANCE TLC", "TLCGet reads"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_said_is_refused_with_its_reason(name: str) -> None:
    formula, definitions, reason = REFUSED[name]
    model = small(formula, definitions)
    encoding = encode_model(model, infer_shapes(model, compile_model(model)), model.properties)
    ((prop, said),) = encoding.system.unsupported
    assert prop == "Inv"
    assert said.startswith("Enabled.tla:")
    assert reason in said


# ---------------------------------------------------------------- random actions

VARIABLES = ("n", "b", "s", "f", "q", "r")
STATES = 40


def partial_tests() -> st.SearchStrategy[str]:
    """Tests that fail in some states."""
    plain = booleans(0)
    return st.one_of(
        template("(2 \\div n = 1 \\/ {})", plain),
        template("({} \\/ 2 \\div n = 1)", plain),
        template("(\\E g \\in 0..2 : 2 \\div (n + g) = 1 /\\ {})", plain),
        template("(IF {} THEN TRUE ELSE q[1] = {})", plain, st.sampled_from(['"p"', '"q"'])),
        template("f[n] = {}", st.sampled_from(["0", "n"])),
    )


@st.composite
def some_actions(draw: st.DrawFn) -> str:
    """Actions that give some of the variables a value, in any order, with tests between."""
    chosen = draw(st.lists(st.sampled_from(VARIABLES), unique=True, max_size=4))
    items = [draw(updates(name)) for name in chosen]
    for strategy in (guards(), partial_tests(), afterthoughts()):
        if draw(st.booleans()):
            items.insert(draw(st.integers(0, len(items))), draw(strategy))
    return "(" + " /\\ ".join(f"({item})" for item in items or ["TRUE"]) + ")"


def asked() -> st.SearchStrategy[str]:
    one = some_actions()
    return st.one_of(
        template("ENABLED {}", one),
        template("ENABLED ({} \\/ {})", one, one),
        template("ENABLED (({} \\/ {}) /\\ {})", one, one, one),
        template("ENABLED <<{}>>_<<{}>>", one, st.sampled_from(["n", "b, n", "s, f"])),
        template("ENABLED ([{}]_{} /\\ {})", one, st.sampled_from(VARIABLES), one),
        template("ENABLED ({} /\\ ENABLED {})", one, one),
        template("(\\E which \\in 0..2 : ENABLED (n' = which /\\ {}))", one),
    )


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(asked(), st.integers(0, 1000))
def test_random_actions_are_enabled_where_the_reference_finds_a_step(formula: str, seed: int) -> None:
    note(formula)
    model = loaded(f"""VARIABLES {", ".join(VARIABLES)}
Some(p) == p = n \\/ \\E t \\in s : t < p
Given(p) == p \\/ n = 0
Init == /\\ n \\in 0..2 /\\ b \\in BOOLEAN /\\ s \\in {{{{}}, {{0}}, {{1, 2}}}} /\\ f \\in [{{1, 2}} -> 0..1]
        /\\ q \\in {{<<>>, <<"p">>}} /\\ r \\in [a : {{"p"}}, c : 0..1]
Next == UNCHANGED <<{", ".join(VARIABLES)}>>
Inv == {formula}""")
    program = compile_model(model)
    states = list(program.initial_states())
    agree(model, program, Random(seed).sample(states, STATES))


# ---------------------------------------------------------------- engines


@st.composite
def models(draw: st.DrawFn) -> str:
    """A module in which ENABLED stands in a guard, an invariant, a step property, and constraints."""
    steps = []
    for _ in range(draw(st.integers(1, 2))):
        items = [draw(guards()), *(draw(updates(name)) for name in VARIABLES)]
        if draw(st.booleans()):
            items.insert(1, f"{draw(st.sampled_from(['', '~']))}ENABLED {draw(whole_actions())}")
        steps.append(" /\\ ".join(f"({item})" for item in items))
    definitions = "\n".join(f"A{i} == {text}" for i, text in enumerate(steps))
    enabled = template("ENABLED {}", whole_actions())
    invariant = draw(joined(draw(st.sampled_from(["\\/", "=>"])), booleans(1), enabled))
    step = draw(joined("\\/", booleans(0), enabled))
    within = draw(enabled)
    either = " \\/ ".join(f"A{i}" for i in range(len(steps)))
    return f"""VARIABLES {", ".join(VARIABLES)}
vars == <<{", ".join(VARIABLES)}>>
Some(p) == p = n \\/ \\E t \\in s : t < p
Given(p) == p \\/ n = 0
Init == /\\ n \\in 0..1 /\\ b = FALSE /\\ s = {{}} /\\ f = [k \\in {{1, 2}} |-> 0]
        /\\ q = <<>> /\\ r = [a |-> "p", c |-> 1]
{definitions}
Next == {either}
Inv == {invariant}
Step == [][{step} \\/ n' # n]_vars
Within == {within} \\/ n # 2
Allowed == (ENABLED <<A0>>_vars)' \\/ n' > n"""


def whole_actions() -> st.SearchStrategy[str]:
    """Actions that cannot fail: they give n a value, and may be tested after that."""
    return template(
        "(({}) /\\ ({}) /\\ ({}))", guards(), updates("n"), st.sampled_from(["n' # n", "b", "TRUE"])
    )


CONSTRAINTS = st.sampled_from(["", "CONSTRAINT Within\n", "ACTION_CONSTRAINT Allowed\n"])
RUN = "INIT Init\nNEXT Next\nINVARIANT Inv\nPROPERTY Step\nCHECK_DEADLOCK FALSE\n"


@settings(max_examples=16, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(models(), CONSTRAINTS)
def test_engines_agree_about_enabled(body: str, constraints: str) -> None:
    note(body + constraints)
    model = loaded(body, RUN + constraints)
    searched = run(Reference(), Problem(model, model.properties, deadlock=False), None)
    for native in (Explicit(Settings(small=0)), Explicit(Settings(workers=2, small=0))):
        assert summary(run(native, Problem(model, model.properties, deadlock=False), None)) == summary(
            searched
        )
    truth = findings(searched)
    reached = next(e for e in searched if isinstance(e, Exploration))
    problem = Problem(model, model.properties, deadlock=False)
    bounded = findings(run(Bmc(), problem, min(reached.depth + 1, 6)))
    induced = findings(run(KInduction(), Problem(model, model.properties, deadlock=False), 2))
    for name, found in truth.items():
        compare(problem, found, bounded[name], induced[name])
