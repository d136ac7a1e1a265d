"""Syntax trees to text that reads well and parses back to the same tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aioformal.syntax import ast
from aioformal.syntax.blocks import Block, above, beside, fits, indented, separated
from aioformal.syntax.nesting import make_room
from aioformal.syntax.written import WRITERS, bounds, expression, parameter, parameters


def unparse(node: ast.Module | ast.Unit | ast.Expr) -> str:
    """TLA+ text of a module, a unit or an expression: `parse(unparse(x)) == x`."""
    make_room()
    block = WRITERS[type(node)](node)
    return "\n".join(line.rstrip() for line in block)


def _operator_left(node: ast.OperatorDefinition) -> str:
    name, params = node.name.name, [p.name for p in node.params]
    if node.form == "infix":
        return f"{params[0]} {name} {params[1]}"
    if node.form == "prefix":
        return f"{name} {params[0]}"
    if node.form == "postfix":
        return f"{params[0]} {name}"
    return f"{name}({parameters(node.params)})" if params else name


def _operator_definition(node: ast.OperatorDefinition) -> Block:
    return _defined(_local(node) + _operator_left(node), expression(node.body))


def _function_definition(node: ast.FunctionDefinition) -> Block:
    left = beside(_local(node) + node.name.name, "[", bounds(node.bounds), "] == ")
    body = expression(node.body)
    return beside(left, body) if fits(left, body) else above(left, indented(body))


def _defined(left: str, body: Block) -> Block:
    if fits(left, " == ", body):
        return beside(left, " == ", body)
    return above([f"{left} =="], indented(body))


def _local(node: Any) -> str:
    return "LOCAL " if node.is_local else ""


def _instance(node: ast.Instance) -> Block:
    opening = f"{_local(node)}INSTANCE {node.module.name}"
    if not node.substitutions:
        return [opening]
    items = [beside(s.name.name, " <- ", expression(s.value)) for s in node.substitutions]
    return separated(f"{opening} WITH ", items, "")


def _module_definition(node: ast.ModuleDefinition) -> Block:
    params = f"({parameters(node.params)})" if node.params else ""
    return beside(f"{_local(node)}{node.name.name}{params} == ", _instance(node.instance))


def _statement(word: str) -> Callable[[Any], Block]:
    def write(node: ast.Assume | ast.Theorem) -> Block:
        body = [node.body.text] if isinstance(node.body, ast.AssumeProve) else expression(node.body)
        return beside(f"{word} ", f"{node.name.name} == " if node.name else "", body)

    return write


def _declared(word: str) -> Callable[[Any], Block]:
    def write(node: ast.Constants | ast.Recursive) -> Block:
        return separated(f"{word} ", [[parameter(p)] for p in node.declarations], "")

    return write


def _variables(node: ast.Variables) -> Block:
    return separated("VARIABLES ", [[n.name] for n in node.names], "")


def _module(node: ast.Module) -> Block:
    lines = [f"---- MODULE {node.name.name} ----"]
    if node.extends:
        lines.append(f"EXTENDS {', '.join(e.name for e in node.extends)}")
    for unit in node.units:
        lines += ["", *WRITERS[type(unit)](unit)]
    return [*lines, "", "===="]


WRITERS.update(
    {
        ast.Constants: _declared("CONSTANTS"),
        ast.Variables: _variables,
        ast.Recursive: _declared("RECURSIVE"),
        ast.OperatorDefinition: _operator_definition,
        ast.FunctionDefinition: _function_definition,
        ast.Instance: _instance,
        ast.ModuleDefinition: _module_definition,
        ast.Assume: _statement("ASSUME"),
        ast.Theorem: _statement("THEOREM"),
        ast.Use: lambda node: [node.text],
        ast.Module: _module,
    }
)
