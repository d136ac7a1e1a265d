"""The command line: a thin face over `Session`."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the program and ends the process with its exit code."""
    try:
        from aioformal.cli.guard import run_program

        code = run_program(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
