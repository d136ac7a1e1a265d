"""The second process: what it has said is heard, even when it is ended."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from aioformal.engine.protocol import Reached
from aioformal.portfolio import rival as rival_module
from aioformal.portfolio.rival import Rival
from aioformal.portfolio.worker import Crashed, Job

COUNTER = """---- MODULE Counter ----
EXTENDS Naturals
VARIABLE x
Init == x = 0
Next == x' = x + 1
Small == x >= 0
====
"""


def job(folder: Path) -> Job:
    spec, config = folder / "Counter.tla", folder / "Counter.cfg"
    spec.write_text(COUNTER, encoding="utf-8")
    config.write_text("INIT Init NEXT Next INVARIANT Small\n", encoding="utf-8")
    return Job(str(spec), str(config), {}, ("Small",), False, ("bmc",), 100_000, None)


def test_what_was_said_before_the_end_can_be_heard_after_it(tmp_path: Path) -> None:
    with Rival(job(tmp_path)) as rival:
        rival.start()
        while not any(isinstance(m, Reached) for m in rival.poll(1.0)):
            assert rival.running
        time.sleep(0.3)
        rival.end()
        left = list(rival.poll())
        assert any(isinstance(m, Reached) for m in left)
        assert not any(isinstance(m, Crashed) for m in left)
        assert not rival.running


def test_a_process_that_ends_by_itself_without_a_word_has_crashed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rival_module.sys, "executable", "/bin/false")
    with Rival(job(tmp_path)) as rival:
        rival.start()
        while rival.running:
            assert all(isinstance(m, Crashed) for m in rival.poll(1.0))
