from __future__ import annotations

import pytest

from aioformal.concrete import compile_model
from aioformal.diagnostic import DiagnosticError
from aioformal.encode import encode_model, infer_shapes, widen_shapes
from aioformal.encode.shapes import IntShape, text
from tests.unit.encode.small import firing, model, shapes

CONFIG = "INIT Init\nNEXT Next\nINVARIANT TypeOK\n"


def inferred(body: str, config: str = CONFIG) -> dict[str, str]:
    small = model(body, config)
    return {name: text(shape) for name, shape in infer_shapes(small, compile_model(small)).items()}


@pytest.mark.parametrize(
    ("invariant", "expected"),
    [
        ("n \\in 0..99", "Int(0..99)"),
        ("TRUE /\\ n \\in -5..99", "Int(-5..99)"),
        ("Range", "Int(0..77)"),
        ("n \\in Nat", "Int(0..70)"),
        ("n >= 0", "Int(0..70)"),
    ],
)
def test_a_bounding_hint_gives_the_range(invariant: str, expected: str) -> None:
    body = f"""VARIABLE n
Init == n = 0
Next == n < 70 /\\ n' = n + 1
Range == n \\in 0..77
TypeOK == {invariant}"""
    assert inferred(body) == {"n": expected}


def test_a_counter_that_grows_beyond_the_sample_has_no_end() -> None:
    assert inferred("VARIABLE n\nInit == n = 0\nNext == n' = n + 1\nTypeOK == n \\in Nat") == {
        "n": "Int(0..)"
    }


def test_hints_reach_into_functions_records_and_sets() -> None:
    body = """VARIABLES f, r, s
Init == f = [i \\in 1..2 |-> 0] /\\ r = [a |-> 0, b |-> "x"] /\\ s = {}
Next == \\E k \\in 1..5000 : f' = [f EXCEPT ![1] = k] /\\ UNCHANGED <<r, s>>
TypeOK == /\\ \\A i \\in 1..2 : f[i] \\in 0..9999
          /\\ r \\in [a : 0..3, b : {"x", "y"}]
          /\\ s \\subseteq {"p", "q"}"""
    assert inferred(body) == {
        "f": "(1, 2 -> Int(0..9999))",
        "r": '[a: Int(0..3), b: Atom({"x", "y"})]',
        "s": 'Set({"p", "q"})',
    }


def test_an_exhausted_sample_is_exact_but_for_hinted_ranges() -> None:
    body = """VARIABLES n, q, u
Init == n = 3 /\\ q = <<>> /\\ u = "none"
Next == q = <<>> /\\ q' = <<7>> /\\ u' = 1 /\\ n' = 4
TypeOK == n \\in 0..9"""
    assert inferred(body) == {"n": "Int(0..9)", "q": "Seq(1, Int(7..7))", "u": 'Int(1..1) | Atom({"none"})'}


def test_a_hint_never_cuts_off_what_was_seen() -> None:
    body = """VARIABLE n
Init == n = 0
Next == n' = IF n = 3 THEN 20 ELSE n + 1
TypeOK == n \\in 0..3"""
    small = model(body, CONFIG)
    assert infer_shapes(small, compile_model(small)).contains((20,))


def test_a_step_out_of_the_shape_fires_and_widening_makes_room() -> None:
    small = model("VARIABLE n\nInit == n = 0\nNext == n' = n + 1\nTypeOK == n \\in 0..3", CONFIG)
    narrow = shapes(n=IntShape(0, 3))
    (step,) = encode_model(small, narrow, small.properties).system.transitions
    assert [o.kind for o in firing(step, {"n": 3})] == ["shape"]
    wider = widen_shapes(narrow, (4,))
    encoding = encode_model(small, wider, small.properties)
    (step,) = encoding.system.transitions
    assert not firing(step, {"n": 3})
    assert encoding.decode_state(encoding.encode_state((4,))) == (4,)


def test_init_that_cannot_be_enumerated_is_guessed() -> None:
    body = """VARIABLES n, f, m
Init == n \\in Nat /\\ f \\in [1..9 -> BOOLEAN] /\\ m = 0
Next == UNCHANGED <<n, f>> /\\ m' = IF f[3] THEN n ELSE 1
TypeOK == TRUE"""
    assert inferred(body) == {
        "n": "Int(0..)",
        "f": "(1, 2, 3, 4, 5, 6, 7, 8, 9 -> Bool)",
        "m": "Int(0..7)",
    }


def test_a_value_without_a_shape_is_refused() -> None:
    with pytest.raises(DiagnosticError) as refused:
        inferred("VARIABLE s\nInit == s = Nat\nNext == s' = s\nTypeOK == TRUE")
    assert refused.value.diagnostics[0].code == "encode.unsupported"
