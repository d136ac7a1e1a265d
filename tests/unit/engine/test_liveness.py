"""Temporal properties under fairness, on models small enough to be judged by hand."""

from __future__ import annotations

import pytest

from aioformal.audit.replay import replay_trace
from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget, Engine, Problem
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Finding, Proved, Trace, Unknown, Vacuous, Verdict, Violated
from aioformal.resolve.model import Model
from tests.unit.concrete.specs import model_of

ENGINES: dict[str, Engine] = {
    "reference": Reference(),
    "machine code": Explicit(Settings(small=0)),
    "interpreted": Explicit(Settings(small=0, runner="interpreted")),
}

LOCK = """
CONSTANT P
VARIABLES lock, pc
vars == <<lock, pc>>
Init == lock = 0 /\\ pc = [p \\in P |-> "idle"]
Want(p) == pc[p] = "idle" /\\ pc' = [pc EXCEPT ![p] = "want"] /\\ lock' = lock
Take(p) == pc[p] = "want" /\\ lock = 0 /\\ lock' = 1 /\\ pc' = [pc EXCEPT ![p] = "in"]
Free(p) == pc[p] = "in" /\\ lock' = 0 /\\ pc' = [pc EXCEPT ![p] = "idle"]
Step(p) == Take(p) \\/ Free(p)
Next == \\E p \\in P : Want(p) \\/ Step(p)
Base == Init /\\ [][Next]_vars
Weak == Base /\\ \\A p \\in P : WF_vars(Step(p))
Strong == Base /\\ \\A p \\in P : SF_vars(Take(p)) /\\ WF_vars(Free(p))
Together == Base /\\ WF_vars(\\E p \\in P : Step(p))
Again == Base /\\ []<>(lock = 0)
Settles == Base /\\ <>[](lock = 0)
OfLock == Base /\\ \\A p \\in P : WF_lock(Step(p))
Served == \\A p \\in P : pc[p] = "want" ~> pc[p] = "in"
Progress == (\\E p \\in P : pc[p] = "want") ~> \\E p \\in P : pc[p] = "in"
Unlocks == []<>(lock = 0)
Rests == <>[](lock = 0)
Somebody == <>(\\E p \\in P : pc[p] = "in")
Takes == <><<\\E p \\in P : Take(p)>>_vars
Stops == <>[][FALSE]_vars
Either == Rests \\/ []<>(lock = 1)
Same == ([]<>(lock = 0)) <=> ~<>[](lock = 1)
Works == \\A p \\in P : WF_vars(Free(p))
Insists == \\A p \\in P : SF_vars(Take(p))
Can == \\A p \\in P : []<>(pc[p] = "idle" => ENABLED <<Want(p)>>_vars)
Mixed == lock = 0 /\\ [][lock' # lock \\/ lock' = lock]_vars /\\ Unlocks
Named == LET Busy(p) == pc[p] = "in"
             Later(p) == <>~Busy(p)
         IN  \\A p \\in P : [](Busy(p) => Later(p))
Chosen == \\A p \\in P : IF p = CHOOSE q \\in P : TRUE THEN []<>(pc[p] # "in") ELSE TRUE
"""

# Of each specification: the properties that are proved, and for the others the states of a shortest lasso and
# where its cycle begins.
VERDICTS: dict[str, dict[str, tuple[int, int] | None]] = {
    "Base": {
        "Served": (2, 1),
        "Progress": (2, 1),
        "Unlocks": (3, 2),
        "Rests": (3, 0),
        "Somebody": (1, 0),
        "Takes": (1, 0),
        "Stops": (3, 0),
        "Either": None,
        "Same": None,
        "Works": (3, 2),
        "Insists": (2, 1),
        "Can": None,
        "Mixed": (3, 2),
        "Named": (3, 2),
    },
    "Weak": {
        "Served": (4, 1),
        "Progress": None,
        "Unlocks": None,
        "Rests": (3, 0),
        "Somebody": (1, 0),
        "Stops": (3, 0),
        "Works": None,
        "Insists": (4, 1),
        "Mixed": None,
        "Named": None,
        "Chosen": None,
    },
    "Strong": {"Served": None, "Progress": None, "Unlocks": None, "Insists": None, "Works": None},
    "Together": {"Served": (4, 1), "Progress": None, "Works": None, "Unlocks": None},
    "Again": {"Unlocks": None, "Served": (2, 1), "Works": None},
    "Settles": {"Rests": None, "Unlocks": None, "Stops": None, "Served": (2, 1)},
    "OfLock": {"Served": (4, 1), "Progress": None},
}
CASES = [(spec, name) for spec, known in VERDICTS.items() for name in known]


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    return ENGINES[request.param]


def model(spec: str, *properties: str, text: str = LOCK, more: str = "CONSTANT P = {a, b}") -> Model:
    lines = [f"SPECIFICATION {spec}", more, *(f"PROPERTY {name}" for name in properties)]
    return model_of(text, "\n".join((*lines, "CHECK_DEADLOCK FALSE")))


def judged(engine: Engine, asked: Model) -> dict[str, Verdict]:
    found = engine.check(Problem(asked, asked.properties, deadlock=False), Budget())
    return {event.property: event.verdict for event in found if isinstance(event, Finding)}


def lasso(trace: Trace) -> tuple[int, int | None]:
    return len(trace.states), trace.loop


@pytest.mark.parametrize("spec", list(VERDICTS))
def test_verdicts_and_lassos(engine: Engine, spec: str) -> None:
    expected = VERDICTS[spec]
    asked = model(spec, *expected)
    problem = Problem(asked, asked.properties, deadlock=False)
    for name, verdict in judged(engine, asked).items():
        if expected[name] is None:
            assert isinstance(verdict, Proved), (name, verdict)
            continue
        assert isinstance(verdict, Violated), (name, verdict)
        assert lasso(verdict.trace) == expected[name], (name, verdict.trace)
        replay_trace(problem.program, asked.property_named(name), verdict.trace)


PAIR = """
VARIABLES x, y
vars == <<x, y>>
Init == x = 0 /\\ y = 0
Up == x < 2 /\\ x' = x + 1 /\\ UNCHANGED y
Flip == y' = 1 - y /\\ UNCHANGED x
Next == Up \\/ Flip
Spec == Init /\\ [][Next]_vars /\\ WF_vars(Up)
OnlyX == Init /\\ [][Next]_vars /\\ WF_x(Up)
Part == Init /\\ [][Next]_vars /\\ WF_vars(x < 2 /\\ x' = x + 1)
Other == Init /\\ [][Next]_vars /\\ WF_vars(x < 2 /\\ x' = x + 7 /\\ UNCHANGED y)
Top == <>(x = 2)
Flips == []<>(y = 1)
Slow == <>[][x' = x]_x
"""


@pytest.mark.parametrize(
    ("spec", "verdicts"),
    [
        ("Spec", {"Top": Proved, "Flips": Violated, "Slow": Proved}),
        ("OnlyX", {"Top": Proved, "Flips": Violated}),
        ("Part", {"Top": Proved}),
        # That action is enabled and never taken as long as x is below 2: no fair behaviour stays there.
        ("Other", {"Top": Proved, "Flips": Violated}),
    ],
)
def test_subscripts_and_actions_beside_the_next_state_action(
    engine: Engine, spec: str, verdicts: dict[str, type[Verdict]]
) -> None:
    found = judged(engine, model(spec, *verdicts, text=PAIR, more=""))
    assert {name: type(verdict) for name, verdict in found.items()} == verdicts


def test_a_cycle_outside_of_a_constraint_is_none(engine: Engine) -> None:
    text = PAIR + "Low == x < 2\nSame == y' = y\n"
    # A behaviour that stays below is not fair, and one that leaves is not looked at: nothing is left.
    found = judged(engine, model("Spec", "Flips", text=text, more="CONSTRAINT Low"))
    assert isinstance(found["Flips"], Vacuous)
    assert "CONSTRAINT" in found["Flips"].reason
    found = judged(engine, model("Spec", "Top", "Flips", text=text, more="ACTION_CONSTRAINT Same"))
    assert [type(verdict) for verdict in found.values()] == [Proved, Violated]


@pytest.mark.parametrize("impossible", ["<>(x = 7)", "SF_vars(x' = 7 /\\ UNCHANGED y)", "[]<>(x = 1)"])
def test_without_a_fair_behaviour_everything_is_vacuous(engine: Engine, impossible: str) -> None:
    text = PAIR + f"None == Spec /\\ {impossible}\nNot == ~Flips\n"
    found = judged(engine, model("None", "Flips", "Not", text=text, more=""))
    assert {type(verdict) for verdict in found.values()} == {Vacuous}


def test_one_fair_behaviour_is_enough(engine: Engine) -> None:
    """It may be the one that stops, or need an automaton to be found."""
    text = PAIR + "Some == Spec /\\ <>(x = 2)\n"
    for spec in ("Spec", "Some"):
        assert isinstance(judged(engine, model(spec, "Top", text=text, more=""))["Top"], Proved)


ODD = """
VARIABLE x
Init == x = 0
Next == x' = 1 - x
Spec == Init /\\ [][Next]_x
Odd == [n \\in {1} |-> TRUE][x + x']
Goal == []<><<Odd>>_x
"""


def test_of_a_step_that_changes_nothing_an_action_is_not_evaluated(engine: Engine) -> None:
    """This one has no value there. The behaviour that stops at once violates it: no step of it is
    `<<A>>_v`."""
    asked = model("Spec", "Goal", text=ODD, more="")
    verdict = judged(engine, asked)["Goal"]
    assert isinstance(verdict, Violated)
    assert lasso(verdict.trace) == (1, 0)
    replay_trace(Problem(asked, asked.properties, deadlock=False).program, asked.properties[0], verdict.trace)


MANY = " /\\ ".join(f"(<>(x = {n}) \\/ <>[](y = {n}))" for n in range(30))
CLASHING = MANY + " /\\ [](x = 1) /\\ [](~(x = 1))"


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("\\A n \\in Nat : <>(x = n)", "cannot be enumerated"),
        ("\\A n \\in SUBSET (0..16) : <>(x \\in n)", "more than 10,000 instances"),
        (f"~({MANY})", "too many states"),
        (f"~({CLASHING})", "too many states"),
        ('[]<>(TLCGet("level") < 9)', "TLCGet"),
        ("<>(x = 1) -+-> <>(y = 1)", "`-+->` is not judged"),
        ("\\A n \\in 0..x : <>(y = n)", "a set that may change"),
        ("\\EE z : <>(z = 1)", "not judged"),
        ("[]<>(x = 2 /\\ [n \\in {1} |-> 0][x] = 0)", "M.tla:17"),
    ],
)
def test_what_is_not_judged_is_said(engine: Engine, formula: str, reason: str) -> None:
    asked = model("Spec", "F", text=PAIR + f"F == {formula}\n", more="")
    verdict = judged(engine, asked)["F"]
    assert isinstance(verdict, Unknown)
    assert reason in verdict.reason


def test_fairness_that_is_not_understood_is_not_assumed(engine: Engine) -> None:
    text = PAIR + "Odd == Spec /\\ (<>(x = 1) -+-> <>(y = 1))\nSome == <>(x = 2)\n"
    found = judged(engine, model("Odd", "Some", "Flips", text=text, more=""))
    assert isinstance(found["Some"], Proved)
    verdict = found["Flips"]
    assert isinstance(verdict, Unknown)
    assert "without all of the fairness" in verdict.reason


REFINED = """
VARIABLE x
---- MODULE High ----
VARIABLE y
Flip == y' = 1 - y
Fair == WF_y(Flip)
Of(z) == WF_y(Flip /\\ z = z)
====
H == INSTANCE High WITH y <- x % 2
Init == x = 0
Two == x < 4 /\\ x' = x + 2
One == x' = (x + 1) % 4
Slow == Init /\\ [][Two]_x /\\ WF_x(Two)
Quick == Init /\\ [][One]_x /\\ WF_x(One)
Fair == H!Fair
Handed == H!Of(x)
"""


def test_fairness_of_an_instance_asks_for_next_values_of_its_own(engine: Engine) -> None:
    """Flip is enabled in High whatever y is; that no step of Slow makes it happen is what it is about."""
    verdict = judged(engine, model("Slow", "Fair", text=REFINED, more=""))["Fair"]
    assert isinstance(verdict, Violated)
    verdict = judged(engine, model("Quick", "Fair", text=REFINED, more=""))["Fair"]
    assert isinstance(verdict, Proved)


def test_what_is_handed_to_an_instance_is_not_about_its_variables(engine: Engine) -> None:
    verdict = judged(engine, model("Quick", "Handed", text=REFINED, more=""))["Handed"]
    assert isinstance(verdict, Unknown)
    assert "handed over to an instance" in verdict.reason


def test_symmetry_leaves_it_open() -> None:
    text = LOCK + "Perms == Permutations(P)\n"
    asked = model("Weak", "Served", text=text, more="CONSTANT P = {a, b}\nSYMMETRY Perms")
    verdict = judged(ENGINES["machine code"], asked)["Served"]
    assert isinstance(verdict, Unknown)
    assert "SYMMETRY" in verdict.reason
