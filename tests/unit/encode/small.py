"""Models and encodings of a few lines, for tests of single features."""

from __future__ import annotations

from collections.abc import Mapping

from aioformal.concrete import compile_model
from aioformal.encode import Encoding, encode_model, infer_shapes
from aioformal.encode.shapes import Shape, Shapes, VariableShape
from aioformal.ir import term as ir
from aioformal.ir.evaluate import evaluate
from aioformal.ir.system import Obligation, Transition
from aioformal.ir.term import Term
from aioformal.resolve import Model, load_model

EXTENDS = "EXTENDS Integers, Sequences, FiniteSets, TLC\n"


def model(body: str, config: str = "INIT Init\nNEXT Next\n") -> Model:
    """The model of `MODULE Small` with this body."""
    text = f"---- MODULE Small ----\n{EXTENDS}{body}\n====\n"
    return load_model("Small.tla", "Small.cfg", {"Small.tla": text, "Small.cfg": config})


def shapes(**of: Shape) -> Shapes:
    return Shapes({name: VariableShape(shape, ("test",)) for name, shape in of.items()})


def encoded(body: str, config: str = "INIT Init\nNEXT Next\n", given: Shapes | None = None) -> Encoding:
    """The encoding of a small model, in inferred shapes if none are given."""
    small = model(body, config)
    return encode_model(small, given or infer_shapes(small, compile_model(small)), small.properties)


def holds(
    term: Term, now: Mapping[str, bool | int], following: Mapping[str, bool | int] | None = None
) -> bool:
    """Whether a boolean term is true under the slots of a state, and of the next."""
    states = {"state": now, "next": following or {}}
    return bool(evaluate([term], {v: states[v.op][v.name] for v in ir.variables_of(term)})[0])


def firing(transition: Transition, now: Mapping[str, bool | int]) -> list[Obligation]:
    """The obligations of a transition that are violated in a state, whatever its guard says."""
    return [o for o in transition.obligations if holds(o.condition, now)]
