"""Measures what a user waits for, and prints one table.

    python bench/run.py [--repeat N]

Every time is the best of N runs. Absolute seconds drift on shared machines, so each row also gives a ratio
to a reference taken in the same run: a fixed piece of pure Python, interleaved with the rows ("unit"). With
AIOFORMAL_TLC set to a command that runs TLC (it is given `-config FILE SPEC`), TLC's whole process on the
same configuration is one more row, and its ratio to ours is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "spec" / "aio.tla"


@dataclass(frozen=True)
class Row:
    """`measured` is in `unit`; the goal is met when `measured` is on the right side of it."""

    name: str
    measured: float
    unit: str
    goal: float | None = None
    more_is_better: bool = False
    units: float | None = None

    def verdict(self) -> str:
        if self.goal is None:
            return ""
        met = self.measured >= self.goal if self.more_is_better else self.measured <= self.goal
        return "met" if met else "MISSED"


def unit_of_work() -> float:
    """Seconds for a fixed piece of pure Python: dictionary and tuple work, as in the reference engine."""
    start = time.perf_counter()
    seen: dict[tuple[int, int], int] = {}
    for i in range(300_000):
        seen[i % 977, i % 1013] = i
    return time.perf_counter() - start


def timed(work: Callable[[], object], repeat: int) -> float:
    best = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def aioformal(*arguments: str, cache: str | None = None, ok: tuple[int, ...] = (0,)) -> str:
    environment = dict(os.environ)
    if cache is not None:
        environment["XDG_CACHE_HOME"] = cache
    done = subprocess.run(
        [sys.executable, "-m", "aioformal", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        check=False,
    )
    if done.returncode not in ok:
        raise SystemExit(f"aioformal {' '.join(arguments)} ended with {done.returncode}\n{done.stderr}")
    return done.stdout


def start_rows(repeat: int) -> list[Row]:
    def cold() -> None:
        with tempfile.TemporaryDirectory() as empty:
            aioformal("check", str(SPEC), cache=empty)

    aioformal("check", str(SPEC))
    return [
        Row("aioformal --help", timed(lambda: aioformal("--help"), repeat), "s", 0.4),
        Row("check spec/aio.tla, no cache", timed(cold, repeat), "s", 1.0),
        Row(
            "check spec/aio.tla, grammar cached",
            timed(lambda: aioformal("check", str(SPEC)), repeat),
            "s",
            0.6,
        ),
    ]


TOKENS = 10_000


def kernel_size_module() -> str:
    """A module with as many tokens as the largest of the kernel's models: steps of the flagship's kind."""
    step = 'Step{}(t) == /\\ pc[t] = "a" /\\ pc\' = [pc EXCEPT ![t] = "b"] /\\ UNCHANGED <<x, y>>\n'
    tokens_each = 32
    steps = range(TOKENS // tokens_each)
    body = "".join(step.format(i) for i in steps)
    next_ = "Next == \\E t \\in {1, 2} : " + " \\/ ".join(f"Step{i}(t)" for i in steps)
    init = 'Init == pc = [t \\in {1, 2} |-> "a"] /\\ x = 0 /\\ y = 0\n'
    return f"---- MODULE Large ----\nVARIABLES pc, x, y\n{init}{body}{next_}\n====\n"


def reading_rows(repeat: int) -> list[Row]:
    from aioformal.source import Source
    from aioformal.syntax import parse_module
    from aioformal.syntax.parsing import parse_with_warnings

    source = Source("Large.tla", kernel_size_module())
    parse_module(source)

    def afresh() -> None:
        parse_with_warnings.cache_clear()
        parse_module(source)

    return [
        Row("parse", TOKENS / timed(afresh, repeat), "tokens/s", 40_000, more_is_better=True),
        Row("parse again, unchanged", 1000 * timed(lambda: parse_module(source), repeat), "ms", 20),
        Row(f"check, {TOKENS:,} tokens", check_seconds(source.text, repeat), "s", 1.0),
    ]


def check_seconds(text: str, repeat: int) -> float:
    """The whole process."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "Large.tla"
        spec.write_text(text, encoding="utf-8")
        spec.with_suffix(".cfg").write_text("INIT Init\nNEXT Next\n", encoding="utf-8")
        return timed(lambda: aioformal("check", str(spec)), repeat)


def prove_rows(repeat: int) -> list[Row]:
    explicit = json.loads(aioformal("prove", str(SPEC), "--engine", "explicit-reference", "--json", "-"))
    counts, solve = explicit["exploration"], explicit["seconds"]["solve"]
    rate = counts["distinct_states"] / solve
    bounded = timed(
        lambda: aioformal("prove", str(SPEC), "--engine", "bmc", "--depth", "10", "--json", "-", ok=(0, 20)),
        1,
    )
    whole = timed(lambda: aioformal("prove", str(SPEC)), repeat)
    return [
        Row(
            f"explicit-reference, {counts['distinct_states']:,} states",
            rate,
            "states/s",
            10_000,
            more_is_better=True,
        ),
        Row("bmc to depth 10", bounded, "s", 20),
        Row("prove spec/aio.tla", whole, "s", 60),
    ]


def monitor_rows() -> list[Row]:
    import monitors

    return [
        Row(name, cost, "us/event", None if "first time" in name else 5) for name, cost in monitors.rows()
    ]


def tlc_rows(ours: float) -> list[Row]:
    command = os.environ.get("AIOFORMAL_TLC")
    if not command:
        return []
    with tempfile.TemporaryDirectory() as scratch:
        arguments = ["-metadir", scratch, "-config", str(SPEC.with_suffix(".cfg")), str(SPEC)]
        start = time.perf_counter()
        done = subprocess.run(
            [*shlex.split(command), *arguments], capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(f"TLC ended with {done.returncode}\n{done.stdout[-2000:]}")
    return [Row("TLC on the same configuration", seconds, "s"), Row("prove / TLC", ours / seconds, "x")]


def render(rows: list[Row], unit: float) -> None:
    table = Table(title=f"1 unit = {unit:.3f} s of pure Python in this run")
    for heading in ("what", "measured", "in units", "goal", ""):
        table.add_column(heading, justify="left" if heading in ("what", "") else "right")
    for row in rows:
        measured = (
            f"{row.measured:,.2f} {row.unit}" if row.measured < 1000 else f"{row.measured:,.0f} {row.unit}"
        )
        units = f"{row.measured / unit:.1f}" if row.unit == "s" else f"{row.measured * unit:,.0f}/unit"
        goal = "" if row.goal is None else f"{'>=' if row.more_is_better else '<='} {row.goal:,g}"
        table.add_row(row.name, measured, "" if row.unit == "x" else units, goal, row.verdict())
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=3, help="runs of each short row (default 3)")
    repeat = parser.parse_args().repeat
    unit = timed(unit_of_work, 3)
    rows = [*start_rows(repeat), *reading_rows(repeat), *monitor_rows(), *prove_rows(1)]
    rows += tlc_rows(rows[-1].measured)
    render(rows, min(unit, timed(unit_of_work, 3)))


if __name__ == "__main__":
    main()
