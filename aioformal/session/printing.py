"""What Print and PrintT say while a specification is checked."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

from aioformal.diagnostic import Diagnostic, Note, Severity
from aioformal.evidence.verdict import Exploration
from aioformal.resolve.model import FlatModule
from aioformal.resolve.traverse import walk
from aioformal.syntax import ast
from aioformal.value.tlc import OUTPUT

MOST_LINES = 20
PRINTING = frozenset({"Print", "PrintT"})
REFERENCE = "reference semantics"


class Printed:
    """Different lines in the order in which they first came. How often one is printed depends on how a
    formula is evaluated, and means nothing."""

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}
        self._more = False

    @contextmanager
    def listening(self) -> Generator[None]:
        """What is printed herein is kept, the first `MOST_LINES` lines of it."""
        before, OUTPUT.sink = OUTPUT.sink, self._keep
        try:
            yield
        finally:
            OUTPUT.sink = before

    def _keep(self, line: str) -> None:
        if line in self._lines:
            return
        if len(self._lines) < MOST_LINES:
            self._lines[line] = None
        else:
            self._more = True

    def remarks(self, flat: FlatModule, seen: Exploration | None) -> Iterator[Diagnostic]:
        """The lines, and whether there could be others."""
        notes = [Note(line) for line in self._lines]
        if self._more:
            notes.append(Note(f"... and more: the first {MOST_LINES} different lines are shown"))
        if notes:
            message = "the specification prints (each line is shown once)"
            yield Diagnostic("run.print", message, severity=Severity.NOTE, notes=tuple(notes))
        details = None if seen is None else seen.details
        if details is not None and details.runner != REFERENCE and _prints(flat):
            message = "Print and PrintT in steps and properties are not shown: machine code prints nothing"
            hint = "--engine explicit-reference shows them"
            yield Diagnostic("run.print", message, severity=Severity.NOTE, hint=hint)


def _prints(flat: FlatModule) -> bool:
    """Whether a definition of the specification uses one of the two."""
    return any(
        isinstance(node, ast.Name) and node.binding is not None and node.binding.key in PRINTING
        for definition in flat.definitions.values()
        if definition.module not in ("TLC", "TLCExt")
        for node in walk(definition.body)
    )
