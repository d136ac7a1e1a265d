"""How deep syntax may nest. Every later stage recurses over expressions and relies on it."""

from __future__ import annotations

import sys

MAX_DEPTH = 500
"""The deepest expression that is accepted, in AST nodes and in open brackets."""

FRAMES_PER_LEVEL = 20
"""Python frames that any stage may spend on one level of an expression."""


def make_room() -> None:
    """Raise Python's recursion limit to what `MAX_DEPTH` needs; never lower it."""
    needed = MAX_DEPTH * FRAMES_PER_LEVEL
    if sys.getrecursionlimit() < needed:
        sys.setrecursionlimit(needed)
