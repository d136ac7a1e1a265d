"""`aioformal rules`: the ordering rules of a specification, as text and as graphs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from aioformal.cli.commands import CONFIG, SPEC
from aioformal.cli.parameters import folder

DOT = click.option(
    "--dot",
    metavar="DIR",
    type=click.Path(file_okay=False),
    callback=folder,
    help="Write the automaton of each rule as Graphviz, NAME.dot.",
)
RV = click.option(
    "--rv",
    metavar="DIR",
    type=click.Path(file_okay=False),
    callback=folder,
    help="Write each rule whose events carry no data as the kernel's rvgen reads it, NAME.dot.",
)


@click.command(short_help="List the ordering rules, with their automata.")
@SPEC
@CONFIG
@DOT
@RV
def rules(spec: Path, config: Path | None, dot: Path | None, rv: Path | None) -> int:
    """List the ordering rules that the configuration of SPEC names under PROPERTY: what each says, and the
    automaton that watches it. An edge is taken at a moment at which its events happen; error is for good.

    Rules are written with the operators of module Ordering: see docs/ordering.md.
    """
    from aioformal.cli.reading import session_of
    from aioformal.ordering.graph import graphviz, runtime_verification
    from aioformal.session.rules import listed_rules, rules_text

    model = session_of(spec, config).configured
    click.echo(rules_text(model), nl=False)
    found = listed_rules(model)
    if dot is not None:
        _write(dot, {one.name: graphviz(one.name, one.automaton, one.texts) for one in found})
    if rv is not None:
        plain = [one for one in found if not one.carries_data]
        _write(rv, {one.name: runtime_verification(one.automaton, one.texts) for one in plain})
        for one in (one for one in found if one.carries_data):
            click.echo(f"no automaton for the kernel of {one.name}: its events carry data", err=True)
    return 0


def _write(directory: Path, texts: Mapping[str, str]) -> None:
    """Write files into a folder. Raises file.unwritable."""
    from aioformal.diagnostic import error

    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (directory / f"{name}.dot").write_text(text, encoding="utf-8")
    except OSError as problem:
        message = f"the automata cannot be written to {directory}: {problem.strerror}"
        raise error("file.unwritable", message) from None
    click.echo(f"{len(texts)} automat{'on' if len(texts) == 1 else 'a'} written to {directory}")
