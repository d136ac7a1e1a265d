"""Small specifications, read through the whole front end."""

from __future__ import annotations

import textwrap
from functools import partial

from aioformal.concrete import Program, compile_model
from aioformal.concrete import program as program_module
from aioformal.resolve import load_model
from aioformal.resolve.model import Model
from aioformal.syntax import ast
from aioformal.value.values import State, Value

HEADER = "EXTENDS Integers, Sequences, FiniteSets, TLC"


def model_of(text: str, config: str = "INIT Init\nNEXT Next\n") -> Model:
    """The model of a module body (without its frame) and a configuration."""
    module = f"---- MODULE M ----\n{HEADER}\n{textwrap.dedent(text)}\n====\n"
    return load_model("M.tla", "M.cfg", {"M.tla": module, "M.cfg": config})


def program_of(text: str, config: str = "INIT Init\nNEXT Next\n") -> Program:
    return compile_model(model_of(text, config))


def constant_program(expression: str, definitions: str = "") -> tuple[Program, ast.Expr]:
    """A program in which `expression` is the body of a definition, and that body."""
    text = (
        "CONSTANTS a, b\nVARIABLE x\nInit == x = 0\nNext == x' = x\n"
        + textwrap.dedent(definitions)
        + f"\nAsked ==\n    {expression}\nInv == x = 0 \\/ Asked = Asked\n"
    )
    program = program_of(text, "INIT Init\nNEXT Next\nINVARIANT Inv\nCONSTANTS a = a\nb = b\n")
    return program, program.model.flat.definitions["Asked"].body


def evaluate(expression: str, definitions: str = "", state: State = (0,)) -> Value:
    """The value of an expression, by the fast and by the careful code, which must agree."""
    program, body = constant_program(expression, definitions)
    fast = program.evaluate(body, state)
    make = partial(program_module._compile_entry, body, ("s",), False)
    careful = program._linked(program._careful, make)(state)
    assert careful == fast
    return fast


def names(state: State, program: Program) -> dict[str, Value]:
    return dict(zip(program.variables, state, strict=True))
