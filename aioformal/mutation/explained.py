"""Survivors that somebody has looked at: a TOML file of mutants and reasons.

    [[survivor]]
    mutant = "Unlock: drop-guard: owner = t"
    why = "only the holder is ever told to unlock"

`mutant` is a `Mutant.name`, which holds no line number, so that it stays while lines come and go.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from aioformal.diagnostic import DiagnosticError, error
from aioformal.source import Source, Span

SUFFIX = "-survivors.toml"


def default_path(config: Path) -> Path:
    """Where explanations are looked for: NAME-survivors.toml beside NAME.cfg."""
    return config.with_name(config.stem + SUFFIX)


def load_explained(path: Path) -> Mapping[str, str]:
    """What each explained survivor is let live for.

    Raises `DiagnosticError` file.missing, file.unreadable, mutate.explained.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise error("file.missing", f"there is no file {path}") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise error("file.unreadable", f"{path} cannot be read: {problem}") from None
    source = Source(str(path), text)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise error("mutate.explained", f"{path} is no TOML: {problem}", _whole(source)) from None
    unknown = sorted(set(table) - {"survivor"})
    if unknown:
        raise _wrong(source, f"there is no table {unknown[0]!r}", unknown[0])
    rows = table.get("survivor", [])
    if not isinstance(rows, list):
        raise _wrong(source, "`survivor` is no list of tables", "survivor")
    return dict(_row(source, row) for row in cast("list[Any]", rows))


def _row(source: Source, row: Any) -> tuple[str, str]:
    match row:
        case {"mutant": str(mutant), "why": str(why), **rest} if not rest and why.strip():
            return mutant, why
        case _:
            raise _wrong(source, "a survivor has exactly `mutant` and `why`, both texts", "[[survivor]]")


HINT = 'write [[survivor]] with mutant = "..." as mutate prints it, and why = "..."'


def _wrong(source: Source, message: str, near: str) -> DiagnosticError:
    start = source.text.find(near)
    span = _whole(source) if start < 0 else Span(source, start, start + len(near))
    return error("mutate.explained", message, span, hint=HINT)


def _whole(source: Source) -> Span:
    end = source.text.find("\n")
    return Span(source, 0, len(source.text) if end < 0 else end)
