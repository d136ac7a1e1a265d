"""`aioformal trace`: what is printed, and how it ends."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from aioformal.cli import trace as command
from aioformal.cli.guard import run_program
from aioformal.diagnostic import Exit
from aioformal.evidence.join import EvidenceError
from aioformal.tracing import Progress, behaviour
from tests.unit.tracing.logs import session_in, write_log, write_map


def ev(name: str, **fields: Any) -> dict[str, Any]:
    return {"event": name, **fields}


GOOD = [ev("Ask", t="p"), ev("Take", t="p"), ev("Give", t="p", served=1)]
BAD = [ev("Ask", t="p"), ev("Ask", t="q"), ev("Take"), ev("Give", t="p", served=3)]


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    session_in(tmp_path)
    monkeypatch.chdir(tmp_path)
    return "Lock.tla"


def test_a_log_that_is_explained_ends_with_0(
    spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_log(tmp_path, GOOD)
    assert run_program(["trace", spec, "log.jsonl"]) == Exit.OK
    assert capsys.readouterr().out == (
        "explained: log.jsonl\n"
        "  3 events, by a behaviour of 3 steps, replayed on the reference semantics\n"
        "  1 way to explain it at a time at most; it ends in one state (search by machine code)\n"
    )


def test_a_log_that_is_not_ends_with_12_and_all_there_is_to_know(
    spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_log(tmp_path, BAD)
    assert run_program(["trace", spec, "log.jsonl"]) == Exit.SAFETY
    assert capsys.readouterr().out == (
        "not explained: log.jsonl\n"
        "  the first 3 events are explained; no behaviour of the specification goes on as the log does\n"
        "\n"
        "    --> log.jsonl:4:29\n"
        "    |\n"
        '  4 | {"event": "Give", "t": "p", "served": 3}\n'
        "    |                             ^^^^^^^^^^^\n"
        "    Give(t = p) has served = 1 after it; the log says 3\n"
        "\n"
        "  how it came there (the last steps of one explanation):\n"
        "    Ask(t = p)                               line 1\n"
        "          waiting: {} -> {p}\n"
        "    Ask(t = q)                               line 2\n"
        "          waiting: +q\n"
        "    Take(t = p)                              line 3\n"
        '          holder: "nobody" -> p\n'
        "          waiting: -p\n"
        "\n"
        "  the specification can be in 2 states then; what is known:\n"
        "    holder = p or q\n"
        "    waiting = {p} or {q}\n"
        "    served = 0\n"
        "\n"
        "  what it would have allowed next:\n"
        "    Give(t = p)                              in 1 of the states\n"
        "    Give(t = q)                              in 1 of the states\n"
    )


def test_a_search_that_was_cut_ends_with_20_and_what_would_help(
    spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_log(tmp_path, [ev("Give", t="p")])
    assert run_program(["trace", spec, "log.jsonl", "--unlogged", "1"]) == Exit.UNDECIDED
    out = capsys.readouterr().out
    assert "undecided, because before event 1 of the log, more unlogged steps were possible" in out
    assert "help: --unlogged 2 looks further" in out
    assert run_program(["trace", spec, "log.jsonl", "--unlogged", "2"]) == Exit.OK


def test_fields_and_events_that_nobody_looks_at_are_counted(
    spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_log(tmp_path, [ev("Ask", t="p", comm="fio"), ev("noise")])
    toml = '[log]\nignore = ["noise"]\n[events.Ask]\naction = "Ask"\nparameters = { t = "t" }\n'
    assert run_program(["trace", spec, "log.jsonl", "--map", write_map(tmp_path, toml)]) == Exit.OK
    out = capsys.readouterr().out
    assert "fields that the map does not use: comm (1)" in out
    assert "events ignored: noise (1)" in out


def test_a_behaviour_that_was_written_is_a_log_that_is_explained(spec: str, tmp_path: Path) -> None:
    write_log(tmp_path, [ev("Give", t="p"), ev("Give", t="q")])
    arguments = ["trace", spec, "log.jsonl", "--unlogged", "4", "--behaviour", "behaviour.jsonl"]
    assert run_program(arguments) == Exit.OK
    written = [json.loads(line) for line in Path("behaviour.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = [state["#meta"].get("line") for state in written]
    assert (len(lines), [line for line in lines if line]) == (7, [1, 2])
    assert run_program(["trace", spec, "behaviour.jsonl"]) == Exit.OK
    kept = Path("behaviour.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    Path("mutant.jsonl").write_text("".join(kept[:2] + kept[3:]), encoding="utf-8")
    assert run_program(["trace", spec, "mutant.jsonl", "--behaviour", "prefix.jsonl"]) == Exit.SAFETY
    assert len(Path("prefix.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_a_log_may_come_from_standard_input(
    spec: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "".join(json.dumps(event) + "\n" for event in GOOD)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert run_program(["trace", spec, "-"]) == Exit.OK
    assert capsys.readouterr().out.startswith("explained: -\n")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["trace"], Exit.USAGE, "SPEC is missing"),
        (["trace", "Lock.tla"], Exit.USAGE, "LOG is missing"),
        (["trace", "Lock.tla", "x", "--unlogged", "many"], Exit.USAGE, "neither a number of steps nor `all`"),
        (["trace", "Lock.tla", "no.jsonl"], Exit.SYSTEM, "no.jsonl: no such file"),
        (["trace", "Lock.tla", "no.jsonl", "--map", "no.toml"], Exit.SYSTEM, "no.toml: no such file"),
        (["trace", "--bpftrace", "no.toml"], Exit.SYSTEM, "no.toml: no such file"),
        (["trace", "No.tla", "--template"], Exit.SYSTEM, "No.tla"),
        (["trace", "Lock.tla", "Lock.cfg"], Exit.SYSTEM, "no JSON: expecting value"),
        (["trace", "Lock.tla", "Lock.tla", "--behaviour", "/no/file"], Exit.SYSTEM, "/no/file"),
    ],
)
def test_what_cannot_be_done_is_said(
    spec: str, arguments: list[str], code: Exit, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_program(arguments) == code
    assert says in capsys.readouterr().err
    assert spec == "Lock.tla"


def test_an_explanation_that_does_not_replay_ends_with_22(
    spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise EvidenceError("step 1 of the explanation of the log, Ask, is no step of the next-state action")

    write_log(tmp_path, GOOD)
    monkeypatch.setattr(behaviour, "replay_step", refuse)
    assert run_program(["trace", spec, "log.jsonl"]) == Exit.EVIDENCE
    assert "error[check.evidence]" in capsys.readouterr().err


def test_a_refusal_that_the_reference_semantics_does_not_share_ends_with_22(
    spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aioformal.tracing import failure

    write_log(tmp_path, BAD)
    monkeypatch.setattr(failure, "reference_moves", lambda *_: [])
    assert run_program(["trace", spec, "log.jsonl"]) == Exit.EVIDENCE


def test_an_interrupted_search_says_how_far_it_came(
    spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(shown: command.ProgressLines, progress: Progress) -> None:
        shown._last = progress
        if progress.events == 2:
            raise KeyboardInterrupt

    write_log(tmp_path, GOOD)
    monkeypatch.setattr(command.ProgressLines, "show", interrupt)
    assert run_program(["trace", spec, "log.jsonl"]) == Exit.INTERRUPTED
    assert capsys.readouterr().err == "interrupted; 2 events explained so far, in 1 way\n"


def test_progress_is_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    clock = iter([0.0, 0.5, 1.5, 1.6, 2.9])
    monkeypatch.setattr(command.time, "monotonic", lambda: next(clock))
    lines = command.ProgressLines(said.append)
    for events in range(4):
        lines.show(Progress(events, 2))
    assert said == [
        "    2 s  1 event explained so far, in 2 ways",
        "    3 s  3 events explained so far, in 2 ways",
    ]
