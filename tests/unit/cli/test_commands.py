"""The commands as they are typed: what goes where, and what stays away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from aioformal import __version__
from aioformal.cli import commands, parameters
from aioformal.cli.guard import run_program
from aioformal.engine.simulation.engine import DEFAULT_DEPTH, DEFAULT_WALKS
from aioformal.portfolio import ENGINE_NAMES
from aioformal.resolve import loading
from aioformal.session import DEFAULT_TIMEOUT, STAGES, Options, Session

ROOT = Path(__file__).parents[3]
LOCK = "tests/golden/Lock.tla"
CARELESS = "tests/golden/Careless.cfg"
SCHEMA = json.loads(files("aioformal.report").joinpath("schema.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_the_command_line_offers_what_there_is() -> None:
    assert commands.ENGINES == ENGINE_NAMES
    assert commands.STAGES == STAGES
    timeout = next(p for p in commands.prove.params if p.name == "timeout")
    assert timeout.default == DEFAULT_TIMEOUT == Options().timeout
    assert parameters.DEFAULT_WALKS == DEFAULT_WALKS
    assert parameters.DEFAULT_WALK_DEPTH == DEFAULT_DEPTH


def test_help_teaches_and_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["--help"],
        ["prove", "--help"],
        ["check", "-h"],
        ["dump", "-h"],
        ["watch", "-h"],
        ["simulate", "-h"],
        ["trace", "-h"],
        ["observe", "-h"],
    ):
        assert run_program(arguments) == 0
        shown = capsys.readouterr().out
        assert max(map(len, shown.splitlines())) <= 80
    assert run_program(["prove", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "aioformal prove spec/aio.tla" in shown
    assert all(f" {code}  " in shown for code in (0, 10, 11, 12, 14, 20, 21, 22, 75, 130, 150, 255))


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


def test_a_library_is_searched_while_the_command_runs_and_no_longer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(loading.SEARCH_PATH, "elsewhere")
    library = tmp_path / "library"
    library.mkdir()
    (library / "Far.tla").write_text("---- MODULE Far ----\nOne == 1\n====\n", encoding="utf-8")
    spec = tmp_path / "Near.tla"
    spec.write_text("---- MODULE Near ----\nEXTENDS Far\nASSUME One = 1\n====\n", encoding="utf-8")
    spec.with_suffix(".cfg").touch()
    assert parameters.SEARCH_PATH == loading.SEARCH_PATH
    assert run_program(["check", str(spec)]) == 150
    assert run_program(["check", str(spec), "--library", str(library)]) == 0
    assert os.environ[loading.SEARCH_PATH] == "elsewhere"
    assert run_program(["prove", str(spec), "--library", str(tmp_path / "none")]) == 2
    assert "none" in capsys.readouterr().err


def test_help_does_not_wait_for_the_parser_or_the_solver() -> None:
    script = (
        "import sys; from aioformal.cli.guard import run_program; run_program(['--help'])\n"
        "heavy = {'lark', 'z3', 'rich', 'aioformal.session', 'aioformal.syntax'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_check_says_what_there_is_to_prove(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["check", LOCK]) == 0
    shown = capsys.readouterr().out
    assert "no errors" in shown
    assert "2 variables: pc, owner" in shown
    assert "to prove: TypeOK, Mutex, deadlock" in shown


def test_dump_prints_the_stage_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["dump", LOCK, "--stage", "model"]) == 0
    assert capsys.readouterr().out == Session(LOCK).dump("model")


@pytest.mark.parametrize("arguments", [[LOCK], [LOCK, "--config", CARELESS], ["nowhere.tla"]])
def test_json_on_standard_output_is_nothing_but_json(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_program(["prove", *arguments, "--json", "-"])
    streams = capsys.readouterr()
    report = json.loads(streams.out)
    jsonschema.validate(report, SCHEMA)
    assert report["exit_code"] == code
    assert streams.err


def test_the_report_is_in_the_file_as_well_as_on_the_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "report.json"
    code = run_program(["prove", LOCK, "--config", CARELESS, "--json", str(target)])
    report = json.loads(target.read_text(encoding="utf-8"))
    jsonschema.validate(report, SCHEMA)
    assert code == report["exit_code"] == 12
    shown = capsys.readouterr().out
    assert "Counterexample: Mutex" in shown
    assert "\x1b" not in shown


def test_every_engine_gives_its_answer(capsys: pytest.CaptureFixture[str]) -> None:
    for engine, verdict in (("explicit", "proved"), ("bmc", "holds"), ("auto", "proved")):
        assert run_program(["prove", LOCK, "--engine", engine, "-p", "Mutex", "--json", "-"]) == 0
        properties = {p["name"]: p for p in json.loads(capsys.readouterr().out)["properties"]}
        assert properties["Mutex"]["verdict"] == verdict
        assert properties["Mutex"]["engine"] == ("explicit" if engine == "auto" else engine)
        assert "TypeOK" not in properties


def test_simulate_finds_what_prove_finds_and_says_how_to_find_it_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    walked: list[dict[str, object]] = []
    command = ["simulate", LOCK, "--config", CARELESS, "--seed", "7", "--json", "-"]
    for _ in range(2):
        assert run_program(command) == 12
        streams = capsys.readouterr()
        report = json.loads(streams.out)
        jsonschema.validate(report, SCHEMA)
        assert "Counterexample: " in streams.err
        assert "seed 7" in streams.err
        walked.append({**report, "seconds": None, "simulation": {**report["simulation"], "seconds": None}})
        for prop in report["properties"]:
            prop["seconds"] = None
    assert walked[0] == walked[1]


def test_simulate_proves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["simulate", LOCK, "-p", "Mutex", "--walks", "20", "--depth", "30", "--coverage", "--json", "-"]
    assert run_program(command) == 20
    streams = capsys.readouterr()
    report = json.loads(streams.out)
    jsonschema.validate(report, SCHEMA)
    assert report["verdict"] == "unknown"
    assert report["exploration"] is None
    seen = report["simulation"]
    assert (seen["walks"], seen["steps"], seen["depth"]) == (20, 600, 30)
    assert seen["lengths"]["median"] == 30
    assert [row["action"] for row in seen["coverage"]] == ["Acquire", "Release"]
    assert f"seed {seen['seed']}" in streams.err
    assert "no violation found in 20 walks" in streams.err
    assert "Acquire" in streams.err


@pytest.mark.parametrize(("walks", "seconds"), [("3", "60"), ("1000000000", "0.2")])
def test_walks_end_by_number_or_by_time(walks: str, seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["simulate", LOCK, "-p", "Mutex", "--walks", walks, "--seconds", seconds, "--json", "-"]
    assert run_program(command) == 20
    seen = json.loads(capsys.readouterr().out)["simulation"]
    assert seen["seconds"] < 30
    assert (seen["walks"] == 3) == (walks == "3")


def test_no_number_of_seconds_to_walk(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["simulate", LOCK, "--seconds", "nan"]) == 2
    assert "not a number of seconds" in capsys.readouterr().err


def test_workers_change_no_count(capsys: pytest.CaptureFixture[str]) -> None:
    counts: list[object] = []
    for workers in ("1", "2"):
        command = [
            "prove",
            "tests/corpus/proved/Sieve.tla",
            "-e",
            "explicit",
            "--workers",
            workers,
            "--json",
            "-",
        ]
        assert run_program(command) == 0
        report = json.loads(capsys.readouterr().out)
        counts.append({key: value for key, value in report["exploration"].items() if key != "details"})
    assert counts[0] == counts[1]


def test_a_fault_of_our_own_says_what_to_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(Session, "check", broken)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    for arguments in (["prove", LOCK], ["check", LOCK]):
        assert run_program(arguments) == 255
        shown = capsys.readouterr().err
        assert "[internal.fault]" in shown
        assert "KeyError" in shown
        assert "report" in shown
        assert "Traceback" not in shown
    details = [path.read_text(encoding="utf-8") for path in tmp_path.glob("aioformal-fault-*")]
    assert len(details) == 2
    assert all("Traceback" in text for text in details)


def test_a_fault_of_our_own_is_in_the_json_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(Session, "check", broken)
    assert run_program(["prove", LOCK, "--json", "-"]) == 255
    report = json.loads(capsys.readouterr().out)
    jsonschema.validate(report, SCHEMA)
    assert (report["verdict"], report["exit_code"]) == ("error", 255)


@pytest.mark.parametrize(
    ("failure", "code", "says"), [(RecursionError, 150, "parse.nesting"), (MemoryError, 152, "run.memory")]
)
def test_a_machine_that_is_too_small_has_its_own_words(
    failure: type[Exception],
    code: int,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object) -> None:
        raise failure

    monkeypatch.setattr("aioformal.resolve.load_module", broken)
    assert run_program(["prove", LOCK]) == code
    assert says in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX pipe")
def test_a_reader_that_goes_away_is_no_reason_for_a_traceback() -> None:
    command = [sys.executable, "-m", "aioformal", "dump", "spec/aio.tla"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
