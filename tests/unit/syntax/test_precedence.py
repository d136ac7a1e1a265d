"""Operator chains group as if parentheses had been written, or need them."""

from __future__ import annotations

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.source import Source
from aioformal.syntax import parse_expression
from aioformal.syntax.operators import CANONICAL, INFIX, POSTFIX, PREFIX


def parsed(text: str) -> object:
    return parse_expression(Source("precedence", text))


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("a + b - c", "a + (b - c)"),
        ("a - b + c", "(a - b) + c"),
        ("a * b + c", "(a * b) + c"),
        ("a ^ b * c", "(a ^ b) * c"),
        ("a + b .. c * d", "(a + b) .. (c * d)"),
        ("a \\cup b = c", "(a \\cup b) = c"),
        ("a \\in b \\cup c", "a \\in (b \\cup c)"),
        ("a = b /\\ c = d", "(a = b) /\\ (c = d)"),
        ("a /\\ b /\\ c", "(a /\\ b) /\\ c"),
        ("a /\\ b => c \\/ d", "(a /\\ b) => (c \\/ d)"),
        ("a => b <=> c", "a => (b <=> c)"),
        ("a <=> b /\\ c", "a <=> (b /\\ c)"),
        ("a ~> b /\\ c", "a ~> (b /\\ c)"),
        ("~a /\\ b", "(~a) /\\ b"),
        ("~a = b", "~(a = b)"),
        ("~~a", "~(~a)"),
        ("a = ~b", "a = (~b)"),
        ("[]a => b", "([]a) => b"),
        ("[]<>a", "[](<>a)"),
        ("ENABLED a /\\ b", "(ENABLED a) /\\ b"),
        ("UNCHANGED x /\\ b", "(UNCHANGED x) /\\ b"),
        ("SUBSET a \\cup b", "(SUBSET a) \\cup b"),
        ("DOMAIN f \\cap g", "(DOMAIN f) \\cap g"),
        ("-a + b", "(-a) + b"),
        ("-a * b", "-(a * b)"),
        ("a + -b", "a + (-b)"),
        ("a - -b", "a - (-b)"),
        ("-x'", "-(x')"),
        ("x' = y'", "(x') = (y')"),
        ("f[x]' + 1", "((f[x])') + 1"),
        ("f'[x].a", "((f')[x]).a"),
        ("-f[x]", "-(f[x])"),
        ("a :> b @@ c :> d", "(a :> b) @@ (c :> d)"),
        ("a \\o b \\o c", "(a \\o b) \\o c"),
        ("a \\X b = c", "(a \\X b) = c"),
        ("a /\\ \\E x : b => c", "a /\\ (\\E x : (b => c))"),
        ("a + IF b THEN c ELSE d + e", "a + (IF b THEN c ELSE (d + e))"),
        ("a + l :: b * c", "a + (l :: (b * c))"),
        ("a \\cdot b", "a \\cdot b"),
        ("[a EXCEPT ![1] = b + c * d]", "[a EXCEPT ![1] = b + (c * d)]"),
    ],
)
def test_grouping(text: str, grouped: str) -> None:
    assert parsed(text) == parsed(grouped)


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("a /\\ b \\/ c", "/\\", "\\/"),
        ("a \\/ b /\\ c", "\\/", "/\\"),
        ("x = y = z", "=", "="),
        ("a => b => c", "=>", "=>"),
        ("a <=> b ~> c", "<=>", "~>"),
        ("a % b % c", "%", "%"),
        ("a \\ b \\ c", "\\", "\\"),
        ("a \\cup b \\cap c", "\\cup", "\\cap"),
        ("a \\in b = c", "\\in", "="),
        ("a < b < c", "<", "<"),
        ("2^-1", "^", "-"),
        ("a * -b", "*", "-"),
        ("[]x'", "[]", "'"),
        ("UNCHANGED x'", "UNCHANGED", "'"),
        ("ENABLED f'[1]", "ENABLED", "'"),
        ("[]a = b", "[]", "="),
        ("UNCHANGED a = b", "UNCHANGED", "="),
        ("SUBSET a \\X b", "SUBSET", "\\X"),
        ("a ++ b + c", "++", "+"),
        ("a (+) b + c", "(+)", "+"),
        ("a * l :: b + c", "*", "+"),
        ("1 .. 2 .. 3", "..", ".."),
    ],
)
def test_parentheses_are_needed(text: str, left: str, right: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        parsed(text)
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.code == "parse.precedence"
    assert diagnostic.span is not None
    assert diagnostic.span.text == right
    assert diagnostic.notes[0].span is not None
    assert diagnostic.notes[0].span.text == left
    assert diagnostic.hint is not None
    assert "(" in diagnostic.hint


def test_parentheses_stop_the_flattening_of_products() -> None:
    assert parsed("a \\X b \\X c") != parsed("(a \\X b) \\X c")


def test_a_long_conjunction_becomes_a_list() -> None:
    chain = " /\\ ".join(f"x{i}" for i in range(600))
    rows = "\n".join(f"/\\ x{i}" for i in range(600))
    assert parsed(chain) == parsed(rows)
    assert parsed(f"{chain} => {chain}") == parsed(f"({chain}) => ({chain})")


def test_spellings_belong_to_one_operator() -> None:
    spellings = [
        s for o in (*INFIX.values(), *PREFIX.values(), *POSTFIX.values()) for s in (o.symbol, *o.synonyms)
    ]
    assert len(spellings) == len(set(spellings)) == len(CANONICAL)
    assert CANONICAL["\\leq"] == CANONICAL["=<"] == CANONICAL["≤"] == "<="
    assert CANONICAL["\\equiv"] == "<=>"
    assert CANONICAL["/="] == "#"


@pytest.mark.parametrize("symbol", sorted(set(INFIX) - {"\\X"}))
def test_every_infix_operator_parses_in_each_spelling(symbol: str) -> None:
    trees = [parsed(f"a {spelling} b") for spelling in (symbol, *INFIX[symbol].synonyms)]
    assert all(tree == trees[0] for tree in trees)


@pytest.mark.parametrize("symbol", sorted(set(PREFIX) - {"-."}))
def test_every_prefix_operator_parses_in_each_spelling(symbol: str) -> None:
    trees = [parsed(f"{spelling} a") for spelling in (symbol, *PREFIX[symbol].synonyms)]
    assert all(tree == trees[0] for tree in trees)
