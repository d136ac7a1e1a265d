"""Ctrl-C and SIGTERM: what is known is shown, on the screen and in the report."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aioformal.cli.signals import stop_on_signals
from aioformal.portfolio.stop import Stop

ROOT = Path(__file__).parents[3]
COUNTER = """---- MODULE Counter ----
EXTENDS Naturals
VARIABLE x
Init == x = 0
Next == x' = x + 2
Even == x # 1000001
Few == x < 4
====
"""
SLOW = """---- MODULE Slow ----
EXTENDS Naturals
VARIABLE x
RECURSIVE Fib(_)
Fib(n) == IF n < 2 THEN n ELSE Fib(n - 1) + Fib(n - 2)
ASSUME Fib(60) > 0
Init == x = 0
Next == x' = x
====
"""
SYMBOLIC = ("bmc", "k-induction")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the program in a process group of its own, as a shell does, and in the end ends it."""
    (tmp_path / "Counter.tla").write_text(COUNTER, encoding="utf-8")
    (tmp_path / "Counter.cfg").write_text("INIT Init NEXT Next INVARIANTS Even Few\n", encoding="utf-8")
    (tmp_path / "Slow.tla").write_text(SLOW, encoding="utf-8")
    (tmp_path / "Slow.cfg").write_text("INIT Init NEXT Next\n", encoding="utf-8")
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "aioformal", *arguments, "--json", "r.json"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def wait_for(process: subprocess.Popen[str], pattern: str) -> None:
    """Reads progress until a line matches."""
    assert process.stderr is not None
    read = ""
    while not re.search(pattern, read):
        line = process.stderr.readline()
        assert line, f"nothing like {pattern} came, but {read}"
        read += line


def wait_for_work(process: subprocess.Popen[str], seconds: float) -> None:
    """Until a process has worked for so many seconds, however long it has to wait for others meanwhile."""
    if not Path("/proc/self/stat").exists():
        time.sleep(2 * seconds)
        return
    ticks = seconds * os.sysconf("SC_CLK_TCK")
    while process.poll() is None:
        fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        if int(fields[11]) + int(fields[12]) >= ticks:
            return
        time.sleep(0.05)


def to_group(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGINT)


def to_parent(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)


def by_order(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)


def ended(process: subprocess.Popen[str], folder: Path) -> tuple[str, dict[str, Any]]:
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 130, output + errors
    assert "Traceback" not in output + errors
    assert "run.interrupted" in output + errors
    report = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    assert report["exit_code"] == 130
    return output, report


def judged(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {p["name"]: p for p in report["properties"]}


@pytest.mark.parametrize("interrupt", [to_group, to_parent, by_order])
@pytest.mark.parametrize("engine", ["explicit", "auto", *SYMBOLIC])
def test_what_was_known_is_shown(
    start: Callable[..., subprocess.Popen[str]],
    interrupt: Callable[[subprocess.Popen[str]], None],
    engine: str,
    tmp_path: Path,
) -> None:
    # The symbolic engines' own choice of depth is reached too soon.
    further = ("--depth", "100000") if engine in SYMBOLIC else ()
    process = start("prove", "Counter.tla", "--engine", engine, "-p", "Even", *further)
    wait_for(process, rf"{engine if engine in SYMBOLIC else 'explicit'}: depth [3-9]")
    interrupt(process)
    output, report = ended(process, tmp_path)
    even = judged(report)["Even"]
    assert even["verdict"] == "holds"
    assert even["depth"] >= 1
    assert re.search(r"Even +invariant +holds to depth \d", output)


@pytest.mark.parametrize("engine", SYMBOLIC)
def test_a_violation_that_was_found_is_shown(
    start: Callable[..., subprocess.Popen[str]], engine: str, tmp_path: Path
) -> None:
    process = start("prove", "Counter.tla", "--engine", engine, "--depth", "100000")
    wait_for(process, rf"{engine}: depth [3-9]")
    to_group(process)
    output, report = ended(process, tmp_path)
    assert "Counterexample: Few" in output
    assert judged(report)["Few"]["verdict"] == "violated"
    assert judged(report)["Even"]["verdict"] == "holds"


def test_the_walks_so_far_are_shown(start: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    process = start("simulate", "Counter.tla", "-p", "Even", "--seconds", "60")
    wait_for(process, " walks, ")
    to_group(process)
    output, report = ended(process, tmp_path)
    assert "steps in all" in output
    assert report["simulation"]["steps"] > 0


def test_the_seed_is_shown_though_nothing_was_walked(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = start("simulate", "Slow.tla", "--seconds", "600", "--seed", "77")
    wait_for_work(process, 2.0)  # by then it evaluates what has no end
    to_group(process)
    output, report = ended(process, tmp_path)
    assert "seed 77" in output
    assert (report["simulation"]["seed"], report["simulation"]["walks"]) == (77, 0)


def test_a_second_signal_does_not_lose_what_is_being_said() -> None:
    stop = Stop()
    before = signal.getsignal(signal.SIGINT)
    with stop_on_signals(stop):
        stop.watched = True
        signal.raise_signal(signal.SIGINT)
        assert stop.reason == "interrupt"
        stop.closing = True
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_signal_ends_an_engine_that_is_deaf_to_the_first() -> None:
    stop = Stop()
    with stop_on_signals(stop):
        stop.watched = True
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
