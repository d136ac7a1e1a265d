"""When a quantifier becomes a loop, and when it is written out."""

from __future__ import annotations

import pytest

from aioformal.encode import encode_model, infer_shapes
from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.explicit.preparation import RefusedError, prepare
from aioformal.engine.protocol import Budget, Problem, Remark
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Fault
from aioformal.ir.node import Term, postorder
from aioformal.native.machine_code import text_of
from aioformal.resolve.model import Model
from tests.differential.test_random_models import summary
from tests.unit.concrete.specs import compile_model, model_of

MODULE = """
    VARIABLES f, g, x
    P == 1..{n}
    Init == f = [p \\in P |-> 0] /\\ g = [p \\in P |-> FALSE] /\\ x = 0
    Next == \\E p \\in P : /\\ f' = [f EXCEPT ![p] = (@ + 1) % 4]
                         /\\ g' = [g EXCEPT ![p] = ~@]
                         /\\ x' = (x + 1) % 9
    Inv == {formula}
"""


def model(formula: str, n: int = 12) -> Model:
    return model_of(MODULE.format(n=n, formula=formula), "INIT Init\nNEXT Next\nINVARIANT Inv\n")


def loops_in(formula: str, n: int = 12) -> list[Term]:
    """The loops that the formula becomes, in order."""
    made = model(formula, n)
    (prop,) = prepare(Problem(made, made.properties, False)).encoding.system.properties
    terms = postorder([part.term for part in prop.parts])
    return [term for term in terms if term.op == "first"]


def names_of(loop: Term) -> list[str]:
    return [variable.name.partition("?")[0] for variable in loop.args[:-2]]


@pytest.mark.parametrize(
    "formula",
    [
        "\\A i, j, k \\in P : f[i] + f[j] + f[k] < 10",
        "\\A i \\in P : \\A j \\in P : \\A k \\in P : f[i] + f[j] + f[k] < 10",
        "\\A i \\in P, j \\in P : \\A k \\in P : f[i] + f[j] + f[k] < 10",
    ],
)
def test_a_quantifier_over_many_becomes_one_loop(formula: str) -> None:
    (loop,) = loops_in(formula)
    assert names_of(loop) == ["i", "j", "k"]


def test_what_alternates_becomes_a_loop_in_a_loop() -> None:
    inner, outer = loops_in("\\A i, j \\in P : \\E k \\in P : f[i] + f[j] < f[k] + 6")
    assert (names_of(inner), names_of(outer)) == (["k"], ["i", "j"])


@pytest.mark.parametrize(
    ("formula", "n"),
    [
        ("\\A i, j, k \\in P : f[i] + f[j] + f[k] < 10", 4),
        ("\\A i \\in P : f[i] < 4", 12),
        ("\\A i, j \\in 1..30 : i + j = 61 => f[1] = x", 12),
        ("\\A S \\in SUBSET (1..7) : S = {1, x} => f[1] = 0 \\/ x # 2", 12),
    ],
    ids=["few", "one name", "folds", "folds to one"],
)
def test_what_is_short_is_written_out(formula: str, n: int) -> None:
    assert loops_in(formula, n) == []


@pytest.mark.parametrize("names", ["ab", "abc", "abcd"])
def test_what_looks_like_millions_but_is_little_is_written_out(names: str) -> None:
    chain = " ".join(f"\\A {name} \\in msgs : {name} = <<1, 1>> =>" for name in names)
    made = model_of(
        f"""
        VARIABLE msgs
        Init == msgs = {{}}
        Next == \\E t \\in 1..6, v \\in 1..9 : msgs' = msgs \\union {{<<t, v>>}}
        Inv == {chain} {names[0]}[2] < 9
        """,
        "INIT Init\nNEXT Next\nINVARIANT Inv\n",
    )
    (prop,) = prepare(Problem(made, made.properties, False)).encoding.system.properties
    assert not any(term.op == "first" for term in postorder([part.term for part in prop.parts]))


def test_a_loop_is_not_entered_where_nobody_asks() -> None:
    """The premise is among the conditions of the loop, and speaks of none of its variables."""
    (loop,) = loops_in("x = 8 => \\A i, j, k \\in P : f[i] + f[j] + f[k] < 10")
    condition = loop.args[-2]
    assert condition.op == "and"
    assert any(part.op == "eq" and part.args[0].op == "state" for part in condition.args)


def test_solvers_get_no_loops() -> None:
    made = model("\\A i, j, k \\in P : f[i] + f[j] + f[k] < 10")
    system = encode_model(made, infer_shapes(made, compile_model(made)), made.properties).system
    terms = postorder([part.term for prop in system.properties for part in prop.parts])
    assert not [term for term in terms if term.op == "first"]


def test_members_in_no_known_order_of_which_some_fail() -> None:
    formula = "\\A S \\in SUBSET (1..13) : S # {} => 6 \\div (CHOOSE n \\in S : TRUE) < 7 /\\ 6 \\div x < 7"
    made = model(formula)
    with pytest.raises(RefusedError, match="in no known order"):
        _ = prepare(Problem(made, made.properties, False)).encoding


def test_loops_within_loops_may_be_more_than_one_can_go_through() -> None:
    made = model("\\A i \\in 1..5000 : \\A j \\in 1..5000 : i + j > x - 9")
    assert "@first1" in text_of(prepare(Problem(made, made.properties, False)).plan)


def test_more_than_a_loop_can_go_through() -> None:
    made = model("\\A i, j, k \\in 1..300 : i + j + k > x - 9")
    with pytest.raises(RefusedError, match="goes through more than 16,777,216 values"):
        _ = prepare(Problem(made, made.properties, False)).encoding


FORMULAS = {
    "let": "\\A p \\in P : LET S == g[p] \\cup P IN \\A q \\in S : \\A r \\in S : q + r + p < 40 + x",
    "filter": "\\A i \\in {k \\in 0..9000 : 100 \\div (k + x + 3) # 7} : i >= 0",
    "filter fails": "\\A i \\in {k \\in 0..9000 : 100 \\div (k - x + 3) # 7} : i >= 0",
    "dependent": "\\A p \\in P : \\A q \\in {s \\in P : s > p} : \\A r \\in UNION {g[p], g[q]} : r < 12",
    "operator": "Each(P, LAMBDA n : n < 37 + x)",
    "lambda": "Each(1..14, LAMBDA n : \\E m \\in P : m * 4 > n - 3 /\\ (x = 3 => m < 13))",
    "subsets": "\\A s \\in SUBSET P : \\A t \\in {s} : Cardinality(t) <= 12 /\\ (x = 5 => 4 \\in P)",
    "union": "\\A p \\in P, q \\in P : \\A r \\in g[p] \\cup g[q] \\cup P : r \\in 0..12 /\\ p + q + r # 37",
    "sets": "\\A S \\in {g[p] : p \\in P} : \\A T \\in {g[p] : p \\in P} : \\A u \\in S \\cup T : u < 12",
    "disjoint": "\\A p, q, r \\in P : g[p] \\cap g[q] \\cap g[r] # {} => (p = q /\\ q = r)",
    "memo": "\\E <<v, w>> \\in {<<a, b>> : a, b \\in P} : Long /\\ \\E m \\in 0..(70 + x) : m = v /\\ Long",
    "nothing": "\\A p, q \\in P : \\A k \\in 5..1 : FALSE",
    "no functions": "\\A p, q \\in P : \\A h \\in [P -> 5..1] : FALSE",
    "nothing and one": "\\A p, q \\in P : \\E k \\in (5..1) \\cup {p} : k = p",
    "never anything": "\\A i, j, k \\in 20..(x - 5) : FALSE",
    "violated": "\\A p, q, r \\in P : g[p] \\cup g[q] \\cup g[r] # {1, 4, 7}",
}


@pytest.mark.parametrize("name", FORMULAS)
def test_either_way_it_means_the_same(name: str) -> None:
    text = f"""
        VARIABLES x, g
        P == 1..12
        Each(S, T(_)) == \\A a \\in S : \\A b \\in S : \\A c \\in S : T(a + b + c)
        Long == \\E i, j \\in P : i + j = x + 9 /\\ i # j
        Init == x = 0 /\\ g = [p \\in P |-> {{}}]
        Next == x' = (x + 1) % 12 /\\ g' = [g EXCEPT ![x + 1] = {{x}}]
        Inv == {FORMULAS[name]}
    """
    said: list[object] = []
    for engine in (Reference(), Explicit(Settings(small=0))):
        made = model_of(text, "INIT Init\nNEXT Next\nINVARIANT Inv\n")
        events = list(engine.check(Problem(made, made.properties, True), Budget()))
        assert not [event for event in events if isinstance(event, Remark)]
        faults = [event.diagnostic.code for event in events if isinstance(event, Fault)]
        said.append(faults or summary(events))
    assert said[0] == said[1]
