"""The folder is the verdict: each specification runs through the command line on every engine that applies.

The first lines of a .cfg say more, in comments that TLC skips:

    \\* expect: NAME=VERDICT[@STEPS] ...     per property; without it every property has the folder's verdict
    \\* counts: distinct=N generated=N depth=N   what an exhaustive search must find, to the digit
    \\* engines: NAME ...                    default: explicit bmc auto
    \\* error: CODE exit=N                   the diagnostic and the exit code that the run must end with
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
EXIT = {"proved": 0, "violated": 12, "deadlock": 11, "unknown": 20}
BOUND = {"bmc": ["--depth", "12"], "k-induction": ["--depth", "6"], "explicit": [], "auto": []}


@dataclass(frozen=True)
class Case:
    config: Path

    @property
    def folder(self) -> str:
        return self.config.parent.name

    def told(self, word: str) -> str:
        found = re.search(rf"^\\\* {word}: (.*)$", self.config.read_text(encoding="utf-8"), re.MULTILINE)
        return found.group(1) if found else ""

    @property
    def engines(self) -> list[str]:
        return self.told("engines").split() or ["explicit", "bmc", "auto"]

    def expectations(self) -> dict[str, tuple[str, int | None]]:
        pairs = [word.split("=") for word in self.told("expect").split()]
        return {
            name: (said.partition("@")[0], int(said.partition("@")[2]) if "@" in said else None)
            for name, said in pairs
        }

    def counts(self) -> dict[str, int]:
        return {k: int(v) for k, v in (word.split("=") for word in self.told("counts").split())}


CASES = [Case(path) for path in sorted(HERE.glob("*/*.cfg"))]
ERRORS = [case for case in CASES if case.folder == "error"]
RUNS = [(case, engine) for case in CASES if case.folder != "error" for engine in case.engines]


def prove(case: Case, *options: str) -> tuple[int, dict[str, Any], str]:
    spec = case.config.with_suffix(".tla").relative_to(ROOT)
    command = [
        sys.executable,
        "-m",
        "aioformal",
        "prove",
        str(spec),
        "--json",
        "-",
        "--timeout",
        "60",
        *options,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


def name_of(case: Case) -> str:
    return f"{case.folder}/{case.config.stem}"


@pytest.mark.parametrize(("case", "engine"), RUNS, ids=[f"{name_of(c)}-{e}" for c, e in RUNS])
def test_the_folder_is_the_verdict(case: Case, engine: str) -> None:
    code, report, shown = prove(case, "--engine", engine, *BOUND[engine])
    assert report["exit_code"] == code
    verdicts = {p["name"]: p for p in report["properties"]}
    expected = case.expectations() or dict.fromkeys(verdicts, (case.folder, None))
    for name, (verdict, steps) in expected.items():
        check_property(verdicts[name], verdict, steps, engine, shown)
    if engine == "explicit" and case.counts():
        check_counts(report["exploration"], case.counts())
    if engine == "auto":
        assert code == EXIT[case.folder], shown


def check_property(told: dict[str, Any], verdict: str, steps: int | None, engine: str, shown: str) -> None:
    allowed = {verdict}
    if verdict == "proved" and (engine == "bmc" or (engine == "k-induction" and told["kind"] == "deadlock")):
        allowed.add("holds")
    assert told["verdict"] in allowed, f"{told['name']}\n{shown}"
    if steps is not None:
        assert told["depth"] == steps, told["name"]
        assert len(told["trace"]["states"]) == steps + 1
    if told["verdict"] == "proved":
        assert told["certificate"] is not None


def check_counts(found: dict[str, Any], expected: dict[str, int]) -> None:
    names = {"distinct": "distinct_states", "generated": "generated_states", "depth": "depth"}
    assert {k: found[names[k]] for k in expected} == expected


@pytest.mark.parametrize("case", ERRORS, ids=name_of)
def test_a_bad_specification_ends_with_its_code(case: Case) -> None:
    code, report, shown = prove(case)
    expected, exit_code = case.told("error").split(" exit=")
    assert expected in {d["code"] for d in report["diagnostics"]}, shown
    assert (code, report["verdict"]) == (int(exit_code), "violated" if code == 10 else "error")
