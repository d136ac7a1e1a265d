"""What else searches the models of bench/explicit.py: TLC, Spin, and C written by hand.

Each returns None where it is not asked for, or has no such model, and raises `DisagreesError` where its
answer differs or it has none.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PEERS = Path(__file__).resolve().parent / "peers"


class DisagreesError(Exception):
    """Another checker does not say of a model what is said here."""


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
    """`whole`: a process from its start, with what has to be compiled first. `search`: the search alone.
    Where it was not `finished` it would have taken longer."""

    whole: float
    search: float
    finished: bool = True


def tlc(model: Model, most: float) -> Seconds | None:
    """TLC with one worker, for at most so many seconds: the whole process, and what it says of itself."""
    command = os.environ.get("AIOFORMAL_TLC")
    if not command:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        arguments = ["-metadir", scratch, "-workers", "1", "-config", str(model.config), str(model.spec)]
        start = time.perf_counter()
        try:
            done = subprocess.run(
                [*shlex.split(command), *arguments],
                capture_output=True,
                text=True,
                check=False,
                timeout=most,
            )
        except subprocess.TimeoutExpired:
            return Seconds(most, most, finished=False)
        whole = time.perf_counter() - start
    finished = re.search(r"Finished in (?:(\d+)min )?(\d+)s", done.stdout)
    if done.returncode != 0 or finished is None:
        raise DisagreesError(f"TLC ended with {done.returncode} on {model.name}\n{done.stdout[-2000:]}")
    said = 60 * int(finished[1] or 0) + int(finished[2])
    return Seconds(whole, max(1.0, said))


def spin(model: Model) -> Seconds | None:
    """Spin on a hand-written model of the same name: exact search, its compiling included in `whole`."""
    source = PEERS / f"{model.name}.pml"
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
        raise DisagreesError(f"Spin does not agree on {model.name}\n{done.stdout}")
    return Seconds(end - start, end - compiled)


def by_hand(model: Model) -> Seconds | None:
    """A search in C that somebody wrote for this model alone."""
    source, compiler = PEERS / f"{model.name}.c", os.environ.get("AIOFORMAL_CC")
    if not compiler or not source.exists():
        return None
    with tempfile.TemporaryDirectory() as scratch:
        start = time.perf_counter()
        program = Path(scratch) / "search"
        subprocess.run([*shlex.split(compiler), "-O2", "-o", str(program), str(source)], check=True)
        done = subprocess.run([str(program)], check=False, capture_output=True, text=True)
        whole = time.perf_counter() - start
    said = re.match(r"(\d+) distinct, .*, ([\d.]+) s$", done.stdout.strip())
    if done.returncode != 0 or said is None or int(said[1]) != model.distinct:
        raise DisagreesError(f"the program in C does not agree on {model.name}\n{done.stdout}")
    return Seconds(whole, float(said[2]))
