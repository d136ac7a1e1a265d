"""Marks where definitions begin, by looking back from each `==`.

With a DEF_START before every definition the grammar needs one token of lookahead, layout knows
where an expression must have ended, and a bracket left open is found where it was opened.
"""

from __future__ import annotations

from aioformal.syntax.tokens import Token

_INFIX = frozenset({"INFIX", "MINUS", "IN", "AND_OR"})
_PREFIX = frozenset({"PREFIX", "ALWAYS", "NEG"})
_OPENER = {"RPAR": "LPAR", "RSQB": "LSQB"}


def mark_definitions(tokens: list[Token]) -> list[Token]:
    """The same tokens with a DEF_START of no width before each definition."""
    marked: list[Token] = []
    for token in tokens:
        if token.type == "DEFEQ" and marked:
            start = _definition_start(marked)
            if start is not None:
                marked.insert(start, marked[start].virtual("DEF_START"))
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
    if last in _OPENER:
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
    """`F(x, G(_)) ==`, `f[x \\in S] ==`: the name before the matching bracket."""
    closer, opener = tokens[end].type, _OPENER[tokens[end].type]
    depth = 0
    for index in range(end, 0, -1):
        type = tokens[index].type
        depth += (type == closer) - (type == opener)
        if depth == 0:
            return index - 1 if tokens[index - 1].type == "IDENT" else None
        if type in ("DEFEQ", "BEGIN_MODULE"):
            return None
    return None
