"""Every case of the corpus has exactly the tree that stands below it."""

from __future__ import annotations

import pytest

from aioformal.source import Source
from aioformal.syntax import dump, parse_expression, parse_module, unparse
from tests.parse.tree_cases import Case, read_cases

CASES = read_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_tree(case: Case) -> None:
    parse = parse_module if case.is_module else parse_expression
    assert dump(parse(Source("case", case.text))) == case.tree


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_text_of_the_tree_has_the_same_tree(case: Case) -> None:
    parse = parse_module if case.is_module else parse_expression
    tree = parse(Source("case", case.text))
    assert parse(Source("again", unparse(tree))) == tree
