"""Every stage of the pipeline as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aioformal.session.session import Session


def dump_ast(session: Session) -> str:
    from aioformal.syntax import dump

    return dump(session.module)


def dump_flat(session: Session) -> str:
    from aioformal.resolve import dump_flat as render

    return render(session.flat)


def dump_model(session: Session) -> str:
    from aioformal.resolve import dump_model as render

    return render(session.configured)


def dump_shapes(session: Session) -> str:
    from aioformal.session.hiding import shapes_without_monitors

    return shapes_without_monitors(session.shapes, session.model).text()


def dump_ir(session: Session) -> str:
    from aioformal.ir.dump import dump_system

    return dump_system(session.encoding.system)


def dump_smt2(session: Session) -> str:
    from aioformal.solve.system_script import system_to_smtlib

    return system_to_smtlib(session.encoding.system)


DUMPS: Mapping[str, Callable[[Session], str]] = {
    "ast": dump_ast,
    "flat": dump_flat,
    "model": dump_model,
    "shapes": dump_shapes,
    "ir": dump_ir,
    "smt2": dump_smt2,
}
