"""What is observed of a kernel, and which lines of a log a verdict is about."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aioformal.cli.guard import run_program
from aioformal.diagnostic import DiagnosticError, Exit
from aioformal.observe import (
    Judgement,
    LinuxKernel,
    Plan,
    UnavailableError,
    conclusions,
    judge,
    judging,
    observe,
    syscalls,
)
from aioformal.session import Options, Session
from aioformal.tracing import Explained, Unexplained, ground
from aioformal.tracing.ground import InterpretedGround
from tests.unit.observe.pretended_kernel import PretendedKernel

PLAN = Plan(threads=3, rounds=12, seconds=30, seed=3, exhaust=True)
ALONE = Plan(threads=1, rounds=60, seconds=30, seed=3, exhaust=True)
Line = dict[str, Any]


@pytest.fixture(autouse=True)
def _no_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """For logs of a hundred events it takes longer to make than it saves."""
    monkeypatch.setattr(ground, "MachineGround", lambda problem: InterpretedGround(problem.program))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    """A log of a kernel that keeps the rules, in which no two calls overlap."""
    path = tmp_path_factory.mktemp("observe") / "log.jsonl"
    return lines_of(observed(path, PretendedKernel(), ALONE))


def observed(path: Path, kernel: PretendedKernel, plan: Plan = PLAN) -> Path:
    with path.open("w", encoding="utf-8") as file:
        observe(kernel, plan, file)
    return path


def lines_of(path: Path) -> list[Line]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def judged(folder: Path, lines: list[Line]) -> Judgement:
    path = folder / "log.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return judge(str(path))


def text_of(found: Judgement) -> str:
    return "\n".join(conclusions(found))


def test_a_kernel_that_keeps_the_rules_is_explained(tmp_path: Path, recorded: list[Line]) -> None:
    found = judged(tmp_path, recorded)
    assert isinstance(found.strict, Explained)
    assert found.exit_code is Exit.OK
    events = {line["event"] for line in recorded}
    assert {"io_setup", "io_setup_eagain", "io_submit", "io_getevents", "io_destroy", "aio_nr"} <= events
    assert "tryget_live" in text_of(found)


def test_what_a_kernel_charges_is_measured(tmp_path: Path) -> None:
    path = observed(tmp_path / "log.jsonl", PretendedKernel(rounded=True))
    calibrated = {e["nr_events"]: e["charge"] for e in lines_of(path) if e["event"] == "calibrated"}
    assert calibrated[1] == calibrated[7] == 16
    assert calibrated[64] == 64
    assert isinstance(judge(str(path)).strict, Explained)


def test_quota_that_comes_back_late_is_found(tmp_path: Path) -> None:
    found = judge(str(observed(tmp_path / "log.jsonl", PretendedKernel(late=True))))
    assert isinstance(found.strict, Unexplained)
    assert found.exit_code is Exit.SAFETY
    assert found.undrained is not None
    assert not isinstance(found.undrained, Explained)


def test_requests_that_are_not_done_are_called_the_seeds(tmp_path: Path) -> None:
    found = judge(str(observed(tmp_path / "log.jsonl", PretendedKernel(hasty=True))))
    assert found.exit_code is Exit.SAFETY
    assert isinstance(found.undrained, Explained)
    assert "how the\nseed of 2013 behaves" in text_of(found)
    assert isinstance(found.strict, Unexplained)
    assert found.strict.nearest is not None
    # The sampler reads aio_nr beside the call, and may be what the explanation stops at.
    assert found.strict.nearest.event.name in ("io_destroy", "aio_nr")


def test_others_that_use_aio_leave_it_undecided(tmp_path: Path) -> None:
    found = judge(str(observed(tmp_path / "log.jsonl", PretendedKernel(stranger=True))))
    assert isinstance(found.strict, Unexplained)
    assert found.exit_code is Exit.UNDECIDED
    assert "postgres (77)" in text_of(found)


def test_others_are_no_excuse_for_less_than_is_ours(tmp_path: Path, recorded: list[Line]) -> None:
    at = last(recorded, "aio_nr", lambda line: line["value"] > 0)
    lines = changed(recorded, at, value=0)
    lines[0] = {**lines[0], "strangers": ["mysqld (5)"]}
    found = judged(tmp_path, lines)
    assert found.exit_code is Exit.SAFETY


def last(lines: list[Line], event: str, where: Callable[[Line], bool] = lambda _: True) -> int:
    """The index of the last such line."""
    return max(at for at, line in enumerate(lines) if line["event"] == event and where(line))


def changed(lines: list[Line], at: int, **fields: Any) -> list[Line]:
    return [*lines[:at], {**lines[at], **fields}, *lines[at + 1 :]]


DOCTORED: dict[str, tuple[str, Callable[[Line], Line]]] = {
    "quota that is not back": ("aio_nr", lambda line: {"value": line["value"] + 1}),
    "quota that was lost": ("aio_nr", lambda line: {"value": line["value"] - 1}),
    "requests that are not done": ("io_destroy", lambda _: {"completed": 7}),
    "a completion too many": ("io_getevents", lambda _: {"reaped": 8}),
    "a context that is not there": ("io_destroy", lambda _: {"ctx": "ctx9z"}),
    "-EAGAIN with free quota": ("io_setup", lambda _: {"event": "io_setup_eagain", "charge": 1}),
}


@pytest.mark.parametrize("what", DOCTORED)
def test_a_doctored_log_fails_at_the_doctored_line(what: str, tmp_path: Path, recorded: list[Line]) -> None:
    event, change = DOCTORED[what]
    at = last(recorded, event)
    found = judged(tmp_path, changed(recorded, at, **change(recorded[at])))
    assert found.exit_code is Exit.SAFETY
    assert isinstance(found.strict, Unexplained)
    assert [event.line for event in found.strict.events] == [at + 1]


@pytest.mark.parametrize(
    "first",
    ["", "{}", '{"event": "begin"}', '{"event": "begin", "kernel": 3}', "[" * 5000, '{"event": "io_setup"}'],
)
def test_a_log_of_something_else_is_refused_with_a_place(first: str, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(first + "\n", encoding="utf-8")
    with pytest.raises(DiagnosticError) as caught:
        judge(str(path))
    assert caught.value.diagnostics[0].code == "log.malformed"
    assert caught.value.diagnostics[0].span is not None


def test_names_in_a_log_cannot_become_part_of_a_configuration(tmp_path: Path, recorded: list[Line]) -> None:
    with pytest.raises(DiagnosticError, match="begins with its circumstances"):
        judged(tmp_path, [{**recorded[0], "ctxs": ["a}\nINIT x"]}, *recorded[1:]])


def test_the_rules_of_the_specification_are_proved() -> None:
    """Of a small machine: the limit is kept, and the quota comes back."""
    about = judging.Circumstances("", 3, 1, ("a", "b"), (1, 2), 1, [])
    config = judging._config(about, quiet=True, draining=True)
    config += "INVARIANTS TypeOK QuotaWithinLimit QuotaComesBack\n"
    texts = {judging.SPEC: judging.text_of(judging.SPEC), judging.CONFIG: config}
    report = Session(judging.SPEC, judging.CONFIG, texts).prove(Options(engine="explicit"))
    assert {judgement.word for judgement in report.judgements} == {"proved"}


def test_this_kernel_is_observed_or_the_reason_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the machine: other processes on it may use AIO as well."""
    log = tmp_path / "log.jsonl"
    code = run_program(["observe", "aio", "--threads", "2", "--rounds", "10", "-o", str(log), "--seed", "1"])
    out, err = capsys.readouterr()
    assert code in (Exit.OK, Exit.UNDECIDED, Exit.VACUOUS)
    if code == Exit.OK:
        assert "keep the rules" in out
        assert run_program(["observe", "aio", "--judge", str(log)]) == Exit.OK
    if code == Exit.VACUOUS:
        assert "nothing was observed" in err


@pytest.mark.parametrize("missing", ["file", "platform", "machine"])
def test_where_there_is_nothing_to_observe_that_is_said(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if missing == "file":
        monkeypatch.setattr(syscalls, "AIO_MAX_NR", Path("/nowhere/aio-max-nr"))
    elif missing == "platform":
        monkeypatch.setattr(sys, "platform", "win32")
    else:
        monkeypatch.setattr(syscalls.platform, "machine", lambda: "vax")
    assert run_program(["observe", "aio"]) == Exit.VACUOUS
    assert "error[observe.unavailable]: nothing was observed: " in capsys.readouterr().err


def test_calls_that_a_filter_forbids_are_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object) -> int:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(LinuxKernel, "_call", refuse)
    with pytest.raises(UnavailableError):
        LinuxKernel(str(tmp_path))


def test_a_call_that_fails_is_an_error_and_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Full(PretendedKernel):
        def read_nr(self) -> int:
            raise OSError(24, "Too many open files")

    monkeypatch.setattr("aioformal.observe.LinuxKernel", lambda _: Full())
    assert run_program(["observe", "aio", "--threads", "1", "--rounds", "3", "--seed", "1"]) == Exit.SYSTEM
    said = capsys.readouterr().err
    assert "error[observe.failed]: a system call failed: " in said
    assert "Too many open files" in said


def test_an_unwritable_log_is_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aioformal.observe.LinuxKernel", lambda _: PretendedKernel())
    assert run_program(["observe", "aio", "-o", "/nowhere/log"]) == Exit.SYSTEM
    assert "file.unwritable" in capsys.readouterr().err
