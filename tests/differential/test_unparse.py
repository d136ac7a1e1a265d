"""parse(unparse(x)) == x, for random trees."""

from __future__ import annotations

import pytest

from aioformal.source import Source
from aioformal.syntax import ast, parse_expression, parse_module, unparse
from tests.differential.random_trees import NOWHERE, Trees


@pytest.mark.parametrize("seed", range(20))
def test_expressions(seed: int) -> None:
    trees = Trees(seed)
    for _ in range(25):
        tree = trees.expr(4)
        text = unparse(tree)
        assert parse_expression(Source("random", text)) == tree, text


@pytest.mark.parametrize("seed", range(6))
def test_definitions(seed: int) -> None:
    trees = Trees(1000 + seed)
    params = (ast.Parameter(NOWHERE, "x"), ast.Parameter(NOWHERE, "F", 2), ast.Parameter(NOWHERE, "+", 2))
    units = (
        ast.OperatorDefinition(NOWHERE, trees.identifier(), params, trees.expr(3), is_local=True),
        ast.OperatorDefinition(
            NOWHERE, ast.Identifier(NOWHERE, "++"), params[:1] * 2, trees.expr(3), "infix"
        ),
        ast.FunctionDefinition(NOWHERE, trees.identifier(), (trees.bound(2),), trees.expr(3)),
        ast.Assume(NOWHERE, trees.identifier(), trees.expr(3)),
        ast.Theorem(NOWHERE, None, trees.expr(3)),
    )
    module = ast.Module(NOWHERE, trees.identifier(), (trees.identifier(),), units)
    assert parse_module(Source("random", unparse(module))) == module
