"""`aioformal diff`."""

from __future__ import annotations

from pathlib import Path

import click

from aioformal.cli.parameters import not_empty


@click.command(short_help="Which verdicts change between two configurations, or two versions.")
@click.argument("specs", metavar="SPEC [NEW]", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--config",
    "configs",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Once: for both; twice: for the first and the second.  [default: NAME.cfg beside each]",
)
@click.option(
    "--property",
    "-p",
    "properties",
    metavar="NAME",
    multiple=True,
    help="Only this property. Can be repeated.",
)
@click.option(
    "--timeout",
    metavar="S",
    type=click.FloatRange(min=0),
    default=120.0,
    show_default=True,
    help="Seconds for each of the two; 0: no limit.",
)
@click.option(
    "--json",
    "json_path",
    metavar="FILE",
    callback=not_empty,
    help="Also write it as JSON; - is standard output.",
)
def diff(
    specs: tuple[Path, ...],
    configs: tuple[Path, ...],
    properties: tuple[str, ...],
    timeout: float,
    json_path: str | None,
) -> int:
    """Prove a specification twice, under two configurations or in two versions, and show which properties
    change their verdict, each with a counterexample: the shortest one, of the second where it has one.

    A counterexample that only gets longer or shorter is a change, too.

    \b
    Examples:
      aioformal diff Lock.tla --config Lock.cfg --config Lock-no-wait.cfg
      aioformal diff before/Lock.tla Lock.tla
      aioformal diff old/Lock.tla new/Lock.tla --config Lock-three.cfg

    \b
    Exit codes: 0 no verdict changes; 12 a property is violated in the second
      and was not in the first; 20 other changes; 130 interrupted; the code of
      prove where one of the two cannot be read or evaluated.
    """
    from aioformal.cli.comparing import diff_and_show
    from aioformal.matrix.expectation import Task

    both = specs * 2 if len(specs) == 1 else specs
    if len(both) != 2 or len(configs) > 2:
        raise click.UsageError("a diff is between two: SPEC with two --config, or OLD.tla and NEW.tla")
    if len(specs) == 1 and len(configs) != 2:
        raise click.UsageError("one specification under two configurations: give --config twice")
    files = [str(config) for config in (configs * 2 if len(configs) == 1 else configs)] or [None, None]
    first, second = (
        Task(str(spec), config, seconds=timeout or None, properties=properties)
        for spec, config in zip(both, files, strict=True)
    )
    return diff_and_show(first, second, json_path)
