"""`aioformal explain`: every code has a meaning, and every example shows what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aioformal.cli.guard import run_program
from aioformal.diagnostic import CODES
from aioformal.explanation import Example, explanations
from aioformal.session import Options, Session

SHOWN = {code: e for code, e in explanations().items() if e.wrong is not None}
FILES = [code for code, e in SHOWN.items() if e.wrong is not None and not e.wrong.command]
COMMANDS = [code for code in SHOWN if code not in FILES]

WITHOUT_AN_EXAMPLE = {
    # What it takes is a huge file, another process, time, or a fault of ours.
    *("file.too-large", "parse.nesting", "check.evidence", "encode.unsupported", "itf.malformed"),
    *("config.ignored", "config.view", "internal.fault"),
    *("log.malformed", "log.unmapped", "log.order", "map.invalid", "observe.unavailable", "observe.failed"),
    *("compile.outdated", "matrix.malformed"),
    *("mutate.violated", "mutate.unfinished", "mutate.explained"),
    *("run.interrupted", "run.timeout", "run.memory", "run.reference", "run.reduction"),
    *(code for code in CODES if code.startswith("checkpoint.") and code != "checkpoint.missing"),
}


def codes_of(example: Example, folder: Path) -> set[str]:
    (folder / "M.tla").write_text(example.module, encoding="utf-8")
    (folder / "M.cfg").write_text(example.config, encoding="utf-8")
    report = Session(str(folder / "M.tla")).prove(Options(engine="explicit", depth=30))
    fault = {report.fault.diagnostic.code} if report.fault is not None else set[str]()
    return {d.code for d in report.diagnostics} | fault


def test_every_code_is_explained_in_the_order_of_the_table() -> None:
    assert list(explanations()) == [code for code in CODES if code in explanations()]
    assert explanations().keys() == CODES.keys()
    assert all(len(e.meaning) > 20 for e in explanations().values())


def test_a_code_has_both_examples_or_a_reason_to_have_none() -> None:
    assert {code for code, e in explanations().items() if e.wrong is None} == WITHOUT_AN_EXAMPLE
    assert all((e.wrong is None) == (e.right is None) for e in explanations().values())


@pytest.mark.parametrize("code", FILES)
def test_the_wrong_example_gives_the_code_and_the_right_one_does_not(code: str, tmp_path: Path) -> None:
    wrong, right = explanations()[code].wrong, explanations()[code].right
    assert wrong is not None
    assert right is not None
    assert code in codes_of(wrong, tmp_path)
    found = codes_of(right, tmp_path)
    assert code not in found
    assert not {c for c in found if CODES[c][0] and c != "check.nothing"}, found


@pytest.mark.parametrize("code", COMMANDS)
def test_the_wrong_command_gives_the_code_and_the_right_one_does_not(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("M.tla").write_text("---- MODULE M ----\nVARIABLE x\nInit == x = 0\nNext == x' = x\n====\n")
    Path("M.cfg").write_text("INIT Init\nNEXT Next\n")
    wrong, right = explanations()[code].wrong, explanations()[code].right
    assert wrong is not None
    assert right is not None
    assert run_program(wrong.command.split()[1:]) == int(CODES[code][0])
    assert f"[{code}]" in "".join(capfd.readouterr())
    assert run_program(right.command.split()[1:]) == 0


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def run(*arguments: str) -> tuple[int, str]:
        code = run_program(["explain", *arguments])
        return code, "".join(capfd.readouterr())

    return run


def test_a_code_is_explained_with_its_exit_code_and_its_examples(
    said: Callable[..., tuple[int, str]],
) -> None:
    code, text = said("eval.domain")
    assert code == 0
    assert "exits with 75" in text
    assert "<<1, 2>>[0] = 1" in text.partition("Right:")[0]


@pytest.mark.parametrize(("typed", "meant"), [("eval.domian", "eval.domain"), ("domain", "eval.domain")])
def test_a_misspelt_code_is_guessed(said: Callable[..., tuple[int, str]], typed: str, meant: str) -> None:
    code, text = said(typed)
    assert (code, f"did you mean {meant}?" in text) == (2, True)


def test_without_a_code_all_are_listed(said: Callable[..., tuple[int, str]]) -> None:
    code, text = said()
    assert code == 0
    assert [line.split()[0] for line in text.splitlines()[: len(CODES)]] == list(CODES)
