"""When better machine code is worth its making."""

from __future__ import annotations

import threading
import time

from aioformal.native.kernel import Kernel

AT_LEAST = 0.5
"""Seconds of searching before better code is thought of."""

TIMES_COMPILING = 6
"""Better code takes some fifteen times as long to make as the first. It is made beside the search, so it
may begin before the search has cost as much; but most searches end before that."""


class Optimizer:
    """Makes better code for a kernel beside the search.

    A compilation cannot be broken off. Nobody waits for one that is not needed any more: the kernel may be
    closed meanwhile, and the thread ends by itself.
    """

    def __init__(self) -> None:
        self._begun: float | None = None
        self._thread: threading.Thread | None = None

    def consider(self, kernel: Kernel) -> None:
        """To be called now and then while the kernel is searching."""
        now = time.monotonic()
        if self._begun is None:
            self._begun = now
        if kernel.optimizing or (self._thread is not None and self._thread.is_alive()):
            return
        if now - self._begun >= max(AT_LEAST, TIMES_COMPILING * kernel.compiling_seconds):
            kernel.optimizing = True
            self._thread = threading.Thread(target=kernel.optimize)
            self._thread.start()
