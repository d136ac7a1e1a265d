"""ruff and pyright (strict on the package) are part of the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("pyright", "--pythonpath", sys.executable)],
    ids=["ruff-check", "ruff-format", "pyright-strict"],
)
def test_the_code_is_clean(command: tuple[str, ...]) -> None:
    program, *arguments = command
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
