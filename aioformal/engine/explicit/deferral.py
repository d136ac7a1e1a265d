"""Work that no interrupt may end half-way."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def deferred_signals(heard: Callable[[], None]) -> Generator[None]:
    """What a signal would raise is raised once the work is done. `heard` is called at once: it may hurry.

    A handler can raise between any two steps of the first thread, so also between the renaming of a file
    and taking note of it; elsewhere it never does.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {}
    came: list[int] = []
    over = False

    def hear(number: int, frame: FrameType | None) -> None:
        handler = before.get(number)
        if over and callable(handler):
            handler(number, frame)
        elif not over:
            came.append(number)
            heard()

    try:
        for number in SIGNALS:
            # None: not set from Python, and so not to be set back.
            if (handler := signal.getsignal(number)) is not None:
                before[number] = handler
                signal.signal(number, hear)
        yield
    finally:
        over = True
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in came[:1]:
            signal.raise_signal(number)
