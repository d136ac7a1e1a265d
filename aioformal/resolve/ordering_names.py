"""Which operators are those of module `Ordering`, and which formulas speak of them."""

from __future__ import annotations

from collections.abc import Mapping

from aioformal.resolve.model import Definition
from aioformal.resolve.traverse import walk
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

MODULE = "Ordering"


def ordering_operator(expr: ast.Node, definitions: Mapping[str, Definition]) -> str | None:
    """The plain name of the operator of module `Ordering` that a name stands for."""
    match expr:
        case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
            return key.rpartition("!")[2] if definitions[key].module == MODULE else None
        case _:
            return None


def speaks_of_order(expr: ast.Node, definitions: Mapping[str, Definition]) -> bool:
    """Whether an operator of module `Ordering` occurs, itself or in a definition that is used."""
    return mention_of_order(expr, definitions) is not None


def mention_of_order(expr: ast.Node, definitions: Mapping[str, Definition]) -> ast.Name | None:
    """The first name of an operator of module `Ordering` that an expression comes to."""
    waiting: list[ast.Node] = [expr]
    seen: set[str] = set()
    while waiting:
        for node in walk(waiting.pop()):
            if not isinstance(node, ast.Name) or node.binding is None:
                continue
            if node.binding.kind is not BindingKind.DEFINITION:
                continue
            if ordering_operator(node, definitions) is not None:
                return node
            if node.binding.key not in seen:
                seen.add(node.binding.key)
                waiting.append(definitions[node.binding.key].body)
    return None
