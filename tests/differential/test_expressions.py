"""Random expressions: what `concrete` says of a state is what the encoded term is worth there.

That includes failures: an expression has no value concretely exactly where one of its obligations fires.
"""

from __future__ import annotations

import pytest

from aioformal.concrete import Program, compile_model
from aioformal.diagnostic import DiagnosticError
from aioformal.encode import Shapes, encode_model, infer_shapes
from aioformal.encode.expressions import translator_of
from aioformal.encode.path import Failure
from aioformal.encode.scope import Frame
from aioformal.encode.slots import read
from aioformal.encode.symbols import Sym
from aioformal.ir import term as ir
from aioformal.resolve import Model, load_model
from aioformal.syntax import ast
from aioformal.value.format import format_value
from aioformal.value.values import LazySet, State
from tests.differential.random_expressions import CONFIG, VARIABLES, Expressions, module
from tests.differential.symbolic_values import Meaning

STATES = 8
EXPRESSIONS = 40


def translated(model: Model, shapes: Shapes, expr: ast.Expr) -> tuple[Sym, list[Failure]]:
    translator = translator_of(model)
    now = {name: read(shape, name, ir.variable) for name, shape in shapes.items()}
    with translator.looking(Frame(now, settled=True)), translator.path.isolated() as failures:
        value = translator.value(expr, {})
    return value, failures


def concrete_text(program: Program, expr: ast.Expr, state: State) -> str:
    """The value as text, or the code of the error."""
    try:
        value = program.evaluate(expr, state)
        return format_value(value.freeze() if isinstance(value, LazySet) else value)
    except DiagnosticError as problem:
        return problem.diagnostics[0].code


def symbolic_text(value: Sym, failures: list[Failure], meaning: Meaning) -> set[str]:
    """The value as text, or the codes of the failures that happen."""
    fired = {f.code for f in failures if meaning.term(f.condition)}
    return fired or {format_value(meaning.value(value))}


@pytest.mark.parametrize("wanted", VARIABLES.values())
def test_an_encoded_expression_means_what_the_reference_says(wanted: str) -> None:
    number = list(VARIABLES.values()).index(wanted)
    texts = [Expressions(1000 * number + n).draw(wanted, 3) for n in range(EXPRESSIONS)]
    agree(texts, STATES, number)


def agree(texts: list[str], count: int, seed: int) -> set[str]:
    """Hold the two readings of each text against each other, in `count` states; what the values were."""
    overlay = {"Expressions.tla": module(texts, count, seed), "Expressions.cfg": CONFIG}
    model = load_model("Expressions.tla", "Expressions.cfg", overlay)
    program = compile_model(model)
    shapes = infer_shapes(model, program)
    encoding = encode_model(model, shapes, ())
    states = list(program.initial_states())
    seen: set[str] = set()
    for n, text in enumerate(texts):
        body = model.flat.definitions[f"E{n}"].body
        value, failures = translated(model, shapes, body)
        for state in states:
            expected = concrete_text(program, body, state)
            seen.add(expected)
            found = symbolic_text(value, failures, Meaning(encoding.encode_state(state)))
            assert expected in found, (
                text,
                dict(zip(model.variables, map(format_value, state), strict=True)),
            )
    return seen


@pytest.mark.parametrize(
    "text",
    [
        "{<<i>>, <<a>>}",
        "{<<i, a>>, <<j, i>>}",
        "{<<i>>, <<a>>, <<j, a>>}",
        "{<<i>>} \\cup {<<a>>}",
        "{u, <<a>>}",
        "{<<u>>, <<q>>}",
        '{s, {"x"}}',
        '{<<s>>, <<{"x", "y"}>>}',
        "{[k |-> a, n |-> i], [k |-> i, n |-> j]}",
        "{IF z = 0 THEN <<z>> ELSE <<a>> : z \\in s}",
        "Cardinality({<<i>>, <<a>>})",
        "<<j>> \\in {<<i>>, <<a>>}",
    ],
)
def test_members_of_mixed_kinds_fail_in_both_readings(text: str) -> None:
    seen = agree([text], 60, seed=7)
    assert "eval.kind" in seen
    assert len(seen) > 1


@pytest.mark.parametrize("text", ["{s, {a}}", "{<<s>>, <<{a}>>}", "{{<<i>>}, {<<a>>}}"])
def test_sets_of_sets_whose_members_are_not_known_are_left_to_the_reference(text: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        agree([text], 60, seed=7)
    assert caught.value.diagnostics[0].code == "encode.unsupported"
