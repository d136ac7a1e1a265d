"""Floor 0: a text and a place in it.

Offsets count code points. Columns are 1-based and count code points too, except that
a tab advances to the next multiple of eight: layout in TLA+ depends on it.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from msgspec import Struct

TAB_WIDTH = 8


class Source(Struct, frozen=True, dict=True):
    """A named text. `name` is what a user is shown: the path as it was given. `first_line` is the number
    of the text's first line, where it is an excerpt of something longer."""

    name: str
    text: str
    first_line: int = 1

    def __repr__(self) -> str:
        return f"Source({self.name!r})"

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Offset at which each line begins; the first line is at index 0."""
        starts = [0]
        position = self.text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        return tuple(starts)

    def line_of(self, offset: int) -> int:
        """Line number of an offset; 1-based, or as `first_line` says."""
        return bisect_right(self.line_starts, offset) + self.first_line - 1

    def column_of(self, offset: int) -> int:
        """1-based layout column of an offset (tabs expanded)."""
        start = self.line_starts[self.line_of(offset) - self.first_line]
        before = self.text[start:offset]
        if "\t" not in before:
            return len(before) + 1
        return len(before.expandtabs(TAB_WIDTH)) + 1

    def line_text(self, line: int) -> str:
        """The text of a line, by its number, without its line end."""
        index = line - self.first_line
        start = self.line_starts[index]
        end = self.line_starts[index + 1] if index + 1 < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


class Span(Struct, frozen=True):
    """The half-open range `[start, end)` of offsets in a source."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        return self.source.line_of(self.start)

    @property
    def column(self) -> int:
        return self.source.column_of(self.start)

    @property
    def end_line(self) -> int:
        return self.source.line_of(max(self.start, self.end - 1))

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """The smallest span that covers both."""
        return Span(self.source, min(self.start, other.start), max(self.end, other.end))

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    def __repr__(self) -> str:
        return f"<{self}>"
