"""TLC's own suite: its models, and what the Java classes beside them expect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOOLS = "tlatools/org.lamport.tlatools"
FROM_STATUS = {
    "ERROR_SPEC_PARSE": {150},
    "ERROR_CONFIG_PARSE": {151},
    "FAILURE_SPEC_EVAL": {75, 76},
    "VIOLATION_ASSUMPTION": {10, 75},
    "VIOLATION_DEADLOCK": {11},
    "VIOLATION_SAFETY": {12},
    "ERROR": {12, 14, 75, 76, 150, 151},
}
"""Our exit codes by TLC's names of its own; TLC takes an assumption without a value for a false one."""

STATUS = re.compile(r'(?:super\((?:new String\[\]\{"[^"]*"\}, )?|setExitStatus\()ExitStatus\.(\w+)')
DEADLOCK = re.compile(r"checkDeadLock\(\)[^}]*return true")
COUNTS = re.compile(r'super\("(\d+)", "(\d+)", "\d+", "\d+"')
RECORDED = re.compile(r'EC\.TLC_STATS, "(\d+)", "(\d+)", "\d+"')


@dataclass(frozen=True, slots=True)
class SuiteCase:
    """`exits`: the exit codes that reject it, empty for what has to pass. `generated` and `distinct`: None
    where nothing is expected of them."""

    name: str
    spec: Path
    deadlock: bool
    exits: frozenset[int]
    generated: int | None = None
    distinct: int | None = None


def suite_cases(root: Path) -> Iterator[SuiteCase]:
    for path in sorted((root / TOOLS / "test/tlc2/tool/suite").glob("*Test*.java")):
        spec = root / TOOLS / "test-model/suite" / f"{path.stem.lower()}.tla"
        if spec.is_file():
            yield _case(spec, path.read_text(encoding="utf-8"))


def _case(spec: Path, java: str) -> SuiteCase:
    status = STATUS.search(java)
    exits = frozenset(FROM_STATUS[status[1]]) if status else frozenset[int]()
    deadlock = DEADLOCK.search(java) is not None or 11 in exits
    if exits:
        return SuiteCase(spec.stem, spec, deadlock, exits)
    counts = COUNTS.search(java) or RECORDED.search(java)
    generated, distinct = (int(counts[1]), int(counts[2])) if counts else (2, 1)
    return SuiteCase(spec.stem, spec, deadlock, exits, generated, distinct)
