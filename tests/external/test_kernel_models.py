"""The Linux kernel's own models: they are read, and two of them are counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.source import Source
from aioformal.syntax import parse_module
from tests.external.checkouts import KERNEL, cases
from tests.external.models import counted

COUNTS = {"ticketlock": 5_316, "qrwlock": 3_570}


def modules(root: Path) -> list[Path]:
    return sorted(root.glob("*.tla"))


def counted_models(root: Path) -> list[Path]:
    return [root / f"{name}.tla" for name in COUNTS]


@pytest.mark.parametrize("path", cases(KERNEL, modules, lambda p: p.name))
def test_kernel_modules_parse(path: Path) -> None:
    parse_module(Source(path.name, path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", cases(KERNEL, counted_models, lambda p: p.stem))
def test_kernel_models_have_the_count_that_tlc_finds(path: Path) -> None:
    found = counted(path, path.with_suffix(".cfg"))
    assert (found.verdict, found.distinct) == ("success", COUNTS[path.stem]), found.shown
