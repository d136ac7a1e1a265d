"""Reads the language standard's tests: a name, attributes, a text and a tree, as tree-sitter has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HEADER = re.compile(r"^=+\|\|\|\n(?P<head>.*?)^=+\|\|\|\n(?P<text>.*?)^-+\|\|\|\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class SyntaxCase:
    """A text that is to be accepted, or with `error` rejected."""

    name: str
    text: str
    error: bool


def tests_of(root: Path) -> Path:
    """The tests' folder: the repository has moved, and they with it."""
    return next(p for p in (root / "language_standard" / "tests", root / "tests") if p.is_dir())


def syntax_cases(root: Path) -> Iterator[SyntaxCase]:
    folder = tests_of(root) / "tlaplus_syntax"
    for path in sorted(folder.rglob("*.txt")):
        content = path.read_text(encoding="utf-8")
        for number, found in enumerate(HEADER.finditer(content), 1):
            title, *attributes = found["head"].strip().splitlines()
            name = f"{path.relative_to(folder).with_suffix('').as_posix()} {number} {title}"
            yield SyntaxCase(name, found["text"], ":error" in attributes)


def semantic_errors(root: Path) -> Iterator[Path]:
    """Modules that have to be rejected; the name begins with the standard's code of the error."""
    yield from sorted((tests_of(root) / "tlaplus_semantic_errors").glob("E*_Test.tla"))


def semantic_warnings(root: Path) -> Iterator[Path]:
    """Modules that have to be accepted."""
    yield from sorted((tests_of(root) / "tlaplus_semantic_errors").glob("W*_Test.tla"))


def semantics(root: Path) -> Iterator[Path]:
    """Modules whose names and levels the standard asserts."""
    yield from sorted((tests_of(root) / "tlaplus_semantics").glob("*Test.tla"))
