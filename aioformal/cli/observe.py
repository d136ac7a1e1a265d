"""`observe`: calls a running kernel, and holds what it does against a specification of its system calls."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from aioformal.cli.teaching import LessonCommand
from aioformal.cli.trace import ProgressLines
from aioformal.diagnostic import Exit, error

if TYPE_CHECKING:
    from aioformal.observe import Plan

EXAMPLES = """\
Examples:
  aioformal observe aio
  aioformal observe aio -o log.jsonl --threads 8 --rounds 200
  aioformal observe aio --exhaust
  aioformal observe aio --judge log.jsonl
"""

EXIT_CODES = """\
Exit codes:
   0  the kernel keeps the rules, as far as was seen
  12  it breaks one: the line of the log is shown
  20  undecided: other processes used AIO at the same time
  21  nothing was observed: the calls do not exist here, or are forbidden
 130  interrupted
 153  a log cannot be read, or written
   others as for prove
"""

LARGEST_SEED = (1 << 32) - 1


@click.command(
    cls=LessonCommand,
    short_help="Hold a running kernel against a specification.",
    lesson=(EXAMPLES, EXIT_CODES),
)
@click.argument("subject", metavar="aio", type=click.Choice(["aio"]))
@click.option("--output", "-o", metavar="LOG", help="Keep the log.")
@click.option("--judge", "judged", metavar="LOG", help="Judge a log that was kept, and call nothing.")
@click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(1, 16),
    default=4,
    show_default=True,
    help="That call at once.",
)
@click.option(
    "--rounds",
    metavar="N",
    type=click.IntRange(1, 100_000),
    default=50,
    show_default=True,
    help="Of a thread.",
)
@click.option(
    "--seconds",
    metavar="S",
    type=click.FloatRange(0, 3600, min_open=True),
    default=10.0,
    show_default=True,
    help="When to begin nothing new.",
)
@click.option("--seed", metavar="N", type=int, help="Call as a run with this seed did.  [default: a new one]")
@click.option(
    "--exhaust",
    is_flag=True,
    help="Use up the quota of the machine, to see -EAGAIN; meanwhile other processes get it too. Without it, "
    "a quarter of what is free is used at most.",
)
def observe(
    subject: str,  # noqa: ARG001 (there is one so far)
    output: str | None,
    judged: str | None,
    threads: int,
    rounds: int,
    seconds: float,
    seed: int | None,
    exhaust: bool,
) -> int:
    """Call io_setup, io_submit, io_getevents and io_destroy from several threads, read fs.aio-nr around them,
    and hold what this kernel does against what it should: the quota is back when io_destroy returns, no
    -EAGAIN while quota is free, and requests are done when io_destroy returns.

    Writes a temporary file, and nothing else. Needs no root.
    """
    from aioformal.observe import Plan

    if judged is not None:
        return judge_and_show(judged)
    drawn = random.SystemRandom().randint(0, LARGEST_SEED) if seed is None else seed
    return observe_and_show(Plan(threads, rounds, seconds, drawn, exhaust), output)


def observe_and_show(plan: Plan, output: str | None) -> int:
    """Observes, judges, prints, and returns the exit code."""
    from aioformal.observe import LinuxKernel, UnavailableError
    from aioformal.observe import observe as run

    with tempfile.TemporaryDirectory(prefix="aioformal-observe-") as folder:
        path = output or os.path.join(folder, "log.jsonl")
        try:
            kernel = LinuxKernel(folder)
            with closing(kernel), _writable(path) as file:
                click.echo(f"observing {kernel.name} with {plan.threads} threads, seed {plan.seed}", err=True)
                run(kernel, plan, file)
        except UnavailableError as reason:
            raise error("observe.unavailable", f"nothing was observed: {reason}") from None
        except OSError as problem:
            raise error("observe.failed", f"a system call failed: {problem}") from None
        return judge_and_show(path)


@contextmanager
def _writable(path: str) -> Generator[TextIO]:
    try:
        file = Path(path).open("w", encoding="utf-8")  # noqa: SIM115 (closed below; only opening it is guarded)
    except OSError as problem:
        raise error("file.unwritable", f"{path}: {problem.strerror}") from None
    with file:
        yield file


def judge_and_show(path: str) -> int:
    """Judges a log, prints what came out, and returns the exit code."""
    from aioformal.cli.signals import stop_on_signals
    from aioformal.observe import conclusions, judge
    from aioformal.tracing import Log, render_outcome

    shown = ProgressLines()
    try:
        with stop_on_signals():
            found = judge(path, shown.show)
    except KeyboardInterrupt:
        click.echo(f"interrupted; {shown.text()}", err=True)
        return Exit.INTERRUPTED
    click.echo(render_outcome(found.strict, Log(path)))
    for line in conclusions(found):
        click.echo(line)
    return int(found.exit_code)
