"""The commands that only read: check and dump."""

from __future__ import annotations

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
        model = session.model
        names = [p.name for p in model.properties] + ["deadlock"] * model.check_deadlock
        click.echo(
            f"{spec}: no errors; {len(model.variables)} variables, "
            f"{len(model.flat.definitions)} definitions, {len(model.flat.assumptions)} assumptions hold, "
            f"to prove: {', '.join(names) or 'nothing'}  ({report.seconds.total:.2f} s)"
        )
    return int(report.exit_code)


def dump_stage(spec: Path, config: Path | None, stage: str) -> int:
    """Prints one stage. Raises `DiagnosticError`."""
    click.echo(session_of(spec, config).dump(stage), nl=False)
    return 0
