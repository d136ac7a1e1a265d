"""tlaplus/Examples: modules parse, lists lie where the oracle has them, recorded counts are ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aioformal.source import Source
from aioformal.syntax import parse_module
from tests.differential.test_layout import by_columns, by_parser
from tests.external.checkouts import EXAMPLES, cases
from tests.external.models import Model, counted, models_of


def modules(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob("specifications/**/*.tla"))


def short(path: Path) -> str:
    return path.as_posix().partition("specifications/")[2]


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


@pytest.mark.parametrize("path", cases(EXAMPLES, modules, short))
def test_examples_modules_parse(path: Path) -> None:
    parse_module(Source(path.name, read(path)))


@pytest.mark.parametrize("path", cases(EXAMPLES, modules, lambda p: f"layout of {short(p)}"))
def test_examples_lists_and_operators_lie_where_the_oracle_has_them(path: Path) -> None:
    text = read(path)
    laid = by_columns(text)
    assert laid is not None
    assert laid == by_parser(text)


def short_models(root: Path) -> Iterator[Model]:
    """Exhaustive, with a recorded count, and so quick that TLC needs ten seconds at most."""
    return (m for m in models_of(root) if m.exhaustive and m.seconds <= 10 and m.distinct is not None)


@pytest.mark.parametrize("model", cases(EXAMPLES, short_models, lambda m: m.name))
def test_examples_models_have_the_recorded_verdict_and_count(
    model: Model, said: Callable[[str], None]
) -> None:
    found = counted(model.spec, model.config)
    for remark in found.remarks:
        said(remark)
    assert (found.verdict, found.distinct) == (model.verdict, model.distinct), found.shown
