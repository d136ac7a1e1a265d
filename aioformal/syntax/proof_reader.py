"""Reads what proofs say: the texts that the parser folded into one token each.

A proof is cut into steps by the same rules as in `proofs`, a step into expressions at its keywords and
commas, and each expression is parsed on its own. Only who looks a specification through pays for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from aioformal.diagnostic import DiagnosticError, error
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.builder import word
from aioformal.syntax.definitions import mark_definitions
from aioformal.syntax.nesting import MAX_DEPTH
from aioformal.syntax.parsing import parse_part
from aioformal.syntax.proofs import ProofLevels, starts_step
from aioformal.syntax.steps import Facts, Kind, New, Proof, Sequent, Step
from aioformal.syntax.terminals import OPERATOR_TYPES
from aioformal.syntax.tokens import Token, tokenize_part

_OPENERS = frozenset(["LPAR", "LSQB", "LBRACE", "LANGLE", "LET", "ASSUME", "QUANT", "TQUANT", "LAMBDA"])
_CLOSERS = frozenset(["RPAR", "RSQB", "RSQB_SUB", "RBRACE", "RANGLE", "RANGLE_SUB", "LET_IN", "PROVE"])
_BINDERS = frozenset(["QUANT", "TQUANT", "LAMBDA"])
_LEAVES = frozenset(["PROOF", "BY", "OBVIOUS", "OMITTED"])
_DECLARE = frozenset(["NEW", "CONSTANT", "VARIABLE", "STATE", "ACTION", "TEMPORAL"])
_WORDS = frozenset(
    ["HAVE", "TAKE", "PICK", "WITNESS", "USE", "HIDE", "INSTANCE", "QED", "SUFFICES", "DEFINE"]
)
_WITHOUT_PROOF = frozenset(["HAVE", "TAKE", "WITNESS", "USE", "HIDE", "INSTANCE", "DEFINE"])
_ZEROS = re.compile(r"<0+(?=[0-9])")


def read_proof(span: Span) -> Proof | Facts | None:
    """The proof of a theorem; None if it is OBVIOUS or OMITTED. Raises DiagnosticError: parse.*."""
    return _proof(_tokens(span))


def read_sequent(span: Span) -> Sequent:
    """`ASSUME .. PROVE ..`, perhaps with `[]` before each word. Raises DiagnosticError: parse.*."""
    return _sequent(_tokens(span))


def read_facts(span: Span) -> Facts:
    """A USE or HIDE. Raises DiagnosticError: parse.*."""
    return _facts(_tokens(span))


def _tokens(span: Span) -> list[Token]:
    return mark_definitions(tokenize_part(span))


# ---------------------------------------------------------------- steps


@dataclass(frozen=True, slots=True)
class _Flat:
    """A step with its level, before steps are put below each other."""

    level: int
    tokens: list[Token]


def _proof(tokens: list[Token]) -> Proof | Facts | None:
    if tokens[0].type == "PROOF":
        tokens = tokens[1:]
    if not tokens or tokens[0].type in ("OBVIOUS", "OMITTED"):
        return None
    if tokens[0].type == "BY":
        return _facts(tokens)
    flat = list(_flat_steps(tokens))
    return _block(flat, 0)[0] if flat else None


def _flat_steps(tokens: list[Token]) -> Iterator[_Flat]:
    begins: list[int] = []
    for index, token in enumerate(tokens):
        last = begins[-1] if begins else -1
        if token.type == "STEP" and (index == 0 or starts_step(tokens, index, last)):
            begins.append(index)
    levels = ProofLevels()
    for index, end in zip(begins, [*begins[1:], len(tokens)], strict=True):
        level = levels.enter(tokens[index], index == 0 or tokens[index - 1].type == "PROOF")
        if tokens[index].text[1] in "+*" and tokens[index].text[3:].strip(".*-"):
            raise _implicit_name(tokens[index])
        yield _Flat(level, tokens[index:end])
        if index + 1 < end and tokens[index + 1].type == "QED":
            levels.leave(tokens[index + 1])


def _implicit_name(token: Token) -> Exception:
    return error(
        "parse.unexpected",
        f"the step `{token.written}` cannot have a name",
        token.span,
        hint=f"write a level, as in `<1>{token.text[3:]}`, or no name, as in `{token.text[:3]}`",
    )


def _block(flat: list[_Flat], index: int, depth: int = 1) -> tuple[Proof, int]:
    """The steps of one level from `index` on, with those below them; and where the next ones are."""
    if depth > MAX_DEPTH:
        raise _too_deep(flat[index].tokens[0])
    level = flat[index].level
    steps: list[Step] = []
    while index < len(flat) and flat[index].level == level:
        tokens = flat[index].tokens
        index += 1
        below: Proof | None = None
        if index < len(flat) and flat[index].level > level:
            below, index = _block(flat, index, depth + 1)
        steps.append(_step(tokens, below))
        if steps[-1].kind == "QED":
            break
    return Proof(steps[0].span.to(steps[-1].span), tuple(steps)), index


def _too_deep(token: Token) -> Exception:
    return error(
        "parse.nesting",
        f"this proof nests more than {MAX_DEPTH} levels deep",
        token.span,
        hint="prove inner parts as lemmas of their own",
    )


def _step(tokens: list[Token], below: Proof | None) -> Step:
    leaf = next((i for i, t in enumerate(tokens) if t.type in _LEAVES), len(tokens))
    body, rest = tokens[1:leaf], tokens[leaf:]
    proof = below if below is not None or not rest else _proof(rest)
    kind = _kind(body)
    if proof is not None or rest:
        _expect_proof(kind, tokens[0])
    end = body[-1] if body else tokens[0]
    span = Span(tokens[0].source, tokens[0].start, end.end)
    return Step(span, _step_name(tokens[0]), kind, _content(kind, body), proof)


def _expect_proof(kind: Kind, step: Token) -> None:
    if kind in _WITHOUT_PROOF:
        raise error(
            "parse.unexpected",
            f"the step `{step.written}` has a proof, but {kind} takes none",
            step.span,
            hint="what needs a proof is asserted by a step of its own",
        )


def _step_name(token: Token) -> ast.Identifier | None:
    name = _plain(token)
    return None if name.endswith(">") else ast.Identifier(token.span, name)


def _plain(token: Token) -> str:
    """`<01>a.` and `<1>a` are the same step."""
    return _ZEROS.sub("<", token.text.rstrip("."))


def _kind(body: list[Token]) -> Kind:
    first = body[0].type if body else ""
    if first in _WORDS:
        return cast("Kind", first)
    if first == "DEF_START":
        return "DEFINE"
    return "CASE" if first == "CASE" and not _has_arm(body) else "ASSERT"


def _has_arm(body: list[Token]) -> bool:
    """Whether `CASE ...` is the expression, with an arrow outside brackets, and not the step."""
    return any(t.type == "ARROW" and depth == 0 for t, depth in _with_depth(body))


def _content(kind: Kind, body: list[Token]) -> Sequent | Facts | ast.Expr | None:
    match kind:
        case "QED":
            _expect_end_of_step(body)
            return None
        case "INSTANCE":
            return None
        case "USE" | "HIDE":
            return _facts(body)
        case "ASSERT":
            return _statement(body)
        case "SUFFICES":
            return _statement(body[1:])
        case "TAKE" | "PICK":
            return _bound(body, has_body=kind == "PICK")
        case "DEFINE":
            return _definitions(body)
        case "WITNESS":
            parts = tuple(_expression(part) for part in _split(body[1:]))
            return ast.Tuple(_span(body), parts)
        case "HAVE" | "CASE":
            return _expression(body[1:], body[0])


def _expect_end_of_step(body: list[Token]) -> None:
    if len(body) > 1:
        raise error(
            "parse.unexpected",
            f"`{body[1].written}` cannot stand after QED",
            (body[1] if body[1].written else body[2]).span,
            hint="the proof of a QED step begins with BY, OBVIOUS, OMITTED, PROOF or a step",
        )


def _bound(body: list[Token], *, has_body: bool) -> ast.Expr:
    r"""`TAKE x \in S` is read as `\A x \in S : TRUE`."""
    first, last = body[0], body[-1]
    quantifier = Token("QUANT", "\\A", first.source, first.start, first.end, first.column)
    rest = [] if has_body else _then_true(last, "COLON", ":")
    return _completed([quantifier, *_named(body[1:]), *rest], first)


def _definitions(body: list[Token]) -> ast.Expr:
    first, last = body[0], body[-1]
    let = Token("LET", "LET", first.source, first.start, first.end, first.column)
    units = body[1:] if first.type == "DEFINE" else body
    return _completed([let, *_named(units), *_then_true(last, "LET_IN", "IN")], first)


def _completed(tokens: list[Token], word: Token) -> ast.Expr:
    """A mistake at a token of no width is one at the end of the step."""
    try:
        return parse_part(tokens)
    except DiagnosticError as failure:
        span = failure.diagnostics[0].span
        if span is not None and span.start < span.end:
            raise
        message = (
            f"the `{word.written}` is not complete" if word.written else "this definition is not complete"
        )
        raise error("parse.unexpected", message, word.span) from None


def _then_true(last: Token, terminal: str, text: str) -> list[Token]:
    """`text TRUE`, of no width, behind `last`."""
    place = (last.source, last.end, last.end, last.column)
    return [Token(terminal, text, *place), Token("IDENT", "TRUE", *place)]


# ---------------------------------------------------------------- facts and sequents


def _facts(tokens: list[Token]) -> Facts:
    word = tokens[0].type
    rest = tokens[2:] if len(tokens) > 1 and tokens[1].type == "ONLY" else tokens[1:]
    if not rest:
        hint = "it takes facts, or DEF and the names of definitions"
        raise error("parse.unexpected", f"this {tokens[0].written} names nothing", _span(tokens), hint=hint)
    cut = next((i for i, t in enumerate(rest) if t.type == "DEF"), len(rest))
    facts = [_statement(part) for part in _named_parts(rest[:cut], tokens[0])]
    defs = [_defined(part) for part in _named_parts(rest[cut + 1 :], tokens[0])]
    return Facts(_span(tokens), cast('Literal["BY", "USE", "HIDE"]', word), tuple(facts), tuple(defs))


def _named_parts(tokens: list[Token], before: Token) -> Iterator[list[Token]]:
    """The parts between commas, without modules."""
    for part in _split(tokens):
        if not part:
            message = f"between or after the commas of this {before.written} a name is missing"
            raise error("parse.unexpected", message, _span(tokens), hint="a comma stands between two names")
        if part[0].type != "MODULE":
            yield part


def _defined(part: list[Token]) -> ast.Expr:
    if len(part) == 1 and part[0].type in OPERATOR_TYPES:
        return ast.Name(part[0].span, part[0].text)
    return _expression(part)


def _statement(tokens: list[Token], depth: int = 1) -> Sequent | ast.Expr:
    return _sequent(tokens, depth) if _is_sequent(tokens) else _expression(tokens)


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


def _sequent(tokens: list[Token], depth: int = 1) -> Sequent:
    if depth > MAX_DEPTH:
        raise _too_deep(tokens[0])
    label = ast.Identifier(tokens[0].span, tokens[0].text) if tokens[0].type == "IDENT" else None
    start = next(i for i, t in enumerate(tokens) if t.type == "ASSUME") + 1
    proves = 1
    for at in range(start, len(tokens)):
        proves += (tokens[at].type == "ASSUME") - (tokens[at].type == "PROVE")
        if not proves:
            break
    else:
        raise error("parse.unexpected", "this ASSUME has no PROVE", tokens[start - 1].span)
    end = at - 1 if tokens[at - 1].type == "ALWAYS" else at
    items = [_assumed(part, depth + 1) for part in _split(tokens[start:end])]
    return Sequent(_span(tokens), label, tuple(items), _expression(tokens[at + 1 :], tokens[at]))


def _assumed(part: list[Token], depth: int) -> New | Sequent | ast.Expr:
    words = 0
    while words < min(2, len(part)) and part[words].type in _DECLARE:
        words += 1
    if not words or words == len(part):
        return _statement(part, depth)
    level = part[words - 1].type if part[words - 1].type != "NEW" else "CONSTANT"
    rest = part[words:]
    domain = None
    if len(rest) > 2 and rest[1].type == "IN" and rest[0].type == "IDENT":
        domain, rest = _expression(rest[2:]), rest[:1]
    name = next((t for t in rest if t.type == "IDENT" or t.type in OPERATOR_TYPES), rest[0])
    declared = ast.Parameter(name.span, name.text, sum(t.type == "US" for t in rest))
    return New(_span(part), declared, cast("Literal['CONSTANT']", level), domain)


# ---------------------------------------------------------------- expressions


def _expression(tokens: list[Token], before: Token | None = None) -> ast.Expr:
    if not tokens:
        span = before.span if before else None
        raise error("parse.unexpected", "an expression is missing in this proof", span)
    _named(tokens)
    if len(tokens) == 1 and tokens[0].type == "IDENT":
        return word(tokens[0])
    return parse_part(tokens)


def _named(tokens: list[Token]) -> list[Token]:
    """A step that is referred to is a name like others."""
    for token in tokens:
        if token.type == "STEP":
            token.type, token.text = "IDENT", _plain(token)
    return tokens


def _span(tokens: list[Token]) -> Span:
    return Span(tokens[0].source, tokens[0].start, tokens[-1].end)


def _with_depth(tokens: list[Token]) -> Iterator[tuple[Token, int]]:
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


def _split(tokens: list[Token]) -> list[list[Token]]:
    """The parts between commas that stand outside of everything."""
    parts: list[list[Token]] = [[]]
    for token, depth in _with_depth(tokens):
        if token.type == "COMMA" and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts if tokens else []
