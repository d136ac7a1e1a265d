"""CommunityModules: what its tests assume is true of our own modules of these names."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.diagnostic import Exit
from aioformal.session import Session
from tests.external.checkouts import COMMUNITY_MODULES, cases


def tests_of(root: Path) -> list[Path]:
    return sorted((root / "tests").glob("*Tests.tla"))


@pytest.mark.parametrize("path", cases(COMMUNITY_MODULES, tests_of, lambda p: p.stem))
def test_community_modules_assumptions_are_true(path: Path) -> None:
    report = Session(str(path), str(path.parent / "AllTests.cfg")).check()
    assert report.exit_code is Exit.OK, [d.message for d in report.diagnostics]
