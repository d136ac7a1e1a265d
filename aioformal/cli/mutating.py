"""`mutate`, as far as it is seen from outside."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from aioformal.cli.proving import stderr_console, stdout_console
from aioformal.cli.signals import stop_on_signals
from aioformal.diagnostic import Exit, error, nearest
from aioformal.mutation.explained import default_path, load_explained
from aioformal.mutation.judging import Outcome
from aioformal.mutation.mutant import KINDS, Mutant
from aioformal.mutation.render import outcome_text, render_json, render_text
from aioformal.mutation.running import Task, all_mutants, outcomes
from aioformal.mutation.summary import Summary

LINE_EVERY = 5.0
"""Seconds between two lines in a pipe."""


def mutate_and_show(
    task: Task,
    *,
    jobs: int,
    only: Sequence[str],
    kinds: Sequence[str],
    sample: int | None,
    seed: int,
    library_modules: bool,
    explained: Path | None,
    everything: bool,
    json_path: str | None,
) -> int:
    """Judges the mutants that are asked for, prints what became of them, and returns the exit code."""
    mutants = all_mutants(task)
    reasons = _reasons(task, explained)
    possible = _possible(mutants, only, kinds, library_modules=library_modules)
    asked = _sampled(possible, sample, seed)
    found: dict[int, Outcome] = {}
    interrupted = not _run(task, mutants, asked, jobs, found)
    summary = Summary(tuple(mutants), tuple(asked), found, reasons)
    _show(summary, task, json_path, everything=everything)
    if interrupted:
        return Exit.INTERRUPTED
    return Exit.UNDECIDED if summary.survivors else Exit.OK


def _reasons(task: Task, explained: Path | None) -> dict[str, str]:
    """Those of a file that was named, or of the one beside the configuration, if there is one."""
    if explained is not None:
        return dict(load_explained(explained))
    config = Path(task.spec).with_suffix(".cfg") if task.config is None else Path(task.config)
    beside = default_path(config)
    return dict(load_explained(beside)) if beside.exists() else {}


def _possible(
    mutants: Sequence[Mutant], only: Sequence[str], kinds: Sequence[str], *, library_modules: bool
) -> list[int]:
    """The numbers of the mutants that may be judged; those of the library are if a definition of theirs is
    named. Raises `click.UsageError` for definitions that have none."""
    known = {mutant.key for mutant in mutants}
    for name in only:
        if name not in known:
            names = ", ".join(sorted(known)) or "no definition"
            raise click.UsageError(f"there is nothing to get wrong in {name}; there is in {names}")
    return [
        number
        for number, mutant in enumerate(mutants)
        if (mutant.key in only if only else library_modules or not mutant.in_library)
        and (not kinds or mutant.kind in kinds)
    ]


def _sampled(numbers: list[int], sample: int | None, seed: int) -> list[int]:
    if sample is None or sample >= len(numbers):
        return numbers
    return sorted(random.Random(seed).sample(numbers, sample))


def _run(
    task: Task, mutants: Sequence[Mutant], asked: Sequence[int], jobs: int, found: dict[int, Outcome]
) -> bool:
    """Fills in what is found; False where it was interrupted."""
    if not asked:
        return True
    judging = outcomes(task, asked, jobs)
    try:
        with stop_on_signals(), _signs(stderr_console(), len(asked)) as sign:
            for number, outcome in judging:
                found[number] = outcome
                sign(f"{mutants[number].key}: {outcome_text(outcome)}")
    except KeyboardInterrupt:
        return False
    finally:
        judging.close()
    return True


@contextmanager
def _signs(console: Console, total: int) -> Generator[Callable[[str], None]]:
    """What is told after each mutant: a bar on a terminal, a line now and then in a pipe."""
    if console.is_terminal and not console.is_dumb_terminal:
        with _bar(console) as bar:
            shown = bar.add_task("reading and searching the specification", total=total)
            yield lambda text: bar.update(shown, advance=1, description=f"{text:.60}")
        return
    started = said = time.monotonic()
    done = 0

    def sign(text: str) -> None:
        nonlocal done, said
        done, now = done + 1, time.monotonic()
        if done == 1 or now - said >= LINE_EVERY:
            said = now
            console.print(f"{now - started:5.0f} s  {done:,} of {total:,}; {text}", soft_wrap=True)

    yield sign


def _bar(console: Console) -> Progress:
    columns = (BarColumn(24), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    return Progress(*columns, console=console, transient=True)


def _show(summary: Summary, task: Task, json_path: str | None, *, everything: bool) -> None:
    text = render_text(summary, everything=everything)
    console = stderr_console() if json_path == "-" else stdout_console()
    console.print(text, end="", soft_wrap=True)
    if json_path is None:
        return
    json_text = render_json(summary, task.spec, task.config)
    if json_path == "-":
        sys.stdout.write(json_text)
        return
    try:
        Path(json_path).write_text(json_text, encoding="utf-8")
    except OSError as problem:
        message = f"the report cannot be written to {json_path}: {problem.strerror}"
        raise error("file.unwritable", message) from None


def checked_kinds(kinds: Sequence[str]) -> Sequence[str]:
    """Raises `click.UsageError` for a kind that there is not."""
    for kind in kinds:
        if kind not in KINDS:
            near = nearest(kind, KINDS)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(KINDS)}"
            raise click.UsageError(f"there is no kind of mistake {kind!r}: {hint}")
    return kinds
