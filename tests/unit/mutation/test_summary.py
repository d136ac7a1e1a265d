from __future__ import annotations

import json
from pathlib import Path

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.mutation import Fate, Outcome, mistakes
from aioformal.mutation.explained import default_path, load_explained
from aioformal.mutation.render import render_json, render_text
from aioformal.mutation.summary import Summary
from tests.unit.mutation.lock import model

MUTANTS = tuple(mistakes(model()))
KILLED = Outcome(Fate.KILLED, "Exclusive", 2)
SURVIVED = Outcome(Fate.SURVIVED, distinct=1234)
OUTCOMES = {
    0: KILLED,
    1: Outcome(Fate.KILLED, "Exclusive", 7),
    2: Outcome(Fate.KILLED, "never enabled: Look", distinct=5),
    3: SURVIVED,
    4: SURVIVED,
    5: Outcome(Fate.UNDECIDED, distinct=9),
    6: Outcome(Fate.EQUIVALENT),
    7: Outcome(Fate.STILLBORN, "eval.domain"),
}


def summary(explained: dict[str, str], asked: int = 8) -> Summary:
    return Summary(MUTANTS, tuple(range(asked)), OUTCOMES, explained)


def test_the_score_is_of_what_changes_something() -> None:
    assert summary({}).score == 3 / 6
    assert Summary(MUTANTS, (6,), {6: OUTCOMES[6]}, {}).score is None


def test_an_explained_survivor_needs_no_attention_and_is_no_success() -> None:
    found = summary({MUTANTS[3].name: "a stutter", MUTANTS[0].name: "dead", "Gone: drop-guard: x": "renamed"})
    assert found.survivors == [4, 5]
    assert found.score == 3 / 6
    assert found.stale == [MUTANTS[0].name, "Gone: drop-guard: x"]


def test_what_was_not_judged_makes_no_explanation_stale() -> None:
    name = MUTANTS[20].name
    assert summary({name: "for later"}).stale == []


def test_an_undecided_mutant_cannot_be_explained_away() -> None:
    assert 5 in summary({}).survivors
    assert summary({MUTANTS[5].name: "too large"}).explained_survivors == []


def test_text() -> None:
    text = render_text(summary({MUTANTS[3].name: "a stutter"}, asked=10))
    assert "Exclusive                2    2 to 7\nnever enabled            1\n" in text
    assert f"survived: {MUTANTS[4].name}\n" in text
    assert f"survived, as explained: {MUTANTS[3].name}\n  a stutter\n\n" in text
    assert "^" in text
    assert "all 1,234 states were looked at, and no property is violated" in text
    assert "8 mistakes: 3 noticed, 2 not noticed (1 of them explained), 1 undecided;" in text
    assert "2 were not judged: the run was broken off" in text
    assert text.endswith("score: 0.500 of 6 that change something are noticed\n")
    assert f"survived: {MUTANTS[3].name}" not in text
    assert MUTANTS[3].name in render_text(summary({}), everything=True)


def test_json() -> None:
    found = json.loads(render_json(summary({MUTANTS[3].name: "a stutter"}), "Lock.tla", None))
    assert found["score"] == 0.5
    assert found["complete"]
    row = found["mutants"][3]
    assert (row["name"], row["fate"], row["explained"]) == (MUTANTS[3].name, "survived", "a stutter")


def test_explanations_are_read(tmp_path: Path) -> None:
    path = default_path(tmp_path / "Lock.cfg")
    assert path.name == "Lock-survivors.toml"
    path.write_text('[[survivor]]\nmutant = "A: drop-guard: x"\nwhy = "because"\n', encoding="utf-8")
    assert load_explained(path) == {"A: drop-guard: x": "because"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[survivor]\n", 1),
        ("# nothing\nsurvivors = 1\n", 2),
        ('\n[[survivor]]\nmutant = "A"\n', 2),
        ('[[survivor]]\nmutant = "A"\nwhy = " "\n', 1),
        ("survivor = 3\n", 1),
    ],
)
def test_a_bad_file_of_explanations_is_a_located_error(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DiagnosticError) as refused:
        load_explained(path)
    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.code == "mutate.explained"
    assert diagnostic.span is not None
    assert diagnostic.span.line == line


def test_a_missing_file_of_explanations_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError) as refused:
        load_explained(tmp_path / "none.toml")
    assert refused.value.diagnostics[0].code == "file.missing"
