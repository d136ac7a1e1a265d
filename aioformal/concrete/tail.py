"""Expressions at the end of a function: statements that return, instead of one nested expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aioformal.concrete.context import Context
from aioformal.concrete.let import bind_let
from aioformal.concrete.writer import Writer
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler


def let_tail(c: Compiler, node: ast.Let, context: Context, writer: Writer, as_condition: bool) -> bool:
    c.tail(node.body, bind_let(c, node, context, writer), writer, as_condition)
    return True


def label_tail(c: Compiler, node: ast.Label, context: Context, writer: Writer, as_condition: bool) -> bool:
    c.tail(node.body, context, writer, as_condition)
    return True


def if_tail(c: Compiler, node: ast.If, context: Context, writer: Writer, as_condition: bool) -> bool:
    with writer.block(f"if {c.condition(node.condition, context)}:"):
        c.tail(node.then, context, writer, as_condition)
    c.tail(node.otherwise, context, writer, as_condition)
    return True


def case_tail(c: Compiler, node: ast.Case, context: Context, writer: Writer, as_condition: bool) -> bool:
    for arm in node.arms:
        with writer.block(f"if {c.condition(arm.guard, context)}:"):
            c.tail(arm.value, context, writer, as_condition)
    if node.other is None:
        writer.line(c.mark(node, "no_case()"))
    else:
        c.tail(node.other, context, writer, as_condition)
    return True


TAILS: dict[type[ast.Node], Callable[[Compiler, Any, Context, Writer, bool], bool]] = {
    ast.Let: let_tail,
    ast.Label: label_tail,
    ast.If: if_tail,
    ast.Case: case_tail,
}
