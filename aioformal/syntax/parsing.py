"""The front door: a source in, an AST out, or a diagnostic."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

from aioformal.diagnostic import error
from aioformal.source import Source, Span
from aioformal.syntax import ast
from aioformal.syntax.definitions import mark_definitions
from aioformal.syntax.layout import lay_out
from aioformal.syntax.nesting import MAX_DEPTH, make_room
from aioformal.syntax.proofs import skip_proofs
from aioformal.syntax.tokens import HEADER, Token, tokenize

MAX_CHARACTERS = 4_000_000
"""The longest text that is read: some ten times the largest public specification."""


def parse_module(source: Source) -> ast.Module:
    """The outermost module of a text; what surrounds it is ignored.

    Raises DiagnosticError: file.*, parse.*.
    """
    _check_text(source)
    tokens = prepare(tokenize(source, _find_header(source)))
    return _parse(lay_out(tokens), "module")


def parse_expression(source: Source) -> ast.Expr:
    """A text that is one expression. Raises DiagnosticError."""
    _check_text(source)
    tokens = lay_out(prepare(tokenize(source)))
    if not tokens:
        raise error("file.empty", "there is no expression", Span(source, 0, 0))
    return _parse(tokens, "expr")


def prepare(tokens: list[Token]) -> list[Token]:
    """The passes between tokenizer and layout."""
    return skip_proofs(mark_definitions(tokens))


def _check_text(source: Source) -> None:
    if len(source.text) > MAX_CHARACTERS:
        raise error(
            "file.too-large",
            f"{source.name} has {len(source.text):,} characters; at most {MAX_CHARACTERS:,} are read",
            Span(source, 0, 0),
        )
    if "\0" in source.text:
        place = source.text.index("\0")
        raise error(
            "file.unreadable", f"{source.name} is not a text: it holds a zero byte", Span(source, place, place)
        )


def _find_header(source: Source) -> int:
    found = HEADER.search(source.text)
    if found is not None:
        return found.start()
    what = "holds no module" if source.text.strip() else "is empty"
    raise error(
        "file.empty",
        f"{source.name} {what}",
        Span(source, 0, 0),
        hint="a module begins with `---- MODULE Name ----` and ends with `====`",
    )


def _parse(tokens: list[Token], start: str) -> Any:
    # Imported here: Lark takes longer to import than most callers need it.
    from lark.exceptions import UnexpectedInput, UnexpectedToken

    from aioformal.syntax.explain import unexpected, unexpected_end
    from aioformal.syntax.grammar import parse_tokens

    make_room()
    try:
        tree = parse_tokens(tokens, start)
    except UnexpectedToken as failure:
        accepted = acceptable(failure)
        found: Any = failure.token
        if isinstance(found, Token):
            raise unexpected(found, accepted, tokens) from None
        raise unexpected_end(accepted, tokens) from None
    except UnexpectedInput as failure:  # pragma: no cover - the token feed raises nothing else
        raise AssertionError("Lark read characters itself") from failure
    check_depth(tree)
    return tree


def acceptable(failure: Any) -> set[str]:
    """The terminals that could have stood where `failure` was raised.

    LALR reduces before it notices an error, so the table's row is tried against the stack.
    """
    parser = failure.interactive_parser
    return set(parser.accepts()) if parser is not None else set(failure.accepts or ())


@cache
def _children(node_class: type) -> tuple[str, ...]:
    """The fields of a node class that can hold nodes."""
    return tuple(f.name for f in fields(node_class) if f.name not in ("span", "name", "binding", "kind"))


def check_depth(tree: ast.Node) -> None:
    """Raise parse.nesting if nodes nest deeper than `MAX_DEPTH`. Iterates, level by level."""
    level: list[ast.Node] = [tree]
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise error(
                "parse.nesting",
                f"expressions nest more than {MAX_DEPTH} levels deep here",
                level[0].span,
                hint="name inner parts in definitions of their own, or write a long chain as an aligned list",
            )
        level = [child for node in level for child in _nodes_in(node)]


def _nodes_in(node: ast.Node) -> list[ast.Node]:
    found: list[ast.Node] = []
    for name in _children(type(node)):
        value = getattr(node, name)
        if isinstance(value, ast.Node):
            found.append(value)
        elif value.__class__ is tuple:
            found.extend(item for item in value if isinstance(item, ast.Node))
    return found
