"""The last line of defence: whatever happens, a user sees a diagnostic and never a traceback."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress

import click

from aioformal import __version__
from aioformal.cli.commands import program
from aioformal.cli.rules import rules
from aioformal.diagnostic import Diagnostic, DiagnosticError, Exit, Note
from aioformal.report.snippet import render_diagnostics

program.add_command(rules)

DEBUG = "AIOFORMAL_DEBUG"


def run_program(arguments: Sequence[str]) -> int:
    """Runs a command line and returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            getattr(stream, "reconfigure")(errors="replace")  # noqa: B009 (not every stream has it)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.SYSTEM
    return code


def _run(arguments: Sequence[str]) -> int:
    try:
        result = program.main(list(arguments), prog_name="aioformal", standalone_mode=False)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as misuse:
        misuse.show()
        return misuse.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return Exit.INTERRUPTED
    except DiagnosticError as failure:
        click.echo(render_diagnostics(failure.diagnostics), err=True, nl=False)
        return _exit_of(failure)
    except BrokenPipeError:
        raise
    except Exception as fault:
        if os.environ.get(DEBUG):
            raise
        click.echo(render_diagnostics([describe_fault(fault)]), err=True, nl=False)
        return Exit.INTERNAL
    return int(result) if isinstance(result, int) else Exit.OK


def _exit_of(failure: DiagnosticError) -> int:
    """What a report of the same errors would end with."""
    from aioformal.report.result import Report

    return int(Report("", None, diagnostics=failure.diagnostics).exit_code)


def describe_fault(fault: BaseException) -> Diagnostic:
    """What to tell a user about a fault of our own, and where the details are."""
    if isinstance(fault, MemoryError):
        return Diagnostic("run.memory", "out of memory", hint="smaller constants make fewer states")
    summary = f"{type(fault).__name__}: {fault}"
    message = f"aioformal has failed, and it is not your specification's fault: {summary[:200]}"
    notes = [Note(f"aioformal {__version__}, Python {platform.python_version()}, {platform.system()}")]
    details = _write_details(fault)
    if details is not None:
        notes.append(Note(f"details are in {details}"))
    hint = f"please report it with that file and the specification; {DEBUG}=1 shows the details here"
    return Diagnostic("internal.fault", message, notes=tuple(notes), hint=hint)


def _write_details(fault: BaseException) -> str | None:
    text = "".join(traceback.format_exception(fault)) + str(getattr(fault, "details", ""))
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="aioformal-fault-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
    except OSError:
        return None
    return file.name
