"""What a misspelt name was probably meant to be, and which standard module would define it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from aioformal.diagnostic import nearest
from aioformal.value.operators import CORE_OPERATORS, MODULE_OPERATORS

OTHER_LIBRARY_NAMES = {
    "Reals": ("Real", "/", "Infinity"),
    "Bags": (
        *("IsABag", "BagToSet", "SetToBag", "BagIn", "EmptyBag", "(+)", "(-)", "BagUnion"),
        *("\\sqsubseteq", "SubBag", "BagOfAll", "BagCardinality", "CopiesIn"),
    ),
    "TLCExt": ("AssertEq", "TLCGetOrDefault", "TLCNoOp", "TLCCache"),
}
"""Names of library modules that are not built in, but defined in TLA+."""

_LIBRARY_NAMES = {**{m: tuple(names) for m, names in MODULE_OPERATORS.items()}, **OTHER_LIBRARY_NAMES}
"""Naturals before Integers before the rest."""

ALWAYS_THERE = (*(name for name in CORE_OPERATORS if name.isalpha()), "TRUE", "FALSE")

COMMUNITY_MODULES = frozenset(
    [
        *("DifferentialEquations", "DyadicRationals", "GraphViz", "HTML", "Quorum", "Randomization"),
        *("ShiViz", "Statistics", "SVG", "VectorClocks"),
    ]
)
"""Well-known modules that specifications extend, and that the library does not hold."""


def module_defining(name: str) -> str | None:
    """The first standard module that defines `name`."""
    for module, names in _LIBRARY_NAMES.items():
        if name in names:
            return module
    return None


def hint_for(name: str, candidates: Iterable[str], suggest_modules: bool = True) -> str | None:
    """What would help about an unknown name, as one sentence.

    With `suggest_modules` the name stands alone: it may be one that is always there, or that a
    standard module defines which is not extended.
    """
    if not suggest_modules:
        close = nearest(name, candidates)
        return f"did you mean `{close}`?" if close else None
    if (module := module_defining(name)) is not None:
        return f"add EXTENDS {module}"
    if (close := nearest(name, (*candidates, *ALWAYS_THERE))) is not None:
        return f"did you mean `{close}`?"
    if (close := nearest(name, chain.from_iterable(_LIBRARY_NAMES.values()))) is not None:
        return f"did you mean `{close}`? It needs EXTENDS {module_defining(close)}"
    return None


def hint_for_module(name: str, candidates: Iterable[str]) -> str | None:
    """What would help about an unknown module."""
    if name in COMMUNITY_MODULES:
        return f"put {name}.tla beside the specification, or name the folder that holds it: --library DIR"
    close = nearest(name, candidates)
    return f"did you mean `{close}`?" if close else f"there is no {name}.tla beside the specification"
