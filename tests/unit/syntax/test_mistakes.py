"""Every mistake is named by a stable code, at the place where a person would look."""

from __future__ import annotations

import pytest

from aioformal.diagnostic import Diagnostic, DiagnosticError, Severity
from aioformal.source import Source
from aioformal.syntax import parse_expression, parse_module, parse_with_warnings


def mistakes(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(DiagnosticError) as caught:
        parse_module(Source("m.tla", text))
    return caught.value.diagnostics


def mistake(body: str) -> Diagnostic:
    """The first diagnostic for a module whose line 2 and on are `body`."""
    return mistakes(f"---- MODULE M ----\n{body}\n====\n")[0]


def layout_warnings(source: Source) -> tuple[Diagnostic, ...]:
    return parse_with_warnings(source)[1]


def place(diagnostic: Diagnostic) -> tuple[int, int]:
    assert diagnostic.span is not None
    return diagnostic.span.line, diagnostic.span.column


@pytest.mark.parametrize(
    ("body", "code", "at", "words"),
    [
        # an operand is missing
        ("A == x +\nB == y", "parse.unexpected", (2, 8), "expression is expected after `+`"),
        ("A == (x + )", "parse.unexpected", (2, 9), "expression is expected after `+`"),
        ("A ==\nB == y", "parse.unexpected", (2, 3), "expression is expected after `==`"),
        ("A == /\\ x\n     /\\\nB == y", "parse.unexpected", (3, 6), "list item is empty"),
        ("A == x && && y", "parse.unexpected", (2, 11), "not the operator `&&`"),
        # something is not closed: the place is where it was opened
        ("A == (1 + 2\nB == y", "parse.unclosed", (2, 6), "`)` is missing"),
        ("A == f((1 + 2)\nB == y", "parse.unclosed", (2, 7), "`)` is missing"),
        ("A == [x EXCEPT ![1] = 2\nB == y", "parse.unclosed", (2, 6), "`]` is missing"),
        ("A == {1, 2\nB == y", "parse.unclosed", (2, 6), "`}` is missing"),
        ("A == <<1, 2\nB == y", "parse.unclosed", (2, 6), "`>>` is missing"),
        ("A == (1", "parse.unclosed", (2, 6), "`)` is missing"),
        ("A == /\\ x = (1 + 2\n     /\\ y", "parse.unclosed", (2, 13), "`)` is missing"),
        ("A == (1, 2]", "parse.unclosed", (2, 6), "waits for `)`"),
        ("A == IF x THEN y\nB == y", "parse.unclosed", (2, 6), "ELSE is missing"),
        ("A == IF x ELSE y\nB == y", "parse.unclosed", (2, 6), "THEN is missing"),
        ("A == \\E x \\in S y\nB == y", "parse.unclosed", (2, 6), "`:` is missing"),
        ("A == LET x == 1", "parse.unclosed", (2, 6), "IN is missing"),
        ("A == 1 (* (* *)", "parse.unclosed", (2, 8), "comment is never closed"),
        ('A == "x', "parse.unclosed", (2, 6), "string is not closed"),
        ("THEOREM x\n<1>1. x\nB == 2", "parse.unclosed", (3, 1), "no QED"),
        ("A == 1)", "parse.unexpected", (2, 7), "closes nothing"),
        # columns
        ("A == /\\ x\n     /\\ (y\n  )", "parse.layout", (4, 3), "still waits for `)`"),
        ("A == /\\ IF x\n     THEN y ELSE x", "parse.layout", (3, 6), "still waits for THEN"),
        ("A == /\\ x\n     \\/ y\n     /\\ x", "parse.layout", (4, 6), "do not line up"),
        # `==` and `=`
        ("A == IF x == 1 THEN 2 ELSE 3", "parse.unexpected", (2, 11), "cannot stand inside"),
        ("A == /\\ x == 1", "parse.unexpected", (2, 11), "cannot stand inside"),
        ("A = 1", "parse.unexpected", (2, 1), "a definition is expected"),
        ("A == [f EXCEPT ![1] == 2]", "parse.unexpected", (2, 21), "must follow what it defines"),
        # what other languages write
        ("A == x != y", "parse.unexpected", (2, 8), "`!=` is no operator"),
        ("A == (1, 2)", "parse.unexpected", (2, 8), "`)` is expected"),
        ("A == x y", "parse.unexpected", (2, 8), "an operator or a new definition"),
        ("A == x \\un y", "parse.character", (2, 8), "no operator `\\un`"),
        # forms
        ("A == (f)(1)", "parse.unexpected", (2, 9), "only an operator's name"),
        ("A == [a, b]", "parse.unexpected", (2, 10), "none of the forms"),
        ("A == [a |-> 1, b : 2]", "parse.unexpected", (2, 7), "none of the forms"),
        ("A == {x : y}", "parse.unexpected", (2, 11), "bound variable"),
        ("A == WF_x", "parse.unexpected", (2, 6), "needs a subscript"),
        ("A == LAMBDA z : z", "parse.unexpected", (2, 6), "LAMBDA can only"),
        ("A == 1 + 2 :: 3", "parse.unexpected", (2, 12), "not a label"),
        ("A == \\E IN \\in S : x", "parse.unexpected", (2, 9), "a name is expected"),
        ("VARIABLES x,\nA == 1", "parse.unexpected", (3, 1), "the definition of `A`"),
        ("LOCAL VARIABLE x", "parse.unexpected", (2, 7), "cannot stand here"),
        ("A == LET LOCAL x == 1 IN x", "parse.unexpected", (2, 10), "`LOCAL` cannot stand here"),
        ("A == 1\nBY x", "parse.unexpected", (3, 1), "`BY` cannot stand here"),
    ],
)
def test_place_and_words(body: str, code: str, at: tuple[int, int], words: str) -> None:
    diagnostic = mistake(body)
    assert (diagnostic.code, place(diagnostic)) == (code, at)
    assert words in diagnostic.message


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("A == x == 1", "write `=`"),
        ("A == x != y", "`#`"),
        ("A == (1, 2)", "`<<a, b>>`"),
        ("A == if x THEN y ELSE z", "`IF`"),
        ("A == not x", "`~`"),
        ("A == x and y", "`/\\`"),
        ("A == x \\un y", "\\union"),
        ("A == x \\mod y", "a % b"),
        ("A = 1", "write `A == ...`"),
        ("A == (f)(1)", "f[x]"),
        ("VARIABLES x, THEN", "is a keyword"),
    ],
)
def test_hints(body: str, hint: str) -> None:
    assert hint in (mistake(body).hint or "")


def test_layout_mistakes_show_where_the_list_begins() -> None:
    diagnostic = mistake("A == /\\ x\n     /\\ (y\n  )")
    spans = [note.span for note in diagnostic.notes]
    assert [(s.line, s.column) for s in spans if s] == [(2, 6), (3, 9)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file.empty"),
        (" \n", "file.empty"),
        ("int main;", "file.empty"),
        ("--- MODULE M ---\n====", "file.empty"),
        ("\x7fELF\x01\x02", "file.unreadable"),
        ("---- MODULE M ----\n\0====", "file.unreadable"),
        ("---- MODULE M ----\nA == 1\n", "parse.unclosed"),
        ("---- MODULE ----\n====", "parse.unexpected"),
        ("---- MODULE M\nA == 1\n====", "parse.unexpected"),
        ("x" * 4_000_001, "file.too-large"),
    ],
)
def test_files_that_hold_no_module(text: str, code: str) -> None:
    assert mistakes(text)[0].code == code


def test_several_mistakes_at_once() -> None:
    text = (
        "---- MODULE M ----\nA == (1\nB == 3 +\nC == 1\nD == 2)\nE == 1 = 2 = 3\nVARIABLES x,\nF == 1\n====\n"
    )
    found = [(d.code, d.span.line if d.span else 0) for d in mistakes(text)]
    assert found == [
        ("parse.unclosed", 2),
        ("parse.unexpected", 3),
        ("parse.unexpected", 5),
        ("parse.precedence", 6),
        ("parse.unexpected", 8),
    ]


def test_at_most_ten_mistakes() -> None:
    assert len(mistakes("---- MODULE M ----\n" + "A == (\n" * 50 + "====")) == 10


@pytest.mark.parametrize(
    ("body", "keyword"),
    [("A == SUBST x", "SUBSET"), ("A == DOMIAN f", "DOMAIN"), ("A == UNCHANED x", "UNCHANGED")],
)
def test_a_misspelt_keyword_is_named(body: str, keyword: str) -> None:
    hint = mistake(body).hint
    assert hint is not None
    assert f"did you mean {keyword} " in hint


@pytest.mark.parametrize(
    ("body", "column"),
    [("A ==\n  /\\ x\n   /\\ y", 4), ("A ==\n  /\\ x\n  /\\ y\n /\\ z", 2), ("A ==\n  /\\ x\n    \\/ y", 5)],
)
def test_bullets_beside_their_list_are_suspicious(body: str, column: int) -> None:
    (warning,) = layout_warnings(Source("m", f"---- MODULE M ----\n{body}\n===="))
    assert (warning.code, warning.severity) == ("parse.layout", Severity.WARNING)
    assert warning.span is not None
    assert warning.span.column == column


@pytest.mark.parametrize(
    ("body", "bullet", "list_at"),
    [
        ("A == /\\ x\n  /\\ y", (3, 3), (2, 6)),
        ("LongName == \\/ x\n            \\/ y\n  \\/ z", (4, 3), (2, 13)),
        ("A == \\E i \\in S : /\\ x\n                  /\\ y\n  /\\ z", (4, 3), (2, 19)),
        ("A == \\/ /\\ x\n  /\\ y", (3, 3), (2, 9)),
    ],
)
def test_the_operator_of_a_list_far_left_of_it_is_suspicious(
    body: str, bullet: tuple[int, int], list_at: tuple[int, int]
) -> None:
    (warning,) = layout_warnings(Source("m", f"---- MODULE M ----\n{body}\n===="))
    assert place(warning) == bullet
    begin = warning.notes[0].span
    assert begin is not None
    assert (begin.line, begin.column) == list_at
    assert warning.hint is not None
    assert "read as an operator after the list" in warning.hint


@pytest.mark.parametrize(
    "body",
    [
        "A == /\\ x\n     /\\ y\n  \\/ z",
        "A == x /\\ y\n  /\\ z",
        "A == /\\ x\n     /\\ y\n  => z",
        "A == (/\\ x\n      /\\ y)\n  /\\ z",
        "A == IF /\\ x\n        /\\ y THEN z ELSE a\n  /\\ b",
        "A ==\n  /\\ \\/ x\n     \\/ y\n  /\\ z",
        "A ==\n  /\\ \\E i \\in S : /\\ x\n                  /\\ y\n  /\\ z",
    ],
)
def test_what_ends_a_list_on_purpose_is_not_suspicious(body: str) -> None:
    assert layout_warnings(Source("m", f"---- MODULE M ----\n{body}\n====")) == ()


def test_nested_lists_and_continued_items_are_not_suspicious() -> None:
    body = "A ==\n  \\/ /\\ x\n     /\\ y\n  \\/ /\\ x\n     /\\ a\n        \\/ b"
    assert layout_warnings(Source("m", f"---- MODULE M ----\n{body}\n====")) == ()


def test_an_expression_must_end() -> None:
    for text in ("a +", "(a", "a b", "IF a"):
        with pytest.raises(DiagnosticError):
            parse_expression(Source("e", text))
    with pytest.raises(DiagnosticError) as caught:
        parse_expression(Source("e", "  "))
    assert caught.value.diagnostics[0].code == "file.empty"


@pytest.mark.parametrize("text", ["/\\ x /\\", "/\\ 1 +", "\\/ x\n\\/"])
def test_an_expression_that_ends_inside_of_a_list_ends_too_early(text: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        parse_expression(Source("e", text))
    (found,) = caught.value.diagnostics
    assert found.code == "parse.unexpected"
    assert "ends too early" in found.message
    assert found.span is not None
    assert found.span.end == len(text)


def test_a_text_that_was_read_is_not_read_again_and_its_mistakes_are_said_again() -> None:
    text = "---- MODULE M ----\nA == 1\n===="
    assert parse_module(Source("M.tla", text)) is parse_module(Source("M.tla", text))
    assert parse_module(Source("N.tla", text)) is not parse_module(Source("M.tla", text))
    for _ in range(2):
        with pytest.raises(DiagnosticError):
            parse_module(Source("M.tla", text.replace("1", "(")))
