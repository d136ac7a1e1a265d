"""A save is noticed once, by what the file holds and not by when it was written."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from aioformal.engine.protocol import Event
from aioformal.portfolio.stop import Stop
from aioformal.report.result import Report
from aioformal.session import Options, Session
from aioformal.watch import MISSING_FOR, Changes, Vanished, changed_files, files_of, snapshot, watch

SPEC = """---- MODULE Flip ----
EXTENDS Naturals
VARIABLE x
Init == x = 0
Next == x' = 1 - x
Small == x < 2
====
"""
CONFIG = "INIT Init\nNEXT Next\nINVARIANT Small\n"


@pytest.fixture
def flip(tmp_path: Path) -> Path:
    (tmp_path / "Flip.cfg").write_text(CONFIG)
    spec = tmp_path / "Flip.tla"
    spec.write_text(SPEC)
    return spec


def test_only_other_contents_count(flip: Path) -> None:
    before = snapshot([flip])
    flip.write_text(SPEC)
    assert changed_files(before) == set()
    flip.write_text(SPEC + "\n")
    assert changed_files(before) == {flip}


def test_a_file_that_is_being_replaced_has_not_changed_yet(flip: Path) -> None:
    before = snapshot([flip])
    flip.unlink()
    assert changed_files(before) == set()
    flip.write_text("other")
    assert changed_files(before) == {flip}


def test_a_file_that_appears_has_changed(tmp_path: Path) -> None:
    before = snapshot([tmp_path / "New.cfg"])
    (tmp_path / "New.cfg").write_text("INIT Init")
    assert changed_files(before) == {tmp_path / "New.cfg"}


@pytest.mark.parametrize("events", ["watchfiles", "polling"])
def test_a_save_is_noticed(events: str, flip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if events == "polling":
        monkeypatch.setitem(sys.modules, "watchfiles", None)
    noticed = threading.Event()
    with Changes(snapshot([flip]), noticed.set) as changes:
        flip.write_text(SPEC + "\n")
        assert noticed.wait(20)
    assert changes.changed == {flip}
    assert changes.happened


def test_what_is_read_is_watched(flip: Path) -> None:
    (flip.parent / "Other.tla").write_text("---- MODULE Other ----\n====\n")
    assert files_of(Session(str(flip)), flip, None) == {flip, flip.with_suffix(".cfg")}
    flip.write_text(SPEC.replace("Naturals", "Naturals, Other"))
    assert flip.parent / "Other.tla" in files_of(Session(str(flip)), flip, None)


def test_beside_a_broken_specification_every_module_is_watched(flip: Path) -> None:
    (flip.parent / "Other.tla").write_text("---- MODULE Other ----\n====\n")
    flip.write_text("---- MODULE Flip ----\nEXTENDS Othr\n====\n")
    assert flip.parent / "Other.tla" in files_of(Session(str(flip)), flip, None)


def test_a_file_that_is_gone_is_said_to_be_once(flip: Path) -> None:
    told: list[Path] = []
    vanished = Vanished(snapshot([flip, flip.with_suffix(".cfg"), flip.with_name("Never.tla")]), told.append)
    flip.unlink()
    vanished.look(0.0)
    assert not told
    for moment in (MISSING_FOR, 2 * MISSING_FOR):
        vanished.look(moment)
        assert told == [flip]


def test_a_file_that_is_being_replaced_is_not_gone(flip: Path) -> None:
    told: list[Path] = []
    vanished = Vanished(snapshot([flip]), told.append)
    for moment in (0.0, 10 * MISSING_FOR):
        flip.unlink()
        vanished.look(moment)
        flip.write_text(SPEC)
        vanished.look(moment + MISSING_FOR)
    assert not told


def test_a_file_that_comes_back_is_proved_again(flip: Path) -> None:
    face = ScriptedFace(flip, [flip.unlink])

    def gone(path: Path) -> None:
        face.told.append(f"vanished {path.name}")
        path.write_text(SPEC)

    face.vanished = gone  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        watch(flip, None, Options(engine="explicit"), face, Stop)
    assert face.told == ["begin ", "proved 2", "vanished Flip.tla", "begin Flip.tla", "proved 2"]


class ScriptedFace:
    """Saves something at each step, and leaves when nothing is left to be saved."""

    def __init__(self, spec: Path, on_finish: list[Callable[[], object]]) -> None:
        self.told: list[str] = []
        self._spec = spec
        self._on_finish = on_finish

    def begin(self, changed: Iterable[Path]) -> None:
        self.told.append("begin " + ",".join(p.name for p in changed))

    def event(self, event: Event) -> None:
        pass

    def outdated(self) -> None:
        self.told.append("outdated")

    def vanished(self, path: Path) -> None:
        self.told.append(f"vanished {path.name}")

    def finished(self, report: Report, files: Iterable[Path]) -> None:
        self.told.append(f"{report.verdict} {len(set(files))}")
        if not self._on_finish:
            raise KeyboardInterrupt
        self._on_finish.pop(0)()


def test_every_save_is_proved_again(flip: Path) -> None:
    face = ScriptedFace(
        flip,
        [
            lambda: flip.write_text(SPEC.replace("x < 2", "x < 1")),
            lambda: flip.write_text(SPEC.replace("Next ==", "Next = =")),
            lambda: flip.with_suffix(".cfg").write_text(CONFIG + "\n"),
            lambda: flip.write_text(SPEC),
        ],
    )
    with pytest.raises(KeyboardInterrupt):
        watch(flip, None, Options(engine="explicit"), face, Stop)
    assert face.told == [
        *("begin ", "proved 2"),
        *("begin Flip.tla", "violated 2"),
        *("begin Flip.tla", "error 2"),
        *("begin Flip.cfg", "error 2"),
        *("begin Flip.tla", "proved 2"),
    ]


def test_a_save_outdates_the_run_that_is_going_on(flip: Path) -> None:
    endless = SPEC.replace("1 - x", "x + 1").replace("x < 2", "x >= 0")
    flip.write_text(endless)
    face = ScriptedFace(flip, [])

    def save_at_first_sign(_: Event) -> None:
        flip.write_text(SPEC)

    face.event = save_at_first_sign  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        watch(flip, None, Options(engine="explicit", timeout=None), face, Stop)
    assert face.told == ["begin ", "outdated", "begin Flip.tla", "proved 2"]
