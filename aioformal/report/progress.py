"""Signs of life while a run goes on: a live display on a terminal, a line now and then in a pipe."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from aioformal.engine.protocol import Event, Progress
from aioformal.evidence.join import describe
from aioformal.evidence.verdict import Fault, Finding, Violated
from aioformal.report.exploration import bytes_text

FIRST_LINE = 1.0
"""Seconds until the first line in a pipe."""

LINE_EVERY = 1.0
"""Seconds between two lines in a pipe."""


class Display(Protocol):
    """Shows events for as long as its context is open."""

    def __enter__(self) -> Display: ...

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, event: Event) -> None: ...


def make_display(console: Console) -> Display:
    """A live display where the console is a terminal, plain lines elsewhere."""
    return LiveDisplay(console) if console.is_terminal and not console.is_dumb_terminal else Lines(console)


def progress_text(progress: Progress) -> str:
    """`explicit: depth 12, 40,233 distinct, 120,000 generated, 12,340/s, 1,200 to look at, 12 MB`."""
    if progress.walks is not None:
        return _walks_text(progress, progress.walks)
    parts = [f"depth {progress.depth}"]
    if progress.property is not None:
        parts.append(progress.property)
    if progress.distinct is not None:
        parts.append(f"{progress.distinct:,} distinct")
        if progress.generated is not None:
            parts.append(f"{progress.generated:,} generated")
        if progress.seconds >= 1:
            parts.append(f"{progress.distinct / progress.seconds:,.0f}/s")
    if progress.queue is not None:
        parts.append(f"{progress.queue:,} to look at")
    if progress.memory is not None:
        parts.append(bytes_text(progress.memory))
    return f"{progress.engine}: {', '.join(parts)}"


def _walks_text(progress: Progress, walks: int) -> str:
    """`simulation: 1,200 walks, 120,000 steps, 51,000/s`."""
    steps = progress.generated or 0
    speed = f", {steps / progress.seconds:,.0f}/s" if progress.seconds >= 1 else ""
    return f"{progress.engine}: {walks:,} walks, {steps:,} steps{speed}"


def finding_text(finding: Finding) -> str:
    """`violated, after 9 steps: NoUseAfterFree`."""
    return f"{finding.property}: {describe(finding.verdict)} ({finding.engine})"


class Lines:
    """One line every few seconds, and one for each violation as soon as it is known."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.monotonic()
        self._next = self._started + FIRST_LINE

    def __enter__(self) -> Lines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def show(self, event: Event) -> None:
        """Prints what is worth a line."""
        if isinstance(event, Finding) and isinstance(event.verdict, Violated):
            self._line(finding_text(event))
        elif isinstance(event, Progress) and time.monotonic() >= self._next:
            self._next = time.monotonic() + LINE_EVERY
            self._line(f"{time.monotonic() - self._started:5.0f} s  {progress_text(event)}")

    def _line(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)


class LiveDisplay:
    """What each engine is doing and what is known of each property, redrawn in place."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._engines: dict[str, Progress] = {}
        self._known: dict[str, Finding] = {}
        self._spinner = Spinner("dots")
        self._live = Live(console=console, transient=True, auto_refresh=True, refresh_per_second=8)

    def __enter__(self) -> LiveDisplay:
        self._live.start()
        self._live.update(self._picture())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, event: Event) -> None:
        """Takes an event into the picture."""
        match event:
            case Progress():
                self._engines[event.engine] = event
            case Finding():
                self._known[event.property] = event
            case Fault():
                pass
            case _:
                return
        self._live.update(self._picture())

    def _picture(self) -> Group:
        lines: list[Text] = [Text(progress_text(p), "cyan") for p in self._engines.values()]
        room = max(2, self._console.height - len(lines) - 3)
        known = [Text(f"  {finding_text(f)}") for f in self._known.values()]
        if len(known) > room:
            known = [Text(f"  ... {len(known) - room} more"), *known[-room:]]
        self._spinner.update(text=lines[0] if lines else Text("reading"))
        return Group(self._spinner, *lines[1:], *known)
