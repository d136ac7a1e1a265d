"""What to tell a user about a token that the grammar does not accept."""

from __future__ import annotations

from aioformal.diagnostic import DiagnosticError, Note, error
from aioformal.source import Span
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
    "WITH": "WITH",
    "SEPARATOR": "`----`",
    "END_MODULE": "`====`",
}
_OPERATORS = frozenset({"INFIX", "MINUS", "IN", "AND_OR", "PREFIX", "ALWAYS"})
_BULLETS = frozenset({"OPEN", "BULLET"})
_UNIT_WORDS = frozenset({"CONSTANT", "VARIABLE", "THEOREM", "DEF_START"})


def unexpected(token: Token, accepted: set[str], tokens: list[Token]) -> DiagnosticError:
    """The diagnostic for `token`, of which the grammar accepts none but `accepted` in its place."""
    index = _index_of(token, tokens)
    previous = tokens[index - 1] if index else None
    if "NUMBER" in accepted:
        return _missing_operand(token, previous, tokens, index)
    if token.type in ("DEFEQ",):
        return _stray_definition(token)
    found = _found(token)
    wanted = _wanted(accepted)
    place = token.span if token.end > token.start else _width(token)
    return error(
        "parse.unexpected",
        f"{found} cannot stand here" + (f": {wanted} is expected" if wanted else ""),
        place,
        hint=_hint(token, previous),
    )


def unexpected_end(accepted: set[str], tokens: list[Token]) -> DiagnosticError:
    """The text ends too early."""
    last = tokens[-1]
    wanted = "an expression" if "NUMBER" in accepted else _wanted(accepted)
    return error(
        "parse.unexpected",
        "the text ends too early" + (f": {wanted} is expected" if wanted else ""),
        last.span,
    )


def _index_of(token: Token, tokens: list[Token]) -> int:
    return next((i for i, t in enumerate(tokens) if t is token), len(tokens))


def _width(token: Token) -> Span:
    """A visible place for a token of no width."""
    text = token.source.text
    end = token.start
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return Span(token.source, token.start, max(end, min(token.start + 1, len(text))))


def _found(token: Token) -> str:
    if token.type == "DEF_START":
        return f"the definition of `{_width(token).text}`"
    if token.type in ("CLOSE", "$END"):
        return "the end of this list item" if token.type == "CLOSE" else "the end of the text"
    if token.type == "SEPARATOR":
        return "a separating line `----`"
    if token.type == "END_MODULE":
        return "the end of the module"
    return f"`{token.written}`"


def _wanted(accepted: set[str]) -> str:
    """What would be accepted, in the words of the language; the most telling three at most."""
    if accepted >= _UNIT_WORDS and not accepted & _OPERATORS:
        return "a declaration or a definition"
    words = [text for type, text in _WORDS.items() if type in accepted]
    if accepted & {"INFIX"} and len(words) > 3:
        words = [w for w in words if w not in ("`(`", "`!`", "`\\in`", "`,`")][:3]
        words.append("an operator")
    if "IDENT" in accepted:
        words.insert(0, "a name")
    words = words[:4]
    return words[0] if len(words) == 1 else " or ".join((", ".join(words[:-1]), words[-1])) if words else ""


def _missing_operand(
    token: Token, previous: Token | None, tokens: list[Token], index: int
) -> DiagnosticError:
    """An expression is needed and `token` cannot begin one."""
    found = _found(token if token.type != "CLOSE" else tokens[min(index + 1, len(tokens) - 1)])
    notes: tuple[Note, ...] = ()
    if previous is None:
        return error("parse.unexpected", f"an expression is expected, not {found}", token.span)
    after = f"`{_place(previous).text}`" if previous.end > previous.start else "this"
    if token.end > token.start:
        notes = (Note(f"{found} comes instead", token.span),)
    return error(
        "parse.unexpected",
        f"an expression is expected after {after}",
        _place(previous),
        notes=notes,
        hint=_operand_hint(token, previous),
    )


def _place(token: Token) -> Span:
    return token.span if token.end > token.start else _width(token)


def _operand_hint(token: Token, previous: Token) -> str | None:
    if token.type == "DEF_START":
        return "`==` defines an operator; to compare two values write `=`"
    if previous.type in _BULLETS:
        return f"this list item is empty: remove `{previous.written}` or complete it"
    if previous.type in ("INFIX", "MINUS", "AND_OR") and token.type == "BULLET":
        return "the next line begins a new item of the list"
    if token.type == "LAMBDA":
        return "LAMBDA can only be an argument of an operator"
    return None


def _stray_definition(token: Token) -> DiagnosticError:
    return error(
        "parse.unexpected",
        "`==` must follow what it defines: a name, `F(x, y)`, `f[x \\in S]` or `a + b`",
        token.span,
        hint="to compare two values write `=`",
    )


def _hint(token: Token, previous: Token | None) -> str | None:
    if token.type == "LAMBDA":
        return "LAMBDA can only be an argument of an operator"
    if token.type in ("BY", "PROOF", "OBVIOUS", "OMITTED", "QED", "STEP", "PROVE", "NEW"):
        return "proofs can only follow a theorem"
    if token.type == "IDENT" and previous is not None and previous.type == "IDENT":
        if previous.line == token.line:
            return "is an operator missing between the two?"
        return f"to define `{token.text}`, write `{token.text} == ...`"
    if previous is not None and previous.type == "LOCAL":
        return "only definitions and INSTANCE can be LOCAL"
    return None
