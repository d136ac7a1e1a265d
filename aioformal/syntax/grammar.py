"""Loads the grammar and keeps its tables between runs.

The tables are cached in the user's cache directory, keyed by the grammar, Lark's version and
Python's. A cache that cannot be read or written costs 0.2 s and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import lark
from lark.lexer import Lexer

from aioformal.syntax.tokens import Token
from aioformal.syntax.units import Builder

STARTS = ("module", "expr")


class TokenFeed(Lexer):
    """Hands tokens that were made before to Lark."""

    __future_interface__ = 2

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
        del parser_state  # part of Lark's interface; columns decide here, not the parser
        return iter(lexer_state.text)


def grammar_text(name: str = "tla.lark") -> str:
    """The grammar: the copy inside an installed package, else the one of the repository."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "grammar", package.parent / "grammar"):
        path = folder / name
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(f"{name} is neither in the package nor in the repository")


def cache_directory() -> Path | None:
    """Where tables are kept, created if need be; None where nothing can be written."""
    configured = os.environ.get("AIOFORMAL_CACHE")
    if sys.platform == "win32":
        fallback = os.environ.get("LOCALAPPDATA")
    else:
        fallback = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if not configured and not fallback:
        return None
    directory = Path(configured) if configured else Path(str(fallback)) / "aioformal"
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return directory if os.access(directory, os.W_OK) else None


def _cache_file(text: str) -> str | bool:
    directory = cache_directory()
    if directory is None:
        return False
    version = f"{lark.__version__} {sys.version_info[:2]} {text}"
    return str(directory / f"grammar-{hashlib.sha256(version.encode()).hexdigest()[:16]}.tables")


def build(text: str, *, cached: str | bool = False, debug: bool = False) -> lark.Lark:
    """A parser whose reductions build the AST directly."""
    return lark.Lark(
        text,
        parser="lalr",
        lexer=TokenFeed,
        start=list(STARTS),
        transformer=Builder(),  # pyright: ignore[reportArgumentType]
        keep_all_tokens=True,
        maybe_placeholders=False,
        cache=cached,
        debug=debug,
    )


@cache
def parser() -> lark.Lark:
    """The parser, built once per process."""
    text = grammar_text()
    return build(text, cached=_cache_file(text))


def parse_tokens(tokens: list[Token], start: str) -> Any:
    """The AST of laid-out tokens. Raises lark.UnexpectedInput and DiagnosticError."""
    lalr: Any = parser()
    return lalr.parse(tokens, start=start)
