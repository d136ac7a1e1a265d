from __future__ import annotations

import pytest

from aioformal.diagnostic import DiagnosticError, error
from aioformal.engine.protocol import Budget
from aioformal.mutation import Fate, Outcome, Subject, judging, mistakes
from tests.unit.mutation.lock import CONFIG, SPEC, fate_of, model, named


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("Take: drop-guard: Free \\/ ~Checked", Outcome(Fate.KILLED, "Exclusive", 2)),
        ("Take: drop-assignment: owner' = t", Outcome(Fate.KILLED, "Exclusive", 2)),
        ("Free: flip-comparison: owner = 0 -> owner # 0", Outcome(Fate.KILLED, "deadlock", 0)),
        ("Next: drop-choice: Look(t)", Outcome(Fate.KILLED, "deadlock", 1)),
        ("Give: shift-number: 0 -> 1", Outcome(Fate.KILLED, "Held", 3)),
    ],
)
@pytest.mark.parametrize("few", [0, 300])
def test_who_notices_first_and_in_how_many_steps(
    name: str, outcome: Outcome, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "FEW", few)
    assert fate_of(name) == outcome


@pytest.mark.parametrize("name", ["Take: drop-choice: ~Checked", "Give: drop-guard: owner = 0"])
def test_what_the_configuration_switches_off_changes_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "FEW", 0)
    spec = SPEC.replace("/\\ IF owner = t", "/\\ Checked \\/ owner = 0\n           /\\ IF owner = t")
    name = name.replace("drop-guard: owner = 0", "drop-choice: owner = 0")
    assert fate_of(name, spec).fate is Fate.EQUIVALENT


def test_a_condition_that_holds_in_all_states_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "FEW", 0)
    spec = SPEC.replace("UNCHANGED owner\nGive", "UNCHANGED owner /\\ owner = t\nGive")
    found = fate_of("Look: drop-guard: owner = t", spec)
    assert found == Outcome(Fate.EQUIVALENT, distinct=5)


def test_a_step_that_is_missing_is_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same states are reached either way."""
    monkeypatch.setattr(judging, "FEW", 0)
    skip = 'Skip(t) == pc[t] = "in" /\\ owner # 2 /\\ owner\' = 0 /\\ pc\' = [pc EXCEPT ![t] = "idle"]\n'
    spec = SPEC.replace("Next ==", f"{skip}Next ==")
    spec = spec.replace("Look(t) \\/", "Look(t) \\/ Skip(t) \\/")
    assert fate_of("Skip: drop-guard: owner # 2", spec) == Outcome(Fate.SURVIVED, distinct=5)


def test_other_initial_states_are_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "FEW", 0)
    spec = SPEC.replace("/\\ owner = 0\nFree", "/\\ owner = IF Checked THEN 0 ELSE 0\nFree")
    assert fate_of("Init: shift-number: 0 -> 1", spec).fate is not Fate.EQUIVALENT


def test_an_action_that_never_happens_any_more_is_noticed() -> None:
    spec = SPEC.replace("Next ==", "Rest(t) == UNCHANGED <<pc, owner>> /\\ Free\nNext ==")
    spec = spec.replace("Look(t) \\/", "Look(t) \\/ Rest(t) \\/")
    found = fate_of("Rest: flip-guard: Free -> ~Free", spec)
    assert found.fate is Fate.SURVIVED
    assert fate_of("Next: drop-choice: Rest(t)", spec) == Outcome(
        Fate.KILLED, "never enabled: Rest", distinct=5
    )


def test_what_cannot_be_evaluated_could_not_be_overlooked() -> None:
    assert fate_of("Init: shift-number: 2 -> 3").fate is Fate.STILLBORN


def test_engines_that_disagree_on_a_mutant_are_no_mistake_of_the_specification(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def disagree(*_: object) -> None:
        raise error("check.evidence", "the successors of a state differ")

    monkeypatch.setattr(judging, "small_search", disagree)
    with pytest.raises(DiagnosticError, match=r"check\.evidence"):
        fate_of("Take: drop-choice: Free")


def test_a_mistake_in_what_is_shared_leaves_the_claims_alone() -> None:
    """`Held` uses `Free`, which is wrong in the mutant, and right in the claim."""
    found = fate_of("Free: shift-number: 0 -> 1")
    assert found == Outcome(Fate.KILLED, "deadlock", 0)


CLIMB = """---- MODULE Lock ----
EXTENDS Naturals
VARIABLE x
Init == x = 0
Next == x' = IF x < 3 THEN x + 1 ELSE 0
Top == x = 3
Fall == x = 3 /\\ x' = 0
====
"""


@pytest.mark.parametrize("few", [0, 300])
@pytest.mark.parametrize("wanted", ["Top", "Fall"])
def test_what_is_possible_no_more_is_noticed(wanted: str, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "FEW", few)
    config = f"INIT Init NEXT Next _POSSIBLE {wanted}\n"
    found = fate_of("Next: shift-number: 3 -> 2", CLIMB, config)
    assert (found.fate, found.by, found.steps) == (Fate.KILLED, wanted, None)
    assert fate_of("Next: shift-number: 3 -> 4", CLIMB, config).fate is (
        Fate.SURVIVED if wanted == "Top" else Fate.KILLED
    )
    with pytest.raises(DiagnosticError, match=r"mutate\.violated"):
        fate_of("Next: shift-number: 3 -> 2", CLIMB.replace("x = 3", "x = 9"), config)


def test_a_specification_that_is_violated_is_refused() -> None:
    with pytest.raises(DiagnosticError) as refused:
        Subject(model(config=CONFIG.replace("Checked = TRUE", "Checked = FALSE")), Budget())
    assert refused.value.diagnostics[0].code == "mutate.violated"


def test_a_specification_with_too_many_states_is_refused() -> None:
    with pytest.raises(DiagnosticError) as refused:
        Subject(model(), Budget(deadline=0.0))
    assert refused.value.diagnostics[0].code == "mutate.unfinished"


def test_a_mutant_with_too_many_states_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "FEW", 0)
    made = model(SPEC.replace("owner' = t\n", "owner' = t /\\ TRUE\n"))
    subject = Subject(made, Budget())
    mutant = named(mistakes(made))['Take: drop-guard: pc[t] = "idle"']
    assert subject.judge(mutant, Budget(deadline=0.0)).fate is Fate.UNDECIDED


def test_every_mistake_in_a_lock_with_and_without_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the two searches say differs only in what changes nothing, which the reference does not ask."""
    made = model()
    monkeypatch.setattr(judging, "FEW", 0)
    native = [Subject(made, Budget()).judge(mutant, Budget()) for mutant in mistakes(made)]
    monkeypatch.setattr(judging, "FEW", 300)
    for mutant, one in zip(mistakes(made), native, strict=True):
        other = Subject(made, Budget()).judge(mutant, Budget())
        if one.fate is Fate.EQUIVALENT:
            assert other.fate is Fate.SURVIVED, mutant.name
        else:
            assert (one.fate, one.steps) == (other.fate, other.steps), mutant.name
