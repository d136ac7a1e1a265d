"""The data file: what is read, and where what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.matrix.expectation import Cell
from aioformal.matrix.reading import load_matrix
from tests.unit.matrix.tiny import DATA, write_tiny


def test_a_row_has_what_it_says_and_the_defaults_of_the_file(tmp_path: Path) -> None:
    write_tiny(tmp_path)
    matrix = load_matrix(tmp_path)
    two, four = matrix.rows
    assert (matrix.title, matrix.opening, matrix.closing) == ("Tiny", "It counts.", "It stops.")
    assert (two.name, two.title, two.commit, two.when) == ("two", "Two", "abc", "then")
    assert two.task.spec == str(tmp_path / "Tiny.tla")
    assert four.task.config == str(tmp_path / "four.cfg")
    assert four.task.seconds == 120
    assert four.expected("Low") == Cell("violated", 3)
    assert four.expected("Eventually") == Cell("unknown")
    assert four.expected("Small") == Cell("proved")


def test_without_others_nothing_is_expected_of_what_is_not_named(tmp_path: Path) -> None:
    write_tiny(tmp_path, DATA.replace('others = "proved"', ""))
    assert load_matrix(tmp_path).rows[1].expected("Small") is None


def test_a_row_overrides_what_is_said_for_all(tmp_path: Path) -> None:
    own = 'config = "two.cfg"\nothers = "holds"\nengine = "bmc"\ndepth = 3\ntimeout = 0\n'
    write_tiny(tmp_path, DATA.replace('config = "two.cfg"\n', own))
    two, four = load_matrix(tmp_path / "matrix.toml").rows
    assert (two.task.engine, two.task.depth, two.task.seconds) == ("bmc", 3, None)
    assert (four.task.engine, four.task.depth) == ("explicit", None)
    assert two.expected("Low") == Cell("holds")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('title = "Two"', 'tittle = "Two"', 9, "no key 'tittle'"),
        ('title = "Two"', "title = 2", 9, "`title` is a text"),
        ("violated = { Low = 3 }", 'violated = { Low = "x" }', 18, "steps Low"),
        ("violated = { Low = 3 }", "violated = 3", 18, "`violated` is a table"),
        ("violated = { Low = 3 }", 'violated = { Low = 3 }\nproved = ["Low"]', 18, "two verdicts"),
        ('shows = ["Low"]', 'shows = ["Small"]', 19, "Small is among `shows`"),
        ('shows = ["Low"]', 'consequences = ["Small"]', 19, "Small is among `consequences`"),
        ('config = "four.cfg"', 'config = "five.cfg"', 15, "`config` names no file"),
        ('config = "four.cfg"', 'config = "two.cfg"', 15, "two rows 'two'"),
        ('config = "four.cfg"', 'config = "four.cfg"\nengine = "fast"', 16, "no engine 'fast'"),
        ('config = "four.cfg"', 'config = "four.cfg"\ndepth = -1', 16, "`depth`"),
        ('config = "four.cfg"', 'config = "four.cfg"\ntimeout = true', 16, "`timeout`"),
        ('unknown = ["Eventually"]', 'unknown = "Eventually"', 12, "`unknown` is a list"),
        ('others = "proved"', 'others = "violated"', 5, "`others` is one of"),
        ('spec = "Tiny.tla"', "", 7, "a row needs `spec`"),
        ('others = "proved"', "others = ", 5, "no TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    write_tiny(tmp_path, DATA.replace(old, new))
    with pytest.raises(DiagnosticError) as caught:
        load_matrix(tmp_path)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "matrix.malformed"
    assert message in diagnostic.message
    assert diagnostic.span is not None
    assert diagnostic.span.line == line


def test_a_file_without_rows_is_no_matrix(tmp_path: Path) -> None:
    write_tiny(tmp_path, 'title = "nothing"\n')
    with pytest.raises(DiagnosticError, match="has rows"):
        load_matrix(tmp_path)


def test_a_folder_without_a_data_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError, match="there is no file"):
        load_matrix(tmp_path)
