"""The literate cases of `evaluate/*.md`: `expression \\* value`, or `expression \\* error: code`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from aioformal.concrete import Program, compile_model
from aioformal.diagnostic import DiagnosticError
from aioformal.resolve import load_model
from aioformal.value.format import format_value

CASES = Path(__file__).parent / "evaluate"
BLOCK = re.compile(r"^```tla( definitions| modules)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
CONFIGURATION = "CONSTANTS m1 = m1 m2 = m2 m3 = m3\n"


@dataclass(frozen=True)
class Case:
    topic: str
    number: int
    expression: str
    expected: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.expression}"


def blocks(topic: str) -> tuple[str, str, list[Case]]:
    """The modules that a topic extends beside the standard ones, its definitions, and its cases."""
    modules = ""
    definitions: list[str] = []
    cases: list[Case] = []
    for kind, body in BLOCK.findall((CASES / f"{topic}.md").read_text(encoding="utf-8")):
        if kind == " modules":
            modules += f", {body.strip()}"
            continue
        if kind:
            definitions.append(body)
            continue
        for line in filter(str.strip, body.splitlines()):
            expression, expected = line.rsplit("\\*", 1)
            cases.append(Case(topic, len(cases), expression.strip(), expected.strip()))
    return modules, "\n".join(definitions), cases


TOPICS = sorted(path.stem for path in CASES.glob("*.md"))
ALL = [case for topic in TOPICS for case in blocks(topic)[2]]


@pytest.fixture(scope="session")
def program_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Program]:
    """Compiles the cases of a topic, once."""

    @cache
    def compiled(topic: str) -> Program:
        modules, definitions, cases = blocks(topic)
        named = "\n".join(f"Case{case.number} == {case.expression}" for case in cases)
        path = tmp_path_factory.mktemp("evaluate") / f"{topic}.tla"
        path.write_text(
            f"---- MODULE {topic} ----\nEXTENDS Integers, Sequences, FiniteSets, TLC{modules}\n"
            f"CONSTANTS m1, m2, m3\n{definitions}\n{named}\n====\n",
            encoding="utf-8",
        )
        path.with_suffix(".cfg").write_text(CONFIGURATION, encoding="utf-8")
        return compile_model(load_model(str(path)))

    return compiled


def outcome(program: Program, name: str) -> str:
    try:
        return format_value(program.evaluate(program.model.flat.definitions[name].body))
    except DiagnosticError as error:
        diagnostic = error.diagnostics[0]
        return f"error: {diagnostic.code}" if diagnostic.span else f"{diagnostic.message}, but where?"


@pytest.mark.parametrize("case", ALL, ids=str)
def test_evaluate(case: Case, program_of: Callable[[str], Program]) -> None:
    assert outcome(program_of(case.topic), f"Case{case.number}") == case.expected
