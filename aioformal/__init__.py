"""aioformal: reads TLA+, and answers with evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike
    from types import ModuleType

__version__ = "0.1.0"


def load(spec: str | PathLike[str], config: str | PathLike[str] | None = None) -> ModuleType:
    """A specification as a Python module: `initial_states()`, `successors(state)`, `monitor()`, its actions
    and checks by name. `config`: NAME.cfg beside NAME.tla if there is none.

    Raises `aioformal.diagnostic.DiagnosticError` for a specification or configuration with errors.
    """
    from aioformal.compilation import load

    return load(spec, config)
