"""Which variables of a state an expression looks at."""

from __future__ import annotations

from aioformal.pymodule.facts import Facts
from aioformal.resolve.traverse import walk
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind


def variables_read(facts: Facts, expr: ast.Expr) -> frozenset[str]:
    """The variables that an expression uses, directly or by way of definitions."""
    seen: set[str] = set()
    found: set[str] = set()
    waiting: list[ast.Expr] = [expr]
    while waiting:
        for node in walk(waiting.pop()):
            if not isinstance(node, ast.Name) or node.binding is None:
                continue
            definition = facts.defined(node)
            if node.binding.kind is BindingKind.VARIABLE:
                found.add(node.binding.key)
            elif definition is not None and definition.key not in seen:
                seen.add(definition.key)
                waiting.append(definition.body)
    return frozenset(found)
