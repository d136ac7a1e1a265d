"""The data file of a matrix, in TOML; docs/matrix.md has all its keys.

TOML keeps no places, so that of an error is looked for in the text, from the beginning of its row.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn, cast

from aioformal.diagnostic import DiagnosticError, error, nearest
from aioformal.matrix.expectation import Cell, Matrix, Row, Task
from aioformal.report.result import Word
from aioformal.source import Source, Span

FILE = "matrix.toml"
"""What the data file of a folder is called."""

ENGINES = ("auto", "explicit", "explicit-reference", "bmc", "k-induction")
LISTS: tuple[Word, ...] = ("proved", "holds", "vacuous", "unknown")
DEFAULTS = {"spec", "engine", "depth", "timeout"}
KEYS = DEFAULTS | {"name", "config", "title", "commit", "when", "text", "violated", "others", *LISTS}
ROW_KEYS = KEYS | {"consequences", "shows"}
TOP_KEYS = DEFAULTS | {"title", "opening", "closing", "others", "row"}


def load_matrix(path: Path) -> Matrix:
    """Reads FILE.toml, or the matrix.toml of a folder.

    Raises `DiagnosticError` file.missing, file.unreadable, matrix.malformed.
    """
    file = path / FILE if path.is_dir() else path
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = "docs/matrix.md says what goes into it" if path.is_dir() else None
        raise error("file.missing", f"there is no file {file}", hint=hint) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise error("file.unreadable", f"{file} cannot be read: {problem}") from None
    return _Reader(file, Source(str(file), text)).matrix()


class _Reader:
    """`start`: the offset of the row that is being read."""

    def __init__(self, file: Path, source: Source) -> None:
        self._file = file
        self._source = source
        self._start = 0

    def matrix(self) -> Matrix:
        top = self._table()
        self._known(top, TOP_KEYS)
        self._others(top)
        rows = top.get("row", [])
        if not isinstance(rows, list) or not rows:
            self._wrong("a matrix has rows: one [[row]] for each", "row")
        read = tuple(self._rows(cast("list[dict[str, Any]]", rows), top))
        texts = [self._text(top, key) for key in ("title", "opening", "closing")]
        return Matrix(self._file, texts[0], texts[1], texts[2], read)

    def _table(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._source.text)
        except tomllib.TOMLDecodeError as problem:
            raise error(
                "matrix.malformed", f"this is no TOML: {problem}", self._line_of(str(problem))
            ) from None

    def _rows(self, tables: list[dict[str, Any]], top: Mapping[str, Any]) -> Iterator[Row]:
        names: set[str] = set()
        for table in tables:
            self._start = max(0, self._source.text.find("[[row]]", self._start))
            row = self._row(table, top)
            if row.name in names:
                self._wrong(f"there are two rows {row.name!r}", row.name)
            names.add(row.name)
            yield row
            self._start += 1

    def _row(self, table: Mapping[str, Any], top: Mapping[str, Any]) -> Row:
        self._known(table, ROW_KEYS)
        task = self._task({**{k: v for k, v in top.items() if k in DEFAULTS}, **table})
        name = self._text(table, "name") or Path(task.config or task.spec).stem
        cells = dict(self._cells(table))
        consequences, shows = (self._names(table, key) for key in ("consequences", "shows"))
        for key, known in (("consequences", consequences), ("shows", shows)):
            for prop in known:
                if prop not in cells or cells[prop].word != "violated":
                    self._wrong(f"{prop} is among `{key}`, but not expected to be violated", key)
        texts = [self._text(table, key) for key in ("title", "commit", "when", "text")]
        others = self._others({**top, **table})
        return Row(
            name, task, texts[0], texts[1], texts[2], texts[3], cells, others, frozenset(consequences), shows
        )

    def _task(self, table: Mapping[str, Any]) -> Task:
        spec, config = self._text(table, "spec"), self._text(table, "config")
        if not spec:
            self._wrong("a row needs `spec`, its own or one for all rows", "[[row]]")
        engine = self._text(table, "engine") or "explicit"
        if engine not in ENGINES:
            self._wrong(f"there is no engine {engine!r}", "engine", hint=f"there are {', '.join(ENGINES)}")
        depth, seconds = table.get("depth"), table.get("timeout", 120)
        if depth is not None and not _is_count(depth):
            self._wrong("`depth` is a number of steps", "depth")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            self._wrong("`timeout` is a number of seconds, 0 for no limit", "timeout")
        paths = self._path("spec", spec), self._path("config", config) if config else None
        return Task(*paths, engine, depth, float(seconds) or None)

    def _path(self, key: str, name: str) -> str:
        path = self._file.parent / name
        if not path.is_file():
            self._wrong(f"`{key}` names no file: {path}", name)
        return _shortest(path)

    def _cells(self, table: Mapping[str, Any]) -> Iterator[tuple[str, Cell]]:
        seen: set[str] = set()
        listed = [(name, Cell(word)) for word in LISTS for name in self._names(table, word)]
        for name, cell in (*listed, *self._violations(table)):
            if name in seen:
                self._wrong(f"two verdicts are expected of {name}", name)
            seen.add(name)
            yield name, cell

    def _violations(self, table: Mapping[str, Any]) -> Iterator[tuple[str, Cell]]:
        violated = table.get("violated", {})
        if not isinstance(violated, dict):
            self._wrong("`violated` is a table: { Property = steps, ... }", "violated")
        for name, steps in cast("dict[str, Any]", violated).items():
            if not _is_count(steps):
                self._wrong(f"how many steps {name} is violated in is a number", name)
            yield name, Cell("violated", steps)

    def _names(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        names = table.get(key, [])
        if not isinstance(names, list) or not all(isinstance(n, str) for n in cast("list[Any]", names)):
            self._wrong(f'`{key}` is a list of properties: ["TypeOK", ...]', key)
        return tuple(cast("list[str]", names))

    def _others(self, table: Mapping[str, Any]) -> Cell | None:
        others = table.get("others")
        if others is None:
            return None
        for word in LISTS:
            if others == word:
                return Cell(word)
        return self._wrong(f"`others` is one of {', '.join(LISTS)}", "others")

    def _text(self, table: Mapping[str, Any], key: str) -> str:
        text = table.get(key, "")
        if not isinstance(text, str):
            self._wrong(f"`{key}` is a text", key)
        return text

    def _known(self, table: Mapping[str, Any], keys: set[str]) -> None:
        for key in table:
            if key not in keys:
                near = nearest(key, keys)
                hint = f"did you mean {near}?" if near else f"there are {', '.join(sorted(keys))}"
                self._wrong(f"there is no key {key!r}", key, hint=hint)

    def _wrong(self, message: str, near: str, hint: str | None = None) -> NoReturn:
        raise self._error(message, near, hint)

    def _error(self, message: str, near: str, hint: str | None) -> DiagnosticError:
        found = self._source.text.find(near, self._start)
        start, end = (self._start, self._start) if found < 0 else (found, found + len(near))
        hint = hint or "docs/matrix.md describes the file"
        return error("matrix.malformed", message, Span(self._source, start, end), hint=hint)

    def _line_of(self, problem: str) -> Span:
        """The line that tomllib names in its message, "... (at line 3, column 7)"."""
        digits = problem.partition("at line ")[2].partition(",")[0]
        starts = self._source.line_starts
        start = starts[int(digits) - 1] if digits.isdigit() else starts[-1]
        end = self._source.text.find("\n", start)
        return Span(self._source, start, len(self._source.text) if end < 0 else end)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _shortest(path: Path) -> str:
    """The path from here where that is possible without `..`."""
    resolved = path.resolve()
    here = Path.cwd()
    return str(resolved.relative_to(here) if resolved.is_relative_to(here) else path)
