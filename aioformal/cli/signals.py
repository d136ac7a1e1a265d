"""Ctrl-C and SIGTERM end a run in good order: what is known is still shown."""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

from aioformal.portfolio.stop import Stop

INSISTENT = 3
"""Signals after which nothing more is said."""

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_on_signals(stop: Stop | None = None) -> Generator[Stop]:
    """A stop sign that the first signal sets. A second one, or one that nobody would obey, raises
    KeyboardInterrupt; but not while what is known is being said, which takes a moment: then the third."""
    stop = stop or Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    received = 0

    def handle(_number: int, _frame: FrameType | None) -> None:
        nonlocal received
        received += 1
        if stop.closing and received < INSISTENT:
            return
        if stop.is_set() or not stop.watched:
            raise KeyboardInterrupt
        stop.set("interrupt")

    before = [(number, signal.signal(number, handle)) for number in SIGNALS]
    try:
        yield stop
    finally:
        for number, handler in before:
            signal.signal(number, handler)
