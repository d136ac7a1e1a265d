"""Deep and long input: a diagnostic or a tree that later stages can walk, never a crash."""

from __future__ import annotations

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.source import Source
from aioformal.syntax import dump, parse_expression, parse_module, unparse
from aioformal.syntax.ast import Junction, SetEnumeration
from aioformal.syntax.nesting import MAX_DEPTH

DEEP = 20_000
"""Levels: so many that a test would not end if every one of them read ahead."""


@pytest.mark.parametrize(
    "text",
    [
        "(" * DEEP + "1" + ")" * DEEP,
        "(" * DEEP,
        "[" * DEEP,
        "{" * DEEP + "1" + "}" * DEEP,
        "~" * DEEP + "x",
        "x" + "'" * DEEP,
        "x" + "[1]" * DEEP,
        "x" + ".a" * DEEP,
        "f(" * DEEP + "1" + ")" * DEEP,
        "/\\ " * DEEP + "x",
        "\\E x : " * DEEP + "x",
        "IF x THEN y ELSE " * DEEP + "z",
        "1" + " + 1" * DEEP,
        "(-" * DEEP + "1" + ")" * DEEP,
        "-(" * DEEP,
        "-(a, " * DEEP + "1" + ")" * DEEP,
        "~(" * DEEP + "x" + ")" * DEEP,
        "[x |-> " * DEEP + "1" + "]" * DEEP,
        "[f EXCEPT ![1] = " * DEEP + "1" + "]" * DEEP,
        "<<" * DEEP + "1" + ">>" * DEEP,
        "IF " * DEEP + "x" + " THEN 1 ELSE 2" * DEEP,
        "IF x THEN " * DEEP + "x" + " ELSE 2" * DEEP,
        "CASE x -> " * DEEP + "x",
        "LET a == " * DEEP + "1" + " IN a" * DEEP,
        "LET a == 1 IN " * DEEP + "a",
        "/\\ \\/ " * DEEP + "x",
        "\n".join(" " * column + "/\\" for column in range(MAX_DEPTH + 100)) + " x",
        "{x \\in " * DEEP + "S" + " : TRUE}" * DEEP,
    ],
    ids=lambda text: text[:9],
)
def test_too_deep(text: str) -> None:
    module = Source("M.tla", f"---- MODULE M ----\nA ==\n{text}\n====\n")
    with pytest.raises(DiagnosticError) as caught:
        parse_module(module)
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.code == "parse.nesting"
    assert str(MAX_DEPTH) in diagnostic.message
    assert diagnostic.span is not None


@pytest.mark.parametrize(
    "text",
    [
        "{" * (MAX_DEPTH - 1) + "1" + "}" * (MAX_DEPTH - 1),
        "(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH,
        "~" * (MAX_DEPTH - 1) + "x",
        "1" + " + 1" * (MAX_DEPTH - 1),
    ],
    ids=lambda text: text[:5],
)
def test_as_deep_as_is_allowed(text: str) -> None:
    tree = parse_expression(Source("deep", text))
    assert parse_expression(Source("again", unparse(tree))) == tree
    assert hash(tree) == hash(parse_expression(Source("again", text)))
    assert dump(tree).count("\n") >= 1


def test_long_lists_are_no_deeper_than_short_ones() -> None:
    rows = parse_expression(Source("list", "\n".join(["/\\ x"] * 10_000)))
    assert isinstance(rows, Junction)
    assert len(rows.items) == 10_000
    row = parse_expression(Source("chain", " \\/ ".join(["x"] * 10_000)))
    assert isinstance(row, Junction)
    assert (row.kind, len(row.items)) == ("\\/", 10_000)
    numbers = parse_expression(Source("set", "{" + ", ".join(map(str, range(10_000))) + "}"))
    assert isinstance(numbers, SetEnumeration)
    assert len(numbers.elements) == 10_000


@pytest.mark.parametrize("text", ["_1" * 300_000, "(*" * 100_000, "9" * 5_000, "\\" * 100_000])
def test_hostile_text_is_refused_quickly(text: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        parse_expression(Source("hostile", text))
    assert caught.value.diagnostics[0].code.startswith("parse.")
