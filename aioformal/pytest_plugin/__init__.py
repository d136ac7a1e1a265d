"""Specifications as tests: `pytest spec/` collects each .cfg that has a .tla, and each property as a test.

pytest imports this module at every start, so nothing heavy may be imported here.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aioformal.pytest_plugin.matching import specification_of

if TYPE_CHECKING:
    from aioformal.pytest_plugin.items import SpecificationFile

FOLDER = pytest.StashKey[Path]()
"""Where the workers of pytest-xdist share what they have proved."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the command line, and of pytest.ini or pyproject.toml."""
    group = parser.getgroup("aioformal", "TLA+ specifications")
    group.addoption(
        "--aioformal-allow-unknown",
        action="store_true",
        help="skip properties that are neither proved nor violated, instead of failing",
    )
    parser.addini("aioformal_timeout", "seconds for each .cfg; 0: no limit", default="120")
    parser.addini("aioformal_engine", "the engine, as in `aioformal prove --engine`", default="auto")
    parser.addini("aioformal_workers", "threads of an explicit search", default="1")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SpecificationFile | None:
    """A .cfg is collected if there is a .tla that it configures; no other .cfg is touched."""
    if file_path.suffix != ".cfg":
        return None
    spec = specification_of(file_path)
    if spec is None:
        return None
    from aioformal.pytest_plugin.items import SpecificationFile

    return SpecificationFile.below(parent, file_path, spec)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a worker of pytest-xdist where to share."""
    config: pytest.Config = node.config
    if FOLDER not in config.stash:
        config.stash[FOLDER] = Path(tempfile.mkdtemp(prefix="aioformal-pytest-"))
    node.workerinput["aioformal_folder"] = str(config.stash[FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes what was shared."""
    if FOLDER in config.stash:
        shutil.rmtree(config.stash[FOLDER], ignore_errors=True)
