"""spec/trace/aio.toml: the functions of the seed, in a log of time boxes with half of the steps missing."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from aioformal.diagnostic import Exit
from aioformal.session import Session
from aioformal.session.tracing import bpftrace_script, explain_log
from aioformal.tracing import Explained, Outcome, Unexplained
from tests.unit.tracing.kernel_logs import kernel_log
from tests.unit.tracing.logs import write_log

ROOT = Path(__file__).parents[3]
MAP = "spec/trace/aio.toml"


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def judged(log: str, config: str | None = None) -> Outcome:
    return explain_log(Session("spec/aio.tla", config), log, MAP)


@pytest.mark.parametrize("seed", [1])
def test_a_log_of_the_seed_is_explained(seed: int, tmp_path: Path) -> None:
    events = kernel_log(Session("spec/aio.tla").program, seed, 80)
    found = judged(write_log(tmp_path, events))
    assert isinstance(found, Explained)
    assert found.events == len(events)
    assert found.unlogged > len(events) // 3


def test_a_context_that_is_killed_twice_is_noticed(tmp_path: Path) -> None:
    """A callback runs once for each context; a second one has nothing that queued it."""
    events = kernel_log(Session("spec/aio.tla").program, 1, 120)
    at = next(i for i, event in enumerate(events) if event["function"] == "kill_ioctx_rcu")
    end = events[at]["end"]
    doubled = [*events[: at + 1], {**events[at], "start": end + 1, "end": end + 2}, *events[at + 1 :]]
    found = judged(write_log(tmp_path, doubled))
    assert isinstance(found, Unexplained)
    assert found.exit_code in (Exit.SAFETY, Exit.UNDECIDED)
    assert found.nearest is not None
    assert found.nearest.event.name == "kill_ioctx_rcu"


def test_the_script_is_the_one_that_was_read(golden: Callable[[str, str], None]) -> None:
    golden("aio.bt", bpftrace_script(MAP))


STRUCTS = """struct callback { void *next; void *func; };
struct kioctx { long users; struct callback rcu_head; struct callback rcu_work; };
"""


@pytest.mark.skipif(shutil.which("bpftrace") is None, reason="bpftrace is not installed")
def test_bpftrace_takes_the_script(tmp_path: Path) -> None:
    """As far as can be said where those functions are not: its grammar and its types. (`offsetof` came with
    bpftrace 0.19, and an offset that no kernel is asked for is any number.)"""
    text = re.sub(r"offsetof\([^)]*\)", "16", bpftrace_script(MAP))
    for body, is_right in ((text, True), (text.replace("nsecs", "nsecs +", 1), False)):
        script = tmp_path / "aio.bt"
        script.write_text(STRUCTS + body, encoding="utf-8")
        done = subprocess.run(
            ["bpftrace", "-d", str(script)], capture_output=True, text=True, timeout=100, check=False
        )
        if "root user" in done.stdout + done.stderr:
            pytest.skip("bpftrace is for root only")
        assert (done.returncode == 0) is is_right, done.stderr
