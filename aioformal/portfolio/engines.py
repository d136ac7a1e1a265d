"""The table of engines. They are imported when first asked for: a solver costs start-up time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from aioformal.engine.protocol import Engine

if TYPE_CHECKING:
    from aioformal.engine.explicit import Settings

AUTO = "auto"

BEYOND_ENUMERATION = frozenset({"eval.infinite", "eval.too-large"})
"""Faults that stop an engine which enumerates, but perhaps not one that reasons."""


def _explicit(settings: Settings | None = None) -> Engine:
    from aioformal.engine.explicit import Explicit

    return Explicit(settings)


def _reference() -> Engine:
    from aioformal.engine.reference import Reference

    return Reference()


def _bmc() -> Engine:
    from aioformal.engine.bmc import Bmc

    return Bmc()


def _k_induction() -> Engine:
    from aioformal.engine.k_induction import KInduction

    return KInduction()


ENGINES: Mapping[str, Callable[[], Engine]] = {
    "explicit": _explicit,
    "explicit-reference": _reference,
    "bmc": _bmc,
    "k-induction": _k_induction,
}

SYMBOLIC = ("bmc", "k-induction")
"""The engines that `auto` runs beside explicit search."""

ENGINE_NAMES: tuple[str, ...] = (AUTO, *ENGINES)


def make_engine(name: str, settings: Settings | None = None) -> Engine:
    """The engine of that name; `settings` are for the explicit one. Raises KeyError for a name outside
    `ENGINES`."""
    return _explicit(settings) if name == "explicit" else ENGINES[name]()
