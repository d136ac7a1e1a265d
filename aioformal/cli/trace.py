"""`trace`: does some behaviour of the specification explain this log?"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aioformal.cli.parameters import LIBRARY
from aioformal.cli.teaching import LessonCommand
from aioformal.diagnostic import Exit, error

if TYPE_CHECKING:
    from aioformal.session import Session
    from aioformal.tracing import Progress, Sink

EXAMPLES = """\
Examples:
  aioformal trace --template spec/aio.tla > map.toml
  aioformal trace spec/aio.tla log.jsonl --map map.toml
  aioformal trace spec/aio.tla log.jsonl --map map.toml --unlogged 3
  aioformal trace spec/aio.tla trace.itf.json
  aioformal trace --bpftrace map.toml > aio.bt
"""

EXIT_CODES = """\
Exit codes:
   0  explained: the log is part of a behaviour, which was replayed
  12  not explained: no behaviour of the specification has these events
  20  undecided: a limit on unlogged steps, or on memory, was reached, or a
      solver did not know
  22  evidence failed: the behaviour that was found does not replay
 130  interrupted; how far it came is shown
 151  the map, or the configuration, is wrong
 153  the log cannot be read, or says what the map does not know
   others as for prove
"""


def _whole_or_number(_context: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    """`--unlogged 3`, or `all`."""
    if text is None:
        return None
    if text == "all":
        return 1 << 30
    if text.isdecimal() and len(text) <= 9:
        return int(text)
    raise click.BadParameter(f"{text!r} is neither a number of steps nor `all`")


@click.command(
    cls=LessonCommand, short_help="Hold a log against the specification.", lesson=(EXAMPLES, EXIT_CODES)
)
@click.argument("spec", metavar="SPEC", required=False, type=click.Path(path_type=Path))
@click.argument("log", metavar="LOG", required=False)
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The configuration.  [default: NAME.cfg]",
)
@LIBRARY
@click.option(
    "--map",
    "map_path",
    metavar="MAP.toml",
    help="What the events and fields of the log mean (docs/trace.md).",
)
@click.option(
    "--unlogged",
    metavar="N",
    callback=_whole_or_number,
    help="Up to N steps between two events may be missing, or `all`: any number. Which actions' may, the map "
    "says; without a map, all.  [default: as the map says; without a map, none]",
)
@click.option(
    "--behaviour",
    metavar="FILE",
    help="Write the behaviour that explains the log, or its beginning, as JSON Lines with all variables.",
)
@click.option("--template", is_flag=True, help="Print a map for SPEC to begin with, and do nothing else.")
@click.option("--bpftrace", metavar="MAP.toml", help="Print a bpftrace script that logs the probes of a map.")
def trace(
    spec: Path | None,
    log: str | None,
    config: Path | None,
    map_path: str | None,
    unlogged: int | None,
    behaviour: str | None,
    template: bool,
    bpftrace: str | None,
) -> int:
    """Say whether some behaviour of SPEC explains LOG, a file of JSON Lines, or an .itf.json (- is standard
    input).

    Each event of the log is a step of an action, or looks at the state. It need not give all parameters
    and variables, and steps may be missing between events. A log that is explained comes with the behaviour
    that explains it, replayed by the reference semantics; for one that is not, you see how far it is
    explained, where the specification can be then, what it would allow, and what the log says instead.
    """
    from aioformal.cli.reading import session_of
    from aioformal.session.tracing import bpftrace_script, map_template

    if bpftrace is not None:
        click.echo(bpftrace_script(bpftrace), nl=False)
        return Exit.OK
    if spec is None:
        raise click.UsageError("SPEC is missing")
    session = session_of(spec, config)
    if template:
        click.echo(map_template(session), nl=False)
        return Exit.OK
    if log is None:
        raise click.UsageError("LOG is missing: the log to be explained, or - for standard input")
    return explain_and_show(session, log, map_path, unlogged, behaviour)


def explain_and_show(
    session: Session, path: str, map_path: str | None, unlogged: int | None, behaviour: str | None
) -> int:
    """Explains a log, prints what came out, and returns the exit code."""
    from aioformal.cli.signals import stop_on_signals
    from aioformal.session.tracing import explain_log
    from aioformal.tracing import Log, render_outcome

    log = Log(path)
    shown = ProgressLines()
    try:
        with stop_on_signals(), _sink(session, behaviour) as sink:
            outcome = explain_log(session, log, map_path, unlogged, sink, shown.show)
    except KeyboardInterrupt:
        click.echo(f"interrupted; {shown.text()}", err=True)
        return Exit.INTERRUPTED
    click.echo(render_outcome(outcome, log), nl=False)
    return int(outcome.exit_code)


@contextmanager
def _sink(session: Session, path: str | None) -> Generator[Sink | None]:
    """Where the behaviour goes. Raises file.unwritable."""
    from aioformal.tracing.written import BehaviourWriter

    if path is None:
        yield None
        return
    try:
        with Path(path).open("w", encoding="utf-8") as file:
            yield BehaviourWriter(file, session.model.variables).take
    except OSError as problem:
        raise error("file.unwritable", f"{path}: {problem.strerror}") from None


class ProgressLines:
    """A line on standard error now and then, for as long as it takes."""

    EVERY = 1.0

    def __init__(self, echo: Callable[[str], None] = lambda text: click.echo(text, err=True)) -> None:
        self._echo = echo
        self._started = time.monotonic()
        self._next = self._started + self.EVERY
        self._last: Progress | None = None

    def show(self, progress: Progress) -> None:
        """Takes note of how far it is, and says it if it is time to."""
        self._last = progress
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self.EVERY
            self._echo(f"{now - self._started:5.0f} s  {self.text()}")

    def text(self) -> str:
        """`12,000 events explained so far, in 4 ways`."""
        if self._last is None:
            return "no event explained yet"
        events, ways = self._last.events, self._last.worlds
        counted = "1 event" if events == 1 else f"{events:,} events"
        return f"{counted} explained so far, in {'1 way' if ways == 1 else f'{ways:,} ways'}"
