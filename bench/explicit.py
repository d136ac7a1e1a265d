"""Measures explicit search: machine code against the reference semantics, TLC, Spin, and C written by hand.

    python bench/explicit.py [--only NAME] [--workers N] [--reference-seconds S] [--peer-seconds S]

One row for each configuration of spec/examples/ and of spec/aio*.cfg that is proved or searched to the end.
Everything of one row is measured one after the other in this run, so that ratios mean something on a shared
machine; absolute times do not.

    AIOFORMAL_TLC   a command that runs TLC (it is given `-metadir DIR -config FILE SPEC`), and finds the
    modules
                    of aioformal/library (`-DTLA-Library`)
    AIOFORMAL_SPIN  1: also Spin, on the models that bench/peers/ has by hand (`spin` and `cc` on the path)
    AIOFORMAL_CC    a C compiler: also the searches in C that bench/peers/ has by hand

"engine" is what the engine takes: shapes, encoding, compiling and the second look too; "search" is the search
alone, in good code. Ratios to others compare whole processes ("whole"), and searches ("search").
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from other_checkers import DisagreesError, Model, Seconds, by_hand, spin, tlc
from rich.console import Console
from rich.table import Table

from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.explicit.preparation import prepare
from aioformal.engine.protocol import Budget, Engine, Problem
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Exploration
from aioformal.native.llvm_kernel import LlvmKernel
from aioformal.native.memory import Status
from aioformal.native.runners import free_memory
from aioformal.session import Session

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "spec" / "examples"


def models() -> Iterator[Model]:
    table = tomllib.loads((EXAMPLES / "counts.toml").read_text(encoding="utf-8"))
    for row in table["run"]:
        if row["verdict"] == "proved" and "reduced" not in row:
            spec = EXAMPLES / f"{row['spec']}.tla"
            yield Model(spec, EXAMPLES / f"{row['config']}.cfg", row["distinct"])
    spec = ROOT / "spec" / "aio.tla"
    yield Model(spec, spec.with_suffix(".cfg"), 199_798)
    yield Model(spec, spec.with_name("aio-large.cfg"))
    yield Model(spec, ROOT / "bench" / "aio-three-requests.cfg", 10_126_218)
    yield Model(spec, ROOT / "bench" / "aio-four-requests.cfg", 66_196_662)
    yield Model(ROOT / "bench" / "Counters.tla", ROOT / "bench" / "Counters.cfg", 100_000_000)


def problem_of(model: Model) -> Problem:
    session = Session(str(model.spec), str(model.config))
    problem = session.problem
    problem.__dict__.update(program=session.program)
    return problem


def search(engine: Engine, problem: Problem, seconds: float | None) -> tuple[Exploration, float]:
    """What a search saw within so many seconds, and how long it took."""
    start = time.perf_counter()
    deadline = None if seconds is None else time.monotonic() + seconds
    seen: Exploration | None = None
    for event in engine.check(problem, Budget(None, deadline)):
        if isinstance(event, Exploration):
            seen = event
    assert seen is not None
    return seen, time.perf_counter() - start


def command_for(model: Model) -> list[str]:
    command = [sys.executable, "-m", "aioformal", "prove", str(model.spec), "--config", str(model.config)]
    return [*command, "--engine", "explicit", "--timeout", "600"]


def whole_process(model: Model) -> float:
    start = time.perf_counter()
    done = subprocess.run(command_for(model), capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{model.name} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return time.perf_counter() - start


def crowding(model: Model) -> float:
    """How many times as long two processes take side by side as one: half of this is the least that two
    workers can come to on this machine."""
    alone = whole_process(model)
    start = time.perf_counter()
    both = [
        subprocess.Popen(command_for(model), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        for _ in range(2)
    ]
    for process in both:
        process.wait()
    return (time.perf_counter() - start) / alone


@dataclass(frozen=True)
class Alone:
    """Seconds to first code, to good code, and of a search in it; None where states left their shapes."""

    first: float
    good: float
    search: float | None


def search_alone(problem: Problem, distinct: int) -> Alone:
    """Compiles, and searches without anything around it."""
    prepared = prepare(problem)
    plan = prepared.plan
    start = time.perf_counter()
    kernel = LlvmKernel(plan)
    first = time.perf_counter() - start
    kernel.optimize()
    good = time.perf_counter() - start - first
    kernel.memory = free_memory()
    kernel.open_states = kernel.open_steps = (1 << len(prepared.properties)) - 1
    kernel.checks_deadlock = problem.deadlock
    start = time.perf_counter()
    ended = run_to_the_end(kernel)
    seconds = time.perf_counter() - start
    if ended and kernel.distinct != distinct:
        raise SystemExit(f"alone, the search finds {kernel.distinct:,} states, not {distinct:,}")
    kernel.close()
    return Alone(first, good, seconds if ended else None)


def run_to_the_end(kernel: LlvmKernel) -> bool:
    """All levels of a model in which nothing is wrong; not all where a state leaves its shape."""
    status, level = kernel.begin(), (0, 0)
    while True:
        if status is Status.FULL:
            kernel.grow()
        elif status is Status.LEVEL:
            level = (level[1], kernel.distinct)
            if level[0] == level[1]:
                return True
            kernel.enter_level(*level)
        elif status is Status.TROUBLE:
            return False
        elif status is not Status.PAUSED:
            raise SystemExit(f"the search alone ended with {status.name}")
        status = kernel.run(1 << 20)


def counts(seen: Exploration) -> tuple[int, ...]:
    return seen.initial_states, seen.distinct_states, seen.generated_states, seen.depth


def millions(count: int, seconds: float | None) -> str:
    """How many millions a second."""
    return "" if seconds is None else f"{count / seconds / 1e6:.2f}"


def ratios_to(peer: Seconds | None, whole: float, search: float | None) -> tuple[str, str]:
    """How many times as long the other one takes: the whole process, and its search."""
    if peer is None:
        return "", ""
    more = "" if peer.finished else "> "
    return f"{more}{peer.whole / whole:.1f}", "" if search is None else f"{more}{peer.search / search:.1f}"


def row_of(model: Model, workers: int, reference_seconds: float, peer_seconds: float) -> list[str]:
    problem = problem_of(model)
    seen, seconds = search(Explicit(Settings(small=0)), problem, None)
    if model.distinct not in (None, seen.distinct_states):
        raise SystemExit(f"{model.name}: {seen.distinct_states:,} states, expected {model.distinct:,}")
    assert seen.details is not None
    alone = search_alone(problem, seen.distinct_states)
    sample, spent = search(Reference(), problem, reference_seconds)
    rate, slow = seen.distinct_states / seconds, sample.distinct_states / spent
    found = seen.distinct_states, seen.generated_states
    parallel = ""
    if workers > 1:
        again, together = search(Explicit(Settings(workers=workers, small=0)), problem, None)
        if counts(again) != counts(seen):
            raise SystemExit(f"{model.name}: {workers} workers count {again}, one {seen}")
        parallel = f"{together / seconds:.2f}"
    whole = whole_process(model)
    ratios = [
        cell
        for peer in (tlc(model, peer_seconds), spin(model), by_hand(model))
        for cell in ratios_to(peer, whole, alone.search)
    ]
    return [
        model.name,
        f"{seen.distinct_states:,}",
        *(millions(n, alone.search) for n in found),
        f"{seen.details.memory / seen.distinct_states:.0f}",
        f"{alone.first:.2f}+{alone.good:.2f}",
        "" if alone.search is None else f"{alone.search:.2f}",
        f"{seconds:.2f}",
        f"{whole:.2f}",
        f"{rate / slow:,.0f}",
        parallel,
        *ratios,
    ]


HEADINGS = (
    "model",
    "distinct",
    "M distinct/s",
    "M generated/s",
    "bytes/state",
    "compile s",
    "search s",
    "engine s",
    "whole s",
    "x reference",
    "x workers",
    "TLC whole",
    "TLC search",
    "Spin whole",
    "Spin search",
    "C whole",
    "C search",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="models whose name contains this")
    parser.add_argument("--workers", type=int, default=2, help="also with so many workers (default 2)")
    parser.add_argument("--reference-seconds", type=float, default=5.0, help="of the reference search")
    parser.add_argument(
        "--peer-seconds", type=float, default=600.0, help="after which TLC is stopped (default 600)"
    )
    asked = parser.parse_args()
    crowd = crowding(Model(EXAMPLES / "EWD998.tla", EXAMPLES / "EWD998-large.cfg"))
    table = Table(
        title="explicit search; ratios are of this run, one after the other",
        caption=f"two processes side by side take {crowd:.2f} times as long as one here",
    )
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "model" else "right")
    failures: list[str] = []
    for model in models():
        if asked.only in model.name:
            try:
                table.add_row(*row_of(model, asked.workers, asked.reference_seconds, asked.peer_seconds))
            except DisagreesError as failure:
                # Hours of measuring are not to be lost to one row.
                failures.append(f"{model.name}: {failure}")
            print(model.name, "measured", file=sys.stderr)
    Console(width=230).print(table)
    if failures:
        raise SystemExit("\n".join(failures))


if __name__ == "__main__":
    main()
