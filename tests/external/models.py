"""Models of the corpora: what is recorded of them, and what aioformal finds."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.external.checkouts import SECONDS

NOTHING_TO_PROVE = 21
VERDICTS = {
    0: "success",
    10: "assumption failure",
    11: "deadlock failure",
    12: "safety failure",
    13: "liveness failure",
}


@dataclass(frozen=True, slots=True)
class Model:
    """A model of tlaplus/Examples as its manifest describes it. `seconds`: TLC's, infinite if unknown."""

    spec: Path
    config: Path
    name: str
    verdict: str
    exhaustive: bool
    seconds: float
    distinct: int | None


def models_of(root: Path) -> Iterator[Model]:
    for manifest in sorted(root.glob("specifications/**/manifest.json")):
        for module in json.loads(manifest.read_text(encoding="utf-8"))["modules"]:
            for model in module["models"]:
                yield _model(root, module["path"], model)


def _model(root: Path, spec: str, told: dict[str, Any]) -> Model:
    return Model(
        root / spec,
        root / told["path"],
        told["path"].removeprefix("specifications/"),
        told["result"],
        told["mode"] == "exhaustive search",
        _seconds(told["runtime"]),
        told.get("distinctStates"),
    )


def _seconds(runtime: str) -> float:
    if runtime == "unknown":
        return float("inf")
    hours, minutes, seconds = map(int, runtime.split(":"))
    return hours * 3600 + minutes * 60 + seconds


@dataclass(frozen=True, slots=True)
class Found:
    """What `aioformal prove` says of a model; `distinct` is None where the search was not complete."""

    verdict: str
    distinct: int | None
    remarks: tuple[str, ...]
    shown: str


def counted(spec: Path, config: Path) -> Found:
    """Runs a model through the command line, with the engine that counts."""
    with tempfile.TemporaryDirectory() as scratch:
        written = Path(scratch) / "report.json"
        options = ["--engine", "explicit", "--timeout", str(SECONDS), "--json", str(written)]
        command = [sys.executable, "-m", "aioformal", "prove", str(spec), "--config", str(config), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=2 * SECONDS + 60)
        assert "Traceback" not in done.stderr, done.stderr
        report = json.loads(written.read_text(encoding="utf-8")) if written.is_file() else {}
    return _found(done.returncode, report, done.stdout + done.stderr)


def _found(code: int, report: dict[str, Any], shown: str) -> Found:
    explored = report.get("exploration")
    if explored is None and code == 0:
        return Found("success", 0, (), shown)
    whole = explored is not None and explored["details"]["left"] == 0
    properties = report.get("properties", ())
    open_ = {p["name"]: p["kind"] for p in properties if p["verdict"] == "unknown"}
    judged = code == 20 and whole and set(open_.values()) <= {"temporal"}
    temporal = [name for name, kind in open_.items() if kind == "temporal"]
    remarks = (f"temporal, and not judged: {', '.join(temporal)}",) if temporal else ()
    verdict = "success" if judged or (code == NOTHING_TO_PROVE and whole) else VERDICTS.get(code)
    distinct = explored["distinct_states"] if whole else None
    return Found(verdict or f"exit code {code}", distinct, remarks, shown)
