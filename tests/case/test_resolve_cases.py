"""Runs the literate cases about names, levels, instances and configurations.

A case is a `##` section with ```tla blocks (the first is the specification, the others are modules
beside it), perhaps a ```cfg block, and what is expected:

- `\\* error: CODE` or `\\* warning: CODE` at the end of a line: such a diagnostic points at this line;
  text in parentheses after the code must occur in the message or the hint. No other errors.
- `error without place: CODE` in the prose: the same for a diagnostic that points nowhere.
- ```flat and ```model blocks: lines that the dump must hold, in this order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from aioformal.diagnostic import Diagnostic, DiagnosticError
from aioformal.resolve import dump_flat, dump_model, load_flat, load_model
from aioformal.resolve.model import FlatModule, Model

HERE = Path(__file__).parent
TOPICS = ("names", "instances", "levels", "configuration")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
MARK = re.compile(r"\\\* (error|warning): (\S+)(?: \((.*)\))?$")
PLACELESS = re.compile(r"^error without place: (\S+)$", re.M)
MODULE = re.compile(r"-{4,} *MODULE +(\w+)")


@dataclass
class Case:
    title: str
    modules: list[tuple[str, str]] = field(default_factory=list)
    config: str | None = None
    flat: list[str] = field(default_factory=list)
    model: list[str] = field(default_factory=list)
    placeless: list[str] = field(default_factory=list)


def read_cases(path: Path) -> list[Case]:
    cases: list[Case] = []
    for section in path.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, body = section.partition("\n")
        case = Case(title.strip(), placeless=PLACELESS.findall(body))
        for kind, text in BLOCK.findall(body):
            add_block(case, kind, text)
        cases.append(case)
    return cases


def add_block(case: Case, kind: str, text: str) -> None:
    match kind:
        case "tla":
            named = MODULE.search(text)
            assert named, f"{case.title}: a block without a module"
            case.modules.append((named.group(1), text))
        case "cfg":
            case.config = text
        case "flat":
            case.flat.extend(text.splitlines())
        case "model":
            case.model.extend(text.splitlines())
        case _:
            raise AssertionError(f"{case.title}: unknown block {kind}")


def all_cases() -> list[object]:
    return [
        pytest.param(case, id=f"{topic}: {case.title}")
        for topic in TOPICS
        for case in read_cases(HERE / f"{topic}.md")
    ]


def expected(files: list[Path], kind: str) -> list[tuple[str, str, int, str]]:
    marks: list[tuple[str, str, int, str]] = []
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = MARK.search(line)
            if found and found.group(1) == kind:
                marks.append((found.group(2), path.name, number, found.group(3) or ""))
    return marks


def place(diagnostic: Diagnostic) -> tuple[str, str, int]:
    span = diagnostic.span
    return (diagnostic.code, Path(span.source.name).name if span else "", span.line if span else 0)


def compare(marks: list[tuple[str, str, int, str]], found: list[Diagnostic]) -> None:
    listed = [f"{d.code} at {d.span}: {d.message} | {d.hint}" for d in found]
    assert sorted(mark[:3] for mark in marks) == sorted(place(d) for d in found), "\n".join(listed)
    for code, file, line, text in marks:
        same = [d for d in found if place(d) == (code, file, line)]
        assert any(text in f"{d.message} {d.hint}" for d in same), "\n".join(listed)


def assert_lines(wanted: list[str], text: str) -> None:
    rest = iter(text.splitlines())
    for line in wanted:
        assert any(line.rstrip() == other for other in rest), f"no line {line!r} (in this place) in:\n{text}"


@pytest.mark.parametrize("case", all_cases())
def test_case(case: Case, tmp_path: Path) -> None:
    for name, text in case.modules:
        (tmp_path / f"{name}.tla").write_text(text, encoding="utf-8")
    spec = tmp_path / f"{case.modules[0][0]}.tla"
    files = sorted(tmp_path.glob("*.tla"))
    if case.config is not None:
        spec.with_suffix(".cfg").write_text(case.config, encoding="utf-8")
        files.append(spec.with_suffix(".cfg"))
    problems: list[Diagnostic] = []
    warnings: list[Diagnostic] = []
    try:
        read: Model | FlatModule = load_flat(spec) if case.config is None else load_model(spec)
        warnings = list(read.warnings)
        flat = read.flat if isinstance(read, Model) else read
        assert_lines(case.flat, dump_flat(flat))
        if isinstance(read, Model):
            assert_lines(case.model, dump_model(read))
    except DiagnosticError as problem:
        problems = list(problem.diagnostics)
        assert not case.flat
        assert not case.model, problems
    placeless = [(code, "", 0, "") for code in case.placeless]
    compare([*expected(files, "error"), *placeless], problems)
    compare(expected(files, "warning"), warnings)
