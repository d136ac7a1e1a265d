"""CommunityModules: what its tests assume is true of our own modules of these names."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.diagnostic import Exit
from aioformal.resolve.loading import LIBRARY
from aioformal.session import Session
from tests.external.checkouts import COMMUNITY_MODULES, cases


def modules_with_tests(root: Path) -> list[Path]:
    """The tests of modules that the library holds."""
    found = sorted((root / "tests").glob("*Tests.tla"))
    return [path for path in found if LIBRARY.joinpath(f"{path.stem.removesuffix('Tests')}.tla").is_file()]


@pytest.mark.parametrize("path", cases(COMMUNITY_MODULES, modules_with_tests, lambda p: p.stem))
def test_community_modules_assumptions_are_true(path: Path) -> None:
    report = Session(str(path), str(path.parent / "AllTests.cfg")).check()
    assert report.exit_code is Exit.OK, [d.message for d in report.diagnostics]
