"""The command line: a thin face over `Session`."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress


def main() -> None:
    """Runs the program and ends the process with its exit code."""
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
