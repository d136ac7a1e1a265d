"""`aioformal matrix`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aioformal.cli.parameters import not_empty


@click.command(short_help="Prove many configurations, and compare with what is expected.")
@click.argument("data", metavar="DIR|FILE.toml", type=click.Path(path_type=Path))
@click.option("--row", "rows", metavar="NAME", multiple=True, help="Only this row. Can be repeated.")
@click.option(
    "--property",
    "-p",
    "properties",
    metavar="NAME",
    multiple=True,
    help="Only this property. Can be repeated.",
)
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1, max=64),
    help="Rows that are proved at the same time.  [default: one for each core]",
)
@click.option(
    "--story",
    metavar="NAME",
    callback=not_empty,
    help="Write the rows as Markdown to NAME beside the data file.",
)
@click.option("--check", is_flag=True, help="With --story: do not write, say whether NAME is up to date.")
@click.option(
    "--json",
    "json_path",
    metavar="FILE",
    callback=not_empty,
    help="Also write it as JSON; - is standard output.",
)
def matrix(
    data: Path,
    rows: tuple[str, ...],
    properties: tuple[str, ...],
    jobs: int | None,
    story: str | None,
    check: bool,
    json_path: str | None,
) -> int:
    """Prove every row of a data file, FILE.toml or the matrix.toml of a folder, and compare the verdict of
    every property with the one that is expected there.

    A row is a specification with a configuration: a version of the code, a variant that must fail, a
    patch that was not taken. docs/matrix.md describes the file:

    \b
      spec = "Lock.tla"
      [[row]]
      config = "Lock-no-wait.cfg"
      proved = ["TypeOK", "deadlock"]
      violated = { MutualExclusion = 4 }

    \b
    Examples:
      aioformal matrix spec/history
      aioformal matrix spec/history --row naive --property NoSpuriousEAGAIN
      aioformal matrix spec/history --story README.md --check

    \b
    Exit codes: 0 all is as expected; 20 something is not, or the story is out
      of date; 130 interrupted, the rows that were done are shown; 151 the data
      file is wrong; 153 it cannot be read.
    """
    from aioformal.cli.matrices import Request, matrix_and_show

    if check and story is None:
        raise click.UsageError("--check says whether a story is up to date: name it with --story")
    if story is not None and (rows or properties):
        raise click.UsageError("a story needs every row and every property: leave out --row and --property")
    request = Request(data, rows, properties, jobs or os.cpu_count() or 1, story, check, json_path)
    return matrix_and_show(request)
