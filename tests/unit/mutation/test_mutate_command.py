"""`aioformal mutate` as it is typed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aioformal.cli.guard import run_program
from aioformal.mutation import KINDS
from tests.unit.mutation.lock import CONFIG, SPEC


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "Lock.tla"
    path.write_text(SPEC, encoding="utf-8")
    path.with_suffix(".cfg").write_text(CONFIG, encoding="utf-8")
    return path


def test_help_names_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["mutate", "--help"]) == 0
    shown = capsys.readouterr().out
    assert all(kind in shown for kind in KINDS)
    assert max(map(len, shown.splitlines())) <= 80


def test_a_whole_run_in_two_processes(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = spec.with_name("report.json")
    code = run_program(["mutate", str(spec), "--only", "Take", "--jobs", "2", "--json", str(report)])
    shown = capsys.readouterr().out
    found = json.loads(report.read_text(encoding="utf-8"))
    assert code == 20
    assert "survived: Take: drop-choice: ~Checked" in shown
    assert f"score: {found['score']:.3f}" in shown
    assert {row["definition"] for row in found["mutants"]} == {"Take"}
    assert found["complete"]


def test_explained_survivors_end_well(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = '[[survivor]]\nmutant = "Take: drop-choice: ~Checked"\nwhy = "Checked is TRUE"\n'
    spec.with_name("Lock-survivors.toml").write_text(text, encoding="utf-8")
    assert run_program(["mutate", str(spec), "--only", "Take", "--kind", "drop-choice", "--jobs", "1"]) == 0
    assert "1 not noticed (1 of them explained)" in capsys.readouterr().out


COUNTED = """
---- MODULE Counted ----
EXTENDS Naturals
INSTANCE Refcount
VARIABLE n
Init == n = 1
Open == n < 3 /\\ n' = Inc(n)
Close == n > 1 /\\ n' = DecAndTest(n)
Next == Open \\/ Close
Positive == n \\in 1..3
====
"""


@pytest.mark.parametrize(
    ("arguments", "definitions", "left"),
    [
        ([], {"Open", "Close", "Next", "Init"}, True),
        (["--only", "Open"], {"Open"}, False),
        (["--only", "Refcount!Inc"], {"Refcount!Inc"}, False),
        (
            ["--library-modules"],
            {"Open", "Close", "Next", "Init", "Refcount!Inc", "Refcount!DecAndTest"},
            False,
        ),
    ],
)
def test_mistakes_in_the_library_are_asked_for(
    tmp_path: Path,
    arguments: list[str],
    definitions: set[str],
    left: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "Counted.tla"
    path.write_text(COUNTED, encoding="utf-8")
    path.with_suffix(".cfg").write_text("INIT Init\nNEXT Next\nINVARIANT Positive\n", encoding="utf-8")
    report = tmp_path / "report.json"
    run_program(["mutate", str(path), "--jobs", "1", "--timeout", "0", "--json", str(report), *arguments])
    rows = json.loads(report.read_text(encoding="utf-8"))["mutants"]
    assert definitions <= {row["definition"] for row in rows}
    assert ("Refcount!Inc" in definitions) == any(row["file"] == "<library>/Refcount.tla" for row in rows)
    assert ("more in modules of the library are left out" in capsys.readouterr().out) is left


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--only", "Tak"],
            "there is nothing to get wrong in Tak; there is in Free, Give, Init, Look, Next, Take",
        ),
        (["--kind", "drop-gard"], "did you mean drop-guard?"),
    ],
)
def test_wrong_usage(spec: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["mutate", str(spec), *arguments]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_specification_that_is_violated_has_nothing_to_lose(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.with_suffix(".cfg").write_text(CONFIG.replace("= TRUE", "= FALSE", 1), encoding="utf-8")
    assert run_program(["mutate", str(spec), "--sample", "1", "--jobs", "1"]) == 20
    assert "mutate.violated" in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["mutate", str(tmp_path / "None.tla")]) == 153
    assert "file.missing" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="signals are sent")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_keeps_what_was_found(spec: Path, sent: signal.Signals) -> None:
    command = [sys.executable, "-m", "aioformal", "mutate", str(spec), "--jobs", "1", "--all"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    first = process.stderr.readline()
    process.send_signal(sent)
    out, err = process.communicate(timeout=120)
    assert " of 33; " in first
    assert "Traceback" not in err
    assert process.returncode in (20, 130)
    assert "mistakes:" in out
