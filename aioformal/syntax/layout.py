"""Junction lists: columns become OPEN, BULLET and CLOSE tokens.

A `/\\` or `\\/` where an operand is expected opens a list at its column. While the list is context, a
token at that column or left of it ends the list, except the same operator at exactly that column,
which is the next bullet. So does a token that cannot belong to the list's item: a closing
bracket, `THEN`, the comma of an outer list. Columns of nested lists grow, so only the innermost
one has to be compared.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from aioformal.diagnostic import Diagnostic, DiagnosticError, Note, Severity, error
from aioformal.source import Span
from aioformal.syntax.nesting import MAX_DEPTH
from aioformal.syntax.terminals import ENDS_OPERAND
from aioformal.syntax.tokens import Token

_CLOSERS = {
    "RPAR": "LPAR",
    "RSQB": "LSQB",
    "RSQB_SUB": "LSQB",
    "RBRACE": "LBRACE",
    "RANGLE": "LANGLE",
    "RANGLE_SUB": "LANGLE",
}
_BRACKETS = frozenset(_CLOSERS.values())
_OPTIONAL = frozenset({"LIST", "ARM"})
_WANTED = {
    "LPAR": "`)`",
    "LSQB": "`]`",
    "LBRACE": "`}`",
    "LANGLE": "`>>`",
    "IF": "THEN",
    "THEN": "ELSE",
    "CASE": "`->`",
    "LET": "IN",
    "BINDER": "`:`",
}
_ARGUMENT_ENDS = frozenset({"COMMA", "RPAR", "GETS"})
_FOLDED = frozenset({"FACTS", "SKIPPED"})
_BOUNDARIES = (
    "DEF_START RECURSIVE CONSTANT VARIABLE ASSUME THEOREM LOCAL SEPARATOR BEGIN_MODULE END_MODULE"
    " FACTS SKIPPED"
)


NEAR = 2
"""An operator at the start of a line is suspicious this close to a list's column: an item's text
begins three columns right of its bullet."""


class Context(Struct):
    """Something context: a list, a bracket, or a construct that waits for its next word.

    `kind` is LIST, ARM (a CASE that may go on with `[]`), or a key of `_WANTED`.
    """

    kind: str
    token: Token


class Layout:
    """One pass over the tokens of a module or an expression; `laid` is the result."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.laid: list[Token] = []
        self.stack: list[Context] = []
        self.warnings: list[Diagnostic] = []
        self._lists: list[Token] = []
        self._handlers = self._make_handlers()

    def _make_handlers(self) -> dict[str, Callable[[Token, int], None]]:
        handlers: dict[str, Callable[[Token, int], None]] = {"AND_OR": self._on_junction}
        handlers |= dict.fromkeys(_BRACKETS, self._on_opener)
        handlers |= dict.fromkeys(_CLOSERS, self._on_closer)
        handlers |= dict.fromkeys(("IF", "LET", "CASE"), self._on_opener)
        handlers |= dict.fromkeys(("QUANT", "TQUANT", "CHOOSE", "LAMBDA"), self._on_binder)
        handlers |= dict.fromkeys(_BOUNDARIES.split(), self._on_boundary)
        handlers |= {"THEN": self._on_then, "ELSE": self._on_else, "LET_IN": self._on_in}
        handlers |= {"ALWAYS": self._on_always, "ARROW": self._on_arrow, "COMMA": self._on_comma}
        handlers |= {"COLON": self._on_colon, "MAPSTO": self._on_bracket_word}
        handlers |= {"EXCEPT": self._on_bracket_word, "INSTANCE": self._on_instance}
        return handlers

    def run(self) -> list[Token]:
        handlers, laid, lists = self._handlers, self.laid, self._lists
        for index, token in enumerate(self.tokens):
            if lists and token.column <= lists[-1].column:
                self._align(token)
            handler = handlers.get(token.type)
            if handler is not None:
                handler(token, index)
            laid.append(token)
        if self.tokens:
            self._pop_all(self.tokens[-1], at_end=True)
        return laid

    # ------------------------------------------------------------ columns

    def _align(self, token: Token) -> None:
        """`token` stands at or left of the innermost list's column."""
        ended: list[Token] = []
        while self._lists and token.column <= self._lists[-1].column:
            self._require_list_on_top(token)
            bullet = self._lists[-1]
            if token.column == bullet.column and token.type == "AND_OR" and token.text == bullet.text:
                token.type = "BULLET"
                return
            ended.append(bullet)
            self._close_list(token)
        if token.type == "AND_OR":
            self._warn_of_outdented_bullet(token, ended)

    def _warn_of_outdented_bullet(self, token: Token, ended: list[Token]) -> None:
        """The same operator at any distance is hardly meant; another one may well join the list to
        what follows, unless it stands where a bullet has slipped."""
        near = [ended[-1]] if 0 < ended[-1].column - token.column <= NEAR else []
        same = [bullet for bullet in ended if bullet.text == token.text]
        for bullet in (*near, *same)[:1]:
            reading = f"after the list, as in `({bullet.written} ...) {token.written} ...`"
            self.warnings.append(_beside(token, bullet, reading))

    def _require_list_on_top(self, token: Token) -> None:
        """What the list's item opened must be closed before the list can end."""
        while self.stack[-1].kind == "ARM":
            self.stack.pop()
        context = self.stack[-1]
        if context.kind == "LIST":
            return
        bullet = self._lists[-1]
        if token.type == "AND_OR" and context.kind in _BRACKETS:
            raise _unclosed(context, token)
        if token.type in _BOUNDARY_TYPES and not any(c.kind == "LET" for c in self.stack):
            raise _unclosed(context, token)
        raise error(
            "parse.layout",
            f"`{_shown(token)}` ends the {_list_name(bullet)} list, but {_still_waits(context)}",
            _place_of(token),
            notes=(
                Note(f"this {_list_name(bullet)} list is at column {bullet.column}", bullet.span),
                Note(f"`{context.token.written}` was opened here", context.token.span),
            ),
            hint=f"everything that belongs to a list item must stand right of column {bullet.column}"
            f" (`{_shown(token)}` is at column {token.column})",
        )

    def _close_list(self, token: Token) -> None:
        self.stack.pop()
        self._lists.pop()
        last = self.laid[-1]
        self.laid.append(Token("CLOSE", "", last.source, last.end, last.end, token.column))

    # ------------------------------------------------------------ taking contexts off the stack

    def _close_to(self, token: Token, kinds: frozenset[str]) -> Context | None:
        """End the lists (and CASE arms) above the nearest context of `kinds`; None if there is
        something else in between, which the grammar will complain about."""
        depth = len(self.stack) - 1
        while depth >= 0 and self.stack[depth].kind in _OPTIONAL and self.stack[depth].kind not in kinds:
            depth -= 1
        if depth >= 0 and self.stack[depth].kind not in kinds:
            return None
        while len(self.stack) > depth + 1:
            self._drop_optional(token)
        return self.stack[depth] if depth >= 0 else None

    def _drop_optional(self, token: Token) -> None:
        if self.stack[-1].kind == "LIST":
            self._close_list(token)
        else:
            self.stack.pop()

    def _pop_all(self, token: Token, *, at_end: bool = False, to_let: bool = False) -> None:
        while self.stack:
            context = self.stack[-1]
            if to_let and context.kind == "LET":
                return
            if context.kind not in _OPTIONAL:
                raise _unclosed(context, None if at_end else token)
            self._drop_optional(token)

    def _push(self, kind: str, token: Token) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise too_deep(token)
        self.stack.append(Context(kind, token))

    # ------------------------------------------------------------ handlers

    def _is_operand_complete(self) -> bool:
        return bool(self.laid) and self.laid[-1].type in ENDS_OPERAND

    def _on_junction(self, token: Token, index: int) -> None:
        if token.type == "BULLET":
            return
        if self._is_operand_complete():
            self._warn_of_near_bullet(token)
            return
        if not is_bare_symbol(self.tokens, index):
            token.type = "OPEN"
            self._push("LIST", token)
            self._lists.append(token)

    def _warn_of_near_bullet(self, token: Token) -> None:
        if not self._lists or self.stack[-1].kind != "LIST":
            return
        bullet = self._lists[-1]
        if token.column - bullet.column <= NEAR and self.laid[-1].line != token.line:
            self.warnings.append(_beside(token, bullet, "within the item before it"))

    def _on_opener(self, token: Token, _index: int) -> None:
        self._push(token.type, token)

    def _on_binder(self, token: Token, _index: int) -> None:
        self._push("BINDER", token)

    def _on_closer(self, token: Token, _index: int) -> None:
        wanted = _CLOSERS[token.type]
        while self.stack and self.stack[-1].kind in _OPTIONAL:
            self._drop_optional(token)
        if not self.stack:
            raise error(
                "parse.unexpected", f"`{token.written}` closes nothing: no bracket is open here", token.span
            )
        if self.stack[-1].kind != wanted:
            raise _mismatched(self.stack[-1], token)
        self.stack.pop()

    def _on_boundary(self, token: Token, _index: int) -> None:
        self._pop_all(token, to_let=token.type in ("DEF_START", "RECURSIVE", "LOCAL"))

    def _on_instance(self, token: Token, _index: int) -> None:
        if self.laid and self.laid[-1].type != "DEFEQ":
            self._pop_all(token, to_let=True)

    def _on_then(self, token: Token, _index: int) -> None:
        if context := self._close_to(token, frozenset({"IF"})):
            context.kind = "THEN"

    def _on_else(self, token: Token, _index: int) -> None:
        if self._close_to(token, frozenset({"THEN"})):
            self.stack.pop()

    def _on_in(self, token: Token, _index: int) -> None:
        if self._close_to(token, frozenset({"LET"})):
            self.stack.pop()

    def _on_always(self, token: Token, _index: int) -> None:
        if not self._is_operand_complete():
            return
        if context := self._close_to(token, frozenset({"ARM"})):
            token.type = "CASE_SEP"
            context.kind = "CASE"

    def _on_arrow(self, token: Token, _index: int) -> None:
        context = self._close_to(token, frozenset({"CASE", "LSQB"}))
        if context and context.kind == "CASE":
            context.kind = "ARM"

    def _on_comma(self, token: Token, _index: int) -> None:
        self._close_to(token, _BRACKETS | {"BINDER"})

    def _on_colon(self, token: Token, _index: int) -> None:
        context = self._close_to(token, frozenset({"BINDER", "LSQB", "LBRACE"}))
        if context and context.kind == "BINDER":
            self.stack.pop()

    def _on_bracket_word(self, token: Token, _index: int) -> None:
        self._close_to(token, frozenset({"LSQB"}))


_BOUNDARY_TYPES = frozenset((*_BOUNDARIES.split(), "INSTANCE"))


def _shown(token: Token) -> str:
    if token.type == "DEF_START":
        return token.source.text[token.start : token.start + 30].split("==")[0].strip()
    return token.first_word.text if token.type in _FOLDED else token.written


def _list_name(bullet: Token) -> str:
    return f"`{bullet.written}`"


def _still_waits(context: Context) -> str:
    return (
        f"the `{context.token.written}` on line {context.token.line} still waits for {_WANTED[context.kind]}"
    )


def _unclosed(context: Context, token: Token | None) -> DiagnosticError:
    """`open` never got what it waits for; `token` (None: the end) begins something new."""
    if token is not None and token.type == "DEF_START" and token.line == context.token.line:
        return misplaced_definition(token)
    wanted = _WANTED[context.kind]
    what = "not closed" if context.kind in _BRACKETS else "not finished"
    return error(
        "parse.unclosed",
        f"this `{context.token.written}` is {what}: {wanted} is missing",
        context.token.span,
        notes=(Note(_beginning(token), _place_of(token)),) if token is not None else (),
    )


def _beginning(token: Token) -> str:
    if token.type == "AND_OR":
        return "the next item of the list begins here"
    if token.type == "END_MODULE":
        return "the module ends here"
    if token.type == "DEF_START":
        return f"the definition of `{_shown(token)}` begins here"
    return f"`{_shown(token)}` begins something new"


def _place_of(token: Token) -> Span:
    return token.first_word if token.type in _FOLDED else token.span


def misplaced_definition(start: Token) -> DiagnosticError:
    """A DEF_START in the middle of an expression: almost always `==` written for `=`."""
    place = start.source.text.find("==", start.start)
    return error(
        "parse.unexpected",
        "`==` cannot stand inside an expression",
        Span(start.source, place, place + 2),
        hint="`==` defines an operator; to compare two values write `=`",
    )


def _beside(token: Token, bullet: Token, place: str) -> Diagnostic:
    name = f"`{token.written}`"
    return Diagnostic(
        "parse.layout",
        f"{name} is at column {token.column}, but the list's bullets are at column {bullet.column}",
        token.span,
        Severity.WARNING,
        (Note(f"the {_list_name(bullet)} list begins here", bullet.span),),
        f"it is read as an operator {place}, not as a bullet; a bullet would stand at column {bullet.column}",
    )


def _mismatched(context: Context, token: Token) -> DiagnosticError:
    return error(
        "parse.unclosed",
        f"this `{context.token.written}` waits for {_WANTED[context.kind]}: `{token.written}` comes first",
        context.token.span,
        notes=(Note(f"`{token.written}` is here", token.span),),
    )


def too_deep(token: Token) -> DiagnosticError:
    """More than `MAX_DEPTH` things are open at `token`."""
    return error(
        "parse.nesting",
        f"more than {MAX_DEPTH} levels of nesting",
        token.span,
        hint="name inner parts in definitions of their own",
    )


def is_bare_symbol(tokens: list[Token], index: int) -> bool:
    """Does the operator stand for itself, as in `F(/\\, x)` or `WITH op <- /\\`?"""
    if index + 1 == len(tokens) or tokens[index + 1].type in _ARGUMENT_ENDS:
        return True
    return tokens[index - 1].type == "GETS" and tokens[index + 1].type in _BOUNDARY_TYPES


def lay_out(tokens: list[Token]) -> list[Token]:
    """The tokens with junction lists made explicit.

    Changes the `type` of bullets and CASE separators in place: tokens belong to one parse.
    Raises parse.layout, parse.unclosed, parse.nesting.
    """
    return Layout(tokens).run()
