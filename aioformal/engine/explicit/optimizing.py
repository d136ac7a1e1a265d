"""When better machine code is worth its making."""

from __future__ import annotations

import os
import threading
import time

from aioformal.native.kernel import Kernel

AT_LEAST = 0.3
"""Seconds of searching before better code is thought of."""

BESIDE = 3
"""How many times as long as the first code took to make a search has to take, if a processor is free. Better
code takes some twelve times as long, and then saves a third; but it costs nothing then, and most searches end
before they come to this."""

INSTEAD = 50
"""The same where a worker has to wait meanwhile, divided by the processors there are. Better code takes some
twelve times as long to make as the first, and saves a quarter of a search: by then it would have paid."""


class Optimizer:
    """Makes better code for a kernel beside the search of so many workers.

    A compilation cannot be broken off. Nobody waits for one that is not needed any more: the kernel may be
    closed meanwhile, and the thread ends by itself.
    """

    def __init__(self, workers: int = 1) -> None:
        free = _processors() - workers
        self._times = BESIDE if free > 0 else INSTEAD / _processors()
        self._kernel: Kernel | None = None
        self._begun = 0.0
        self._thread: threading.Thread | None = None

    def consider(self, kernel: Kernel) -> None:
        """To be called now and then while the kernel is searching. Where a shape was widened, the kernel is
        another one: what comes next may be the next widening, and LLVM makes one code after the other."""
        now = time.monotonic()
        if kernel is not self._kernel:
            self._kernel, self._begun = kernel, now
        if kernel.optimizing or (self._thread is not None and self._thread.is_alive()):
            return
        if now - self._begun >= max(AT_LEAST, self._times * kernel.compiling_seconds):
            kernel.optimizing = True
            self._thread = threading.Thread(target=kernel.optimize)
            self._thread.start()


def _processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
