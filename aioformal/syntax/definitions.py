"""Marks where definitions begin, by looking back from each `==`.

With a DEF_START before every definition the grammar needs one token of lookahead, layout knows
where an expression must have ended, and a bracket left open is found where it was opened.
"""

from __future__ import annotations

from aioformal.syntax.terminals import ENDS_OPERAND
from aioformal.syntax.tokens import Token

_INFIX = frozenset({"INFIX", "MINUS", "IN", "AND_OR"})
_PREFIX = frozenset({"PREFIX", "ALWAYS", "NEG"})
_OPENERS = frozenset({"LPAR", "LSQB", "LBRACE", "LANGLE"})
_CLOSERS = frozenset({"RPAR", "RSQB", "RSQB_SUB", "RBRACE", "RANGLE", "RANGLE_SUB"})
_ENDS_STATEMENT = frozenset({"DEFEQ", "END_MODULE"})
_TELLS_LIST = frozenset({"COMMA", "QUANT", "CHOOSE"})


def mark_definitions(tokens: list[Token]) -> list[Token]:
    """The same tokens with a DEF_START of no width before each definition."""
    marked: list[Token] = []
    subtractions = _applied_to_lists(tokens)
    for index, token in enumerate(tokens):
        if token.type == "DEFEQ" and marked:
            start = _definition_start(marked)
            if start is not None:
                marked.insert(start, marked[start].virtual("DEF_START"))
        elif index in subtractions:
            token.type = "INFIX"
        marked.append(token)
    return marked


def _definition_start(tokens: list[Token]) -> int | None:
    """Index of the first token of the left-hand side that `tokens` ends with."""
    last = tokens[-1].type
    end = len(tokens) - 1
    if last == "IDENT":
        return _operator_start(tokens, end)
    if last == "POSTFIX":
        return end - 1 if end and tokens[end - 1].type == "IDENT" else None
    if last in ("RPAR", "RSQB"):
        return _parameters_start(tokens, end)
    return None


def _operator_start(tokens: list[Token], end: int) -> int:
    """`x ==`, `a + b ==` (on one line: else `+` lacks its operand), `-. a ==`."""
    before = tokens[end - 1] if end else None
    if before is None or before.line != tokens[end].line:
        return end
    if before.type in _INFIX and end > 1 and tokens[end - 2].type == "IDENT":
        return end - 2
    if before.type in _PREFIX and (end < 2 or tokens[end - 2].type != "GETS"):
        return end - 1
    return end


def _parameters_start(tokens: list[Token], end: int) -> int | None:
    r"""`F(x, G(_)) ==`, `f[x \in S] ==`: the name before the matching bracket."""
    brackets = lets = 0
    for index in range(end, 0, -1):
        kind = tokens[index].type
        brackets += (kind in _CLOSERS) - (kind in _OPENERS)
        if brackets == 0:
            return index - 1 if tokens[index - 1].type == "IDENT" else None
        lets += (kind == "LET_IN") - (kind == "LET")
        if kind == "BEGIN_MODULE" or (kind == "DEFEQ" and not lets):
            return None
    return None


def _applied_to_lists(tokens: list[Token]) -> frozenset[int]:
    """Where `-(a, b)` stands with an operand expected: subtraction written like a call.

    One pass for all of them: looking ahead from each `-(` would read nested ones again and again.
    """
    found: set[int] = set()
    waiting: list[int | None] = []
    for index, token in enumerate(tokens):
        kind = token.type
        if kind in _OPENERS:
            waiting.append(index - 1 if kind == "LPAR" and _is_prefix_minus(tokens, index - 1) else None)
        elif kind in _ENDS_STATEMENT:
            waiting.clear()
        elif waiting and kind in _CLOSERS:
            waiting.pop()
        elif waiting and kind in _TELLS_LIST and (minus := waiting[-1]) is not None:
            waiting[-1] = None
            if kind == "COMMA":
                found.add(minus)
    return frozenset(found)


def _is_prefix_minus(tokens: list[Token], index: int) -> bool:
    if index < 0 or tokens[index].type != "MINUS":
        return False
    return index == 0 or tokens[index - 1].type not in ENDS_OPERAND
