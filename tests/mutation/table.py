"""Writes the table of mutants into spec/README.md: `python -m tests.mutation.table`.

Searches every mutant of spec/aio.tla to the end; takes some minutes on two cores.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from aioformal.engine.protocol import Budget
from aioformal.resolve import load_model
from aioformal.resolve.model import Model
from tests.mutation.mutants import Fate, Guards, Mutant, fate

ROOT = Path(__file__).resolve().parent.parent.parent
SPEC = ROOT / "spec" / "aio.tla"
README = ROOT / "spec" / "README.md"
BEGIN, END = "<!-- mutants: begin -->", "<!-- mutants: end -->"
SECONDS = 300.0
"""For one mutant."""


@cache
def model() -> Model:
    return load_model(str(SPEC))


@cache
def mutants() -> list[Mutant]:
    return Guards(model()).mutants()


def judge(number: int) -> Fate:
    return fate(model(), mutants()[number], Budget(deadline=time.monotonic() + SECONDS))


def reasons(text: str) -> dict[tuple[str, str], str]:
    """What a person has written about each survivor: (action, guard) -> reason."""
    rows = re.findall(r"^\| `([^`|]+)` \| `(.+?)` \| (.*?) \|$", section(text), re.MULTILINE)
    return {(key, guard): reason for key, guard, reason in rows}


def section(text: str) -> str:
    return text.partition(BEGIN)[2].partition(END)[0]


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def render(fates: list[tuple[Mutant, Fate]], known: dict[tuple[str, str], str]) -> str:
    noticed = Counter(f.by for _, f in fates if f.by is not None)
    lines = [f"{len(fates)} guards; {noticed.total()} flips are noticed, first of all by:", ""]
    lines += ["| property | flips |", "| --- | --- |"]
    lines += [f"| {name} | {count} |" for name, count in noticed.most_common()]
    lines += [
        "",
        "The others:",
        "",
        "| action | guard, flipped | why nothing notices |",
        "| --- | --- | --- |",
    ]
    for mutant, found in fates:
        if found.by is None:
            why = known.get((mutant.key, cell(mutant.text)), "not explained yet")
            lines.append(f"| `{mutant.key}` | `{cell(mutant.text)}` | {why} |")
    return "\n".join(lines)


def main() -> None:
    with ProcessPoolExecutor(2) as pool:
        fates = list(zip(mutants(), pool.map(judge, range(len(mutants()))), strict=True))
    for mutant, found in fates:
        print(f"{mutant.line:4} {mutant.key:16} {mutant.text:50.50} {found}")
    text = README.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    table = render(fates, reasons(text))
    README.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
