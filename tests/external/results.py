"""The table external.md: results by corpus, and every failure by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HEAD = """# What public specifications say of aioformal

| corpus and question | cases | as expected | known to fail | failed | skipped |
| --- | --: | --: | --: | --: | --: |
"""
MARKS = {"passed": "", "known": "known to fail: ", "failed": "**failed**: ", "skipped": "skipped: "}
OUTCOMES = tuple(MARKS)


@dataclass(frozen=True, slots=True)
class Case:
    """One test: `outcome` is passed, known (to fail, since something is `missing`), failed or skipped."""

    node: str
    outcome: str
    remarks: tuple[str, ...] = ()
    missing: str = ""

    @property
    def group(self) -> str:
        return self.node.partition("::")[2].partition("[")[0].removeprefix("test_").replace("_", " ")

    @property
    def name(self) -> str:
        found = re.search(r"\[(.*)\]$", self.node, re.DOTALL)
        return found.group(1) if found else self.group


def render(cases: Sequence[Case]) -> str:
    """The table as Markdown."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.group, []).append(case)
    rows = "".join(_row(group, found) for group, found in sorted(groups.items()))
    return HEAD + rows + "".join(_details(groups))


def _row(group: str, cases: Sequence[Case]) -> str:
    counts = [sum(c.outcome == outcome for c in cases) for outcome in OUTCOMES]
    return f"| {group} | {len(cases)} | " + " | ".join(map(str, counts)) + " |\n"


def _details(groups: dict[str, list[Case]]) -> Iterator[str]:
    for group, cases in sorted(groups.items()):
        lines = [line for case in sorted(cases, key=lambda c: c.name) for line in _lines(case)]
        if lines:
            yield f"\n## {group}\n\n" + "".join(lines)


def _lines(case: Case) -> Iterator[str]:
    said = "; ".join((*((case.missing,) if case.missing else ()), *case.remarks))
    if case.outcome in ("known", "failed") or said:
        yield f"* `{case.name}` {MARKS[case.outcome]}{said}\n"
