from __future__ import annotations

from aioformal.encode.builtins import REFUSED, SECOND_ORDER, STRICT, TRANSLATED
from aioformal.encode.expressions import HANDLERS
from aioformal.syntax import ast
from aioformal.value.operators import OPERATORS


def test_every_built_in_operator_is_translated_or_refused_with_a_reason() -> None:
    assert TRANSLATED | REFUSED.keys() == OPERATORS.keys()
    assert not TRANSLATED & REFUSED.keys()


def test_what_folds_on_known_values_has_a_meaning_there() -> None:
    assert not [key for key in STRICT if OPERATORS[key].evaluate is None]
    assert all(OPERATORS[key].evaluate is None for key in SECOND_ORDER)


def test_every_form_of_expression_has_a_handler() -> None:
    forms = set(ast.Expr.__args__)
    assert set(HANDLERS) == forms
