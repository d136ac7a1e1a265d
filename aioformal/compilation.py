"""Specifications as Python modules: written into files, held against files, or loaded without one.

A module is made from the model alone (`aioformal.pymodule`); here are the files around it.
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from types import ModuleType

from aioformal.diagnostic import Note, error
from aioformal.pymodule import generate
from aioformal.pymodule.definitions import file_name
from aioformal.resolve.model import Model
from aioformal.session import Session

LIBRARY_MARK = "<"


def load(spec: str | os.PathLike[str], config: str | os.PathLike[str] | None = None) -> ModuleType:
    """The module of a specification, made in memory: what `aioformal compile` writes, without the file.

    `config`: the configuration; NAME.cfg beside NAME.tla if there is none. Raises `DiagnosticError` for a
    specification or configuration with errors.
    """
    session = Session(os.fspath(spec), None if config is None else os.fspath(config))
    text = compiled_text(session, None)
    model = session.model
    file = f"<aioformal {spec} {model.config_path}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    module = ModuleType(_free_name(f"aioformal.loaded.{model.flat.name}"))
    module.__file__ = file
    # Where dataclasses and pickle look for a class's module.
    sys.modules[module.__name__] = module
    exec(compile(text, file, "exec"), module.__dict__)
    return module


def _free_name(name: str) -> str:
    """The name, with a number if a module that was loaded before has it."""
    numbered = (name if number == 1 else f"{name}_{number}" for number in count(1))
    return next(one for one in numbered if one not in sys.modules)


def compiled_text(session: Session, output: Path | None) -> str:
    """The text of a module that is to be in `output`; None: in memory. Raises `DiagnosticError`."""
    model = session.model
    try:
        return generate(model, source_places(model, output))
    except RecursionError as fault:
        message = f"the specification cannot be written as Python: {fault}"
        hint = "a recursive definition that gives variables their values cannot be compiled"
        raise error("eval.recursion", message, hint=hint) from None


def source_places(model: Model, output: Path | None) -> Mapping[str, str]:
    """Where the files of a specification are: seen from the folder of `output`, so that the module is the
    same wherever the project is checked out; absolute for a module in memory."""
    folder = None if output is None else output.resolve().parent
    return {
        file_name(source.name): _place(Path(source.name).resolve(), folder)
        for source in model.flat.sources
        if not source.name.startswith(LIBRARY_MARK)
    }


def _place(source: Path, folder: Path | None) -> str:
    if folder is None:
        return str(source)
    try:
        return Path(os.path.relpath(source, folder)).as_posix()
    except ValueError:  # another drive of Windows
        return source.as_posix()


def write_module(text: str, output: Path) -> None:
    """Writes a module. Raises `DiagnosticError` file.unwritable."""
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as problem:
        raise error("file.unwritable", f"{output} cannot be written: {problem.strerror}") from None


def require_current(text: str, output: Path) -> None:
    """Compares a module with the file that holds it. Raises `DiagnosticError`: file.missing,
    file.unreadable, or compile.outdated with the first line that differs."""
    try:
        found = output.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = "without --check it is written"
        raise error("file.missing", f"there is no {output}", hint=hint) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise error("file.unreadable", f"{output} cannot be read: {problem}") from None
    if found == text:
        return
    number, is_line, should_be = _first_difference(found, text)
    notes = [Note(f"line {number} is       {is_line}"), Note(f"line {number} should be {should_be}")]
    message = f"{output} is not what the specification says now"
    raise error("compile.outdated", message, notes=notes, hint="run the same command without --check")


def _first_difference(found: str, text: str) -> tuple[int, str, str]:
    have, want = [*found.splitlines(), "(the end)"], [*text.splitlines(), "(the end)"]
    pairs = enumerate(zip(have, want, strict=False), 1)
    return next(((n, a, b) for n, (a, b) in pairs if a != b), (len(want), "other line ends", "line feeds"))
