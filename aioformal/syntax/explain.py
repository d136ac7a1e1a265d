"""What to tell a user about a token that the grammar does not accept."""

from __future__ import annotations

from aioformal.diagnostic import DiagnosticError, Note, error, nearest
from aioformal.source import Span
from aioformal.syntax.layout import misplaced_definition
from aioformal.syntax.terminals import KEYWORDS, OPERATOR_TYPES
from aioformal.syntax.tokens import Token

_WORDS = {
    "RPAR": "`)`",
    "RSQB": "`]`",
    "RSQB_SUB": "`]_v`",
    "RBRACE": "`}`",
    "RANGLE": "`>>`",
    "RANGLE_SUB": "`>>_v`",
    "COMMA": "`,`",
    "COLON": "`:`",
    "DEFEQ": "`==`",
    "ARROW": "`->`",
    "MAPSTO": "`|->`",
    "GETS": "`<-`",
    "THEN": "THEN",
    "ELSE": "ELSE",
    "LET_IN": "IN",
    "IN": "`\\in`",
    "BANG": "`!`",
    "US": "`_`",
    "LPAR": "`(`",
    "LSQB": "`[`",
    "DOT": "`.`",
    "WITH": "WITH",
    "SEPARATOR": "`----`",
    "END_MODULE": "`====`",
}
_AFTER_OPERAND = frozenset({"`(`", "`!`", "`[`", "`.`", "`\\in`"})
_PROOF_WORDS = frozenset(
    [
        "BY",
        "PROOF",
        "OBVIOUS",
        "OMITTED",
        "QED",
        "STEP",
        "PROVE",
        "NEW",
        "HAVE",
        "TAKE",
        "PICK",
        "SUFFICES",
        "WITNESS",
    ]
)
_FOREIGN = {
    "and": "/\\",
    "or": "\\/",
    "not": "~",
    "if": "IF",
    "then": "THEN",
    "else": "ELSE",
    "let": "LET",
    "in": "\\in",
    "true": "TRUE",
    "false": "FALSE",
    "forall": "\\A",
    "exists": "\\E",
    "xor": "#",
    "mod": "%",
    "div": "\\div",
}


def unexpected(token: Token, accepted: set[str], tokens: list[Token]) -> DiagnosticError:
    """The diagnostic for `token`, where the grammar takes nothing but `accepted`."""
    index = next(i for i, t in enumerate(tokens) if t is token)
    previous = tokens[index - 1] if index else None
    found = next((t for t in tokens[index:] if t.type != "CLOSE"), None)
    if found is None:
        return unexpected_end(accepted, tokens[:index])
    special = _special(found, previous, tokens[:index], accepted)
    if special is not None:
        return special
    if "NUMBER" in accepted and previous is not None:
        return _missing_operand(token, found, previous)
    wanted = _wanted(accepted)
    return error(
        "parse.unexpected",
        f"{_named(found)} cannot stand here" + (f": {wanted} is expected" if wanted else ""),
        _place(found),
        hint=_hint(found, previous, tokens[:index]),
    )


def unexpected_end(accepted: set[str], tokens: list[Token]) -> DiagnosticError:
    """The text ends too early."""
    wanted = "an expression" if "NUMBER" in accepted else _wanted(accepted)
    message = "the text ends too early" + (f": {wanted} is expected" if wanted else "")
    return error("parse.unexpected", message, _place(tokens[-1]))


def _special(
    found: Token, previous: Token | None, before: list[Token], accepted: set[str]
) -> DiagnosticError | None:
    """Mistakes that can be named better than by what was expected."""
    if previous is None:
        return None
    if found.type == "DEF_START" and found.line == previous.line and previous.type not in ("COMMA", "LOCAL"):
        return misplaced_definition(found)
    if found.type == "DEFEQ" and previous.type == "BANG":
        return _foreign_symbol(before, found)
    if found.type in OPERATOR_TYPES and previous.type == "DEFEQ" and found.start == previous.end:
        return _foreign_symbol(before, found)
    if previous.type == "SELECTOR" and previous.text == "=" and found.type != "LPAR":
        return _foreign_symbol(before, previous)
    if found.type == "DEFEQ":
        return _stray_definition(found)
    if found.type == "LAMBDA":
        return error("parse.unexpected", "LAMBDA can only be an argument of an operator", found.span)
    if accepted == {"LPAR"} and previous.type in OPERATOR_TYPES:
        message = f"an expression is expected, not the operator `{previous.written}`"
        return error("parse.unexpected", message, previous.span)
    return None


def _foreign_symbol(before: list[Token], last: Token) -> DiagnosticError:
    """`!=`, `!==`, `==>`: not operators of TLA+."""
    first = before[-1] if before[-1] is not last else before[-2]
    span = Span(last.source, first.start, last.end)
    meant = {"!=": "#", "!==": "#", "==>": "=>"}.get(span.text, "=")
    return error(
        "parse.unexpected", f"`{span.text}` is no operator of TLA+", span, hint=f"did you mean `{meant}`?"
    )


def _missing_operand(token: Token, found: Token, previous: Token) -> DiagnosticError:
    """An expression is needed and `found` cannot begin one."""
    place = _place(previous)
    notes = (Note(f"{_named(found)} comes instead", _place(found)),)
    if previous.type not in ("OPEN", "BULLET"):
        message = f"an expression is expected after `{place.text}`"
        return error("parse.unexpected", message, place, notes=notes)
    return error(
        "parse.unexpected",
        f"this list item is empty: an expression is expected after `{previous.written}`",
        place,
        notes=notes if token.type not in ("CLOSE", "BULLET") else (),
        hint=f"what belongs to the item must stand right of column {previous.column}",
    )


def _stray_definition(token: Token) -> DiagnosticError:
    return error(
        "parse.unexpected",
        "`==` must follow what it defines: a name, `F(x, y)`, `f[x \\in S]` or `a + b`",
        token.span,
        hint="to compare two values write `=`",
    )


def _place(token: Token) -> Span:
    """A visible place, also for a token of no width."""
    if token.end > token.start:
        return token.span
    text, end = token.source.text, token.start
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return Span(token.source, token.start, max(end, min(token.start + 1, len(text))))


def _named(token: Token) -> str:
    names = {"SEPARATOR": "a separating line `----`", "END_MODULE": "the end of the module"}
    if token.type == "DEF_START":
        return f"the definition of `{_place(token).text}`"
    return names.get(token.type, f"`{token.written}`")


def _wanted(accepted: set[str]) -> str:
    """What would be accepted, in the words of the language; the most telling four at most."""
    if {"CONSTANT", "VARIABLE", "DEF_START"} <= accepted:
        if "INFIX" in accepted:
            return "an operator or a new definition"
        return "a declaration or a definition"
    words = [text for kind, text in _WORDS.items() if kind in accepted]
    if "INFIX" in accepted:
        words = [word for word in words if word not in _AFTER_OPERAND]
        words.append("an operator")
    if "IDENT" in accepted:
        words.insert(0, "a name")
    *most, last = words[:4] or [""]
    return f"{', '.join(most)} or {last}" if most else last


def _hint(token: Token, previous: Token | None, before: list[Token]) -> str | None:
    if token.type in _PROOF_WORDS:
        return "a proof can only follow a theorem"
    if previous is None:
        return None
    if previous.type == "LOCAL":
        return "only definitions and INSTANCE can be LOCAL"
    if token.type == "LOCAL":
        return "definitions inside LET are local anyway"
    if token.written in KEYWORDS and previous.type in ("COMMA", "VARIABLE", "CONSTANT", "QUANT", "CHOOSE"):
        return f"`{token.written}` is a keyword: it cannot be a name"
    if token.type == "COMMA" and _innermost_bracket(before) == "(":
        return "a tuple is written `<<a, b>>`"
    for word in (token, previous):
        if word.type == "IDENT" and word.text.lower() in _FOREIGN:
            return f"did you mean `{_FOREIGN[word.text.lower()]}` instead of `{word.text}`?"
        if word.type == "IDENT" and word.text.isupper() and (keyword := nearest(word.text, KEYWORDS)):
            return f"did you mean {keyword} instead of `{word.text}`?"
    if token.type == "IDENT" and token.line != previous.line:
        return f"to define `{token.text}`, write `{token.text} == ...`"
    if token.type == "IDENT" and previous.type == "IDENT":
        return "is something missing between the two names?"
    return None


def _innermost_bracket(before: list[Token]) -> str:
    depth = 0
    for token in reversed(before):
        if token.type in ("RPAR", "RSQB", "RBRACE", "RANGLE"):
            depth += 1
        elif token.type in ("LPAR", "LSQB", "LBRACE", "LANGLE"):
            if not depth:
                return token.text
            depth -= 1
    return ""
