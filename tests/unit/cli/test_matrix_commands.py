"""`matrix` and `diff` as they are typed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from aioformal.cli import matrices
from aioformal.cli.guard import run_program
from aioformal.matrix.expectation import Task
from aioformal.matrix.running import Outcome
from tests.unit.matrix.tiny import DATA, write_tiny


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tiny(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", ["matrix", "diff"])
def test_help_teaches_and_fits_80_columns(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    assert all(f" {code} " in shown for code in (0, 20, 130))


def test_all_rows_as_expected_end_with_0_and_the_story_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_program(["matrix", ".", "--json", "m.json", "--story", "README.md"]) == 0
    shown = capsys.readouterr()
    assert "2 rows, 8 verdicts: all as expected" in shown.out
    assert "2 of 2" in shown.err
    assert json.loads((folder / "m.json").read_text(encoding="utf-8"))["differences"] == []
    assert "## Two" in (folder / "README.md").read_text(encoding="utf-8")


def test_a_difference_ends_with_20_and_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny(folder, DATA.replace("Low = 3", "Low = 2"))
    assert run_program(["matrix", "matrix.toml", "--row", "four", "-p", "Low"]) == 20
    assert "four: Low: violated in 3 steps, expected violated in 2 steps" in capsys.readouterr().out


def test_a_story_that_is_out_of_date_ends_with_20(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["matrix", ".", "--story", "README.md", "--check"]) == 20
    assert "not up to date" in capsys.readouterr().out
    assert not (folder / "README.md").exists()


def test_ctrl_c_keeps_the_rows_that_are_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(tasks: Mapping[str, Task], jobs: int) -> Iterator[tuple[str, Outcome]]:
        yield from list(real(tasks, jobs))[:1]
        raise KeyboardInterrupt

    real = matrices.outcomes
    monkeypatch.setattr(matrices, "outcomes", interrupted)
    assert run_program(["matrix", ".", "-p", "Small"]) == 130
    assert "1 of 2 rows, 1 verdict: all as expected" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["matrix", ".", "--row", "tow"], "did you mean two?"),
        (["matrix", ".", "--check"], "name it with --story"),
        (["matrix", ".", "--story", "x.md", "--row", "two"], "needs every row"),
        (["diff", "Tiny.tla", "--config", "two.cfg"], "give --config twice"),
        (["diff", "Tiny.tla", "Tiny.tla", "Tiny.tla"], "a diff is between two"),
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_program(arguments) == 2
    assert message in capsys.readouterr().err


def test_a_diff_says_which_verdicts_change(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_program(
        ["diff", "Tiny.tla", "--config", "two.cfg", "--config", "four.cfg", "--json", "d.json"]
    )
    assert code == 12
    assert "Low: proved -> violated in 3 steps" in capsys.readouterr().out
    assert json.loads((folder / "d.json").read_text(encoding="utf-8"))["exit_code"] == 12


def test_a_diff_of_what_cannot_be_read_ends_as_prove_does(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "New.tla").write_text("---- MODULE New ----\nInit == (\n====\n", encoding="utf-8")
    assert run_program(["diff", "Tiny.tla", "New.tla", "--config", "two.cfg"]) == 150
    assert "New.tla" in capsys.readouterr().out
