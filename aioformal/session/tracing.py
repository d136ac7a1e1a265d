"""Holding a log against the specification of a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from aioformal.diagnostic import error
from aioformal.session.session import Session

if TYPE_CHECKING:
    from aioformal.tracing import Log, MapDocument, Outcome, Progress, Sink


def load_map(path: str) -> MapDocument:
    """The map in a file. Raises `DiagnosticError` file.* and map.syntax."""
    from aioformal.tracing import parse_map

    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise error("file.missing", f"{path}: no such file") from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise error("file.unreadable", f"{path}: {reason}") from None
    return parse_map(path, text)


def explain_log(
    session: Session,
    log: Log | str,
    trace_map: MapDocument | str | None = None,
    unlogged: int | None = None,
    sink: Sink | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Outcome:
    """Whether some behaviour of the specification explains a log, given itself or by its path (`-` for
    standard input); likewise its map.

    `unlogged`: steps between two events that may be missing, instead of what the map says. Without a map,
    events are called as actions, and their fields as parameters and variables. `sink` is given the behaviour
    link by link. Raises `DiagnosticError`.
    """
    from aioformal.engine.protocol import Problem
    from aioformal.tracing import PLAIN, Log, Vocabulary, explain, limits_of, read_map

    words = Vocabulary(session.program)
    document = load_map(trace_map) if isinstance(trace_map, str) else trace_map
    found = PLAIN if document is None else read_map(document, words)
    held = Log(log) if isinstance(log, str) else log
    # Of the behaviour alone: a log says nothing of what ordering rules remember.
    problem = Problem(session.configured, (), deadlock=False)
    return explain(problem, held, found, limits_of(found, unlogged), sink, on_progress)


def map_template(session: Session) -> str:
    """A map to begin with. Raises `DiagnosticError`."""
    from aioformal.tracing import Vocabulary, render_template

    return render_template(Vocabulary(session.program), session.spec_path)


def bpftrace_script(map_path: str) -> str:
    """The bpftrace script of a map. Raises `DiagnosticError`."""
    from aioformal.tracing import render_bpftrace

    return render_bpftrace(load_map(map_path))
