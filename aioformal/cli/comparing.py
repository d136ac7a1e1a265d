"""`diff`, as far as it is seen from outside."""

from __future__ import annotations

import click

from aioformal.cli.matrices import run_with_progress, write_text
from aioformal.cli.proving import stderr_console, stdout_console
from aioformal.diagnostic import Exit
from aioformal.matrix.changes import Comparison, changes_text, render_changes
from aioformal.matrix.expectation import Task

BEFORE, AFTER = "the first", "the second"


def diff_and_show(first: Task, second: Task, json_path: str | None) -> int:
    """Proves both, prints what changes, and returns the exit code."""
    found, interrupted = run_with_progress({BEFORE: first, AFTER: second}, 2)
    if interrupted:
        click.echo("interrupted: without both there is nothing to compare", err=True)
        return Exit.INTERRUPTED
    comparison = Comparison((first, second), (found[BEFORE], found[AFTER]))
    console = stderr_console() if json_path == "-" else stdout_console()
    for line in changes_text(comparison):
        console.print(line, soft_wrap=True)
    if json_path is not None:
        write_text(json_path, render_changes(comparison))
    return comparison.exit_code
