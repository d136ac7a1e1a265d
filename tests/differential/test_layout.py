"""Two readings of the columns agree: the pass over tokens, and the parser-directed oracle."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from lark.exceptions import UnexpectedToken

from aioformal.diagnostic import DiagnosticError
from aioformal.source import Source
from aioformal.syntax.grammar import parse_tokens
from aioformal.syntax.layout import lay_out
from aioformal.syntax.parsing import prepare
from aioformal.syntax.tokens import HEADER, Token, tokenize
from tests.differential.parser_directed import RejectedError, directed_layout
from tests.parse.tree_cases import read_cases

ROOT = Path(__file__).parent.parent.parent

FILES = sorted([*ROOT.glob("spec/*.tla"), *ROOT.glob("aioformal/library/*.tla")])
LISTS = """---- MODULE Lists ----
A == /\\ \\E x \\in S : /\\ P(x)
                     \\/ Q(x)
     /\\ IF /\\ a
           /\\ b
        THEN \\/ c
             \\/ /\\ d
                /\\ [f EXCEPT ![1] = /\\ e
                                    /\\ g,
                              !.h = TRUE]
        ELSE CASE i -> /\\ j
                       /\\ k
               [] l -> m
               [] OTHER -> LET n == /\\ o
                                    /\\ p
                               q == r
                           IN  /\\ n
                               /\\ q
     /\\ F(/\\, /\\ s
              /\\ t, {u : v \\in W}) => <<w,
                                        x>>
     /\\ [y \\in S |-> \\/ y
                      \\/ z]
B == a /\\ b
     \\/ c
====
"""


def prepared(text: str) -> list[Token]:
    source = Source("layout", text)
    found = HEADER.search(text)
    return prepare(tokenize(source, found.start() if found else 0))


def by_columns(text: str) -> list[tuple[str, int]] | None:
    """What the shipped pass makes of a text; None where the text is rejected."""
    try:
        laid = lay_out(prepared(text))
        parsed = [(t.type, -1 if t.type == "CLOSE" else t.start) for t in laid]
        parse_tokens(laid, "module")
    except DiagnosticError as failure:
        # What is found after the grammar has accepted the tokens says nothing about layout.
        if failure.diagnostics[0].code == "parse.precedence" or "do not line up" in str(failure):
            return parsed
        return None
    except UnexpectedToken:
        return None
    return parsed


def by_parser(text: str) -> list[tuple[str, int]] | None:
    try:
        return directed_layout(prepared(text))
    except RejectedError:
        return None


def shifted(text: str, random_: random.Random) -> str:
    """The text with the indentation of one or two lines changed."""
    lines = text.split("\n")
    for _ in range(random_.choice((1, 1, 2))):
        index = random_.randrange(1, len(lines) - 2)
        by = random_.choice((-4, -3, -2, -1, 1, 2, 3, 4))
        line = lines[index]
        blank = len(line) - len(line.lstrip())
        lines[index] = " " * by + line if by > 0 else line[min(-by, blank) :]
    return "\n".join(lines)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_passes_agree_on_our_modules(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    laid = by_columns(text)
    assert laid is not None
    assert laid == by_parser(text)


def test_passes_agree_on_the_parse_corpus() -> None:
    texts = [case.text for case in read_cases() if case.is_module]
    bodies = [case.text for case in read_cases() if not case.is_module]
    texts += ["---- MODULE M ----\nA ==\n" + body + "\n====" for body in bodies]
    assert len(texts) > 30
    for text in texts:
        laid = by_columns(text)
        assert laid is not None, text
        assert laid == by_parser(text), text


@pytest.mark.parametrize("seed", range(8))
def test_passes_agree_on_shifted_lines(seed: int) -> None:
    random_ = random.Random(seed)
    accepted = 0
    for _ in range(60):
        text = shifted(LISTS, random_)
        laid = by_columns(text)
        assert laid == by_parser(text), text
        accepted += laid is not None
    assert accepted > 0


def test_the_shifted_lists_are_not_all_accepted() -> None:
    assert by_columns(LISTS) is not None
    spoiled = LISTS.replace("\n        THEN", "\n     THEN")
    assert by_columns(spoiled) is None
    assert by_parser(spoiled) is None
