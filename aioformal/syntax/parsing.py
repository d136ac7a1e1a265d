"""The front door: a source in, an AST out, or a diagnostic."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from aioformal.diagnostic import Diagnostic, DiagnosticError, error
from aioformal.source import Source, Span
from aioformal.syntax import ast
from aioformal.syntax.definitions import mark_definitions
from aioformal.syntax.layout import Layout, lay_out
from aioformal.syntax.nesting import MAX_DEPTH, make_room
from aioformal.syntax.proofs import skip_proofs
from aioformal.syntax.tokens import HEADER, Token, tokenize

MAX_CHARACTERS = 4_000_000
"""The longest text that is read (a trace that the tools wrote out can have three million)."""
SPLIT_HINT = "move a part into a module of its own, and name it under EXTENDS"
REMEMBERED = 64
"""Modules that are kept, for the next run in the same process: most files did not change in between."""
MAX_ERRORS = 10
"""Mistakes that are reported at once."""

_RESTARTS = frozenset(
    ["DEF_START", "CONSTANT", "VARIABLE", "ASSUME", "THEOREM", "RECURSIVE", "LOCAL", "INSTANCE"]
)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1b]")
_SHORT_HEADER = re.compile(r"-{1,3}[ \t]*MODULE\b")


def parse_module(source: Source) -> ast.Module:
    """The outermost module of a text; what surrounds it is ignored.

    Raises DiagnosticError: file.*, parse.*, with up to `MAX_ERRORS` diagnostics.
    """
    return parse_with_warnings(source)[0]


@lru_cache(maxsize=REMEMBERED)
def parse_with_warnings(source: Source, start: int = 0) -> tuple[ast.Module, tuple[Diagnostic, ...]]:
    """The first module that begins at an offset or after it, and the bullets that stand beside their list:
    legal, but hardly meant. A text that was read before is not read again. Raises as `parse_module` does."""
    _check_text(source)
    start = _find_header(source, start)
    try:
        layout = Layout(prepare(tokenize(source, start)))
        return _parse(layout.run(), "module"), tuple(layout.warnings)
    except DiagnosticError as failure:
        raise DiagnosticError(_all_errors(source, start, failure)) from None


def parse_expression(source: Source) -> ast.Expr:
    """A text that is one expression. Raises DiagnosticError."""
    _check_text(source)
    tokens = lay_out(prepare(tokenize(source)))
    if not tokens:
        raise error("file.empty", "there is no expression", Span(source, 0, 0))
    return _parse(tokens, "expr")


def parse_part(tokens: list[Token]) -> ast.Expr:
    """Prepared tokens, not laid out, at least one, that are one expression. Raises DiagnosticError."""
    return _parse(lay_out(tokens), "expr")


def prepare(tokens: list[Token]) -> list[Token]:
    """The passes between tokenizer and layout."""
    return skip_proofs(mark_definitions(tokens))


def _all_errors(source: Source, start: int, first: DiagnosticError) -> list[Diagnostic]:
    """The mistakes of every unit that begins in column 1, each parsed on its own.

    But for a text that nests too deeply: a program wrote it, and reading it twice takes its time.
    """
    if first.diagnostics[0].code == "parse.nesting":
        return list(first.diagnostics)
    try:
        tokens = prepare(tokenize(source, start))
    except DiagnosticError:
        return list(first.diagnostics)
    if sum(t.type == "BEGIN_MODULE" for t in tokens) != 1:
        return list(first.diagnostics)
    header, units, end = tokens[:3], _units(tokens[3:-1]), tokens[-1]
    found: list[Diagnostic] = []
    for index in range(len(units)):
        found.extend(_errors_in(header, units[index : index + 2], end))
        if len(found) >= MAX_ERRORS:
            break
    return found or list(first.diagnostics)


def _errors_in(header: list[Token], units: list[list[Token]], end: Token) -> tuple[Diagnostic, ...]:
    """The mistakes of the first unit; the second is what an incomplete first runs into."""
    for count in (1, 2):
        tokens = [*header, *(t for unit in units[:count] for t in unit), end]
        try:
            _parse(lay_out([t.copy() for t in tokens]), "module")
        except DiagnosticError as failure:
            span = failure.diagnostics[0].span
            if count < len(units) and span is not None and span.start == end.start:
                continue
            return failure.diagnostics
        break
    return ()


def _units(tokens: list[Token]) -> list[list[Token]]:
    """The tokens cut before every unit that begins in column 1."""
    units: list[list[Token]] = [[]]
    for index, token in enumerate(tokens):
        begins = token.column == 1 and token.type in _RESTARTS
        if begins and not (index and tokens[index - 1].start == token.start):
            units.append([])
        units[-1].append(token)
    return units


def _check_text(source: Source) -> None:
    start = Span(source, 0, 0)
    if len(source.text) > MAX_CHARACTERS:
        message = f"{source.name} has {len(source.text):,} characters; at most {MAX_CHARACTERS:,} are read"
        raise error("file.too-large", message, start, hint=SPLIT_HINT)
    if "\0" in source.text:
        raise error("file.unreadable", f"{source.name} is not a text: it holds a zero byte", start)


def _find_header(source: Source, start: int) -> int:
    found = HEADER.search(source.text, start)
    if found is not None:
        return found.start()
    beginning = Span(source, 0, 0)
    if _CONTROL.search(source.text):
        raise error("file.unreadable", f"{source.name} is not a text", beginning)
    what = "holds no module" if source.text.strip() else "is empty"
    short = _SHORT_HEADER.search(source.text)
    raise error(
        "file.empty",
        f"{source.name} {what}",
        Span(source, *short.span()) if short else beginning,
        hint="a module begins with `---- MODULE Name ----` (four dashes or more) and ends with `====`",
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
    if len(tokens) >= MAX_DEPTH // 2:  # a token makes two levels at most
        check_depth(tree)
    return tree


def acceptable(failure: Any) -> set[str]:
    """The terminals that could have stood where `failure` was raised.

    LALR reduces before it notices an error, so the table's row is tried against the stack.
    """
    parser = failure.interactive_parser
    return set(parser.accepts()) if parser is not None else set(failure.accepts or ())


@cache
def _children(node_class: type[ast.Node]) -> tuple[str, ...]:
    """The fields of a node class that can hold nodes."""
    return tuple(
        name for name in node_class.__struct_fields__ if name not in ("span", "name", "binding", "kind")
    )


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
