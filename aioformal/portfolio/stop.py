"""Ending a run early: asked for from outside, or because its time is used up."""

from __future__ import annotations

import _thread
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal, TypeAlias

from msgspec import field

from aioformal.engine.protocol import Budget

StopReason: TypeAlias = Literal["interrupt", "timeout", "outdated"]

GRACE = 0.4
"""Seconds that the second process has to say its last word when the time is used up; how far it has come,
it has said before."""

DEAF_AFTER = 2.5
"""Seconds that the first process has to notice that it should end, before it is interrupted."""


class Stop:
    """Set once, from any thread or signal handler; engines see it through their budget."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.reason: StopReason | None = None
        self.watched = False
        """Whether a watchdog sees to it that a stop is obeyed."""
        self.closing = False
        """Whether the engines have ended, and what is left is to say what is known."""
        self.unhurried = False
        """Whether an engine is busy with something that the watchdog lets it do."""

    def set(self, reason: StopReason) -> None:
        """Asks the run to end. The first reason stays."""
        if self.reason is None:
            self.reason = reason
        self._event.set()

    def release(self) -> None:
        """Lets go whoever waits: the run is over."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether the run should end."""
        return self.reason is not None

    def wait(self, seconds: float | None) -> bool:
        """Waits until a stop is asked for, or the run is over."""
        return self._event.wait(seconds)


class StoppableBudget(Budget, frozen=True):
    """A budget that is exhausted as soon as the run is asked to end."""

    stop: Stop = field(default_factory=Stop)

    def exhausted(self) -> bool:
        return self.stop.is_set() or Budget.exhausted(self)

    @contextmanager
    def unhurried(self) -> Generator[None]:
        self.stop.unhurried = True
        try:
            yield
        finally:
            self.stop.unhurried = False


@contextmanager
def watchdog(budget: StoppableBudget) -> Generator[None]:
    """Interrupts the main thread (as Ctrl-C would) when an engine is deaf to its budget: one single
    evaluation can take longer than the whole run may."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(budget, over), daemon=True)
    watcher.start()
    budget.stop.watched = True
    try:
        yield
    finally:
        budget.stop.watched = False
        over.set()
        budget.stop.release()


def _watch(budget: StoppableBudget, over: threading.Event) -> None:
    remaining = budget.remaining()
    asked = budget.stop.wait(None if remaining is None else remaining)
    while True:
        if over.wait(DEAF_AFTER):
            return
        if not budget.stop.unhurried:
            break
    if not asked:
        budget.stop.set("timeout")
    _thread.interrupt_main()
