"""Operator chains to trees: a shunting yard over precedence ranges.

The grammar keeps `a + ~b' * c` flat. Here the reference parser's rules apply: of two operators the
one whose whole range lies higher binds tighter; overlapping ranges need parentheses; equal
operators group to the left if they are left-associative and are an error if not.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec.structs import replace

from aioformal.diagnostic import DiagnosticError, Note, error
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.operators import INFIX, NEGATIVE, POSTFIX, PREFIX, Operator
from aioformal.syntax.tokens import Token

Pending: TypeAlias = tuple[Operator, Token]
"""An operator that still waits for its right operand."""


LONG = 100
"""From so many items on, `a /\\ b /\\ ...` becomes a Junction: a tree that deep is of no use."""


class Chain:
    """The two stacks of one shunting yard."""

    __slots__ = ("operands", "pending")

    def __init__(self) -> None:
        self.operands: list[ast.Expr] = []
        self.pending: list[Pending] = []

    def build(self, items: list[Token | ast.Expr]) -> ast.Expr:
        expects_operand = True
        for item in items:
            if not isinstance(item, Token):
                self._add_operand(item)
                expects_operand = False
            elif expects_operand:
                self._add_prefix(item)
            else:
                self._add_infix(item)
                expects_operand = True
        while self.pending:
            self._apply()
        return self.operands[0] if len(items) < LONG else _fold(self.operands[0])

    def _add_operand(self, operand: ast.Expr) -> None:
        if self.pending:
            above, token = self.pending[-1]
            if above.high >= POSTFIX["'"].low:
                _check_postfix(above, token, operand)
            if isinstance(operand, ast.Label) and operand.span.start == operand.name.span.start:
                _check_label(above, token, operand)
        self.operands.append(operand)

    def _add_prefix(self, token: Token) -> None:
        operator = NEGATIVE if token.text == "-" else PREFIX[token.text]
        if operator is NEGATIVE and self.pending:
            above, other = self.pending[-1]
            if above.binds_tighter_than(operator):
                raise conflict(above, other.span, operator, token.span)
        self.pending.append((operator, token))

    def _add_infix(self, token: Token) -> None:
        operator = INFIX[token.text]
        while self.pending:
            above, other = self.pending[-1]
            if above.binds_tighter_than(operator) or (above is operator and operator.is_left_associative):
                self._apply()
            elif operator.binds_tighter_than(above):
                break
            elif {above.symbol, operator.symbol} == {"/\\", "\\/"} and (_leads(token) or _leads(other)):
                raise _misaligned(other, token, self.operands[0])
            else:
                raise conflict(above, other.span, operator, token.span)
        self.pending.append((operator, token))

    def _apply(self) -> None:
        operator, token = self.pending.pop()
        name = ast.Name(token.span, operator.symbol)
        right = self.operands.pop()
        if operator.fixity == "prefix":
            span = Span(token.source, token.start, right.span.end)
            self.operands.append(ast.Apply(span, name, (right,), "prefix"))
            return
        left = self.operands.pop()
        span = Span(token.source, left.span.start, right.span.end)
        if operator.symbol == "\\X":
            self.operands.append(_product(span, left, right))
        else:
            self.operands.append(ast.Apply(span, name, (left, right), "infix"))


def _fold(expr: ast.Expr) -> ast.Expr:
    """A long chain of `/\\` or `\\/`, also one to either side of `=>`, as a Junction."""
    top = top_operator(expr)
    if top is None or not isinstance(expr, ast.Apply) or top[0].high > INFIX["/\\"].high:
        return expr
    kind = top[0].symbol
    if kind not in ("/\\", "\\/"):
        return replace(expr, args=tuple(map(_fold, expr.args)))
    items: list[ast.Expr] = []
    node: ast.Expr = expr
    while isinstance(node, ast.Apply) and (inner := top_operator(node)) and inner[0].symbol == kind:
        items.append(node.args[1])
        node = node.args[0]
    if 2 * len(items) < LONG:
        return expr
    items.append(node)
    return ast.Junction(expr.span, "/\\" if kind == "/\\" else "\\/", tuple(reversed(items)))


def _product(span: Span, left: ast.Expr, right: ast.Expr) -> ast.CartesianProduct:
    if isinstance(left, ast.CartesianProduct) and left.span.start == left.factors[0].span.start:
        return ast.CartesianProduct(span, (*left.factors, right))
    return ast.CartesianProduct(span, (left, right))


def top_operator(expr: ast.Expr) -> tuple[Operator, Span] | None:
    """The operator that an expression without parentheses around it applies last."""
    if isinstance(expr, ast.CartesianProduct) and expr.span.start == expr.factors[0].span.start:
        return INFIX["\\X"], expr.span
    if not isinstance(expr, ast.Apply) or not isinstance(expr.operator, ast.Name):
        return None
    name = expr.operator
    if expr.form == "infix" and expr.span.start == expr.args[0].span.start:
        return INFIX[name.name], name.span
    if expr.form == "prefix" and expr.span.start == name.span.start and name.name in PREFIX:
        return PREFIX[name.name], name.span
    if expr.form == "postfix" and expr.span.end == name.span.end:
        return POSTFIX[name.name], name.span
    return None


def _check_postfix(above: Operator, token: Token, operand: ast.Expr) -> None:
    """`[]x'` and `UNCHANGED x'[1]`: the ranges of the prefix and the postfix operator overlap."""
    while isinstance(operand, (ast.FunctionApply, ast.FieldAccess)):
        inner = operand.function if isinstance(operand, ast.FunctionApply) else operand.record
        if inner.span.start != operand.span.start:
            return
        operand = inner
    top = top_operator(operand)
    if top is not None and top[0].fixity == "postfix" and not top[0].binds_tighter_than(above):
        raise conflict(above, token.span, *top)


def _check_label(above: Operator, token: Token, label: ast.Label) -> None:
    """`a * l :: b + c`: without its label the expression would group differently."""
    top = top_operator(label.body)
    if top is not None and not top[0].binds_tighter_than(above):
        raise conflict(above, token.span, *top)


def conflict(left: Operator, left_span: Span, right: Operator, right_span: Span) -> DiagnosticError:
    """Two operators whose grouping only parentheses can say."""
    one, other = left_span.text, right_span.text
    if left is right:
        message = f"`{one}` is not associative: two of them need parentheses"
    else:
        message = f"`{one}` and `{other}` need parentheses: neither binds tighter"
    return error(
        "parse.precedence",
        message,
        right_span,
        notes=(Note(f"the other operator, `{one}`", left_span),),
        hint=_advice(left, one, right, other),
    )


def _leads(token: Token) -> bool:
    """Is it the first token of its line?"""
    before = token.source.text[: token.start]
    return not before[before.rfind("\n") + 1 :].strip()


def _misaligned(one: Token, other: Token, first: ast.Expr) -> DiagnosticError:
    """`/\\` and `\\/` meet at the beginning of lines: bullets that do not line up."""
    notes = [Note(f"`{one.written}` is at column {one.column}", one.span)]
    if isinstance(first, ast.Junction):
        notes.append(Note(f"this `{first.kind}` list begins at column {first.span.column}", first.span))
    return error(
        "parse.layout",
        f"`{one.written}` and `{other.written}` meet here: the columns of a list do not line up",
        other.span,
        notes=notes,
        hint="bullets of one list stand in one column; a nested list stands right of its parent's column",
    )


def _advice(left: Operator, one: str, right: Operator, other: str) -> str:
    if right.fixity == "postfix" or (right is NEGATIVE and left.fixity == "infix"):
        operand = "x" if left.fixity == "prefix" else "b"
        inner = f"({operand}{other})" if right.fixity == "postfix" else f"({other}{operand})"
        return f"write `{one}{inner}`" if left.fixity == "prefix" else f"write `a {one} {inner}`"
    if left.fixity == "prefix":
        blank = " " if one.isalpha() else ""
        return f"write `({one}{blank}a) {other} b` or `{one}{blank}(a {other} b)`"
    return f"write `(a {one} b) {other} c` or `a {one} (b {other} c)`"
