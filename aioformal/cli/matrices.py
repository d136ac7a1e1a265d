"""`matrix`, as far as it is seen from outside."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from aioformal.cli.proving import stderr_console, stdout_console
from aioformal.cli.signals import stop_on_signals
from aioformal.diagnostic import Exit, error, nearest
from aioformal.matrix.comparing import Difference, differences
from aioformal.matrix.expectation import Matrix, Row, Task
from aioformal.matrix.reading import load_matrix
from aioformal.matrix.render import render_json, summary_line, table_lines
from aioformal.matrix.running import Outcome, outcomes
from aioformal.matrix.story import story


class Request(Struct, frozen=True):
    """What the command line asks for. `story`: a file beside the data file, to write or only to `check`."""

    data: Path
    rows: tuple[str, ...]
    properties: tuple[str, ...]
    jobs: int
    story: str | None
    check: bool
    json_path: str | None


def matrix_and_show(request: Request) -> int:
    """Proves the rows that are asked for, prints the table and what differs, and returns the exit code."""
    matrix = load_matrix(request.data)
    rows = _asked(matrix, request.rows)
    tasks = {row.name: replace(row.task, properties=request.properties) for row in rows}
    found, interrupted = run_with_progress(tasks, request.jobs)
    differing = list(differences(rows, found, request.properties))
    console = stderr_console() if request.json_path == "-" else stdout_console()
    _show(console, rows, found, differing)
    if request.json_path is not None:
        write_text(request.json_path, render_json(matrix, rows, found, differing))
    if interrupted:
        return Exit.INTERRUPTED
    up_to_date = request.story is None or _told(console, request, matrix, found)
    return Exit.UNDECIDED if differing or not up_to_date else Exit.OK


def _asked(matrix: Matrix, names: Sequence[str]) -> Sequence[Row]:
    known = [row.name for row in matrix.rows]
    for name in names:
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
            raise click.UsageError(f"there is no row {name!r}: {hint}")
    return [row for row in matrix.rows if not names or row.name in names]


def run_with_progress(tasks: Mapping[str, Task], jobs: int) -> tuple[dict[str, Outcome], bool]:
    """What became of the tasks, and whether it was interrupted before all were done."""
    found: dict[str, Outcome] = {}
    running = outcomes(tasks, jobs)
    try:
        with stop_on_signals(), _signs(stderr_console(), len(tasks)) as sign:
            for name, outcome in running:
                found[name] = outcome
                sign(name)
    except KeyboardInterrupt:
        return found, True
    finally:
        running.close()
    return found, False


@contextmanager
def _signs(console: Console, total: int) -> Generator[Callable[[str], None]]:
    """What is told after each row: a bar on a terminal, a line in a pipe."""
    if console.is_terminal and not console.is_dumb_terminal:
        columns = (BarColumn(24), MofNCompleteColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=console, transient=True) as bar:
            shown = bar.add_task("", total=total)
            yield lambda name: bar.update(shown, advance=1, description=name)
        return
    started, done = time.monotonic(), 0

    def sign(name: str) -> None:
        nonlocal done
        done += 1
        console.print(f"{time.monotonic() - started:5.0f} s  {done} of {total}: {name}", soft_wrap=True)

    yield sign


def _show(
    console: Console, rows: Sequence[Row], found: Mapping[str, Outcome], differing: Sequence[Difference]
) -> None:
    unicode = console.encoding.lower().startswith("utf")
    for line in table_lines(rows, found, differing, unicode=unicode):
        console.print(line, soft_wrap=True)
    wrong = {difference.row for difference in differing}
    for name, outcome in found.items():
        if name in wrong and outcome.errors:
            console.print(f"\n{name}:\n{outcome.errors}", end="", soft_wrap=True)
    console.print()
    for difference in differing:
        console.print(str(difference), soft_wrap=True)
    console.print(summary_line(len(rows), found, differing), soft_wrap=True)


def _told(console: Console, request: Request, matrix: Matrix, found: Mapping[str, Outcome]) -> bool:
    """Writes the story, or says whether the file that there is is up to date."""
    path = matrix.path.parent / (request.story or "")
    text = story(matrix, found)
    if not request.check:
        write_text(str(path), text)
        return True
    same = path.is_file() and path.read_text(encoding="utf-8") == text
    hint = "" if same else f": write it with --story {request.story}"
    console.print(f"{path} is {'' if same else 'not '}up to date{hint}", soft_wrap=True)
    return same


def write_text(path: str, text: str) -> None:
    """Writes a file, or standard output where the path is `-`."""
    if path == "-":
        sys.stdout.write(text)
        return
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise error("file.unwritable", f"{path} cannot be written: {problem.strerror}") from None
