"""Which .tla a .cfg belongs to, and what its comments say: `\\* spec: FILE`, `\\* expect: WORD NAMES`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LARGEST = 1_000_000
"""Bytes of the largest configuration that is looked into."""

SPEC = re.compile(r"^\s*\\\*\s*spec:\s*(\S+)\s*$", re.MULTILINE)
EXPECT = re.compile(r"^\s*\\\*\s*expect:[ \t]*(.*?)\s*$", re.MULTILINE)
WORDS = ("proved", "holds", "violated", "vacuous", "unknown")
DEADLOCK = "deadlock"


@dataclass(frozen=True)
class Expectation:
    """What a comment says of a property: the word that is expected, and the line of the comment."""

    name: str
    word: str
    line: int


class ExpectationError(Exception):
    """A comment that cannot be read, or names no property."""


def specification_of(config: Path) -> Path | None:
    """The .tla of a .cfg: the one that a comment names, NAME.tla, or that of the longest NAME for which the
    .cfg is called NAME-variant or NAME_variant. None for a .cfg that is not about TLA+."""
    named = SPEC.search(_text(config))
    if named is not None:
        return config.parent / named[1]
    return next((path for path in _candidates(config) if path.is_file()), None)


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
    """What the comments of a configuration expect, by property. Raises `ExpectationError`."""
    text = _text(config)
    found: dict[str, Expectation] = {}
    for comment in EXPECT.finditer(text):
        line = text.count("\n", 0, comment.start(1)) + 1
        for one in _read(comment[1], line, names, config.name):
            if one.name in found:
                raise ExpectationError(f"{config.name}:{line}: {one.name} has two expectations")
            found[one.name] = one
    return found


def _read(text: str, line: int, names: list[str], file: str) -> Iterator[Expectation]:
    word, *listed = text.replace(",", " ").split() or [""]
    if word == DEADLOCK and not listed:
        word, listed = "violated", [DEADLOCK]
    if word not in WORDS:
        known = ", ".join((*WORDS, DEADLOCK))
        raise ExpectationError(
            f"{file}:{line}: `{word}` is no expectation{_guess(word, list(WORDS))}: {known}"
        )
    if not listed:
        raise ExpectationError(
            f"{file}:{line}: `expect: {word}` names no property, as in `expect: {word} Inv`"
        )
    for name in listed:
        if name not in names:
            known = ", ".join(names) or "none"
            message = f"{name} is no property of this configuration{_guess(name, names)}; it has: {known}"
            raise ExpectationError(f"{file}:{line}: {message}")
        yield Expectation(name, word, line)


def _guess(word: str, known: list[str]) -> str:
    from aioformal.diagnostic import nearest

    close = nearest(word, known)
    return f" (did you mean {close}?)" if close else ""
