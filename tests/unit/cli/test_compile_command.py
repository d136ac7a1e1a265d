"""`aioformal compile`: what it writes, what --check says, and how it ends."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from aioformal.cli.guard import run_program

ROOT = Path(__file__).parents[3]
LOCK = str(ROOT / "tests" / "golden" / "Lock.tla")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_module_is_written_and_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["compile", LOCK, "-o", "lock_checks.py"]) == 0
    assert capsys.readouterr().out.startswith("wrote lock_checks.py: ")
    assert run_program(["compile", LOCK, "-o", "lock_checks.py", "--check"]) == 0
    assert capsys.readouterr().out == "lock_checks.py is up to date\n"


def test_a_committed_module_says_where_the_specification_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_program(["compile", LOCK, "-o", "lock_checks_here.py"]) == 0
    monkeypatch.syspath_prepend(".")
    import lock_checks_here  # pyright: ignore[reportMissingImports]

    try:
        assert (Path.cwd() / lock_checks_here.SOURCES["Lock.tla"]).resolve() == Path(LOCK)
    finally:
        del sys.modules["lock_checks_here"]


def test_a_module_that_was_changed_is_told_with_the_first_difference(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_program(["compile", LOCK, "-o", "checks.py"]) == 0
    path = Path("checks.py")
    path.write_text(path.read_text(encoding="utf-8").replace("def TypeOK(", "def Typeok("), encoding="utf-8")
    assert run_program(["compile", LOCK, "-o", "checks.py", "--check"]) == 23
    said = capsys.readouterr().err
    assert "checks.py is not what the specification says now" in said
    assert "is       def Typeok(" in said
    assert "should be def TypeOK(" in said
    assert "without --check" in said


def test_a_module_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["compile", LOCK, "-o", "checks.py", "--check"]) == 153
    assert "there is no checks.py" in capsys.readouterr().err


def test_without_a_file_the_module_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["compile", LOCK]) == 0
    compile(capsys.readouterr().out, "checks.py", "exec")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compile", LOCK, "--check"], "--check compares with a file"),
        (["compile", LOCK, "-o", LOCK], "would replace what is read"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(arguments) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_file_that_cannot_be_written_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["compile", LOCK, "-o", "nowhere/checks.py"]) == 153
    assert "nowhere/checks.py cannot be written" in capsys.readouterr().err


def test_errors_of_the_specification_have_their_place_and_code(capsys: pytest.CaptureFixture[str]) -> None:
    Path("Bad.tla").write_text("---- MODULE Bad ----\nVARIABLE x\nInit == y = 0\n====\n", encoding="utf-8")
    Path("Bad.cfg").write_text("INIT Init\nNEXT Init\n", encoding="utf-8")
    assert run_program(["compile", "Bad.tla"]) == 150
    assert "Bad.tla:3" in capsys.readouterr().err


def test_help_teaches_and_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["compile", "--help"]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    assert "aioformal compile spec/aio.tla -o checks.py --check" in shown
