"""The mistakes in spec/aio.tla, why some may live, and what spec/README.md says of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from aioformal.mutation import Fate, Mutant, mistakes
from aioformal.mutation.explained import load_explained
from aioformal.mutation.summary import Summary
from aioformal.resolve import load_model
from aioformal.resolve.model import Model

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "spec" / "aio.tla"
README = ROOT / "spec" / "README.md"
BEGIN, END = "<!-- mutants: begin -->", "<!-- mutants: end -->"
EXPLAINED = load_explained(SPEC.with_name("aio-survivors.toml"))


@cache
def model() -> Model:
    return load_model(str(SPEC))


@cache
def mutants() -> tuple[Mutant, ...]:
    return tuple(mistakes(model()))


def own() -> dict[str, Mutant]:
    """Those that are not made in the library."""
    return {mutant.name: mutant for mutant in mutants() if not mutant.in_library}


def section(summary: Summary) -> str:
    """What spec/README.md says between `BEGIN` and `END`."""
    return "\n".join(_section(summary))


def _section(summary: Summary) -> Iterator[str]:
    yield "| of all mistakes | |"
    yield "| --- | --- |"
    yield f"| are noticed | {len(summary.of(Fate.KILLED)):,} |"
    yield f"| are not noticed | {len(summary.of(Fate.SURVIVED)):,} |"
    yield f"| change nothing | {len(summary.of(Fate.EQUIVALENT)):,} |"
    yield f"| make a specification that cannot be evaluated | {len(summary.of(Fate.STILLBORN)):,} |"
    yield f"| **score**: noticed of those that change something | **{summary.score:.3f}** |"
    yield ""
    yield "| noticed first by | mistakes | steps |"
    yield "| --- | --- | --- |"
    for name, count, steps in summary.killers():
        reach = " to ".join(dict.fromkeys(str(end(steps)) for end in (min, max))) if steps else ""
        yield f"| {name if name in ('deadlock', 'never enabled') else f'`{name}`'} | {count:,} | {reach} |"


def shown() -> str:
    """That part of spec/README.md."""
    return README.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def show(text: str) -> None:
    """Writes it."""
    whole = README.read_text(encoding="utf-8")
    before, after = whole.partition(BEGIN)[0], whole.partition(END)[2]
    README.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
