"""The command line: a thin face over `Session`."""

from __future__ import annotations

import atexit
import gc
import os
import sys
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
    """Ends the process at once. To take millions of objects apart first would be a tenth of a run; and code
    that is still being compiled, though nobody needs it any more, cannot be broken off."""
    # What modules have asked for at the end, such as files that go away with the process.
    getattr(atexit, "_run_exitfuncs")()  # noqa: B009 (it is not public)
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
