"""A diagnostic as text: the message, the line it is about with carets below, notes and a hint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aioformal.diagnostic import Diagnostic, Severity
from aioformal.source import TAB_WIDTH, Span

WIDEST = 96
"""Columns of a source line that are shown; a longer line is cut to a window around its place."""

MOST_SHOWN = 20
URGENCY = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def render_diagnostics(diagnostics: Sequence[Diagnostic]) -> str:
    """All diagnostics as text, errors last, so that they stand next to the prompt. Of many, notes are left
    out first."""
    shown = sorted(diagnostics, key=lambda d: d.severity is Severity.ERROR)
    urgent = sorted(range(len(shown)), key=lambda index: URGENCY.index(shown[index].severity))
    texts = [render_diagnostic(shown[index]) for index in sorted(urgent[:MOST_SHOWN])]
    if len(shown) > MOST_SHOWN:
        texts.append(f"... and {len(shown) - MOST_SHOWN} more\n")
    return "\n".join(texts)


def pointer(diagnostics: Sequence[Diagnostic]) -> str:
    """Where more is said about the first error; empty without one."""
    errors = [d for d in diagnostics if d.severity is Severity.ERROR]
    return f"`aioformal explain {errors[0].code}` says more\n" if errors else ""


def render_diagnostic(diagnostic: Diagnostic) -> str:
    """One diagnostic, several lines, with a line end."""
    return "".join(f"{line}\n" for line in _lines(diagnostic))


def _lines(diagnostic: Diagnostic) -> Iterator[str]:
    yield f"{diagnostic.severity.value}[{diagnostic.code}]: {diagnostic.message}"
    if diagnostic.span is not None:
        yield from snippet(diagnostic.span)
    for note in diagnostic.notes:
        yield f"  note: {note.message}"
        if note.span is not None:
            yield from snippet(note.span)
    if diagnostic.hint is not None:
        yield f"  help: {diagnostic.hint}"


def snippet(span: Span) -> Iterator[str]:
    """`  --> file:line:column`, the line, and carets below the place."""
    margin = " " * len(str(span.line))
    yield f"{margin} --> {span}"
    full = span.source.line_text(span.line).expandtabs(TAB_WIDTH)
    if not full.strip():
        return
    first, length = _extent(span, len(full))
    shown, indent = _window(full, first)
    carets = "^" * max(1, min(length, len(shown) - indent))
    yield f"{margin} |"
    yield f"{span.line} | {_printable(shown)}"
    yield f"{margin} | {' ' * indent}{carets}"


def _extent(span: Span, line_length: int) -> tuple[int, int]:
    """0-based first column of the place in its first line, and its length there."""
    first = span.column - 1
    if span.end_line > span.line:
        return first, line_length - first
    return first, span.source.column_of(span.end) - span.column


def _window(line: str, first: int) -> tuple[str, int]:
    """The part of a line to be shown, and where the place is in it."""
    if len(line) <= WIDEST:
        return line, first
    start = max(0, first - WIDEST // 3)
    piece = line[start : start + WIDEST]
    before = "..." if start > 0 else ""
    after = "..." if start + WIDEST < len(line) else ""
    return before + piece + after, first - start + len(before)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
