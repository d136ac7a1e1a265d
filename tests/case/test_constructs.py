"""`constructs.md`: every construct on the reference semantics and as a packed transition system."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget
from aioformal.evidence.verdict import Exploration
from aioformal.session import Options, Session

TEXT = (Path(__file__).parent / "constructs.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Case:
    name: str
    expected: dict[str, int]
    modules: tuple[str, ...]
    config: str

    def session(self, folder: Path) -> Session:
        for text in self.modules:
            found = re.search(r"MODULE (\w+)", text)
            assert found is not None
            (folder / f"{found.group(1)}.tla").write_text(text, encoding="utf-8")
        (folder / f"{self.name}.cfg").write_text(self.config, encoding="utf-8")
        return Session(str(folder / f"{self.name}.tla"))


def cases() -> list[Case]:
    found: list[Case] = []
    for section in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        blocks = re.findall(r"^```(tla|cfg)\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
        told = re.findall(r"(\w+)=(\d+)", section.partition("\n```")[0])
        modules = tuple(text for kind, text in blocks if kind == "tla")
        config = next(text for kind, text in blocks if kind == "cfg")
        found.append(Case(section.split()[0], {k: int(v) for k, v in told}, modules, config))
    return found


CASES = cases()


def counts(seen: Exploration | None) -> dict[str, int]:
    assert seen is not None
    return {"distinct": seen.distinct_states, "generated": seen.generated_states}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_search_ends_as_it_must(case: Case, tmp_path: Path) -> None:
    report = case.session(tmp_path).prove(Options(engine="explicit-reference"))
    # A configuration may ask for nothing: then the search is made for its counts.
    nothing = 21 if not report.judgements else 0
    assert int(report.exit_code) == (case.expected["exit"] or nothing), report.diagnostics
    expected = {k: v for k, v in case.expected.items() if k != "exit"}
    if expected:
        assert counts(report.exploration) == expected


SEARCHED = [case for case in CASES if case.expected["exit"] == 0]


@pytest.mark.parametrize("case", SEARCHED, ids=lambda case: case.name)
def test_packed_states_are_counted_alike(case: Case, tmp_path: Path) -> None:
    problem = case.session(tmp_path).problem
    events = list(Explicit(Settings(small=0, runner="interpreted")).check(problem, Budget()))
    seen = next(event for event in events if isinstance(event, Exploration))
    assert counts(seen) == {k: v for k, v in case.expected.items() if k != "exit"}
