"""What can be typed. Heavy imports wait until a command runs: `--help` must be quick."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from aioformal import __version__
from aioformal.cli.compiling import compile_module
from aioformal.cli.diff import diff
from aioformal.cli.explaining import explain
from aioformal.cli.matrix import matrix
from aioformal.cli.mutate import mutate
from aioformal.cli.observe import observe
from aioformal.cli.parameters import (
    LIBRARY,
    checkpoint_options,
    not_empty,
    size,
    walking_options,
    with_checkpoint,
)
from aioformal.cli.trace import trace

if TYPE_CHECKING:
    from aioformal.session import Options

ENGINES = ("auto", "explicit", "explicit-reference", "bmc", "k-induction")
STAGES = ("ast", "flat", "model", "shapes", "ir", "smt2")

EXAMPLES = """\b
Examples:
  aioformal prove spec/aio.tla
  aioformal prove spec/aio.tla --config spec/aio-naive.cfg
  aioformal prove spec/aio.tla -p NoUseAfterFree --engine bmc --depth 10
  aioformal prove spec/aio.tla --config spec/aio-large.cfg --workers 2
  aioformal simulate spec/aio.tla --seconds 10 --depth 200
  aioformal check Mutex.tla && aioformal watch Mutex.tla
"""

EXIT_CODES = """\b
Exit codes:
   0  every property is proved, or holds to the bound that --depth or
      --engine bmc asked for
  10  an ASSUME is false
  11  deadlock
  12  an invariant or action property is violated
  13  a liveness property is violated
  14  Assert was called with FALSE
  20  undecided: neither proved nor violated, or out of time or memory;
      random walks that find nothing decide nothing
  21  vacuous: nothing was shown
  22  evidence failed: a counterexample does not replay, or engines disagree
  23  a compiled module is not up to date
  75  the specification cannot be evaluated, or what dump is to print cannot be
      made of it; 76: within a property
 130  interrupted; what was known is shown
 150  parse error
 151  configuration error
 152  a set is too large, or the machine too small for the specification
 153  a file or a checkpoint cannot be read, written or used
 255  a fault of aioformal itself
   2  wrong usage
"""

SPEC = click.argument("spec", metavar="SPEC", type=click.Path(path_type=Path))
_CONFIG = click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The configuration.  [default: NAME.cfg beside NAME.tla]",
)


def CONFIG(command: Any) -> Any:  # noqa: N802
    """The files that are read beside SPEC."""
    return _CONFIG(LIBRARY(command))


class Teaching(click.Group):
    """A group whose help ends with examples and exit codes, each on its own line."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        _write_blocks(formatter)


class TeachingCommand(click.Command):
    """A command whose help ends in the same way."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        _write_blocks(formatter)


def _write_blocks(formatter: click.HelpFormatter) -> None:
    for block in (EXAMPLES, EXIT_CODES):
        formatter.write_paragraph()
        formatter.write(block.removeprefix("\b\n"))


@click.group(cls=Teaching, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aioformal")
def program() -> None:
    """Reads real TLA+ (NAME.tla with NAME.cfg, as the Java tools read them) and answers with
    evidence: proved, violated (here is the interleaving), or undecided (here is why)."""


program.add_command(compile_module)


PROPERTY = click.option(
    "--property",
    "-p",
    "properties",
    metavar="NAME",
    multiple=True,
    help="Judge only this property of the configuration, or `deadlock`. Can be repeated.",
)
ENGINE = click.option(
    "--engine",
    "-e",
    type=click.Choice(ENGINES),
    default="auto",
    show_default=True,
    help="auto: explicit search, and beside it bounded model checking and k-induction. "
    "explicit-reference: the same search, slowly, by the semantics that all else is held against.",
)
DEPTH = click.option(
    "--depth",
    metavar="N",
    type=click.IntRange(min=0),
    help="Look N steps ahead and no further; a bounded answer then counts as success.",
)
TIMEOUT = click.option(
    "--timeout",
    metavar="S",
    type=click.FloatRange(min=0),
    default=120.0,
    show_default=True,
    help="Seconds for the whole run; 0: no limit.",
)


MEMORY = click.option(
    "--memory",
    metavar="SIZE",
    type=size,
    help="What the states of an explicit search may take: 500M, 4G.  [default: most of what is free]",
)


WORKERS = click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(min=1, max=64),
    default=1,
    show_default=True,
    help="Threads that expand states in an explicit search: the answers and the counts are the same.",
)


COVERAGE = click.option(
    "--coverage", is_flag=True, help="Show how often each action was taken, and what it found."
)
MONITORS = click.option(
    "--show-monitors", is_flag=True, help="Show in traces what ordering rules remember of the past."
)
VACUITY = click.option(
    "--no-vacuity",
    "vacuity",
    is_flag=True,
    flag_value=False,
    default=True,
    help="Do not look for parts of properties that never matter: premises that are never true, quantifiers "
    "over sets that are always empty, branches that are never taken.",
)
JSON = click.option(
    "--json",
    "json_path",
    metavar="FILE",
    callback=not_empty,
    help="Also write the report as JSON (schema aioformal.report/1); - is standard output.",
)


def _run_options(command: Any) -> Any:
    """The options that say what to prove, and how hard to try."""
    for option in (MEMORY, WORKERS, TIMEOUT, DEPTH, ENGINE, PROPERTY, CONFIG):
        command = option(command)
    return command


def _options(
    properties: tuple[str, ...],
    engine: str,
    depth: int | None,
    timeout: float,
    workers: int,
    memory: int | None,
) -> Options:
    from aioformal.session import Options

    if math.isnan(timeout):
        raise click.BadParameter("not a number of seconds", param_hint="--timeout")
    limit = None if timeout == 0 or math.isinf(timeout) else timeout
    return Options(properties, engine, depth, limit, memory, workers)


@program.command(cls=TeachingCommand, short_help="Judge every property, with evidence.")
@SPEC
@_run_options
@checkpoint_options
@MONITORS
@VACUITY
@COVERAGE
@JSON
def prove(
    spec: Path,
    config: Path | None,
    properties: tuple[str, ...],
    engine: str,
    depth: int | None,
    timeout: float,
    workers: int,
    memory: int | None,
    coverage: bool,
    show_monitors: bool,
    vacuity: bool,
    checkpoint: Path | None,
    every: float,
    resume: bool,
    json_path: str | None,
) -> int:
    """Judge every property that the configuration of SPEC lists.

    A counterexample is a numbered list of actions with what each of them changed, and then which
    conjunct became false, for which instance of its quantifiers, and where. Every counterexample
    has been replayed by a second reading of the specification before it is shown.
    """
    from aioformal.cli.proving import prove_and_show

    options = _options(properties, engine, depth, timeout, workers, memory)
    options = replace(options, show_monitors=show_monitors, vacuity=vacuity)
    options = with_checkpoint(options, checkpoint, every, resume=resume)
    return prove_and_show(spec, config, options, json_path, coverage=coverage)


@program.command(cls=TeachingCommand, short_help="Look for a violation on random walks.")
@SPEC
@CONFIG
@PROPERTY
@walking_options
@COVERAGE
@JSON
def simulate(
    spec: Path,
    config: Path | None,
    properties: tuple[str, ...],
    depth: int,
    walks: int | None,
    seconds: float | None,
    seed: int | None,
    coverage: bool,
    json_path: str | None,
) -> int:
    """Walk through SPEC at random, and judge every state and every step on the way.

    For models too large to be searched. The first violation ends the run and is shown as prove shows it,
    cut short, but not claimed to be shortest. Finding none proves nothing: the exit code is then 20.
    The same seed gives the same walks again, and so the same answer.
    """
    from aioformal.cli.parameters import walking_of
    from aioformal.cli.proving import prove_and_show
    from aioformal.session import Options

    walking = walking_of(depth, walks, seconds, seed)
    options = Options(properties, timeout=None, walking=walking)
    return prove_and_show(spec, config, options, json_path, coverage=coverage)


@program.command(short_help="Say what is wrong with a specification, short of proving it.")
@SPEC
@CONFIG
def check(spec: Path, config: Path | None) -> int:
    """Everything but solving: read SPEC, its modules and its configuration, resolve every name, bind
    the constants, evaluate the assumptions, compile. Says what is wrong, and where."""
    from aioformal.cli.reading import check_and_show

    return check_and_show(spec, config)


@program.command(short_help="Print one stage of the pipeline.")
@SPEC
@CONFIG
@click.option("--stage", type=click.Choice(STAGES), default="ast", show_default=True, help="What to print.")
def dump(spec: Path, config: Path | None, stage: str) -> int:
    """Print one stage of the pipeline: the syntax tree, the flat module, the model with its
    constants, the shapes of the variables, the transition system, or its SMT-LIB text."""
    from aioformal.cli.reading import dump_stage

    return dump_stage(spec, config, stage)


@program.command(short_help="Prove again at every save.")
@SPEC
@_run_options
def watch(
    spec: Path,
    config: Path | None,
    properties: tuple[str, ...],
    engine: str,
    depth: int | None,
    timeout: float,
    workers: int,
    memory: int | None,
) -> int:
    """Prove SPEC now and again whenever it, a module that it reads, or its configuration is saved.
    A save ends the run that it outdates. Ctrl-C leaves."""
    from aioformal.cli.watching import watch_and_show

    return watch_and_show(spec, config, _options(properties, engine, depth, timeout, workers, memory))


program.add_command(explain)
program.add_command(mutate)
program.add_command(trace)
program.add_command(observe)
program.add_command(diff)
program.add_command(matrix)
