"""Python text that is laid out to a width, and knows the line of the specification that it comes from."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Literal, TypeAlias

from msgspec import Struct

WIDTH = 96

Piece: TypeAlias = "Doc | str"
Row: TypeAlias = tuple[str, int | None]


class Doc(Struct, frozen=True, dict=True):
    """A piece of an expression. What does not fit into a line, or comes from several of the specification,
    is broken at the outermost brackets: `list` has one item in a line, with commas, `words` one operand or
    clause; `glue` is not broken itself."""

    head: str
    items: tuple[Piece, ...]
    separator: str
    tail: str
    style: Literal["list", "words", "glue"]
    line: int | None = None

    @cached_property
    def flat(self) -> str:
        return self.head + self.separator.join(map(flat, self.items)) + self.tail

    @cached_property
    def places(self) -> frozenset[int]:
        """The lines of the specification that it comes from."""
        own = frozenset[int]() if self.line is None else frozenset((self.line,))
        return own.union(*(item.places for item in self.items if isinstance(item, Doc)))

    def __str__(self) -> str:
        return self.flat


def flat(piece: Piece) -> str:
    return piece if isinstance(piece, str) else piece.flat


def call(name: str, *arguments: Piece, line: int | None = None) -> Doc:
    """`name(a, b)`."""
    return Doc(f"{name}(", arguments, ", ", ")", "list", line)


def words(head: str, *items: Piece, separator: str = " ", line: int | None = None) -> Doc:
    """`(a and b)`, `any(p for x in S)`: items in brackets, with words between them."""
    return Doc(head, items, separator, ")", "words", line)


def glue(*items: Piece, line: int | None = None) -> Doc:
    """Items one after the other."""
    return Doc("", items, "", "", "glue", line)


def rows_of(piece: Piece, indent: int, used: int) -> list[Row]:
    """The lines of a piece; the first goes on where `used` columns are taken."""
    if isinstance(piece, str):
        return [(piece, None)]
    if used + len(piece.flat) <= WIDTH and len(piece.places) < 2:
        return [(piece.flat, piece.line or min(piece.places, default=None))]
    if piece.style == "glue" or not piece.items:
        return _glued(piece, indent, used)
    margin = " " * (indent + 4)
    rows: list[Row] = [(piece.head, piece.line)]
    last = " " * indent + piece.tail.removeprefix(","), None
    if piece.style == "list" and (packed := _packed(piece, WIDTH - len(margin))):
        packed[-1] += "," if piece.tail.startswith(",") else ""
        return [*rows, *((margin + text, None) for text in packed), last]
    for number, item in enumerate(piece.items):
        word = piece.separator.strip() + " " if piece.style == "words" and number else ""
        inner = rows_of(item, indent + 4, indent + 4 + len(word.lstrip()))
        first = (margin + word.lstrip() + inner[0][0], inner[0][1])
        rows += [first, *inner[1:]]
        if piece.style == "list":
            rows[-1] = (rows[-1][0] + ",", rows[-1][1])
    return [*rows, last]


def _packed(piece: Doc, width: int) -> list[str]:
    """The items of a list on few lines: on one where they fit and come from one line of the specification,
    on several if they are simple. Nothing where each has to be on a line of its own."""
    joined = piece.separator.join(map(flat, piece.items))
    if len(joined) <= width and len(piece.places) < 2:
        return [joined]
    if any(isinstance(item, Doc) for item in piece.items):
        return []
    lines = [""]
    for item in map(flat, piece.items):
        if lines[-1] and len(lines[-1]) + len(item) + 2 > width:
            lines.append("")
        lines[-1] += f"{item}, "
    return [*(line.rstrip() for line in lines[:-1]), lines[-1].removesuffix(", ")]


def _glued(piece: Doc, indent: int, used: int) -> list[Row]:
    rows: list[Row] = [(piece.head, piece.line)]
    for item in piece.items:
        before = rows[-1]
        column = used + len(before[0]) if len(rows) == 1 else len(before[0])
        inner = rows_of(item, indent, column)
        rows[-1] = (before[0] + inner[0][0], before[1] or inner[0][1])
        rows += inner[1:]
    rows[-1] = (rows[-1][0] + piece.tail, rows[-1][1])
    return rows


class Writer:
    """Collects lines of Python. `loops` counts the loops around the current line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.indent = 0
        self.loops = 0
        self.place: int | None = None

    def blank(self, count: int = 1) -> None:
        self.lines += [""] * count

    def text(self, text: str) -> None:
        self.lines.append(" " * self.indent + text if text else "")

    def header(self, text: str, file: str, line: int) -> None:
        """The head of a definition: it names the file."""
        self.text(f"{text}  # {file}:{line}")
        self.place = line

    @contextmanager
    def function(self, head: str, file: str, line: int) -> Generator[None]:
        """A function at the top of the module."""
        self.header(f"def {head}:", file, line)
        self.indent += 4
        yield
        self.indent -= 4

    def statement(self, before: str, piece: Piece, after: str = "", line: int | None = None) -> None:
        """A statement around an expression, on as many lines as it takes, with their places."""
        piece = _bare(piece, len(before) + self.indent + len(after))
        for number, (text, own) in enumerate(rows := rows_of(piece, self.indent, self.indent + len(before))):
            shown = (" " * self.indent + before if number == 0 else "") + text
            shown += after if number == len(rows) - 1 else ""
            place = own or (line if number == 0 else None)
            if place is not None and place != self.place:
                self.place = place
                shown += f"  # :{place}"
            self.lines.append(shown)

    @contextmanager
    def block(self, before: str, piece: Piece = "", line: int | None = None) -> Generator[None]:
        """A statement with a block."""
        self.statement(before, piece, ":", line)
        outside = self.loops
        self.loops = 0 if before.startswith("def ") else outside + before.startswith("for ")
        self.indent += 4
        size = len(self.lines)
        yield
        if len(self.lines) == size:
            self.text("pass")
        self.loops = outside
        self.indent -= 4


def _bare(piece: Piece, used: int) -> Piece:
    """The outermost parentheses are needed only where a line is broken."""
    if isinstance(piece, Doc) and piece.style == "words" and piece.head == "(":
        bare = piece.flat[1:-1]
        if used + len(bare) <= WIDTH and len(piece.places) < 2:
            return Doc("", (bare,), "", "", "glue", piece.line or min(piece.places, default=None))
    return piece


def chain(word: str, items: Sequence[Piece], line: int | None = None) -> Piece:
    """`(a and b)`, or the only item."""
    return items[0] if len(items) == 1 else words("(", *items, separator=f" {word} ", line=line)
