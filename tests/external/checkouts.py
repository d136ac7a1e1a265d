"""Where the checkouts of public corpora are: directories named in the environment, read and never copied."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.external.known import KNOWN

EXAMPLES = "AIOFORMAL_EXAMPLES"
KERNEL = "AIOFORMAL_KERNEL_TLA"
STANDARD = "AIOFORMAL_TLAPLUS_STANDARD"
SPECTACLE = "AIOFORMAL_SPECTACLE"
TLAPLUS = "AIOFORMAL_TLAPLUS"
COMMUNITY_MODULES = "AIOFORMAL_COMMUNITY_MODULES"
TLC = "AIOFORMAL_TLC"
"""The variable that holds a command that runs TLC."""

REPOSITORIES = {
    EXAMPLES: "tlaplus/Examples",
    KERNEL: "kernel-tla of git.kernel.org/pub/scm/linux/kernel/git/cmarinas",
    STANDARD: "tlaplus/rfcs (before: tlaplus/tlaplus-standard)",
    SPECTACLE: "will62794/spectacle",
    TLAPLUS: "tlaplus/tlaplus",
    COMMUNITY_MODULES: "tlaplus/CommunityModules",
}
"""The variable that names the checkout of each repository."""

SECONDS = float(os.environ.get("AIOFORMAL_EXTERNAL_SECONDS", "120"))
"""How long one model may take."""


def checkout(variable: str) -> Path | None:
    """The root of a checkout; None where the environment names none. A wrong name is an error."""
    named = os.environ.get(variable)
    if not named:
        return None
    root = Path(named)
    if not root.is_dir():
        raise pytest.UsageError(f"{variable}={named} is no directory")
    return root


def cases(
    variable: str, find: Callable[[Path], Iterable[Any]], name: Callable[[Any], str] = str
) -> list[Any]:
    """Parameters of a test: what `find` finds in a checkout. Those that `KNOWN` lists are expected to fail,
    and then have to. Without a checkout: one that is skipped."""
    root = checkout(variable)
    if root is None:
        reason = f"{variable} names no checkout of {REPOSITORIES[variable]}"
        return [pytest.param(None, id=variable, marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(case, id=name(case), marks=_marks(name(case))) for case in find(root)]


def _marks(name: str) -> list[pytest.MarkDecorator]:
    missing = KNOWN.get(name)
    return [] if missing is None else [pytest.mark.xfail(reason=missing, strict=True)]
