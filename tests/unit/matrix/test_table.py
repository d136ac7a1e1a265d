"""Running, comparing and showing rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from aioformal.matrix.changes import Change, Comparison, changes_text, render_changes
from aioformal.matrix.comparing import differences
from aioformal.matrix.expectation import Cell, Matrix
from aioformal.matrix.reading import load_matrix
from aioformal.matrix.render import render_json, summary_line, table_lines
from aioformal.matrix.running import Interleaving, Outcome, outcome_of
from aioformal.matrix.story import story
from tests.unit.matrix.tiny import write_tiny


def judged(cells: dict[str, Cell], *, errors: str = "") -> Outcome:
    shown = {
        name: Interleaving(tuple(f"Up({n})" for n in range(cell.steps)), f"x < {cell.steps}")
        for name, cell in cells.items()
        if cell.steps is not None
    }
    return Outcome(cells, shown, 5, 0.1, errors)


PROVED, UNKNOWN = Cell("proved"), Cell("unknown")
TWO = judged({"Low": PROVED, "Small": PROVED, "Eventually": UNKNOWN, "deadlock": PROVED})
FOUR = judged({"Low": Cell("violated", 3), "Small": PROVED, "Eventually": UNKNOWN, "deadlock": PROVED})


def tiny(folder: Path) -> Matrix:
    write_tiny(folder)
    return load_matrix(folder)


def test_a_row_is_proved_as_prove_does(tmp_path: Path) -> None:
    found = outcome_of(tiny(tmp_path).rows[1].task)
    assert found.cells == FOUR.cells
    assert found.states == 5
    assert found.interleavings["Low"] == Interleaving(("Up", "Up", "Up"), "x < 3")
    assert found.errors == ""


def test_only_the_properties_that_are_asked_for_are_judged(tmp_path: Path) -> None:
    task = replace(tiny(tmp_path).rows[1].task, properties=("Small",))
    assert outcome_of(task).cells == {"Small": PROVED}


def test_what_cannot_be_read_is_an_error_of_its_row(tmp_path: Path) -> None:
    matrix = tiny(tmp_path)
    (tmp_path / "two.cfg").write_text("INVARIANT Nowhere\n", encoding="utf-8")
    found = outcome_of(matrix.rows[0].task)
    assert found.cells == {}
    assert "Nowhere" in found.errors


def test_what_is_as_expected_is_no_difference(tmp_path: Path) -> None:
    assert list(differences(tiny(tmp_path).rows, {"two": TWO, "four": FOUR})) == []


def test_another_verdict_another_length_and_a_missing_property_are_differences(tmp_path: Path) -> None:
    rows = tiny(tmp_path).rows
    wrong = judged({"Low": Cell("violated", 2), "Small": Cell("violated", 4), "deadlock": PROVED})
    assert [str(d) for d in differences(rows, {"four": wrong})] == [
        "four: Low: violated in 2 steps, expected violated in 3 steps",
        "four: Small: violated in 4 steps, expected proved",
        "four: Eventually: not judged, expected unknown",
    ]
    assert [d.name for d in differences(rows, {"four": wrong}, ["Small"])] == ["Low", "Small"]


def test_a_property_of_which_nothing_is_expected_is_a_difference(tmp_path: Path) -> None:
    row = replace(tiny(tmp_path).rows[0], others=None)
    assert [d.name for d in differences([row], {"two": TWO})] == ["Low", "Small", "deadlock"]


def test_the_table_has_a_letter_for_what_is_not_proved_everywhere(tmp_path: Path) -> None:
    rows = tiny(tmp_path).rows
    rows = (rows[0], replace(rows[1], consequences=frozenset({"Low"})))
    lines = list(table_lines(rows, {"two": TWO, "four": FOUR}, []))
    assert lines[:3] == ["        A  B", "two     ✓  ?", "four  (3)  ?"]
    assert "  A  Low" in lines
    assert "  ✓ in every row: Small, deadlock" in lines


def test_the_table_marks_what_is_not_as_expected(tmp_path: Path) -> None:
    rows = tiny(tmp_path).rows
    found = {"two": TWO, "four": judged({**FOUR.cells, "Low": PROVED})}
    wrong = list(differences(rows, found))
    lines = list(table_lines(rows, found, wrong, unicode=False))
    assert lines[2] == "four  +!  ?"
    assert summary_line(2, found, wrong) == "2 rows, 8 verdicts: 1 not as expected"


def test_rows_that_are_not_done_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = tiny(tmp_path).rows
    lines = list(table_lines(rows, {"four": FOUR}, []))
    assert not any(line.startswith("two") for line in lines)
    assert summary_line(2, {"four": FOUR}, []) == "1 of 2 rows, 4 verdicts: all as expected"


def test_the_json_says_what_the_table_says(tmp_path: Path) -> None:
    matrix = tiny(tmp_path)
    found = {"four": judged({**FOUR.cells, "Low": PROVED})}
    document = json.loads(render_json(matrix, matrix.rows, found, list(differences(matrix.rows, found))))
    assert document["schema"] == "aioformal.matrix/1"
    assert document["not_done"] == ["two"]
    assert document["differences"] == [
        {
            "row": "four",
            "property": "Low",
            "expected": {"verdict": "violated", "steps": 3},
            "found": {"verdict": "proved", "steps": None},
        }
    ]
    assert document["rows"][0]["properties"][0]["found"] == {"verdict": "proved", "steps": None}


def test_the_story_has_the_prose_and_the_counterexamples_that_a_row_shows(tmp_path: Path) -> None:
    text = story(tiny(tmp_path), {"two": TWO, "four": FOUR})
    assert text.startswith("# Tiny\n")
    assert text.index("It counts.") < text.index("## Two") < text.index("Too far.") < text.index("It stops.")
    assert "then, commit abc, `two`." in text
    assert "`Low`, 3 steps:\n\n```\n1  Up(0)\n2  Up(1)\n3  Up(2)\n   false then: x < 3\n```" in text


def test_a_regression_is_a_property_that_is_violated_now(tmp_path: Path) -> None:
    two, four = (row.task for row in tiny(tmp_path).rows)
    worse = Comparison((two, four), (TWO, FOUR))
    assert worse.changes == [Change("Low", PROVED, Cell("violated", 3))]
    assert worse.exit_code == 12
    assert Comparison((four, two), (FOUR, TWO)).exit_code == 20
    assert Comparison((two, two), (TWO, TWO)).exit_code == 0


def test_a_change_is_shown_with_one_counterexample(tmp_path: Path) -> None:
    two, four = (row.task for row in tiny(tmp_path).rows)
    lines = list(changes_text(Comparison((two, four), (TWO, FOUR))))
    assert "Low: proved -> violated in 3 steps" in lines
    assert "  + 1  Up(0)" in lines
    assert lines[-1] == "1 verdict changes, 1 to violated; 3 stay the same"


def test_properties_with_one_counterexample_show_it_once(tmp_path: Path) -> None:
    two, four = (row.task for row in tiny(tmp_path).rows)
    both = judged({"Low": Cell("violated", 3), "Small": Cell("violated", 3)})
    lines = list(changes_text(Comparison((two, four), (TWO, both))))
    assert lines.count("  + 1  Up(0)") == 1
    assert "  + as in Low" in lines


def test_the_shortest_new_violation_comes_first_and_a_common_beginning_is_said_once(tmp_path: Path) -> None:
    two, four = (row.task for row in tiny(tmp_path).rows)
    old = judged({"Far": PROVED, "Gone": Cell("violated", 2), "Near": PROVED})
    new = judged({"Far": Cell("violated", 5), "Gone": PROVED, "Near": Cell("violated", 4)})
    lines = list(changes_text(Comparison((two, four), (old, new))))
    heads = [line.partition(":")[0] for line in lines if " -> " in line]
    assert heads == ["Near", "Far", "Gone"]
    assert "  + 1 to 4 as in Near" in lines
    assert lines.count("  + 5  Up(4)") == 1
    assert lines[-1] == "3 verdicts change, 2 to violated; 0 stay the same"


@pytest.mark.parametrize(
    ("ends", "lines"),
    [
        ("", ["1  Up", "   false then: P"]),
        ("then nothing, for ever", ["1  Up", "   then nothing, for ever", "   false: P"]),
    ],
)
def test_a_counterexample_says_how_it_goes_on_for_ever(ends: str, lines: list[str]) -> None:
    assert list(Interleaving(("Up",), "P", ends=ends).lines()) == lines


def test_a_diff_marks_bystanders_and_explains_the_mark(tmp_path: Path) -> None:
    two, four = (row.task for row in tiny(tmp_path).rows)
    steps = Interleaving(("Up(0)", "Up(1)", "Up(2)"), "x < 3", frozenset({2}))
    marked = replace(FOUR, interleavings={"Low": steps})
    lines = list(changes_text(Comparison((two, four), (TWO, marked))))
    assert "  + 2  Up(1)  (bystander)" in lines
    assert "  + 3  Up(2)" in lines
    assert sum("(bystander): without" in line for line in lines) == 1
    assert not any("(bystander)" in line for line in changes_text(Comparison((two, four), (TWO, FOUR))))
    (change,) = json.loads(render_changes(Comparison((two, four), (TWO, marked))))["changes"]
    assert change["counterexamples"][1]["bystanders"] == [2]


def test_a_diff_says_which_constants_differ(tmp_path: Path) -> None:
    two, four = (row.task for row in tiny(tmp_path).rows)
    comparison = Comparison((two, four), (outcome_of(two), outcome_of(four)))
    assert "  Last: 2 -> 4" in list(changes_text(comparison))


def test_the_json_of_a_diff_has_both_sides(tmp_path: Path) -> None:
    two, four = (row.task for row in tiny(tmp_path).rows)
    document = json.loads(render_changes(Comparison((two, four), (TWO, FOUR))))
    (change,) = document["changes"]
    assert (change["property"], change["regression"], document["exit_code"]) == ("Low", True, 12)
    assert change["counterexamples"][0] is None
    assert change["counterexamples"][1]["steps"] == ["Up(0)", "Up(1)", "Up(2)"]
