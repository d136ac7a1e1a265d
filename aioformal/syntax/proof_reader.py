"""Reads what proofs say: the texts that the parser folded into one token each.

A proof is cut into steps by the same rules as in `proofs`, and a step into what `statements` reads. Only who
looks a specification through pays for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from msgspec import Struct

from aioformal.diagnostic import DiagnosticError, error
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.nesting import MAX_DEPTH
from aioformal.syntax.parsing import parse_part
from aioformal.syntax.proofs import ProofLevels, starts_step
from aioformal.syntax.statements import (
    expression,
    facts,
    named,
    span_of,
    split,
    statement,
    step_name,
    tokens_of,
    too_deep,
    with_depth,
)
from aioformal.syntax.steps import Facts, Kind, Proof, Sequent, Step
from aioformal.syntax.tokens import Token

_LEAVES = frozenset(["PROOF", "BY", "OBVIOUS", "OMITTED"])
_WORDS = frozenset(
    ["HAVE", "TAKE", "PICK", "WITNESS", "USE", "HIDE", "INSTANCE", "QED", "SUFFICES", "DEFINE"]
)
_WITHOUT_PROOF = frozenset(["HAVE", "TAKE", "WITNESS", "USE", "HIDE", "INSTANCE", "DEFINE"])


def read_proof(span: Span) -> Proof | Facts | None:
    """The proof of a theorem; None if it is OBVIOUS or OMITTED. Raises DiagnosticError: parse.*."""
    return _proof(tokens_of(span))


class _Flat(Struct, frozen=True):
    """A step with its level, before steps are put below each other."""

    level: int
    tokens: list[Token]


def _proof(tokens: list[Token]) -> Proof | Facts | None:
    rest = tokens[1:] if tokens[0].type == "PROOF" else tokens
    if rest and rest[0].type in ("OBVIOUS", "OMITTED"):
        _expect_end(rest)
        return None
    if rest and rest[0].type == "BY":
        return facts(rest)
    if not rest or rest[0].type != "STEP":
        found = f", not with `{_shown(rest)}`" if rest else ""
        message = f"a proof begins with BY, OBVIOUS, OMITTED or a step{found}"
        hint = "the shortest proof is OBVIOUS"
        raise error("parse.unexpected", message, span_of(rest[:2] or tokens), hint=hint)
    flat = list(_flat_steps(rest))
    proof, end = _block(flat, 0)
    if end < len(flat):
        raise _no_such_level(flat[end].tokens[0])
    return proof


def _flat_steps(tokens: list[Token]) -> Iterator[_Flat]:
    begins: list[int] = []
    for index, token in enumerate(tokens):
        last = begins[-1] if begins else -1
        if token.type == "STEP" and (not index or starts_step(tokens, index, last)):
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
        raise too_deep(flat[index].tokens[0])
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
    if steps[-1].kind != "QED":
        between = index < len(flat) and flat[index].level > level
        raise _no_such_level(flat[index].tokens[0]) if between else _without_end(level, steps[-1].span)
    return Proof(steps[0].span.to(steps[-1].span), tuple(steps)), index


def _without_end(level: int, last: Span) -> Exception:
    return error(
        "parse.unclosed",
        f"the steps of level <{level}> do not end with QED",
        last,
        hint=f"after the last of them write `<{level}> QED`",
    )


def _no_such_level(step: Token) -> Exception:
    return error(
        "parse.unexpected",
        f"no proof that is open here has steps of the level of `{step.written}`",
        step.span,
        hint="steps of one proof have one level, and those of the proof of a step a higher one",
    )


def _step(tokens: list[Token], below: Proof | None) -> Step:
    leaf = next((i for i, t in enumerate(tokens) if t.type in _LEAVES), len(tokens))
    body, rest = tokens[1:leaf], tokens[leaf:]
    kind = _kind(body)
    if below is not None and [t.type for t in rest] not in ([], ["PROOF"]):
        message = f"the step `{tokens[0].written}` has two proofs: this one, and the steps below it"
        raise error("parse.unexpected", message, span_of(rest[:2]), hint="leave one of them out")
    proof = below if below is not None or not rest else _proof(rest)
    if below is not None or rest:
        _expect_proof(kind, tokens[0])
    end = body[-1] if body else tokens[0]
    span = Span(tokens[0].source, tokens[0].start, end.end)
    return Step(span, _step_name(tokens[0]), kind, _content(kind, body, tokens[0]), proof)


def _expect_proof(kind: Kind, step: Token) -> None:
    if kind in _WITHOUT_PROOF:
        raise error(
            "parse.unexpected",
            f"the step `{step.written}` has a proof, but {kind} takes none",
            step.span,
            hint="what needs a proof is asserted by a step of its own",
        )


def _step_name(token: Token) -> ast.Identifier | None:
    name = step_name(token)
    return None if name.endswith(">") else ast.Identifier(token.span, name)


def _kind(body: list[Token]) -> Kind:
    first = body[0].type if body else ""
    if first in _WORDS:
        return cast("Kind", first)
    if first == "DEF_START":
        return "DEFINE"
    return "CASE" if first == "CASE" and not _has_arm(body) else "ASSERT"


def _has_arm(body: list[Token]) -> bool:
    """Whether `CASE ...` is the expression, with an arrow outside brackets, and not the step."""
    return any(t.type == "ARROW" and depth == 0 for t, depth in with_depth(body))


def _content(kind: Kind, body: list[Token], step: Token) -> Sequent | Facts | ast.Expr | None:
    match kind:
        case "QED":
            _expect_end(body)
            return None
        case "INSTANCE":
            return None
        case "USE" | "HIDE":
            return facts(body)
        case "ASSERT":
            return statement(body, step)
        case "SUFFICES":
            return statement(body[1:], body[0])
        case "TAKE" | "PICK":
            return _bound(body, has_body=kind == "PICK")
        case "DEFINE":
            return _definitions(body)
        case "WITNESS":
            parts = tuple(expression(part, body[0]) for part in split(body[1:]) or [[]])
            return ast.Tuple(span_of(body), parts)
        case "HAVE" | "CASE":
            return expression(body[1:], body[0])


def _expect_end(tokens: list[Token]) -> None:
    """Behind QED stands at most its proof, behind OBVIOUS and OMITTED nothing."""
    if len(tokens) > 1:
        after = tokens[0].written
        proofs = "its proof begins with BY, OBVIOUS, OMITTED, PROOF or a step"
        hint = proofs if after == "QED" else "leave it out"
        message = f"`{_shown(tokens[1:])}` cannot stand after {after}"
        raise error("parse.unexpected", message, span_of(tokens[1:3]), hint=hint)


def _shown(tokens: list[Token]) -> str:
    """The first of the tokens that was written."""
    return next((t.written for t in tokens if t.written), "")


def _bound(body: list[Token], *, has_body: bool) -> ast.Expr:
    r"""`TAKE x \in S` is read as `\A x \in S : TRUE`."""
    first, last = body[0], body[-1]
    quantifier = Token("QUANT", "\\A", first.source, first.start, first.end, first.column)
    rest = [] if has_body else _then_true(last, "COLON", ":")
    return _completed([quantifier, *named(body[1:]), *rest], first)


def _definitions(body: list[Token]) -> ast.Expr:
    first, last = body[0], body[-1]
    let = Token("LET", "LET", first.source, first.start, first.end, first.column)
    units = body[1:] if first.type == "DEFINE" else body
    return _completed([let, *named(units), *_then_true(last, "LET_IN", "IN")], first)


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
