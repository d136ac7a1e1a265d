from __future__ import annotations

import pytest

from aioformal.mutation import KINDS, mistakes, mutated
from aioformal.syntax.unparse import unparse
from tests.unit.mutation.lock import SPEC, model, named

EXPECTED = """\
Init: shift-number: 1 -> 2
Init: shift-number: 1 -> 0
Init: shift-number: 2 -> 3
Init: shift-number: 2 -> 1
Init: shift-number: 0 -> 1
Free: flip-comparison: owner = 0 -> owner # 0
Free: shift-number: 0 -> 1
Take: drop-guard: pc[t] = "idle"
Take: flip-guard: pc[t] = "idle" -> pc[t] # "idle"
Take: drop-guard: Free \\/ ~Checked
Take: flip-guard: Free \\/ ~Checked -> ~(Free \\/ ~Checked)
Take: drop-choice: Free
Take: drop-choice: ~Checked
Take: drop-assignment: owner' = t
Take: drop-assignment: pc' = [pc EXCEPT ![t] = "in"]
Take: drop-update: ![t] = "in"
Look: drop-guard: pc[t] = "in"
Look: flip-guard: pc[t] = "in" -> pc[t] # "in"
Look: drop-assignment: pc' = [pc EXCEPT ![t] = "out"]
Look: drop-update: ![t] = "out"
Give: drop-guard: pc[t] = "out"
Give: flip-guard: pc[t] = "out" -> pc[t] # "out"
Give: flip-condition: owner = t -> owner # t
Give: drop-assignment: owner' = 0
Give: shift-number: 0 -> 1
Give: drop-assignment: pc' = [pc EXCEPT ![t] = "idle"]
Give: drop-update: ![t] = "idle"
Next: drop-choice: Take(t)
Next: drop-choice: Look(t)
Next: drop-choice: Give(t)
Take: swap-steps: Take before Look -> Look before Take
Look: swap-steps: Look before Give -> Give before Look
Give: swap-steps: Give before Take -> Take before Give
"""


def test_every_mistake_is_made_once_and_none_in_what_is_claimed() -> None:
    assert sorted(mutant.name for mutant in mistakes(model())) == sorted(EXPECTED.splitlines())


def test_mistakes_come_in_the_order_of_the_source() -> None:
    starts = [mutant.span.start for mutant in mistakes(model())]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("name", "key", "text"),
    [
        ("Free: flip-comparison: owner = 0 -> owner # 0", "Free", "owner # 0"),
        ("Take: drop-choice: Free", "Take", "FALSE \\/ ~Checked"),
        ("Give: drop-assignment: owner' = 0", "Give", "owner' = owner"),
        ('Look: drop-update: ![t] = "out"', "Look", "pc' = pc"),
        ("Take: swap-steps: Take before Look -> Look before Take", "Look", 'pc[t] = "idle"'),
        ("Take: swap-steps: Take before Look -> Look before Take", "Take", '![t] = "out"'),
    ],
)
def test_a_mutant_has_the_mistake_in_its_place(name: str, key: str, text: str) -> None:
    original = model()
    changed = mutated(original, named(mistakes(original))[name])
    assert text in unparse(changed.flat.definitions[key].body)
    others = set(original.flat.definitions) - {edit.key for edit in named(mistakes(original))[name].edits}
    assert all(changed.flat.definitions[k] is original.flat.definitions[k] for k in others)


def test_equal_mistakes_in_one_definition_are_told_apart() -> None:
    twice = SPEC.replace("owner' = t\n", "owner' = IF 0 = 0 THEN t ELSE t\n")
    names = [mutant.name for mutant in mistakes(model(twice))]
    assert "Take: shift-number: 0 -> 1" in names
    assert "Take: shift-number: 0 -> 1 (2)" in names
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("guard", "mistake"),
    [
        ("owner < 1", "Take: flip-comparison: owner < 1 -> owner <= 1"),
        ("owner \\in {0}", "Take: flip-guard: owner \\in {0} -> owner \\notin {0}"),
        ("~(owner = t)", "Take: flip-guard: ~(owner = t) -> owner = t"),
        ("owner + 0 = 0", "Take: swap-operator: owner + 0 -> owner - 0"),
        ("{owner} \\cup {} = {0}", "Take: swap-operator: {owner} \\cup {} -> {owner} \\cap {}"),
        ("{owner} \\ {} = {0}", "Take: swap-operator: {owner} \\ {} -> {owner}"),
        ("\\A u \\in {1} : TRUE", "Take: flip-condition: \\A u \\in {1} : TRUE -> \\E u \\in {1} : TRUE"),
        ("\\A u \\in {1} : TRUE", "Take: flip-truth: TRUE -> FALSE"),
        ("(Free /\\ Free /\\ TRUE)", "Take: drop-condition: TRUE"),
        ("CASE owner = 0 -> TRUE [] OTHER -> FALSE", "Take: flip-condition: owner = 0 -> owner # 0"),
    ],
)
def test_mistakes_in_a_guard(guard: str, mistake: str) -> None:
    found = named(mistakes(model(SPEC.replace("Free \\/ ~Checked", guard))))
    assert mistake in found


def test_every_kind_of_mistake_is_made_somewhere() -> None:
    guard = "(owner + 0 < 1 /\\ TRUE)"
    kinds = {
        mutant.kind for mutant in mistakes(model(SPEC.replace("Free \\/ ~Checked", f"Free \\/ {guard}")))
    }
    assert kinds == set(KINDS)
