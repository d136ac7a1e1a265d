"""The commands that only read: check and dump."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from aioformal.diagnostic import Severity
from aioformal.report.snippet import render_diagnostics
from aioformal.session import Session


def session_of(spec: Path, config: Path | None) -> Session:
    """The session that a command line names."""
    return Session(str(spec), None if config is None else str(config))


def check_and_show(spec: Path, config: Path | None) -> int:
    """Checks and says so in one line, or prints what is wrong."""
    session = session_of(spec, config)
    report = session.check()
    if report.diagnostics:
        click.echo(render_diagnostics(report.diagnostics), err=True, nl=False)
    if not any(d.severity is Severity.ERROR for d in report.diagnostics):
        click.echo(f"{spec}: no errors ({report.seconds.total:.2f} s)")
        for line in model_lines(session):
            click.echo(textwrap.fill(line, 78, initial_indent="  ", subsequent_indent="    "))
    return int(report.exit_code)


def model_lines(session: Session) -> Iterator[str]:
    """What the model consists of, in a few lines."""
    model = session.configured
    assumptions = len(model.flat.assumptions)
    yield f"{_count(len(model.variables), 'variable')}: {', '.join(model.variables)}"
    yield f"{_count(len(model.flat.definitions), 'definition')}, {_count(assumptions, 'true assumption')}"
    names = [p.name for p in model.properties] + ["deadlock"] * session.checks_deadlock
    yield f"to prove: {', '.join(names) or 'nothing'}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def dump_stage(spec: Path, config: Path | None, stage: str) -> int:
    """Prints one stage. Raises `DiagnosticError`."""
    click.echo(session_of(spec, config).dump(stage), nl=False)
    return 0
