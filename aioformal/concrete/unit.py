"""Generated Python text, and the way back from a place in it to a place in the specification.

While text is put together, the part that belongs to a TLA+ node stands between marks. Linking takes
the marks out and remembers the regions. Python knows for every instruction which part of the text it
came from (PEP 657), so the innermost region around it is the TLA+ expression that failed: nothing
is spent on places while all goes well.
"""

from __future__ import annotations

import re
from itertools import count
from types import CodeType, TracebackType
from typing import ClassVar

from msgspec import Struct

from aioformal.source import Span

_MARK = re.compile("\x01([0-9]+)\x02|\x03")
_PREFIX = "<aioformal generated "


class SpanTable:
    """Numbers for the spans in marks."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self._numbers: dict[tuple[int, int, int], int] = {}

    def mark(self, span: Span, text: str) -> str:
        """`text`, marked as what a span was compiled to."""
        key = (id(span.source), span.start, span.end)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.spans)
            self.spans.append(span)
        return f"\x01{number}\x02{text}\x03"


class Region(Struct, frozen=True):
    """Offsets `[start, end)` of generated text, and the span that they came from."""

    start: int
    end: int
    span: Span


class Unit:
    """One piece of compiled text. Units are kept for as long as the process lives, like modules."""

    _all: ClassVar[dict[str, Unit]] = {}
    _numbers: ClassVar[count[int]] = count()

    def __init__(self, marked: str, spans: SpanTable) -> None:
        self.filename = f"{_PREFIX}{next(self._numbers)}>"
        self.text, self.regions = _take_out_marks(marked, spans)
        self._all[self.filename] = self

    @classmethod
    def of(cls, filename: str) -> Unit | None:
        """The unit that a code object's file name stands for, if it is one."""
        return cls._all.get(filename)

    def compile(self) -> CodeType:
        return compile(self.text, self.filename, "exec", dont_inherit=True, optimize=0)

    def span_at(self, code: CodeType, instruction: int) -> Span | None:
        """The span of the innermost region around an instruction (an index into the bytecode)."""
        positions = list(code.co_positions())
        line, end_line, column, end_column = positions[instruction // 2]
        if line is None or end_line is None or column is None or end_column is None:
            return self._smallest(self._starts[code.co_firstlineno - 1], None)
        return self._smallest(self._starts[line - 1] + column, self._starts[end_line - 1] + end_column)

    @property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def _smallest(self, start: int, end: int | None) -> Span | None:
        """Of the regions around `[start, end)` the shortest; without an end, of those from `start` on
        the first."""
        if end is None:
            later = [region for region in self.regions if region.start >= start]
            return min(later, key=lambda r: (r.start, -r.end)).span if later else None
        around = [r for r in self.regions if r.start <= start and end <= r.end]
        return min(around, key=lambda r: r.end - r.start).span if around else None


def _take_out_marks(marked: str, spans: SpanTable) -> tuple[str, list[Region]]:
    parts: list[str] = []
    regions: list[Region] = []
    open_marks: list[tuple[int, Span]] = []
    length = position = 0
    for match in _MARK.finditer(marked):
        parts.append(marked[position : match.start()])
        length += match.start() - position
        position = match.end()
        if match.group(1) is not None:
            open_marks.append((length, spans.spans[int(match.group(1))]))
        else:
            start, span = open_marks.pop()
            regions.append(Region(start, length, span))
    parts.append(marked[position:])
    return "".join(parts), regions


class Place(Struct, frozen=True):
    """A generated function on the stack, and the span that it is at."""

    function: str
    span: Span


def places(traceback: TracebackType | None) -> list[Place]:
    """The generated functions on the stack of an exception, outermost first."""
    found: list[Place] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        unit = Unit.of(code.co_filename)
        span = unit.span_at(code, traceback.tb_lasti) if unit else None
        if span is not None:
            found.append(Place(code.co_name, span))
        traceback = traceback.tb_next
    return found
