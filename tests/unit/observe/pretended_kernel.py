"""A kernel that keeps the rules of the system calls, or breaks one as kernels have."""

from __future__ import annotations

import errno
import os
import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from aioformal.observe.syscalls import Context

TICK = 0.0002
"""Seconds that a call takes, so that calls overlap."""


@dataclass
class PretendedKernel:
    """`late`: io_destroy() gives its quota back after it has returned (May 2013). `hasty`: it returns before
    requests are done (the seed). `rounded`: io_setup() takes more than it is asked for (until 2017).
    `stranger`: another process takes and gives back quota all the time."""

    max_nr: int = 1_000
    late: bool = False
    hasty: bool = False
    rounded: bool = False
    stranger: bool = False
    name: str = "Pretended 1.0"
    used: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _charges: dict[int, int] = field(default_factory=dict[int, int])
    _next: int = 0
    _random: random.Random = field(default_factory=lambda: random.Random(7))

    def read_nr(self) -> int:
        with self._lock:
            time.sleep(TICK)
            return self.used + (self._random.choice([0, 5]) if self.stranger and self._next > 12 else 0)

    def io_setup(self, nr_events: int) -> Context:
        charge = (nr_events + 15) // 16 * 16 if self.rounded else nr_events
        with self._lock:
            time.sleep(TICK)
            if self.used + charge > self.max_nr:
                raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            self.used += charge
            self._next += 1
            self._charges[self._next] = charge
            return Context(self._next)

    def io_submit(self, context: Context, requests: int) -> int:
        context.submitted += requests
        return requests

    def io_getevents(self, context: Context, most: int) -> int:
        reaped = min(most, context.submitted - context.completed)
        context.completed += reaped
        return reaped

    def io_destroy(self, context: Context) -> int:
        if self.late and self._next > 12:
            threading.Timer(0.02, self._give_back, [context]).start()
        else:
            self._give_back(context)
        if self.hasty and context.submitted:
            return context.submitted - 1
        return context.submitted

    def _give_back(self, context: Context) -> None:
        with self._lock, suppress(KeyError):
            self.used -= self._charges.pop(context.handle)

    def strangers(self) -> list[str]:
        return ["postgres (77)"] if self.stranger else []

    def close(self) -> None:
        """Nothing is open."""
