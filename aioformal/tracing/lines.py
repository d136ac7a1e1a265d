"""The lines of a log, one at a time: a log may be larger than the memory."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from aioformal.diagnostic import Diagnostic, DiagnosticError, error
from aioformal.source import Source, Span

LONGEST = 1 << 20
"""Bytes of a line."""

SHOWN = 200
"""Characters of a line that is too long to be looked at."""

STDIN = "-"


class Line(NamedTuple):
    """`number` counts from 1. `ended`: a line end follows."""

    number: int
    text: str
    ended: bool


@contextmanager
def open_log(path: str) -> Generator[BinaryIO]:
    """A log to read from; `-` is standard input. Raises file.missing and file.unreadable."""
    if path == STDIN:
        yield sys.stdin.buffer
        return
    try:
        file = Path(path).open("rb")  # noqa: SIM115 (closed below; only opening it is guarded)
    except FileNotFoundError:
        raise error("file.missing", f"{path}: no such file") from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise error("file.unreadable", f"{path}: {reason}") from None
    with file:
        yield file


def lines_of(file: BinaryIO, name: str) -> Iterator[Line | Diagnostic]:
    """The lines that are not blank; what is wrong with one instead of it."""
    number = 0
    while True:
        number += 1
        try:
            raw = file.readline(LONGEST + 1)
        except OSError as problem:
            raise error("file.unreadable", f"{name}: {problem.strerror}") from None
        if not raw:
            return
        if len(raw) > LONGEST:
            yield _too_long(file, name, number, raw)
            continue
        if not raw.isspace():
            yield _decoded(name, number, raw)


def _decoded(name: str, number: int, raw: bytes) -> Line | Diagnostic:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        shown = raw.decode("utf-8", errors="replace").rstrip("\r\n")
        at = len(raw[: problem.start].decode("utf-8"))
        place = Span(Source(name, shown, number), at, at + 1)
        return Diagnostic("log.malformed", f"byte 0x{raw[problem.start]:02x} is no UTF-8", place)
    return Line(number, text.rstrip("\r\n"), text.endswith("\n"))


def _too_long(file: BinaryIO, name: str, number: int, raw: bytes) -> Diagnostic:
    """Leaves the rest of the line behind."""
    shown = raw[:SHOWN].decode("utf-8", errors="replace")
    while raw and not raw.endswith(b"\n"):
        raw = file.readline(LONGEST)
    place = Span(Source(name, shown, number), 0, 1)
    return Diagnostic(
        "log.malformed", f"the line is longer than {LONGEST:,} bytes", place, hint="one event, one line"
    )


class Problems:
    """What is wrong with a log: the first `MOST` problems, within so many lines after the first."""

    MOST = 20
    LOOK_ON = 10_000

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self._since = 0

    def add(self, problem: Diagnostic) -> None:
        self.found.append(problem)

    def enough(self) -> bool:
        """Whether to read on makes no sense; to be asked once a line."""
        self._since += bool(self.found)
        return len(self.found) >= self.MOST or self._since > self.LOOK_ON

    def settle(self) -> None:
        """Raises `DiagnosticError` if there is a problem."""
        if self.found:
            raise DiagnosticError(self.found)
