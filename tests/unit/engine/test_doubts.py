"""What is proved of states that SYMMETRY or VIEW take for the same, and what is not."""

from __future__ import annotations

import pytest

from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.explicit.equivariance import BY_NAME
from aioformal.engine.explicit.nameless import MADE_OF_ALL, PLAIN
from aioformal.engine.protocol import Budget, Event, Problem, Remark
from aioformal.evidence.verdict import Exploration, Finding, Holds, Proved, Unknown, Verdict, Violated
from aioformal.resolve.model import Model
from aioformal.value.operators import OPERATORS
from tests.unit.concrete.specs import model_of

NATIVE = Explicit(Settings(small=0))


def search(
    model: Model, *, deadlock: bool = False, depth: int | None = None, workers: int = 1
) -> list[Event]:
    engine = Explicit(Settings(small=0, workers=workers))
    return list(engine.check(Problem(model, model.properties, deadlock), Budget(depth)))


def verdicts(events: list[Event]) -> dict[str, Verdict]:
    return {event.property: event.verdict for event in events if isinstance(event, Finding)}


def remarks(events: list[Event]) -> list[str]:
    return [event.diagnostic.message for event in events if isinstance(event, Remark)]


def test_every_built_in_is_known() -> None:
    assert set(OPERATORS) >= BY_NAME | PLAIN | MADE_OF_ALL
    assert not PLAIN & MADE_OF_ALL


# ---------------------------------------------------------------- SYMMETRY

SYMMETRIC = """
LOCAL F == INSTANCE FiniteSetsExt
LOCAL R == INSTANCE Randomization
LOCAL X == INSTANCE TLCExt
CONSTANTS P, one, other, pick
VARIABLES n, last, set
Max(S) == CHOOSE x \\in S : \\A y \\in S : x >= y
First(S) == CHOOSE x \\in S : TRUE
RECURSIVE Sum(_)
Sum(S) == IF S = {} THEN 0 ELSE LET p == CHOOSE q \\in S : TRUE IN n[p] + Sum(S \\ {p})
RECURSIVE Size(_)
Size(S) == IF S = {} THEN 0 ELSE LET p == CHOOSE q \\in S : TRUE IN 1 + Size(S \\ {p})
HowMany == Size(P)
NoOne == CHOOSE v : v \\notin P
Init == n = [p \\in P |-> 0] /\\ last = other /\\ set = {}
Step(p) == n[p] < 2 /\\ n' = [n EXCEPT ![p] = @ + 1] /\\ last' = p /\\ set' = set \\cup {n[p]}
Next == \\E p \\in P : Step(p)
Inv == INVARIANT
Same == \\A p \\in P : n[p] < 3
Perms == Permutations(P)
"""
CONFIG = (
    "INIT Init\nNEXT Next\nSYMMETRY Perms\nINVARIANTS Inv Same\n"
    "CONSTANTS P = {a, b, c} one = a other = other pick = {a, b}\n"
)

NO_NAMES = [
    "Max({n[p] : p \\in P}) < 3",
    "(CHOOSE x \\in 0..2 : x = Cardinality({p \\in P : n[p] = 2}) % 3) < 3",
    "set = {} \\/ (CHOOSE x \\in set : TRUE) < 3",
    "set = {} \\/ (CHOOSE x \\in {y \\in set : y < 2} \\cup {7} : TRUE) < 8",
    "(CHOOSE x \\in SUBSET P : x = P) = P",
    "HowMany = 3",
    "(CHOOSE q \\in P : TRUE) \\in P",
    "TRUE \\/ last # NoOne",
    "\\A p \\in P : last = p => n[p] > 0",
    "\\E f \\in [P -> P] : \\A p, q \\in P : p # q => f[p] # f[q]",
    "LET top == Max(0..2) IN \\A p \\in P : n[p] <= top",
    "\\A x \\in {1, 2} : (CHOOSE y \\in {x, 5} : TRUE) < 6",
    "F!MapThenSumSet(LAMBDA p : n[p], P) < 7",
]

BY_A_NAME = [
    ("n[one] < 3", "constant `one`"),
    ("last \\in pick \\cup P \\cup {other}", "constant `pick`"),
    ("n[First(P)] < 3", "CHOOSE"),
    ("(CHOOSE q \\in P : TRUE) # last \\/ set # {99}", "CHOOSE"),
    ("set # {8} \\/ (CHOOSE q \\in P \\cup {7} : q # 7) # 8", "CHOOSE"),
    ("Sum(P) < 7", "CHOOSE"),
    ("n[RandomElement(P)] < 3", "RandomElement"),
    ("set # (CHOOSE Q \\in SUBSET P : Cardinality(Q) = 1)", "CHOOSE"),
    ("\\A x \\in P : (CHOOSE y \\in {x, 5} : TRUE) # 6 \\/ set # {99}", "CHOOSE"),
    ("(CHOOSE x \\in P : \\A y \\in P : n[x] >= n[y]) \\in P", "CHOOSE"),
    ("(CHOOSE x \\in {last} : TRUE) # 5", "CHOOSE"),
    ("last \\notin R!RandomSubset(1, P) \\/ set # {99}", "RandomSubset"),
    ("last \\notin UNION R!RandomSetOfSubsets(1, 1, P) \\/ set # {99}", "RandomSetOfSubsets"),
    ('last # X!TLCModelValue("b") \\/ set # {99}', "TLCModelValue"),
    ('ToString(last) # ""', "ToString"),
    ("F!FoldSet(LAMBDA p, rest : n[p] + rest, 0, P) < 7", "a fold"),
    ("n[F!FoldSet(LAMBDA p, rest : p, last, P)] < 3", "a fold"),
]


def symmetric(invariant: str) -> Model:
    return model_of(SYMMETRIC.replace("INVARIANT", invariant), CONFIG)


@pytest.mark.parametrize("invariant", NO_NAMES)
def test_what_treats_all_names_alike_is_proved(invariant: str) -> None:
    events = search(symmetric(invariant))
    assert remarks(events) == []
    assert isinstance(verdicts(events)["Inv"], Proved)


@pytest.mark.parametrize(("invariant", "said"), BY_A_NAME)
def test_what_may_tell_names_apart_is_not_proved(invariant: str, said: str) -> None:
    events = search(symmetric(invariant))
    found = verdicts(events)
    assert isinstance(found["Inv"], Unknown)
    assert said in found["Inv"].reason
    assert isinstance(found["Same"], Proved)
    assert remarks(events) == [found["Inv"].reason]


@pytest.mark.parametrize(
    "change",
    [
        ("n[p] < 2 /\\", "n[p] < 2 /\\ one \\in P /\\"),
        ("\\E p \\in P : Step(p)", "\\E p \\in P : Step(p) /\\ First(P) \\in P"),
        ("last = other /\\", "last = other /\\ First(P) \\in P /\\"),
    ],
)
def test_a_doubt_about_what_happens_is_one_about_everything(change: tuple[str, str]) -> None:
    model = model_of(SYMMETRIC.replace("INVARIANT", "TRUE").replace(*change), CONFIG)
    found = verdicts(search(model, deadlock=True, depth=3))
    assert [type(found[name]) for name in ("Inv", "Same", "deadlock")] == [Unknown] * 3


def test_a_bound_is_no_bound_either() -> None:
    found = verdicts(search(symmetric("n[one] < 3"), depth=2))
    assert isinstance(found["Inv"], Unknown)
    assert isinstance(found["Same"], Holds)


def test_a_violation_stays_one() -> None:
    found = verdicts(search(symmetric("n[First(P)] < 1")))
    assert isinstance(found["Inv"], Violated)


@pytest.mark.parametrize("statement", ["CONSTRAINT", "ACTION_CONSTRAINT"])
def test_a_constraint_that_names_one(statement: str) -> None:
    text = SYMMETRIC.replace("INVARIANT", "TRUE") + "Bound == n[one] < 9\n"
    found = verdicts(search(model_of(text, f"{CONFIG}{statement} Bound\n")))
    assert isinstance(found["Same"], Unknown)
    assert f"differ in {statement}:" in found["Same"].reason


def test_steps_are_asked_about_too() -> None:
    text = SYMMETRIC.replace("INVARIANT", "TRUE") + "Grows == [][n'[one] >= n[one]]_n\n"
    found = verdicts(search(model_of(text, f"{CONFIG}PROPERTY Grows\n")))
    assert isinstance(found["Grows"], Unknown)
    assert isinstance(found["Same"], Proved)


# ---------------------------------------------------------------- VIEW

VIEWED = """
VARIABLES at, n, log
vars == <<at, n, log>>
Init == at = 0 /\\ n \\in 0..2 /\\ log = <<>>
Go == at' = (at + 1) % 5 /\\ n' = n + 1 /\\ log' = log
Next == NEXT
Inv == at < 5
Small == n < 4
"""
MATTERS_NOT = [
    "Go",
    "at' = 1 /\\ n' \\in 0..at /\\ UNCHANGED log",
    "\\/ at' = 1 /\\ UNCHANGED <<n, log>>\n        \\/ Go",
    "\\E d \\in 1..2 : at' = (at + d) % 5 /\\ n' = n + d /\\ log' = Append(log, n)",
    "/\\ at' = 0\n        /\\ IF at = 2 THEN n' = n + 1 /\\ log' = <<>> ELSE UNCHANGED <<n, log>>",
    "LET more == n + 1 IN at' = 0 /\\ n' = more /\\ UNCHANGED log",
    "LET Note == n' = n + 1 IN at' = 0 /\\ Note /\\ UNCHANGED log",
    "[Go]_vars",
    "at' = 3 /\\ CASE at = 1 -> n' = n [] OTHER -> n' = at\n        /\\ UNCHANGED log",
    "UNCHANGED vars",
]
MATTERS = [
    "at' = n % 5 /\\ n' = n + 1 /\\ UNCHANGED log",
    "n < 9 /\\ Go",
    "at' = 1 /\\ n' \\in {m \\in 0..2 : m < n} /\\ UNCHANGED log",
    "n' = n + 1 /\\ at' = n' % 5 /\\ UNCHANGED log",
    "at' = 0 /\\ n' = n + 1 /\\ n' = 3 /\\ UNCHANGED log",
    "at' = 0 /\\ UNCHANGED <<n, log>> /\\ (at = 3 \\/ n' = 1)",
    "at' = 0 /\\ log' = <<>> /\\ n' = 1 /\\ UNCHANGED <<log>>",
    "\\E d \\in 0..n : at' = d % 5 /\\ UNCHANGED <<n, log>>",
    "IF log = <<>> THEN Go ELSE UNCHANGED vars",
    "LET now == n IN at' = now % 5 /\\ n' = n + 1 /\\ UNCHANGED log",
    "LET F(x) == x + n IN at' = F(1) % 5 /\\ n' = n + 1 /\\ UNCHANGED log",
    "n' = 1 /\\ log' = <<n'>> /\\ at' = 0",
]


def viewed(step: str = "Go", config: str = "INVARIANT Inv", view: str = "<<at>>", more: str = "") -> Model:
    text = VIEWED.replace("NEXT", step) + f"View == {view}\n{more}\n"
    return model_of(text, f"INIT Init\nNEXT Next\nVIEW View\n{config}\n")


@pytest.mark.parametrize("step", MATTERS_NOT)
def test_what_is_hidden_and_decides_nothing(step: str) -> None:
    found = verdicts(search(viewed(step)))
    assert isinstance(found["Inv"], Proved)


@pytest.mark.parametrize("step", MATTERS)
def test_what_is_hidden_and_decides_what_happens(step: str) -> None:
    found = verdicts(search(viewed(step), depth=3))
    assert isinstance(found["Inv"], Unknown)
    assert "which Next reads" in found["Inv"].reason


@pytest.mark.parametrize(
    ("config", "more", "where"),
    [
        ("INVARIANTS Inv Small", "", "Small"),
        ("INVARIANT Inv\nPROPERTY Grows", "Grows == [][n' > n]_at", "Grows"),
        ("INVARIANT Inv\nPROPERTY Grows", "Grows == [][at' # at]_vars", "Grows"),
        ("INVARIANT Inv\nPROPERTY Grows", "Grows == n = 0 /\\ [][TRUE]_at", "Grows"),
        ("INVARIANT Small\nCONSTRAINT Bound", "Bound == n < 5", "CONSTRAINT"),
        ("INVARIANT Small\nACTION_CONSTRAINT Bound", "Bound == n' < 5", "ACTION_CONSTRAINT"),
        ("INVARIANT Next", "", "Next"),
        ("INVARIANT Init", "", "Init"),
    ],
)
def test_what_is_hidden_and_decides_what_is_checked(config: str, more: str, where: str) -> None:
    text = VIEWED.replace("NEXT", "Go") + f"View == at\n{more}\n"
    begin = "INIT Init\nNEXT Next"
    if where in ("Init", "Next"):
        # A property may be called as the behaviour usually is.
        text = text.replace("Init ==", "First ==").replace("Next ==", "Step ==") + f"{where} == n < 99\n"
        begin = "INIT First\nNEXT Step"
    found = verdicts(search(model_of(text, f"{begin}\nVIEW View\n{config}\n")))
    open_ones = [v for name, v in found.items() if name in (where, "Small")]
    assert all(isinstance(verdict, Unknown | Violated) for verdict in open_ones)
    assert any(isinstance(v, Violated) or f"which {where} reads" in v.reason for v in open_ones)  # type: ignore[union-attr]
    if "Inv" in found:
        assert isinstance(found["Inv"], Proved)


@pytest.mark.parametrize(
    "view", ["at", "vars", "[here |-> at, rest |-> log]", "<<at, n % 2>>", "<<<<at>>, TRUE>>"]
)
def test_views_that_show_a_variable(view: str) -> None:
    assert isinstance(verdicts(search(viewed(view=view), depth=4))["Inv"], Proved | Holds)


@pytest.mark.parametrize("view", ["at % 3", "{at, 9}", "IF at = 0 THEN 0 ELSE at", "n"])
def test_views_that_do_not_show_it(view: str) -> None:
    found = verdicts(search(viewed(view=view), depth=4))
    assert isinstance(found["Inv"], Unknown)


def test_a_deadlock_is_nothing_that_is_hidden() -> None:
    found = verdicts(search(viewed("n < 9 /\\ Go"), deadlock=True))
    assert isinstance(found["deadlock"], Unknown)
    assert isinstance(verdicts(search(viewed(), deadlock=True))["deadlock"], Proved)


@pytest.mark.parametrize(("view", "alone"), [("at", False), ("<<at, n % 2>>", True)])
def test_two_workers_only_where_they_count_like_one(view: str, alone: bool) -> None:
    events = search(viewed(view=view), workers=2)
    [seen] = [event for event in events if isinstance(event, Exploration)]
    assert seen.details is not None
    assert seen.details.workers == (1 if alone else 2)
    assert any("one worker" in message for message in remarks(events)) is alone
