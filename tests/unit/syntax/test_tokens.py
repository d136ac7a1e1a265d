"""Text to tokens: kinds, columns, comments, what surrounds a module."""

from __future__ import annotations

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.source import Source
from aioformal.syntax import parse_expression, parse_module, tokenize
from aioformal.syntax.ast import Name, Number, String


def kinds(text: str) -> list[str]:
    return [token.type for token in tokenize(Source("tokens", text))]


def texts(text: str) -> list[str]:
    return [token.text for token in tokenize(Source("tokens", text))]


@pytest.mark.parametrize(
    ("text", "column"),
    [("x", 1), ("  x", 3), ("\tx", 9), (" \tx", 9), ("        \tx", 17), ("\t x", 10), ("é x", 3)],
)
def test_columns_count_code_points_and_tabs_of_eight(text: str, column: int) -> None:
    text = text.replace("é", "∀")
    assert tokenize(Source("tokens", "\n" + text))[-1].column == column


def test_a_list_aligned_with_tabs_and_blanks() -> None:
    tabs = parse_expression(Source("tabs", "x =>\n\t/\\ a\n        /\\ b"))
    assert tabs == parse_expression(Source("blanks", "x =>\n  /\\ a\n  /\\ b"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a..b", ["a", "..", "b"]),
        ("1..2", ["1", "..", "2"]),
        ("1.5", ["1.5"]),
        ("r.a", ["r", ".", "a"]),
        ("[A]_v", ["[", "A", "]_", "v"]),
        ("<<A>>_v", ["<<", "A", ">>_", "v"]),
        ("WF_x(A)", ["WF_", "x", "(", "A", ")"]),
        ("WFx", ["WFx"]),
        ("a\\in b", ["a", "\\in", "b"]),
        ("\\Ex \\in S", ["\\E", "x", "\\in", "S"]),
        ("a \\union b", ["a", "\\cup", "b"]),
        ("a(+)b", ["a", "(+)", "b"]),
        ("a^+b", ["a", "^+", "b"]),
        ("2PC", ["2PC"]),
        ("a<=b=<c", ["a", "<=", "b", "<=", "c"]),
        ("a|->b", ["a", "|->", "b"]),
        ("a=>b", ["a", "=>", "b"]),
        ("x'=y", ["x", "'", "=", "y"]),
        ("∀ x ∈ ℕ : ¬x", ["\\A", "x", "\\in", "Nat", ":", "~", "x"]),
        ("A!!!(x)", ["A", "!", "!!", "(", "x", ")"]),
    ],
)
def test_the_longest_token_wins(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_comments_nest_and_leave_nothing() -> None:
    assert texts("a (* b (* c *) d *) e \\* f (* \n g") == ["a", "e", "g"]
    assert texts('"(*" "\\\\*"') == ['"(*"', '"\\\\*"']


@pytest.mark.parametrize("word", ["IF", "LET", "IN", "ASSUME", "DOMAIN", "WF_", "OTHER", "_"])
def test_keywords_are_names_of_fields(word: str) -> None:
    if word != "_":
        assert kinds(f"[{word} |-> 1]")[1] == "IDENT"
    assert kinds(f"r.{word}")[2] == "IDENT"


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("007", 7), ("\\b101", 5), ("\\B11", 3), ("\\o17", 15), ("\\hFf", 255), ("\\H10", 16)],
)
def test_numbers(text: str, value: int) -> None:
    tree = parse_expression(Source("number", text))
    assert isinstance(tree, Number)
    assert tree.value == value
    assert type(tree.value) is int


@pytest.mark.parametrize(
    ("text", "value"),
    [('"a b"', "a b"), ('""', ""), (r'"a\"b\\c\n\t"', 'a"b\\c\n\t'), (r'"\*"', "\\*")],
)
def test_strings(text: str, value: str) -> None:
    tree = parse_expression(Source("string", text))
    assert isinstance(tree, String)
    assert tree.value == value


def test_only_the_first_module_is_read() -> None:
    text = "prose ' \" (* --- MODULE N\n----- MODULE M -----\n====\n---- MODULE N ----\nx == (\n===="
    assert parse_module(Source("two", text)).name.name == "M"


def test_windows_line_ends_and_replaced_bytes_in_comments() -> None:
    text = "---- MODULE M ----\r\n\\* caf\ufffd\r\nA ==\r\n  /\\ x\r\n  /\\ y\r\n====\r\n"
    assert len(parse_module(Source("crlf", text)).units) == 1


def test_spans_are_what_was_written() -> None:
    tree = parse_expression(Source("span", "f[x] + (a * b)' "))
    assert tree.span.text == "f[x] + (a * b)'"
    name = parse_expression(Source("span", " A!B!c "))
    assert isinstance(name, Name)
    assert name.span.text == "A!B!c"
    assert [step.span.text for step in name.path] == ["A", "A!B"]


@pytest.mark.parametrize("text", ["a ? b", "a ; b", "é", "a ` b", "_1"])
def test_unknown_characters(text: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        tokenize(Source("character", text))
    assert caught.value.diagnostics[0].code == "parse.character"
