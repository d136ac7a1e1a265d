"""`aioformal compile`."""

from __future__ import annotations

from pathlib import Path

import click

from aioformal.cli.parameters import LIBRARY

HELP_OUTPUT = "The file to write; - is standard output.  [default: -]"


@click.command("compile", short_help="Write SPEC as a Python module of checks.")
@click.argument("spec", metavar="SPEC", type=click.Path(path_type=Path))
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The configuration.  [default: NAME.cfg beside NAME.tla]",
)
@LIBRARY
@click.option("--output", "-o", metavar="FILE", default="-", help=HELP_OUTPUT)
@click.option("--check", is_flag=True, help="Write nothing; say whether FILE is what would be written.")
def compile_module(spec: Path, config: Path | None, output: str, check: bool) -> int:
    """Write SPEC with its configuration as one Python module that needs nothing but Python.

    The module has the constants, a State, initial_states(), successors(state), an Action for each
    action, a Check for each invariant and action property, and monitor(), which is told the events
    of a run one at a time. Errors point at the line of the .tla.

    \b
    Examples:
      aioformal compile spec/aio.tla -o checks.py
      aioformal compile spec/aio.tla --config spec/aio-large.cfg -o large.py
      aioformal compile spec/aio.tla -o checks.py --check    (in CI)

    \b
    Exit codes: 0 written, or up to date; 23 not up to date;
      150 parse error; 151 configuration error; 153 a file.

    In Python, aioformal.load("spec/aio.tla") gives the same without a file.
    """
    from aioformal.cli.reading import session_of
    from aioformal.compilation import compiled_text, require_current, write_module

    if output == "-" and check:
        raise click.UsageError("--check compares with a file: say which with -o FILE")
    path = Path.cwd() / "-" if output == "-" else Path(output)
    for read in (spec, config or spec.with_suffix(".cfg")):
        if path.exists() and read.exists() and path.samefile(read):
            raise click.UsageError(f"-o {output} would replace what is read: name another file")
    text = compiled_text(session_of(spec, config), path)
    if output == "-":
        click.echo(text, nl=False)
    elif check:
        require_current(text, path)
        click.echo(f"{output} is up to date")
    else:
        write_module(text, path)
        click.echo(f"wrote {output}: {text.count(chr(10))} lines")
    return 0
