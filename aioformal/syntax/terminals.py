"""The terminals of the grammar: which words and signs are which.

`KEYWORDS` and `SYMBOLS` map what is written to a terminal; operators also get their canonical
spelling.
"""

from __future__ import annotations

from aioformal.syntax.operators import CANONICAL, INFIX, POSTFIX, PREFIX

_PLAIN = {
    "ASSUME",
    "CASE",
    "CHOOSE",
    "CONSTANT",
    "ELSE",
    "EXCEPT",
    "EXTENDS",
    "IF",
    "INSTANCE",
    "LAMBDA",
    "LET",
    "LOCAL",
    "MODULE",
    "OTHER",
    "RECURSIVE",
    "THEN",
    "THEOREM",
    "VARIABLE",
    "WITH",
    "ACTION",
    "BY",
    "DEF",
    "DEFINE",
    "HAVE",
    "HIDE",
    "NEW",
    "OBVIOUS",
    "OMITTED",
    "ONLY",
    "PICK",
    "PROOF",
    "PROVE",
    "QED",
    "STATE",
    "SUFFICES",
    "TAKE",
    "TEMPORAL",
    "USE",
    "WITNESS",
}
_SYNONYMS = {
    "IN": "LET_IN",
    "CONSTANTS": "CONSTANT",
    "VARIABLES": "VARIABLE",
    "ASSUMPTION": "ASSUME",
    "AXIOM": "ASSUME",
    "PROPOSITION": "THEOREM",
    "LEMMA": "THEOREM",
    "COROLLARY": "THEOREM",
    "ACTIONS": "ACTION",
    "TEMPORALS": "TEMPORAL",
    "DEFS": "DEF",
    "_": "US",
}

KEYWORDS: dict[str, str] = {
    **{word: word for word in _PLAIN},
    **_SYNONYMS,
    **{word: "PREFIX" for word in PREFIX if word.isalpha()},
}
"""Every keyword, to its terminal."""

_PUNCTUATION: dict[str, str] = {
    "(": "LPAR",
    ")": "RPAR",
    "[": "LSQB",
    "]": "RSQB",
    "]_": "RSQB_SUB",
    "{": "LBRACE",
    "}": "RBRACE",
    "<<": "LANGLE",
    "⟨": "LANGLE",
    ">>": "RANGLE",
    "⟩": "RANGLE",
    ">>_": "RANGLE_SUB",
    "⟩_": "RANGLE_SUB",
    ",": "COMMA",
    ":": "COLON",
    "::": "DOUBLE_COLON",
    "∷": "DOUBLE_COLON",
    ".": "DOT",
    "!": "BANG",
    "@": "AT",
    "->": "ARROW",
    "→": "ARROW",
    "<-": "GETS",
    "←": "GETS",
    "|->": "MAPSTO",
    "↦": "MAPSTO",
    "==": "DEFEQ",
    "≜": "DEFEQ",
    "_": "US",
    "\\A": "QUANT",
    "\\forall": "QUANT",
    "∀": "QUANT",
    "\\E": "QUANT",
    "\\exists": "QUANT",
    "∃": "QUANT",
    "\\AA": "TQUANT",
    "\\EE": "TQUANT",
}
_PUNCTUATION_TEXT = {"\\forall": "\\A", "∀": "\\A", "\\exists": "\\E", "∃": "\\E"}
_OPERATOR_TYPES = {"-": "MINUS", "\\in": "IN", "/\\": "AND_OR", "\\/": "AND_OR", "[]": "ALWAYS", "-.": "NEG"}


def _operator_type(symbol: str) -> str:
    if symbol in _OPERATOR_TYPES:
        return _OPERATOR_TYPES[symbol]
    return "INFIX" if symbol in INFIX else "POSTFIX" if symbol in POSTFIX else "PREFIX"


SYMBOLS: dict[str, tuple[str, str]] = {
    **{sign: (_operator_type(symbol), symbol) for sign, symbol in CANONICAL.items()},
    **{sign: (terminal, _PUNCTUATION_TEXT.get(sign, sign)) for sign, terminal in _PUNCTUATION.items()},
}
"""Every sign and `\\name`, to its terminal and canonical text."""

OPERATOR_TYPES = frozenset({"INFIX", "MINUS", "IN", "AND_OR", "PREFIX", "ALWAYS", "NEG", "POSTFIX"})
"""The types of tokens that are operators, and so may be passed as arguments."""

ENDS_OPERAND = frozenset(
    [
        "IDENT",
        "NUMBER",
        "STRING",
        "AT",
        "RPAR",
        "RSQB",
        "RBRACE",
        "RANGLE",
        "POSTFIX",
        "SELECTOR",
        "US",
        "CLOSE",
        "SEQUENT",
    ]
)
"""The types of tokens after which an operand is complete."""

SELECTORS = OPERATOR_TYPES | {"LANGLE", "RANGLE", "COLON", "AT", "NUMBER"}
NUMBER_SETS = {"ℕ": "Nat", "ℤ": "Int", "ℝ": "Real"}
