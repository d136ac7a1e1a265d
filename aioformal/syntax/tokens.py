"""Text to tokens: one master expression, one loop for nested comments.

The first module of a text is read; what stands before its header and after its end is ignored.
A few words change their kind with the token before them: keywords as record fields (`r.LET`),
and what follows a `!` (`Op!1`, `Op!<<`, `Op!+`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from aioformal.diagnostic import error, nearest
from aioformal.source import TAB_WIDTH, Source, Span
from aioformal.syntax.terminals import ENDS_OPERAND, KEYWORDS, NUMBER_SETS, SELECTORS, SYMBOLS


class Token:
    """A terminal of the grammar. `text` is canonical for operators, else as written."""

    __slots__ = ("column", "end", "source", "start", "text", "type")

    def __init__(self, terminal: str, text: str, source: Source, start: int, end: int, column: int) -> None:
        self.type = terminal
        self.text = text
        self.source = source
        self.start = start
        self.end = end
        self.column = column

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.end)

    @property
    def written(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        return self.source.line_of(self.start)

    # What Lark borrows from the last token for its end-of-input token.
    start_pos = property(lambda self: self.start)
    end_pos = property(lambda self: self.end)
    end_line = line
    end_column = property(lambda self: self.column)

    def virtual(self, terminal: str) -> Token:
        """A token of no width before this one."""
        return Token(terminal, "", self.source, self.start, self.start, self.column)

    @property
    def first_word(self) -> Span:
        """Where the token begins, for one that stands for many lines."""
        words = self.written.split(None, 1)
        return Span(self.source, self.start, self.start + len(words[0]) if words else self.end)

    def copy(self) -> Token:
        return Token(self.type, self.text, self.source, self.start, self.end, self.column)

    def __repr__(self) -> str:
        return f"{self.type}({self.text!r})@{self.column}"


def _alternatives(symbols: Iterable[str]) -> str:
    return "|".join(re.escape(s) for s in sorted(symbols, key=len, reverse=True))


_SIGNS = [s for s in SYMBOLS if not (s[0] == "\\" and s[1:].isalpha()) and not s.isalpha()]

HEADER = re.compile(r"-{4,}[ \t]*MODULE(?![0-9A-Za-z_])")

_MASTER = re.compile(
    r"[ \t\r\n\f\v\ufeff]*(?:"
    r"(?P<FAIR>[WS]F_)"
    r"|(?P<decimal>[0-9]+\.[0-9]+|(?<![\w)\]}'.])\.[0-9]+)"
    r"|(?P<word>[0-9A-Za-z_]+|[ℕℤℝ])"
    r"|(?P<comment>\\\*[^\n]*)"
    r"|(?P<block>\(\*)"
    rf"|(?P<header>{HEADER.pattern})"
    r"|(?P<SEPARATOR>-{4,})"
    r"|(?P<END_MODULE>={4,})"
    r"|(?P<NUMBER>\\[bB][01]+|\\[oO][0-7]+|\\[hH][0-9a-fA-F]+)"
    r'|(?P<STRING>"(?:[^"\\\r\n]|\\[^\r\n])*")'
    r"|(?P<STEP><(?:[0-9]+|[+*])>[0-9A-Za-z_]*[*-]?\.*)"
    r"|(?P<named>\\[A-Za-z]+)"
    rf"|(?P<symbol>{_alternatives(_SIGNS)})"
    r")"
)
_BLOCK_EDGE = re.compile(r"\(\*|\*\)")
_BLANK = re.compile(r"[ \t\r\n\f\v\ufeff]*")


class Tokenizer:
    """Reads one source. `tokens` ends with the `====` of the module, if there is one."""

    def __init__(self, source: Source, position: int = 0, end: int | None = None) -> None:
        self.source = source
        self._end = len(source.text) if end is None else end
        self.tokens: list[Token] = []
        self._position = position
        self._headers: list[Token] = []
        self._line_starts = (*source.line_starts, len(source.text) + 1)
        self._line = source.line_of(position)
        self._has_tabs = "\t" in source.text

    def read(self) -> list[Token]:
        """All tokens up to the end of the outermost module, or of the text."""
        text, match = self.source.text, _MASTER.match
        while found := match(text, self._position, self._end):
            kind = found.lastgroup or ""
            start, self._position = found.span(kind)
            if kind == "comment":
                continue
            if kind == "block":
                self._skip_block(start)
            elif not self._add(kind, start, self._position):
                return self.tokens
        self._expect_end()
        return self.tokens

    def _add(self, kind: str, start: int, end: int) -> bool:
        """Append one token; False when it was the end of the outermost module."""
        written = self.source.text[start:end]
        terminal, text = kind, written
        if kind == "word":
            terminal, text = self._word(written, start)
        elif kind == "decimal":
            terminal = "NUMBER"
        elif kind == "symbol":
            terminal, text = SYMBOLS[written]
            if written == "!!" and self._is_bang_before_bangs(end):
                terminal, text, end = "BANG", "!", start + 1
                self._position = end
        elif kind == "named":
            terminal, text, end = self._named(written, start)
        elif kind == "header":
            terminal = "BEGIN_MODULE"
        token = Token(terminal, text, self.source, start, end, self._column(start))
        if self.tokens:
            self._retag(token)
        self.tokens.append(token)
        return kind not in ("header", "END_MODULE") or self._nest(token)

    def _column(self, start: int) -> int:
        starts = self._line_starts
        while start >= starts[self._line]:
            self._line += 1
        line_start = starts[self._line - 1]
        if self._has_tabs:
            return len(self.source.text[line_start:start].expandtabs(TAB_WIDTH)) + 1
        return start - line_start + 1

    def _retag(self, token: Token) -> None:
        previous = self.tokens[-1].type
        if previous == "DOT":
            if token.type == "FAIR" or token.written in KEYWORDS:
                token.type = "IDENT"
        elif previous == "BANG":
            if token.type in SELECTORS and self._is_qualifier():
                token.type = "SELECTOR"
        elif token.type in ("MAPSTO", "COLON") and self._is_field_keyword(token.type):
            self.tokens[-1].type = "IDENT"

    def _is_bang_before_bangs(self, end: int) -> bool:
        """`A!!!(x, y)` applies the operator `!!` of A."""
        follows = self.source.text[end : end + 1]
        return follows == "!" and bool(self.tokens) and self.tokens[-1].type in ENDS_OPERAND

    def _is_qualifier(self) -> bool:
        return len(self.tokens) > 1 and (
            self.tokens[-2].type in ENDS_OPERAND or self.tokens[-2].type == "STEP"
        )

    def _is_field_keyword(self, follower: str) -> bool:
        """Is the last token a keyword that names a field, as in `[IF |-> 1]`?"""
        last = self.tokens[-1]
        if last.type != "FAIR" and (last.type == "US" or last.written not in KEYWORDS):
            return False
        return follower == "MAPSTO" or (len(self.tokens) > 1 and self.tokens[-2].type in ("LSQB", "COMMA"))

    def _word(self, written: str, start: int) -> tuple[str, str]:
        """A keyword, a name or a number: one run of letters, digits and underscores."""
        if (keyword := KEYWORDS.get(written)) is not None:
            return keyword, written
        if written.isdigit():
            return "NUMBER", written
        if not written.strip("0123456789_"):
            span = Span(self.source, start, start + len(written))
            raise error("parse.character", f"`{written[:20]}` is no name: a name needs a letter", span)
        return "IDENT", NUMBER_SETS.get(written, written)

    def _named(self, written: str, start: int) -> tuple[str, str, int]:
        """`\\cup`; the longest known name wins, so `\\Ex` is `\\E x`."""
        for length in range(len(written), 1, -1):
            if (known := SYMBOLS.get(written[:length])) is not None:
                self._position = start + length
                return *known, start + length
        raise error(
            "parse.character",
            f"there is no operator `{written}`",
            Span(self.source, start, start + len(written)),
            hint=_operator_hint(written),
        )

    def _nest(self, token: Token) -> bool:
        if token.type == "BEGIN_MODULE":
            self._headers.append(token)
        elif self._headers:
            self._headers.pop()
        return bool(self._headers)

    def _skip_block(self, start: int) -> None:
        depth = 1
        for edge in _BLOCK_EDGE.finditer(self.source.text, self._position):
            depth += 1 if edge.group() == "(*" else -1
            if depth == 0:
                self._position = edge.end()
                return
        raise error(
            "parse.unclosed",
            "this comment is never closed",
            Span(self.source, start, start + 2),
            hint="comments nest: every `(*` needs a `*)` of its own",
        )

    def _expect_end(self) -> None:
        """No token matches here: the end of the text, or something that is not TLA+."""
        text = self.source.text
        blank = _BLANK.match(text, self._position)
        place = blank.end() if blank else self._position
        if place < self._end:
            raise self._strange(place)
        if self._headers:
            raise _unclosed_module(self._headers[-1], self.tokens)

    def _strange(self, place: int) -> Exception:
        character = self.source.text[place]
        if character == '"':
            return error(
                "parse.unclosed",
                "this string is not closed on its line",
                Span(self.source, place, place + 1),
                hint='close it with `"`; write a quote inside a string as `\\"`',
            )
        name = f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}"
        return error(
            "parse.character",
            f"TLA+ has no character {name}",
            Span(self.source, place, place + 1),
            hint=_character_hint(character),
        )


def _operator_hint(written: str) -> str:
    if written == "\\mod":
        return "the remainder is written `a % b`"
    longer = [s for s in SYMBOLS if s.startswith(written)]
    if (near := longer[0] if longer else nearest(written, SYMBOLS)) is not None:
        return f"did you mean `{near}`? A set difference needs a blank: `A \\ B`"
    return "a set difference needs a blank after the backslash: `A \\ B`"


def _character_hint(character: str) -> str | None:
    if character.isalpha():
        return "names are made of the letters A-Z and a-z, digits and `_`"
    return {
        ";": "TLA+ separates nothing with `;`",
        "?": "write IF .. THEN .. ELSE",
    }.get(character)


def _unclosed_module(header: Token, tokens: list[Token]) -> Exception:
    name = tokens[tokens.index(header) + 1].text if tokens[-1] is not header else ""
    return error(
        "parse.unclosed",
        f"module {name} is not closed".replace("  ", " "),
        header.span,
        hint="a module ends with a line of at least four equals signs: `====`",
    )


def tokenize(source: Source, position: int = 0) -> list[Token]:
    """The tokens of a source from an offset on; no layout tokens yet."""
    return Tokenizer(source, position).read()


def tokenize_part(span: Span) -> list[Token]:
    """The tokens of a part of a source that was tokenized before, such as a proof."""
    return Tokenizer(span.source, span.start, span.end).read()
