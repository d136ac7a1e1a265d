"""SYMMETRY in explicit search: as many states as there are orbits, the same verdicts, real traces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import event as count_case

from aioformal.concrete import compile_model
from aioformal.diagnostic import DiagnosticError
from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget, Engine, Event, Problem, Remark
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Exploration, Fault, Finding, Unknown, Violated
from aioformal.resolve.model import Model
from tests.unit.concrete.specs import model_of
from tests.unit.engine.symmetric_models import lopsided_models, orbits_of, symmetric_models

NATIVE = Explicit(Settings(small=0))
TWO_WORKERS = Explicit(Settings(small=0, workers=2))
TWIN = Explicit(Settings(small=0, runner="interpreted"))


def reduced(text: str, config: str) -> Model:
    return model_of(text, f"INIT Init\nNEXT Next\nSYMMETRY Perms\n{config}")


def search(model: Model, engine: Engine = NATIVE, *, deadlock: bool = False) -> list[Event]:
    return list(engine.check(Problem(model, model.properties, deadlock), Budget()))


def exploration(events: list[Event]) -> Exploration:
    return next(event for event in events if isinstance(event, Exploration))


def verdicts(events: list[Event]) -> dict[str, tuple[str, int | None]]:
    return {
        event.property: (
            type(event.verdict).__name__,
            event.verdict.trace.depth if isinstance(event.verdict, Violated) else None,
        )
        for event in events
        if isinstance(event, Finding)
    }


def assert_real_traces(model: Model, events: list[Event]) -> None:
    program = compile_model(model)
    for event in events:
        if isinstance(event, Finding) and isinstance(event.verdict, Violated):
            states = event.verdict.trace.states
            assert program.is_initial(states[0])
            assert all(program.is_step(a, b) for a, b in pairwise(states))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(symmetric_models())
def test_random_models(pair: tuple[str, str]) -> None:
    model = reduced(*pair)
    events = search(model)
    assert not [event for event in events if isinstance(event, Remark)]
    assert_real_traces(model, events)
    everything = search(model_of(pair[0], f"INIT Init\nNEXT Next\n{pair[1]}"), Reference())
    assert verdicts(events) == verdicts(everything)
    seen = exploration(events)
    assert seen.complete == exploration(everything).complete
    if seen.complete:
        assert (seen.distinct_states, seen.generated_states) == orbits_of(model)
        assert seen.depth == exploration(everything).depth
        twin, two = exploration(search(model, TWIN)), exploration(search(model, TWO_WORKERS))
        assert twin.distinct_states == two.distinct_states == seen.distinct_states
        assert twin.generated_states == two.generated_states == seen.generated_states


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(lopsided_models())
def test_nothing_is_proved_of_what_is_no_symmetry(pair: tuple[str, str]) -> None:
    everything = verdicts(search(model_of(pair[0], f"INIT Init\nNEXT Next\n{pair[1]}"), Reference()))
    model = reduced(*pair)
    try:
        events = search(model)
    except DiagnosticError as refused:
        codes = [diagnostic.code for diagnostic in refused.diagnostics]
    else:
        codes = []
    if codes:
        assert codes == ["config.symmetry"]
        return
    assert_real_traces(model, events)
    for name, (verdict, depth) in verdicts(events).items():
        count_case(f"{name} {verdict}")
        # A counterexample is real, if not always the shortest; a proof leaves nothing out.
        assert verdict == "Unknown" or verdict == everything[name][0]
        assert depth is None or depth >= (everything[name][1] or 0)


COUNTERS = """
CONSTANT P
VARIABLE pc
Init == pc = [p \\in P |-> 0]
Next == \\E p \\in P : pc[p] < 3 /\\ pc' = [pc EXCEPT ![p] = @ + 1]
Perms == Permutations(P)
"""


def test_many_interchangeable_members_are_sorted() -> None:
    members = ", ".join(f"p{n}" for n in range(1, 21))
    events = search(reduced(COUNTERS, f"CONSTANT P = {{{members}}}"))
    assert not [event for event in events if isinstance(event, Remark)]
    assert exploration(events).distinct_states == 1_771


def test_two_workers_count_like_one() -> None:
    events = search(
        reduced(COUNTERS, "CONSTANT P = {a, b, c, d, e, f}"), Explicit(Settings(small=0, workers=2))
    )
    assert exploration(events).distinct_states == 84


TWO_SETS = """
CONSTANTS P, V, none
VARIABLES has, saw
Init == has = [p \\in P |-> none] /\\ saw = {}
Take(p, v) == has[p] = none /\\ has' = [has EXCEPT ![p] = v] /\\ UNCHANGED saw
Show(p) == has[p] # none /\\ saw' = saw \\cup {[by |-> p, of |-> has[p]]} /\\ UNCHANGED has
Next == \\E p \\in P : Show(p) \\/ \\E v \\in V : Take(p, v)
Both == Permutations(P) \\cup Permutations(V)
Turn == {[p \\in P |-> IF p = a THEN b ELSE IF p = b THEN c ELSE a]}
Same == Cardinality(saw) = 3 => \\E p, q \\in P : p # q /\\ has[p] = has[q]
"""
TWO_SETS_CONFIG = "CONSTANTS P = {a, b, c} V = {u, v} none = none a = a b = b c = c\nINVARIANT Same\n"


@pytest.mark.parametrize("perms", ["Both", "Turn"])
def test_groups_that_are_not_all_orders_of_one_set(perms: str) -> None:
    text = TWO_SETS.replace("CONSTANTS P", "CONSTANTS a, b, c, P") + f"Perms == {perms}\n"
    model = reduced(text, TWO_SETS_CONFIG)
    seen = exploration(search(model))
    assert (seen.distinct_states, seen.generated_states) == orbits_of(model)


def test_a_group_that_is_too_large_is_used_in_part() -> None:
    text = """
CONSTANT P
VARIABLE pairs
Init == pairs = {}
Next == Cardinality(pairs) < 2 /\\ \\E p, q \\in P : p # q /\\ pairs' = pairs \\cup {{p, q}}
Perms == Permutations(P)
Few == Cardinality(pairs) < 2
"""
    model = reduced(text, "CONSTANT P = {a, b, c, d, e, f, g, h}")
    events = search(model)
    assert [event.diagnostic.code for event in events if isinstance(event, Remark)] == ["run.reduction"]
    assert 4 <= exploration(events).distinct_states < 1 + 28 + 28 * 27 // 2


@pytest.mark.usefixtures("narrow")
def test_states_stand_for_others_in_wider_shapes() -> None:
    text = """
CONSTANT P
VARIABLES n, last
Init == n = [p \\in P |-> 0] /\\ last = <<>>
Next == \\E p \\in P : n[p] < 40 /\\ n' = [n EXCEPT ![p] = 2 * @ + 1] /\\ last' = <<p, n[p]>>
Perms == Permutations(P)
"""
    model = reduced(text, "CONSTANT P = {a, b, c}")
    for engine in (NATIVE, TWIN):
        seen = exploration(search(model, engine))
        assert seen.details is not None
        assert seen.details.widened
        assert (seen.distinct_states, seen.generated_states) == orbits_of(model)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shapes that know next to nothing."""
    from aioformal.encode import infer

    monkeypatch.setattr(infer, "QUICK", infer.Extent(1, 0, 0))
    monkeypatch.setattr("aioformal.engine.explicit.preparation.QUICK", infer.Extent(1, 0, 0))


def test_deadlock_has_a_real_trace() -> None:
    model = reduced(COUNTERS, "CONSTANT P = {a, b}")
    events = search(model, deadlock=True)
    assert verdicts(events) == {"deadlock": ("Violated", 6)}
    assert_real_traces(model, events)


# ---------------------------------------------------------------- what is no symmetry


def refusal(text: str, config: str) -> str:
    with pytest.raises(DiagnosticError) as caught:
        search(reduced(text, config))
    assert caught.value.diagnostics[0].code == "config.symmetry"
    return caught.value.diagnostics[0].message


ONE_IS_SPECIAL = """
CONSTANTS P, a, c
VARIABLE pc
Init == pc = [p \\in P |-> 0]
Step(p) == pc[p] < 2 /\\ pc' = [pc EXCEPT ![p] = @ + 1]
Next == \\E p \\in P : STEP
Perms == Permutations(P)
NotFirst == INVARIANT
"""


def special(step: str = "Step(p)", invariant: str = "TRUE") -> str:
    return ONE_IS_SPECIAL.replace("STEP", step).replace("INVARIANT", invariant)


SPECIAL_CONFIG = "CONSTANTS P = {a, b, c} a = a c = c\nINVARIANT NotFirst"


def test_an_action_that_treats_one_differently() -> None:
    assert "do not have the same steps" in refusal(special("p # a /\\ Step(p)"), SPECIAL_CONFIG)


SOME_ORDER = """
CONSTANT P
VARIABLE n
Init == n = [p \\in P |-> 1]
Next == \\E p \\in P : n' = [n EXCEPT ![p] = 1 - @] /\\ \\E q \\in P : n[q] = 1 \\/ 7 \\div n[q] = 9
Perms == Permutations(P)
"""


@pytest.mark.parametrize("engine", [NATIVE, TWIN], ids=["machine code", "twin"])
@pytest.mark.parametrize("what", ["n[q] = 1 \\/ 7 \\div n[q] = 9", "n[q] = 0 \\/ 7 \\div (1 - n[q]) = 9"])
def test_what_has_a_value_in_one_order_only(what: str, engine: Engine) -> None:
    """Names decide nothing, but they decide what is looked at first."""
    text = SOME_ORDER.replace("n[q] = 1 \\/ 7 \\div n[q] = 9", what)
    try:
        said = [
            e.diagnostic.code
            for e in search(reduced(text, "CONSTANT P = {a, b, c}"), engine)
            if isinstance(e, Fault)
        ]
    except DiagnosticError as refused:
        said = [diagnostic.code for diagnostic in refused.diagnostics]
    assert said in (["eval.partial"], ["config.symmetry"])


def test_an_invariant_that_treats_one_differently() -> None:
    # What is found is found of the state itself, so the trace shows it; it need not be the shortest.
    model = reduced(special(invariant="pc[a] < 2"), SPECIAL_CONFIG)
    events = search(model)
    assert verdicts(events)["NotFirst"][0] == "Violated"
    assert_real_traces(model, events)


def test_an_invariant_that_holds_of_all_that_are_kept() -> None:
    text = special(invariant="pc[a] # 2 \\/ pc[c] # 0")
    assert "NotFirst differs" in refusal(text, SPECIAL_CONFIG)


def test_a_trace_that_cannot_be_real() -> None:
    text = special(
        "Step(p) /\\ (p = a \\/ pc[a] = 2)",
        "\\A p \\in P : pc[p] < 2 \\/ \\E q \\in P : q # p /\\ pc[q] = 0",
    )
    assert "of two like states" in refusal(text, SPECIAL_CONFIG)


@pytest.mark.parametrize(
    ("perms", "reason"),
    [
        ("Permutations({1, 2})", "is no model value"),
        ("{1}", "is no function"),
        ("{[p \\in P |-> a]}", "does not map its domain onto itself"),
        ("7", "it is no set of permutations"),
    ],
)
def test_what_is_no_permutation(perms: str, reason: str) -> None:
    text = special().replace("Permutations(P)", perms)
    assert reason in refusal(text, SPECIAL_CONFIG)


def test_liveness_is_not_judged_with_symmetry() -> None:
    text = COUNTERS + "Live == <>(\\A p \\in P : pc[p] = 3)\n"
    events = search(reduced(text, "CONSTANT P = {a, b}\nPROPERTY Live"))
    [verdict] = [event.verdict for event in events if isinstance(event, Finding)]
    assert isinstance(verdict, Unknown)
    assert "SYMMETRY" in verdict.reason


def test_the_reference_search_says_that_it_looks_at_all_states() -> None:
    events = search(reduced(COUNTERS, "CONSTANT P = {a, b}"), Reference())
    assert [event.diagnostic.code for event in events if isinstance(event, Remark)] == ["config.ignored"]
    assert exploration(events).distinct_states == 16
