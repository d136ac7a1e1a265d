"""`prove` and `simulate`, as far as they are seen from outside."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from rich.console import Console

from aioformal.cli.guard import DEBUG, describe_fault
from aioformal.cli.reading import session_of
from aioformal.cli.signals import stop_on_signals
from aioformal.diagnostic import Diagnostic, error
from aioformal.portfolio.stop import Stop
from aioformal.report.progress import make_display
from aioformal.report.result import Report, Seconds
from aioformal.report.snippet import pointer, render_diagnostics
from aioformal.report.terminal import print_report
from aioformal.session import Options, Session


def stdout_console() -> Console:
    """Where reports go. rich decides about colour (NO_COLOR, TERM, pipes)."""
    return Console(highlight=False, markup=False, emoji=False)


def stderr_console() -> Console:
    """Where progress goes, and diagnostics."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def prove_and_show(
    spec: Path, config: Path | None, options: Options, json_path: str | None, *, coverage: bool = False
) -> int:
    """Proves, prints the report, writes the JSON, and returns the exit code."""
    if json_path is not None and json_path != "-":
        _require_writable(json_path, (spec, config or spec.with_suffix(".cfg")))
    session = session_of(spec, config)
    with stop_on_signals() as stop:
        report = _proved(session, options, stop)
        stop.closing = True
        show_report(report, stderr_console() if json_path == "-" else stdout_console(), coverage=coverage)
        if json_path is not None:
            _write_json(report, json_path)
    return int(report.exit_code)


def _proved(session: Session, options: Options, stop: Stop) -> Report:
    """The report, also of a fault of our own."""
    try:
        with make_display(stderr_console()) as display:
            return session.prove(options, display.show, stop)
    except Exception as fault:
        if os.environ.get(DEBUG) or isinstance(fault, BrokenPipeError):
            raise
        report = Report(session.spec_path, None, seconds=Seconds(total=session.elapsed()))
        return _with(report, describe_fault(fault))


def show_report(report: Report, console: Console, *, coverage: bool = False) -> None:
    """Prints a report; one that got nowhere is only its diagnostics, and those go to stderr."""
    got_somewhere = (report.fault, report.exploration, report.walks)
    if report.judgements or any(part is not None for part in got_somewhere):
        print_report(report, console, coverage=coverage)
    else:
        sys.stdout.flush()
        shown = render_diagnostics(report.diagnostics) + pointer(report.diagnostics)
        click.echo(shown, err=True, nl=False)


def _with(report: Report, diagnostic: Diagnostic) -> Report:
    return Report(report.spec, report.config, seconds=report.seconds, diagnostics=(diagnostic,))


def _require_writable(path: str, inputs: tuple[Path, ...]) -> None:
    """Better to hear it now than after the proof."""
    for read in inputs:
        if read.exists() and os.path.exists(path) and read.samefile(path):
            raise click.UsageError(f"--json {path} would replace what is read: name another file")
    try:
        with open(path, "a", encoding="utf-8"):
            pass
    except OSError as problem:
        raise error(
            "file.unwritable", f"the report cannot be written to {path}: {problem.strerror}"
        ) from None


def _write_json(report: Report, path: str) -> None:
    from aioformal.report.to_json import render_json

    text = render_json(report)
    if path == "-":
        sys.stdout.write(text)
        return
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise error(
            "file.unwritable", f"the report cannot be written to {path}: {problem.strerror}"
        ) from None
