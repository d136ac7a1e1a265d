"""Text of several lines whose columns mean something: the material of `unparse`.

A block is a list of lines. Joined side by side, the second block's lines keep their columns
relative to each other, so a junction list stays aligned wherever it ends up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Block: TypeAlias = list[str]

WIDTH = 100
"""Blocks are broken over lines when they would become wider than this."""


def beside(*parts: Block | str) -> Block:
    """Each part begins where the one before it ends."""
    lines = [""]
    for part in parts:
        first, *rest = [part] if isinstance(part, str) else part
        margin = " " * len(lines[-1])
        lines[-1] += first
        lines.extend(margin + line for line in rest)
    return lines


def above(*parts: Block) -> Block:
    return [line for part in parts for line in part]


def indented(block: Block, by: int = 2) -> Block:
    return [" " * by + line for line in block]


def width(block: Block) -> int:
    return max(map(len, block))


def fits(*parts: Block | str) -> bool:
    """Can the parts stand on one line?"""
    blocks = [[part] if isinstance(part, str) else part for part in parts]
    return all(len(b) == 1 for b in blocks) and sum(len(b[0]) for b in blocks) <= WIDTH


def separated(opening: str, items: Sequence[Block], close: str) -> Block:
    """`opening a, b, c close`, on one line or with one item on each."""
    flat: list[Block | str] = [opening]
    for index, item in enumerate(items):
        flat.append(", " if index else "")
        flat.append(item)
    flat.append(close)
    if fits(*flat):
        return beside(*flat)
    tailed = [beside(item, ",") for item in items[:-1]] + [beside(items[-1], close)]
    return beside(opening, above(*tailed))
