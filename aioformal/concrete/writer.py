"""Lines of Python with indentation."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager


class Writer:
    """Collects the body of one function. `loops` counts the loops around the current line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.indent = 1
        self.loops = 0

    def line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    @contextmanager
    def block(self, head: str) -> Generator[None]:
        """A statement with a block: `if`, `for`."""
        self.line(head)
        self.indent += 1
        self.loops += head.startswith("for ")
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.line("pass")
        self.loops -= head.startswith("for ")
        self.indent -= 1

    @property
    def is_deep(self) -> bool:
        """Whether Python's own limits on nesting come near: 20 loops, 100 levels."""
        return self.indent > 30 or self.loops > 12
