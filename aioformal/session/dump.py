"""Every stage of the pipeline as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aioformal.resolve.model import Definition, FlatModule
    from aioformal.session.session import Session


def dump_ast(session: Session) -> str:
    from aioformal.syntax import dump

    return dump(session.module)


def dump_flat(session: Session) -> str:
    return _lines(_flat_lines(session.flat))


def dump_model(session: Session) -> str:
    return _lines(_model_lines(session))


def dump_shapes(session: Session) -> str:
    shapes = session.shapes
    width = max((len(name) for name in shapes), default=0)
    return _lines(f"{name:<{width}} : {shape}" for name, shape in shapes.items())


def dump_ir(session: Session) -> str:
    from aioformal.ir.system import dump_system

    return dump_system(session.encoding.system)


def dump_smt2(session: Session) -> str:
    from aioformal.solve import system_to_smtlib

    return system_to_smtlib(session.encoding.system)


DUMPS: Mapping[str, Callable[[Session], str]] = {
    "ast": dump_ast,
    "flat": dump_flat,
    "model": dump_model,
    "shapes": dump_shapes,
    "ir": dump_ir,
    "smt2": dump_smt2,
}


def _lines(lines: Iterator[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _flat_lines(flat: FlatModule) -> Iterator[str]:
    from aioformal.syntax import unparse

    yield f"module {flat.name}"
    for source in flat.sources:
        yield f"source {source.name}"
    for constant in flat.constants:
        yield f"constant {constant.name}" + (f"/{constant.arity}" if constant.arity else "")
    for variable in flat.variables:
        yield f"variable {variable.name}"
    for assumption in flat.assumptions:
        yield f"assume {assumption.name or ''}".rstrip()
        yield from _indented(unparse(assumption.body))
    for definition in flat.definitions.values():
        yield from _definition_lines(definition)


def _definition_lines(definition: Definition) -> Iterator[str]:
    from aioformal.syntax import unparse

    params = ", ".join(p.name + (f"/{p.arity}" if p.arity else "") for p in definition.params)
    head = f"{definition.key}({params})" if params else definition.key
    recursive = " recursive" if definition.recursive else ""
    yield f"define {head}  \\* {definition.level.name.lower()}{recursive}, {definition.module}"
    yield from _indented(unparse(definition.body))


def _model_lines(session: Session) -> Iterator[str]:
    from aioformal.syntax import unparse
    from aioformal.value.format import format_value

    model = session.model
    yield f"spec {model.spec_path}"
    yield f"config {model.config_path or '(none)'}"
    for name, value in model.constants.items():
        yield f"constant {name} = {format_value(value)}"
    yield f"variables {', '.join(model.variables)}"
    for word, formula in (("init", model.init), ("next", model.next), ("subscript", model.subscript)):
        if formula is not None:
            yield f"{word} {unparse(formula)}"
    for word, formulas in (
        ("fairness", model.fairness),
        ("constraint", model.constraints),
        ("action constraint", model.action_constraints),
    ):
        yield from (f"{word} {unparse(formula)}" for formula in formulas)
    for prop in model.properties:
        yield f"property {prop.name}: {prop.kind.value}"
        for part in prop.parts:
            subscript = "" if part.subscript is None else f"  _{unparse(part.subscript)}"
            yield from _indented(f"{part.kind.value} {unparse(part.formula)}{subscript}")
    yield f"deadlock {'checked' if model.check_deadlock else 'allowed'}"


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}" for line in text.splitlines())
