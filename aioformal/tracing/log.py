"""The events of a log, read one at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO, Protocol, cast

from msgspec import Struct, field

from aioformal.diagnostic import Diagnostic, DiagnosticError
from aioformal.source import Source
from aioformal.tracing.event import Event
from aioformal.tracing.itf_log import itf_records
from aioformal.tracing.json_text import parse_json
from aioformal.tracing.lines import Line, Problems, lines_of, open_log
from aioformal.tracing.record import Json, Record


class EventReader(Protocol):
    """Makes an event of a record."""

    def event(self, record: Record) -> Event | None:
        """None for one that is ignored. Raises `DiagnosticError` log.*."""
        ...


class Log(Struct):
    """A log in a file. `unread` counts the fields that nobody looked at, `ignored` events, by name; both are
    known when all events have been read."""

    path: str
    unread: Counter[str] = field(default_factory=Counter[str])
    ignored: Counter[str] = field(default_factory=Counter[str])

    def events(self, reader: EventReader) -> Iterator[Event]:
        """Raises `DiagnosticError` log.*, with several problems where there are more, and file.*."""
        problems = Problems()
        with open_log(self.path) as file:
            for record in self._records(file):
                event = self._event(record, reader, problems)
                if problems.enough():
                    break
                if event is not None and not problems.found:
                    yield event
        problems.settle()

    def _event(self, record: Record | Diagnostic, reader: EventReader, problems: Problems) -> Event | None:
        if isinstance(record, Diagnostic):
            problems.add(record)
            return None
        try:
            event = reader.event(record)
        except DiagnosticError as failure:
            for problem in failure.diagnostics:
                problems.add(problem)
            return None
        if event is None:
            self.ignored[record.name] += 1
        else:
            self.unread.update(record.unread())
        return event

    def _records(self, file: BinaryIO) -> Iterator[Record | Diagnostic]:
        if self.path.endswith(".itf.json"):
            yield from itf_records(file, self.path)
            return
        for line in lines_of(file, self.path):
            yield line if isinstance(line, Diagnostic) else _record(line, self.path)


def _record(line: Line, name: str) -> Record | Diagnostic:
    source = Source(name, line.text, line.number)
    try:
        data = parse_json(source)
    except DiagnosticError as failure:
        return failure.diagnostics[0]
    record = Record(source, {}, line.number)
    if not isinstance(data, dict):
        return Diagnostic("log.malformed", "an event must be a JSON object", record.span())
    return Record(source, cast("Json", data), line.number)
