"""The language standard: what it says is TLA+ is accepted, and what it says is not is rejected."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.session import Session
from aioformal.source import Source
from aioformal.syntax import parse_module
from tests.external.checkouts import STANDARD, cases
from tests.external.standard import (
    SyntaxCase,
    semantic_errors,
    semantic_warnings,
    semantics,
    syntax_cases,
)


@pytest.mark.parametrize("case", cases(STANDARD, syntax_cases, lambda c: c.name))
def test_standard_syntax_is_accepted_or_rejected_as_it_says(case: SyntaxCase) -> None:
    source = Source("standard", case.text)
    if case.error:
        with pytest.raises(DiagnosticError):
            parse_module(source)
    else:
        parse_module(source)


@pytest.mark.parametrize("path", cases(STANDARD, semantic_errors, lambda p: p.stem))
def test_standard_semantic_errors_are_rejected(path: Path) -> None:
    with pytest.raises(DiagnosticError):
        Session(str(path)).flat  # noqa: B018


@pytest.mark.parametrize("path", cases(STANDARD, semantic_warnings, lambda p: p.stem))
def test_standard_semantic_warnings_are_accepted(path: Path) -> None:
    assert Session(str(path)).flat.definitions is not None


@pytest.mark.parametrize("path", cases(STANDARD, semantics, lambda p: p.stem))
def test_standard_modules_are_resolved(path: Path) -> None:
    assert Session(str(path)).flat.definitions
