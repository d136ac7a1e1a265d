"""Measures explicit search: machine code against the reference semantics, and against TLC and Spin.

    python bench/explicit.py [--only NAME] [--workers N] [--reference-seconds S]

One row for each configuration of spec/examples/ and of spec/aio*.cfg that is proved or searched to the end.
Everything of one row is measured one after the other in this run, so that ratios mean something on a shared
machine; absolute times do not.

    AIOFORMAL_TLC   a command that runs TLC (it is given `-metadir DIR -config FILE SPEC`)
    AIOFORMAL_SPIN  1: also Spin, on the models that bench/peers/ has by hand (`spin` and `cc` on the path)
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.explicit.preparation import prepare
from aioformal.engine.protocol import Budget, Engine, Problem
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Exploration
from aioformal.native.llvm_kernel import LlvmKernel
from aioformal.session import Session

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "spec" / "examples"


@dataclass(frozen=True)
class Model:
    """A specification with a configuration, and how many states it has where that is known."""

    spec: Path
    config: Path
    distinct: int | None = None

    @property
    def name(self) -> str:
        return self.config.stem


@dataclass(frozen=True)
class Seconds:
    """`whole`: a process from its start. `search`: the search alone, its code as good as it gets."""

    whole: float
    search: float


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


def compile_seconds(problem: Problem) -> tuple[float, float]:
    """To first code, and to good code."""
    plan = prepare(problem).plan
    start = time.perf_counter()
    kernel = LlvmKernel(plan)
    first = time.perf_counter() - start
    kernel.optimize()
    good = time.perf_counter() - start - first
    kernel.close()
    return first, good


def tlc(model: Model) -> Seconds | None:
    """TLC with one worker: the whole process, and what it says of itself."""
    command = os.environ.get("AIOFORMAL_TLC")
    if not command:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        arguments = ["-metadir", scratch, "-workers", "1", "-config", str(model.config), str(model.spec)]
        start = time.perf_counter()
        done = subprocess.run(
            [*shlex.split(command), *arguments], capture_output=True, text=True, check=False
        )
        whole = time.perf_counter() - start
    finished = re.search(r"Finished in (?:(\d+)min )?(\d+)s", done.stdout)
    if done.returncode != 0 or finished is None:
        raise SystemExit(f"TLC ended with {done.returncode} on {model.name}\n{done.stdout[-2000:]}")
    said = 60 * int(finished[1] or 0) + int(finished[2])
    return Seconds(whole, max(1.0, said))


def spin(model: Model) -> Seconds | None:
    """Spin on a hand-written model of the same name: exact search, its compiling included in `whole`."""
    source = ROOT / "bench" / "peers" / f"{model.name}.pml"
    if not os.environ.get("AIOFORMAL_SPIN") or not source.exists():
        return None
    with tempfile.TemporaryDirectory() as scratch:
        start = time.perf_counter()
        subprocess.run(["spin", "-a", str(source)], cwd=scratch, check=True, capture_output=True)
        compiler = ["cc", "-O2", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"]
        subprocess.run(compiler, cwd=scratch, check=True, capture_output=True)
        compiled = time.perf_counter()
        command = ["./pan", "-E", "-m10000000"]
        done = subprocess.run(command, cwd=scratch, check=True, capture_output=True, text=True)
        end = time.perf_counter()
    stored = re.search(r"(\d+) states, stored", done.stdout)
    # Where there are several initial states, Spin also counts the one before them.
    if (
        "errors: 0" not in done.stdout
        or stored is None
        or int(stored[1]) - (model.distinct or 0) not in (0, 1)
    ):
        raise SystemExit(f"Spin does not agree on {model.name}\n{done.stdout}")
    return Seconds(end - start, end - compiled)


def counts(seen: Exploration) -> tuple[int, ...]:
    return seen.initial_states, seen.distinct_states, seen.generated_states, seen.depth


def row_of(model: Model, workers: int, reference_seconds: float) -> list[str]:
    problem = problem_of(model)
    first, good = compile_seconds(problem)
    seen, seconds = search(Explicit(Settings(small=0)), problem, None)
    if model.distinct not in (None, seen.distinct_states):
        raise SystemExit(f"{model.name}: {seen.distinct_states:,} states, expected {model.distinct:,}")
    assert seen.details is not None
    sample, spent = search(Reference(), problem, reference_seconds)
    rate, slow = seen.distinct_states / seconds, sample.distinct_states / spent
    parallel = ""
    if workers > 1:
        again, together = search(Explicit(Settings(workers=workers, small=0)), problem, None)
        if counts(again) != counts(seen):
            raise SystemExit(f"{model.name}: {workers} workers count {again}, one {seen}")
        parallel = f"{together / seconds:.2f}"
    whole = whole_process(model)
    peers = [tlc(model), spin(model)]
    ratios = [
        cell
        for peer in peers
        for cell in (
            ("", "") if peer is None else (f"{peer.whole / whole:.1f}", f"{peer.search / seconds:.1f}")
        )
    ]
    return [
        model.name,
        f"{seen.distinct_states:,}",
        f"{rate / 1e6:.2f}",
        f"{seen.generated_states / seconds / 1e6:.2f}",
        f"{seen.details.memory / seen.distinct_states:.0f}",
        f"{first:.2f}+{good:.2f}",
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
    "engine s",
    "process s",
    "x reference",
    "x workers",
    "TLC/process",
    "TLC/engine",
    "Spin/process",
    "Spin/engine",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="models whose name contains this")
    parser.add_argument("--workers", type=int, default=2, help="also with so many workers (default 2)")
    parser.add_argument("--reference-seconds", type=float, default=5.0, help="of the reference search")
    asked = parser.parse_args()
    crowd = crowding(Model(EXAMPLES / "EWD998.tla", EXAMPLES / "EWD998-large.cfg"))
    table = Table(
        title="explicit search; ratios are of this run, one after the other",
        caption=f"two processes side by side take {crowd:.2f} times as long as one here",
    )
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "model" else "right")
    for model in models():
        if asked.only in model.name:
            table.add_row(*row_of(model, asked.workers, asked.reference_seconds))
            print(model.name, "measured", file=sys.stderr)
    Console(width=200).print(table)


if __name__ == "__main__":
    main()
