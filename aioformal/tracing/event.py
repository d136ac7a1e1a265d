"""What a log says: events, and what each of them asks of a step and of the states around it."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from msgspec import Struct

from aioformal.source import Source, Span
from aioformal.tracing.json_places import place_of
from aioformal.tracing.variable_path import VariablePath
from aioformal.value.format import format_value
from aioformal.value.values import Value

Place: TypeAlias = "tuple[str | int, ...]"
"""Where something stands in a JSON document: keys and indices from the outside in."""

NOWHERE: Place = ()


class Want(NamedTuple):
    """A value that the log gives. `pool`: the set whose members it names (then `raw` is what the log calls
    the member); without one it is `value`. `field`: where in the event it stands."""

    field: Place
    value: Value | None
    pool: str | None = None
    raw: str = ""

    def text(self) -> str:
        if self.value is not None:
            return format_value(self.value)
        return self.raw


class Box(Struct, frozen=True):
    """When an event happened: some time from `earliest` to `latest`, both included, in its unit."""

    earliest: float
    latest: float


class Event(Struct, frozen=True):
    """One event of a log.

    `line`: of the log, from 1. `actions`: those that its step may be of, None for any; empty for an event
    that is no step, but only looks at the state. `parameters`, `before`, `after`: what is known of the step's
    arguments, and of the states. `released`: names, by pool, that name nobody any more after it. `text` is
    what the log says, `root` where in it the event stands.
    """

    line: int
    name: str
    actions: frozenset[str] | None
    parameters: tuple[tuple[str, Want], ...]
    before: tuple[tuple[VariablePath, Want], ...]
    after: tuple[tuple[VariablePath, Want], ...]
    released: tuple[tuple[str, str], ...]
    box: Box
    lane: str | None
    log: str
    text: str
    name_field: Place = NOWHERE
    root: Place = NOWHERE
    text_line: int = 0

    @property
    def is_step(self) -> bool:
        return self.actions is None or bool(self.actions)

    def span(self, field: Place = NOWHERE) -> Span:
        """A part of the event in the log; the whole of it if the part is not to be found."""
        source = Source(self.log, self.text, self.text_line or self.line)
        return Span(source, *place_of(self.text, (*self.root, *field)))

    def said(self, field: Place) -> str:
        """What the event says in a field, as it stands in the log."""
        start, end = place_of(self.text, (*self.root, *field))
        written = self.text[start:end]
        key = written.find(":") if field and isinstance(field[-1], str) else -1
        return written[key + 1 :].strip() if written.startswith('"') else written
