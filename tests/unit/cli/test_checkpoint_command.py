"""`prove --checkpoint`, `--resume` and `--memory` as they are typed; processes that are killed."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from aioformal.cli.guard import run_program
from aioformal.session import Options

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")

BIG = """---- MODULE Big ----
EXTENDS Integers
VARIABLES a, b, c, d
Init == a = 0 /\\ b = 0 /\\ c = 0 /\\ d = "x"
A == a < LAST /\\ a' = a + 1 /\\ UNCHANGED <<b, c, d>>
B == b < LAST /\\ b' = b + 1 /\\ UNCHANGED <<a, c, d>>
C == c < LAST /\\ c' = c + 1 /\\ UNCHANGED <<a, b, d>>
D == d' = (IF d = "x" THEN "y" ELSE "x") /\\ UNCHANGED <<a, b, c>>
Next == A \\/ B \\/ C \\/ D
Small == a + b + c < 50
Fine == a <= LAST
====
"""
CONFIG = "INIT Init\nNEXT Next\nINVARIANTS Small Fine\n"


def write(folder: Path, last: int) -> None:
    """Big.tla with 2 * (last + 1)^3 states."""
    (folder / "Big.tla").write_text(BIG.replace("LAST", str(last)))
    (folder / "Big.cfg").write_text(CONFIG)


def command(*arguments: str, engine: str = "explicit") -> list[str]:
    return [sys.executable, "-m", "aioformal", "prove", "Big.tla", "--engine", engine, *arguments]


def start(
    folder: Path, line: Sequence[str], before: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[3])
    return subprocess.Popen(
        line,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
        preexec_fn=before,
    )


def finish(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=120)
    assert "Traceback" not in output + errors
    return output + errors


def report_of(path: Path) -> dict[str, Any]:
    """The report without what depends on the clock."""
    report = json.loads(path.read_text())
    del report["seconds"], report["diagnostics"]
    for prop in report["properties"]:
        del prop["seconds"]
    return report


def saved_states(folder: Path) -> int:
    """How many states the checkpoint holds; 0 where there is none yet."""
    try:
        return json.loads((folder / "header.json").read_text())["checkpoint"]["distinct"]
    except (OSError, ValueError):
        return 0


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    while not condition() and process.poll() is None:
        time.sleep(0.002)


SAVE = ("--checkpoint", "saved", "--checkpoint-every", "0.05")


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A specification of 182,250 states, and the report of an uninterrupted search."""
    folder = tmp_path_factory.mktemp("big")
    write(folder, 44)
    process = start(folder, command("--json", "whole.json"))
    assert "182,250 distinct states" in finish(process)
    assert process.returncode == 12
    return folder


def test_a_search_that_is_killed_again_and_again_ends_as_if_it_had_not_been(big: Path) -> None:
    chance = random.Random(11)
    folder = big / "saved"
    killed = 0
    while True:
        resume = ["--resume"] if (folder / "header.json").exists() else []
        before = saved_states(folder)
        process = start(big, command(*SAVE, *resume, "--json", "again.json"))
        if killed < 6:
            # At any moment: while states are searched, while they are written, between two files.
            wait_for(lambda known=before: saved_states(folder) > known, process)
            time.sleep(chance.random() * 0.08)
            process.kill()
            killed += 1
        output = finish(process)
        if process.returncode != -signal.SIGKILL:
            break
    assert process.returncode == 12, output
    assert report_of(big / "again.json") == report_of(big / "whole.json")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("engine", ["explicit", "auto"])
def test_a_signal_saves_and_shows(number: signal.Signals, engine: str, tmp_path: Path) -> None:
    write(tmp_path, 300)
    folder = tmp_path / "saved"
    process = start(tmp_path, command(*SAVE, "--json", "r.json", engine=engine))
    wait_for(lambda: saved_states(folder) > 1_000, process)
    process.send_signal(number)
    output = finish(process)
    assert process.returncode == 130, output
    assert "run.interrupted" in output
    assert "checkpoint.written" in output
    seen = report_of(tmp_path / "r.json")["exploration"]
    assert seen["distinct_states"] == saved_states(folder) > 1
    assert seen["generated_states"] > seen["distinct_states"]

    process = start(tmp_path, command(*SAVE, "--resume", "--json", "r.json"))
    wait_for(lambda: saved_states(folder) > seen["distinct_states"], process)
    process.send_signal(number)
    assert "checkpoint.written" in finish(process)
    assert process.returncode == 130
    assert report_of(tmp_path / "r.json")["exploration"]["distinct_states"] > seen["distinct_states"]


def test_two_processes_do_not_share_a_folder(tmp_path: Path) -> None:
    write(tmp_path, 300)
    first = start(tmp_path, command(*SAVE))
    wait_for(lambda: saved_states(tmp_path / "saved") > 0, first)
    second = start(tmp_path, command(*SAVE, "--resume"))
    output = finish(second)
    assert second.returncode == 153
    assert "checkpoint.locked" in output
    assert f"process {first.pid} " in output
    first.kill()
    finish(first)


def test_a_disk_quota_does_not_end_the_search(big: Path) -> None:
    """A file may have so many bytes and no more: writing beyond fails as on a full disk."""

    def restrict() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    line = command("--checkpoint", "full", "--checkpoint-every", "0.001", "--json", "full.json")
    process = start(big, line, restrict)
    output = finish(process)
    assert process.returncode == 12, output
    assert "checkpoint.unwritable" in output
    assert report_of(big / "full.json") == report_of(big / "whole.json")
    process = start(big, command("--checkpoint", "full", "--resume", "--json", "full.json"))
    finish(process)
    assert report_of(big / "full.json") == report_of(big / "whole.json")


def test_a_memory_limit_is_undecided_with_numbers_and_can_be_lifted(big: Path) -> None:
    where = ("--checkpoint", "small", "-p", "Fine")
    process = start(big, command(*where, "--memory", "7M", "--json", "small.json"))
    output = finish(process)
    report = report_of(big / "small.json")
    assert (process.returncode, report["verdict"], report["properties"][0]["verdict"]) == (
        20,
        "unknown",
        "unknown",
    )
    assert "the memory for states (7.0 MB) is used up" in output
    assert f"{report['exploration']['distinct_states']:,} states are kept" in " ".join(output.split())
    process = start(big, command(*where, "--resume", "--memory", "1G", "--json", "small.json"))
    finish(process)
    assert process.returncode == 0
    assert report_of(big / "small.json")["exploration"]["distinct_states"] == 182_250


# ---------------------------------------------------------------- what is typed


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--memory", "lots"], "is no size"),
        (["--memory", "0"], "is no size"),
        (["--memory", "-1G"], "is no size"),
        (["--memory", "1e9"], "is no size"),
        (["--resume"], "--checkpoint DIR"),
        (["--checkpoint", "x", "--engine", "bmc"], "runs none"),
        (["--checkpoint", "x", "--checkpoint-every", "nan"], "seconds"),
        (["--checkpoint", "x", "--checkpoint-every", "-1"], "-1"),
    ],
)
def test_options_that_make_no_sense(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_program(["prove", "tests/golden/Lock.tla", *arguments]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("500M", 500 << 20),
        ("4G", 4 << 30),
        ("1.5g", 3 << 29),
        ("64KiB", 1 << 16),
        ("2 TB", 2 << 40),
        ("9", 9),
    ],
)
def test_sizes(text: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Options] = []

    def remember(_spec: Path, _config: object, options: Options, _json: object, **_: object) -> int:
        asked.append(options)
        return 0

    monkeypatch.setattr("aioformal.cli.proving.prove_and_show", remember)
    assert run_program(["prove", "Any.tla", "--memory", text, "--checkpoint", "there", "--resume"]) == 0
    assert asked == [Options(memory=size, checkpoint=Path("there"), resume=True)]


def test_a_folder_that_cannot_be_resumed_ends_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 3)
    monkeypatch.chdir(tmp_path)
    for engine in ("auto", "explicit"):
        assert run_program(["prove", "Big.tla", "--engine", engine, "--checkpoint", "c", "--resume"]) == 153
        assert "checkpoint.missing" in capsys.readouterr().err


def test_a_search_without_machine_code_says_that_it_is_not_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Big.tla").write_text(BIG.replace("LAST", "15").replace("a = 0", "a = 2^70"))
    (tmp_path / "Big.cfg").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    run_program(["prove", "Big.tla", "--engine", "explicit", "--checkpoint", "c"])
    assert "checkpoint.none" in "".join(capsys.readouterr())
