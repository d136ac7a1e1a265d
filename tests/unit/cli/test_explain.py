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
FILES = [code for code, e in SHOWN.items() if e.wrong is not None and not e.wrong.commands]
COMMANDS = [code for code in SHOWN if code not in FILES]

UNIT = Path(__file__).parents[1]

# What a file and a command cannot bring about, and the test that does.
WITHOUT_AN_EXAMPLE = {
    # A fault of ours.
    "check.evidence": "portfolio/test_portfolio.py::test_broken_evidence_of_the_rival_ends_the_run",
    "internal.fault": "portfolio/test_portfolio.py::test_a_crash_beside_a_complete_answer_is_a_warning",
    # A program that reads a trace.
    "itf.malformed": "report/test_itf.py::test_broken_documents",
    # Another machine, another process, or somebody at the keyboard.
    "observe.unavailable": "observe/test_observe.py::test_where_there_is_nothing_to_observe_that_is_said",
    "observe.failed": "observe/test_observe.py::test_a_call_that_fails_is_an_error_and_no_verdict",
    "run.interrupted": "cli/test_checkpoint_command.py::test_a_signal_saves_and_shows",
    "run.memory": "cli/test_commands.py::test_a_machine_that_is_too_small_has_its_own_words",
    "checkpoint.locked": "cli/test_checkpoint_command.py::test_two_processes_do_not_share_a_folder",
}


def write(example: Example, folder: Path) -> None:
    for name, text in example.texts().items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def codes_of(example: Example, folder: Path) -> set[str]:
    write(example, folder)
    report = Session(str(folder / "M.tla")).prove(Options(engine="explicit", depth=30))
    fault = {report.fault.diagnostic.code} if report.fault is not None else set[str]()
    return {d.code for d in report.diagnostics} | fault


def test_every_code_is_explained_in_the_order_of_the_table() -> None:
    assert list(explanations()) == [code for code in CODES if code in explanations()]
    assert explanations().keys() == CODES.keys()
    assert all(len(e.meaning) > 20 for e in explanations().values())


def test_a_code_has_both_examples_or_a_reason_to_have_none() -> None:
    assert {code for code, e in explanations().items() if e.wrong is None} == WITHOUT_AN_EXAMPLE.keys()
    assert all((e.wrong is None) == (e.right is None) for e in explanations().values())


@pytest.mark.parametrize("code", WITHOUT_AN_EXAMPLE)
def test_what_has_no_example_has_a_test(code: str) -> None:
    """The test is there, and the code stands in it or in its parameters."""
    file, _, name = WITHOUT_AN_EXAMPLE[code].partition("::")
    tests = (UNIT / file).read_text(encoding="utf-8").split("\n\n\n")
    [found] = [test for test in tests if f"def {name}(" in test]
    assert code in found.replace("\\", "")


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
    def typed(example: Example, name: str) -> tuple[int, str]:
        """What the last command of an example ends with, and what it says."""
        folder = tmp_path / name
        folder.mkdir()
        write(example, folder)
        monkeypatch.chdir(folder)
        for command in example.commands[:-1]:
            run_program(command.split()[1:])
            assert f"[{code}]" not in "".join(capfd.readouterr())
        ended = run_program(example.commands[-1].split()[1:])
        return ended, "".join(capfd.readouterr())

    wrong, right = explanations()[code].wrong, explanations()[code].right
    assert wrong is not None
    assert right is not None
    ended, said = typed(wrong, "wrong")
    assert f"[{code}]" in said
    assert ended == CODES[code][0] or not CODES[code][0]
    ended, said = typed(right, "right")
    assert f"[{code}]" not in said
    assert ended == 0


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


def test_files_and_commands_of_an_example_are_shown(said: Callable[..., tuple[int, str]]) -> None:
    _, text = said("log.unmapped")
    wrong = text.partition("Wrong:")[2].partition("Right:")[0]
    assert "  with map.toml\n    [log]\n" in wrong
    assert "  and the command\n    aioformal trace M.tla log.jsonl --map map.toml\n" in wrong


@pytest.mark.parametrize(("typed", "meant"), [("eval.domian", "eval.domain"), ("domain", "eval.domain")])
def test_a_misspelt_code_is_guessed(said: Callable[..., tuple[int, str]], typed: str, meant: str) -> None:
    code, text = said(typed)
    assert (code, f"did you mean {meant}?" in text) == (2, True)


def test_without_a_code_all_are_listed(said: Callable[..., tuple[int, str]]) -> None:
    code, text = said()
    assert code == 0
    assert [line.split()[0] for line in text.splitlines()[: len(CODES)]] == list(CODES)
