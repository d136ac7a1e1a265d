"""Statements of proofs, cut out of their tokens: sequents, facts, expressions.

A statement is cut at its keywords and commas, and each expression is parsed on its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, cast

from aioformal.diagnostic import error
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.builder import word
from aioformal.syntax.definitions import mark_definitions
from aioformal.syntax.nesting import MAX_DEPTH
from aioformal.syntax.parsing import parse_part
from aioformal.syntax.steps import Facts, New, Sequent
from aioformal.syntax.terminals import OPERATOR_TYPES
from aioformal.syntax.tokens import Token, tokenize_part

_OPENERS = frozenset(["LPAR", "LSQB", "LBRACE", "LANGLE", "LET", "ASSUME", "QUANT", "TQUANT", "LAMBDA"])
_CLOSERS = frozenset(["RPAR", "RSQB", "RSQB_SUB", "RBRACE", "RANGLE", "RANGLE_SUB", "LET_IN", "PROVE"])
_BINDERS = frozenset(["QUANT", "TQUANT", "LAMBDA"])
_DECLARE = frozenset(["NEW", "CONSTANT", "VARIABLE", "STATE", "ACTION", "TEMPORAL"])
_DECLARED = re.compile(r"IDENT( LPAR US( COMMA US)* RPAR)?|US OP US|OP US|US OP")
_ZEROS = re.compile(r"<0+(?=[0-9])")


def read_sequent(span: Span) -> Sequent:
    """`ASSUME .. PROVE ..`, perhaps with `[]` before each word. Raises DiagnosticError: parse.*."""
    return sequent(tokens_of(span))


def read_facts(span: Span) -> Facts:
    """A USE or HIDE. Raises DiagnosticError: parse.*."""
    return facts(tokens_of(span))


def tokens_of(span: Span) -> list[Token]:
    """The tokens of a part of a module, with the beginnings of definitions marked."""
    return mark_definitions(tokenize_part(span))


# ---------------------------------------------------------------- facts


def facts(tokens: list[Token]) -> Facts:
    """`BY facts DEF definitions`, and the same after USE and HIDE."""
    first = tokens[0]
    rest = tokens[2:] if len(tokens) > 1 and tokens[1].type == "ONLY" else tokens[1:]
    if not rest:
        hint = "it takes facts, or DEF and the names of definitions"
        raise error("parse.unexpected", f"this {first.written} names nothing", span_of(tokens), hint=hint)
    cut = next((i for i, t in enumerate(rest) if t.type == "DEF"), len(rest))
    named = [statement(part, first) for part in _without_modules(rest[:cut], first)]
    defined = [_definition(part, first) for part in _without_modules(rest[cut + 1 :], first)]
    kind = cast('Literal["BY", "USE", "HIDE"]', first.type)
    return Facts(span_of(tokens), kind, tuple(named), tuple(defined))


def _without_modules(tokens: list[Token], before: Token) -> Iterator[list[Token]]:
    """The parts between commas that name no module."""
    for part in split(tokens):
        if not part:
            message = f"between or after the commas of this {before.written} a name is missing"
            raise error("parse.unexpected", message, span_of(tokens), hint="a comma stands between two names")
        if part[0].type != "MODULE":
            yield part


def _definition(part: list[Token], before: Token) -> ast.Expr:
    if len(part) == 1 and part[0].type in OPERATOR_TYPES:
        return ast.Name(part[0].span, part[0].text)
    return expression(part, before)


# ---------------------------------------------------------------- sequents


def statement(tokens: list[Token], before: Token, depth: int = 1) -> Sequent | ast.Expr:
    """A sequent or an expression; `before` is where it is missed if there are no tokens."""
    return sequent(tokens, depth) if _is_sequent(tokens) else expression(tokens, before)


def _is_sequent(tokens: list[Token]) -> bool:
    types = [t.type for t in tokens[_label_length(tokens) :][:2]]
    return types[:1] == ["ASSUME"] or types == ["ALWAYS", "ASSUME"]


def _label_length(tokens: list[Token]) -> int:
    """How many tokens `label(x, y) ::` takes in front of a statement."""
    types = [t.type for t in tokens[:2]]
    if types == ["IDENT", "LPAR"]:
        end = next((i + 1 for i, t in enumerate(tokens) if t.type == "RPAR"), 0)
    else:
        end = int(types[:1] == ["IDENT"])
    return end + 1 if [t.type for t in tokens[end : end + 1]] == ["DOUBLE_COLON"] else 0


def sequent(tokens: list[Token], depth: int = 1) -> Sequent:
    """Tokens that begin as a sequent does; `depth` counts those around it, and itself."""
    if depth > MAX_DEPTH:
        raise too_deep(tokens[0])
    label = ast.Identifier(tokens[0].span, tokens[0].text) if tokens[0].type == "IDENT" else None
    start = next(i for i, t in enumerate(tokens) if t.type == "ASSUME") + 1
    proves = 1
    for at in range(start, len(tokens)):
        proves += (tokens[at].type == "ASSUME") - (tokens[at].type == "PROVE")
        if not proves:
            break
    else:
        hint = "a sequent is written `ASSUME assumptions PROVE goal`"
        raise error("parse.unexpected", "this ASSUME has no PROVE", tokens[start - 1].span, hint=hint)
    end = at - 1 if tokens[at - 1].type == "ALWAYS" else at
    parts = split(tokens[start:end]) or [[]]
    items = [_assumption(part, tokens[start - 1], depth + 1) for part in parts]
    return Sequent(span_of(tokens), label, tuple(items), expression(tokens[at + 1 :], tokens[at]))


def too_deep(token: Token) -> Exception:
    """That what begins at `token` is nested too deeply."""
    return error(
        "parse.nesting",
        f"this proof nests more than {MAX_DEPTH} levels deep",
        token.span,
        hint="prove inner parts as lemmas of their own",
    )


def _assumption(part: list[Token], before: Token, depth: int) -> New | Sequent | ast.Expr:
    words = 0
    while words < min(2, len(part)) and part[words].type in _DECLARE:
        words += 1
    if not words:
        return statement(part, before, depth)
    last, rest = part[words - 1], part[words:]
    domain = None
    if len(rest) > 1 and rest[1].type == "IN" and rest[0].type == "IDENT":
        domain, rest = expression(rest[2:], rest[1]), rest[:1]
    level = last.type if last.type != "NEW" else "CONSTANT"
    return New(span_of(part), _declared(rest, last), cast("Literal['CONSTANT']", level), domain)


def _declared(tokens: list[Token], before: Token) -> ast.Parameter:
    """`x`, `F(_, _)`, `_ + _`, `-. _`, `_ ^+`."""
    types = ["OP" if t.type in OPERATOR_TYPES else t.type for t in tokens]
    if not _DECLARED.fullmatch(" ".join(types)):
        message = f"what {before.written} declares is no name"
        hint = f"write `{before.written} x`, `{before.written} x \\in S` or `{before.written} F(_)`"
        raise error("parse.unexpected", message, span_of(tokens or [before]), hint=hint)
    name = next(t for t, kind in zip(tokens, types, strict=True) if kind in ("IDENT", "OP"))
    return ast.Parameter(name.span, name.text, types.count("US"))


# ---------------------------------------------------------------- expressions


def expression(tokens: list[Token], before: Token) -> ast.Expr:
    """Tokens that are one expression; `before` is where it is missed if there are none."""
    if not tokens:
        message, hint = f"after `{before.written}` an expression is missing", "write what is meant here"
        raise error("parse.unexpected", message, before.span, hint=hint)
    named(tokens)
    if len(tokens) == 1 and tokens[0].type == "IDENT":
        return word(tokens[0])
    return parse_part(tokens)


def named(tokens: list[Token]) -> list[Token]:
    """The same tokens: a step that is referred to is a name like others."""
    for token in tokens:
        if token.type == "STEP":
            token.type, token.text = "IDENT", step_name(token)
    return tokens


def step_name(token: Token) -> str:
    """`<01>a.` and `<1>a` are the same step."""
    return _ZEROS.sub("<", token.text.rstrip("."))


def span_of(tokens: list[Token]) -> Span:
    """From the first of at least one token to the last."""
    return Span(tokens[0].source, tokens[0].start, tokens[-1].end)


def with_depth(tokens: list[Token]) -> Iterator[tuple[Token, int]]:
    """Each token, and how many brackets, LETs, sequents and unfinished binders are open before it."""
    opened: list[str] = []
    for index, token in enumerate(tokens):
        kind = token.type
        yield token, len(opened)
        if kind in _OPENERS and not (kind in _BINDERS and _stands_alone(tokens, index)):
            opened.append(kind)
        elif (kind in _CLOSERS or (kind == "COLON" and opened and opened[-1] in _BINDERS)) and opened:
            opened.pop()


def _stands_alone(tokens: list[Token], index: int) -> bool:
    """A selector such as the `<<` of `A!<<` opens nothing."""
    return index > 0 and tokens[index - 1].type == "BANG"


def split(tokens: list[Token]) -> list[list[Token]]:
    """The parts between commas that stand outside of everything."""
    parts: list[list[Token]] = [[]]
    for token, depth in with_depth(tokens):
        if token.type == "COMMA" and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts if tokens else []
