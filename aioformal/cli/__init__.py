"""The command line: a thin face over `Session`."""

from __future__ import annotations

import gc
import os
import sys
import threading
from contextlib import suppress

RARELY = (100_000, 50, 100)
"""Thresholds of Python's garbage collector: modules, syntax trees and terms are many objects that stay, and
to look through them again and again takes a twentieth of a run."""


def main() -> None:
    """Runs the program and ends the process with its exit code."""
    gc.set_threshold(*RARELY)
    try:
        from aioformal.cli.guard import run_program

        code = run_program(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    _end(code)


def _end(code: int) -> None:
    """Ends the process at once, also where code is still being compiled that nobody needs any more: that
    cannot be broken off, and everything has been said."""
    if any(thread is not threading.main_thread() for thread in threading.enumerate()):
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
