"""Which .tla a .cfg belongs to, and what its comments say: `\\* spec: FILE`, `\\* expect: WORD NAMES`,
`\\* depth: N`. For a .cfg that a matrix.toml beside it names, the row there says the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from aioformal.matrix.expectation import Row

LARGEST = 1_000_000
"""Bytes of the largest configuration that is looked into."""

SPEC = re.compile(r"^\s*\\\*\s*spec:\s*(\S+)\s*$", re.MULTILINE)
EXPECT = re.compile(r"^\s*\\\*\s*expect:[ \t]*(.*?)\s*$", re.MULTILINE)
DEPTH = re.compile(r"^\s*\\\*\s*depth:[ \t]*(.*?)\s*$", re.MULTILINE)
CONSEQUENCE = "consequence"
"""Of a property whose violation only follows from another defect: whatever it is, it is no claim."""
WORDS = ("proved", "holds", "violated", "vacuous", "unknown", CONSEQUENCE)
DEADLOCK = "deadlock"
MATRIX = "matrix.toml"


class Expectation(Struct, frozen=True):
    """What is said of a property: the word that is expected, and where that is said."""

    name: str
    word: str
    place: str


class ExpectationError(Exception):
    """A comment that cannot be read, or names no property."""


def specification_of(config: Path) -> Path | None:
    """The .tla of a .cfg: the one that a comment names, NAME.tla, or that of the longest NAME for which the
    .cfg is called NAME-variant or NAME_variant, or that of a matrix's row. None for a .cfg that is not about
    TLA+. Of a matrix that cannot be read, its own path: `row_of` says what is wrong with it."""
    named = SPEC.search(_text(config))
    if named is not None:
        return config.parent / named[1]
    found = next((path for path in _candidates(config) if path.is_file()), None)
    return _of_a_matrix(config) if found is None else found


def _of_a_matrix(config: Path) -> Path | None:
    file = config.with_name(MATRIX)
    if config.name not in _text(file):
        return None
    from aioformal.diagnostic import DiagnosticError

    try:
        row = row_of(config)
    except DiagnosticError:
        return file
    return None if row is None else Path(row.task.spec)


def row_of(config: Path) -> Row | None:
    """The row of a matrix.toml beside a .cfg that names it. Raises `DiagnosticError`."""
    file = config.with_name(MATRIX)
    if config.name not in _text(file):
        return None
    from aioformal.matrix.reading import load_matrix

    named = [row for row in load_matrix(file).rows if row.task.config is not None]
    return next((row for row in named if Path(str(row.task.config)).resolve() == config.resolve()), None)


def _candidates(config: Path) -> Iterator[Path]:
    name = config.stem
    while name:
        yield config.with_name(f"{name}.tla")
        name = name[: max(name.rfind("-"), name.rfind("_"), 0)]


def _text(config: Path) -> str:
    """The text of a configuration; nothing of what cannot be one."""
    try:
        if config.stat().st_size > LARGEST:
            return ""
        return config.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def expectations(config: Path, names: list[str]) -> dict[str, Expectation]:
    """What the comments of a configuration expect, by property; without any, what a matrix expects of it.
    Raises `ExpectationError`."""
    text = _text(config)
    found: dict[str, Expectation] = {}
    for comment in EXPECT.finditer(text):
        place = f"{config.name}:{_line(text, comment)}"
        for one in _read(comment[1], place, names):
            if one.name in found:
                raise ExpectationError(f"{place}: {one.name} has two expectations")
            found[one.name] = one
    row = None if found else row_of(config)
    return found if row is None else _of_row(row, names)


def _of_row(row: Row, names: list[str]) -> dict[str, Expectation]:
    cells = {name: row.expected(name) for name in names}
    place = f"{MATRIX}, row {row.name},"
    return {name: Expectation(name, cell.word, place) for name, cell in cells.items() if cell is not None}


def depth_of(config: Path) -> int | None:
    """How many steps a comment lets a search look ahead; None for all. Raises `ExpectationError`."""
    text = _text(config)
    comment = DEPTH.search(text)
    if comment is None:
        return None
    if not comment[1].isdecimal() or len(comment[1]) > 9:
        place = f"{config.name}:{_line(text, comment)}"
        raise ExpectationError(f"{place}: `depth: {comment[1]}` is no number of steps, as in `depth: 16`")
    return int(comment[1])


def _line(text: str, comment: re.Match[str]) -> int:
    return text.count("\n", 0, comment.start(1)) + 1


def _read(text: str, place: str, names: list[str]) -> Iterator[Expectation]:
    word, *listed = text.replace(",", " ").split() or [""]
    if word == DEADLOCK and not listed:
        word, listed = "violated", [DEADLOCK]
    if word not in WORDS:
        known = ", ".join((*WORDS, DEADLOCK))
        raise ExpectationError(f"{place}: `{word}` is no expectation{_guess(word, list(WORDS))}: {known}")
    if not listed:
        raise ExpectationError(f"{place}: `expect: {word}` names no property, as in `expect: {word} Inv`")
    for name in listed:
        if name not in names:
            known = ", ".join(names) or "none"
            message = f"{name} is no property of this configuration{_guess(name, names)}; it has: {known}"
            raise ExpectationError(f"{place}: {message}")
        yield Expectation(name, word, place)


def _guess(word: str, known: list[str]) -> str:
    from aioformal.diagnostic import nearest

    close = nearest(word, known)
    return f" (did you mean {close}?)" if close else ""
