"""A map as TOML, and where in its text everything stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cached_property
from typing import Any, TypeAlias, cast

from msgspec import Struct, field

from aioformal.diagnostic import Diagnostic, DiagnosticError, error, nearest
from aioformal.source import Source, Span

Table: TypeAlias = "dict[str, Any]"
KeyPath: TypeAlias = "tuple[str, ...]"

KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
DOTTED = rf"{KEY}(?:\s*\.\s*{KEY})*"
HEADER = re.compile(rf"\s*\[\[?\s*({DOTTED})\s*\]")
ENTRY = re.compile(rf"\s*({DOTTED})\s*=")
ONE_KEY = re.compile(KEY)
AT = re.compile(r"at line (\d+), column (\d+)")


class MapDocument(Struct, dict=True):
    """The tables of a map. Problems are gathered, so that several can be said at once."""

    source: Source
    tables: Table
    problems: list[Diagnostic] = field(default_factory=list[Diagnostic])

    @cached_property
    def _places(self) -> list[tuple[KeyPath, Span]]:
        return list(_places_in(self.source))

    def span(self, path: KeyPath, word: str | None = None) -> Span:
        """Where a key stands, or `word` in what follows it; the nearest that there is."""
        for length in range(len(path), 0, -1):
            for place, found in self._places:
                if place == path[:length]:
                    inner = [*path[length:], *([] if word is None else [word])]
                    return self._inside(found, inner)
        return Span(self.source, 0, 0)

    def _inside(self, found: Span, words: list[str]) -> Span:
        """The first place of the last word after a key, and before the next."""
        text = self.source.text
        following = [span.start for _, span in self._places if span.start > found.start]
        end = min(following, default=len(text))
        start = found.start
        for word in words:
            at = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])").search(text, start, end)
            if at is None:
                break
            start, found = at.end(), Span(self.source, at.start(), at.end())
        return found

    def problem(self, message: str, path: KeyPath, word: str | None = None, hint: str | None = None) -> None:
        self.problems.append(Diagnostic("map.invalid", message, self.span(path, word), hint=hint))

    def table(self, holder: Table, path: KeyPath) -> Table:
        """The table under the last key of a path; an empty one if there is none."""
        value = holder.get(path[-1], {})
        if isinstance(value, dict):
            return cast("Table", value)
        self.problem(f"{'.'.join(path)} must be a table", path)
        return {}

    def text(self, holder: Table, path: KeyPath) -> str | None:
        value = holder.get(path[-1])
        if value is None or (isinstance(value, str) and value):
            return value
        self.problem(f"{path[-1]} must be a text that is not empty", path)
        return None

    def texts(self, holder: Table, path: KeyPath) -> tuple[str, ...]:
        value = holder.get(path[-1], [])
        if isinstance(value, list) and all(isinstance(one, str) for one in cast("list[object]", value)):
            return tuple(cast("list[str]", value))
        self.problem(f"{path[-1]} must be a list of texts", path)
        return ()

    def number(self, holder: Table, path: KeyPath, default: float) -> float:
        value = holder.get(path[-1], default)
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return value
        self.problem(f"{path[-1]} must be a number that is not negative", path)
        return default

    def only(self, holder: Table, path: KeyPath, known: tuple[str, ...]) -> None:
        """Says which keys of a table mean nothing."""
        for key in holder:
            if key not in known:
                guess = nearest(key, known)
                hint = f"did you mean {guess}?" if guess else f"known here: {', '.join(known)}"
                where = f" in [{'.'.join(path)}]" if path else ""
                self.problem(f"{key!r} means nothing{where}", (*path, key), hint=hint)

    def settle(self) -> None:
        """Raises `DiagnosticError` with everything that was said."""
        if self.problems:
            raise DiagnosticError(self.problems)


def parse_map(name: str, text: str) -> MapDocument:
    """The document of a map. Raises `DiagnosticError` map.syntax."""
    source = Source(name, text)
    try:
        return MapDocument(source, tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        message = AT.sub("", str(problem)).strip(" ()") or "nested too deeply"
        raise error("map.syntax", f"the map is no TOML: {message}", _span_of(source, problem)) from None


def _span_of(source: Source, problem: Exception) -> Span:
    found = AT.search(str(problem))
    if found is None:
        return Span(source, max(0, len(source.text.rstrip()) - 1), len(source.text.rstrip()))
    start = source.line_starts[min(int(found[1]), len(source.line_starts)) - 1] + int(found[2]) - 1
    return Span(source, min(start, len(source.text)), min(start + 1, len(source.text)))


def _places_in(source: Source) -> Iterator[tuple[KeyPath, Span]]:
    """Every key at the beginning of a line, with its tables in front, and what it stands on."""
    table: KeyPath = ()
    for start in source.line_starts:
        line = source.text[start:].split("\n", 1)[0] if start < len(source.text) else ""
        header, entry = HEADER.match(line), ENTRY.match(line)
        if header is not None:
            table = _keys(header[1])
            yield table, Span(source, start + header.start(1), start + header.end(1))
        elif entry is not None:
            end = start + len(line.rstrip())
            yield (*table, *_keys(entry[1])), Span(source, start + entry.start(1), end)


def _keys(dotted: str) -> KeyPath:
    return tuple(key.strip("\"'") for key in ONE_KEY.findall(dotted))
