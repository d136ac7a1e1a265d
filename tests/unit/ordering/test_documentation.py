"""docs/ordering.md: its example has the verdicts that it says, and its tables name every operator."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aioformal.ordering.operators import OPERATORS, PAST
from aioformal.report.terminal import report_lines
from aioformal.session import Options, Session

PAGE = (Path(__file__).parents[3] / "docs" / "ordering.md").read_text(encoding="utf-8")
MODULE = re.search(r"<!-- example: module -->\n```tla\n(.*?)```", PAGE, re.DOTALL)
assert MODULE is not None
EXPECTED = re.findall(r"^(\w+) +==.*\\\* (proved|violated at \d+)$", MODULE[1], re.MULTILINE)


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    assert MODULE is not None
    monkeypatch.chdir(tmp_path)
    Path("Object.tla").write_text(MODULE[1], encoding="utf-8")
    names = " ".join(name for name, _ in EXPECTED)
    Path("Object.cfg").write_text(f"INIT Init NEXT Next PROPERTY {names}", encoding="utf-8")
    return Session("Object.tla")


@pytest.mark.parametrize("engine", ["explicit", "explicit-reference"])
def test_the_example_of_each_rule_has_the_verdict_that_stands_beside_it(
    example: Session, engine: str
) -> None:
    report = example.prove(Options(engine=engine))
    found = {j.name: f"violated at {j.depth}" if j.word == "violated" else j.word for j in report.judgements}
    assert {name: found[name] for name, _ in EXPECTED} == dict(EXPECTED)


def test_the_trace_is_the_one_that_is_shown(example: Session) -> None:
    report = example.prove(Options(("PutLocked",), engine="explicit"))
    shown = "\n".join(line.plain.rstrip() for line in report_lines(report, 79))
    block = re.search(r"^Counterexample: PutLocked\n.*?(?=^```)", PAGE, re.DOTALL | re.MULTILINE)
    assert block is not None
    assert " ".join(block[0].split()) in " ".join(shown.split())


def test_the_page_and_the_module_name_every_operator() -> None:
    library = Path(__file__).parents[3] / "aioformal" / "library" / "Ordering.tla"
    defined = set(re.findall(r"^(\w+)\(.*\) +== ", library.read_text(encoding="utf-8"), re.MULTILINE))
    assert defined == OPERATORS.keys() | PAST.keys()
    assert {name for name in defined if f"| `{name}(" in PAGE} == defined
