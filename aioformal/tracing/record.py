"""An object of a log, before anybody knows what it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias, cast

from msgspec import Struct, field

from aioformal.diagnostic import DiagnosticError, error
from aioformal.source import Source, Span
from aioformal.tracing.event import NOWHERE, Place
from aioformal.tracing.json_places import place_of

Json: TypeAlias = "dict[str, Any]"


class Record(Struct):
    """`source` is the text, `root` where in it the record stands, and `number` what to call it in the log:
    its line, or its place in a list. `model_values` and `ambiguous`: see `report.itf`."""

    source: Source
    data: Json
    number: int
    root: Place = NOWHERE
    model_values: frozenset[str] = frozenset()
    ambiguous: frozenset[str] = frozenset()
    used: set[str] = field(default_factory=set[str])
    name: str = ""

    def get(self, place: Place) -> object:
        """What stands at a place; None if nothing does."""
        self.used.add(cast("str", place[0]))
        found: object = self.data
        for step in place:
            if not isinstance(found, dict):
                return None
            found = cast("dict[str | int, object]", found).get(step)
        return found

    def unread(self) -> Iterator[str]:
        """The fields that nobody asked for."""
        return (name for name in self.data if name not in self.used)

    def span(self, place: Place = NOWHERE) -> Span:
        return Span(self.source, *place_of(self.source.text, (*self.root, *place)))

    def problem(
        self, code: str, message: str, place: Place = NOWHERE, hint: str | None = None
    ) -> DiagnosticError:
        return error(code, message, self.span(place), hint=hint)
