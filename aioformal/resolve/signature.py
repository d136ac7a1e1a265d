"""Levels of operators: what the level of an application is, and which arguments it can take.

Lamport, Specifying Systems, section 17.2, with the treatment of operator arguments that the
reference parser has: what an operator parameter is applied to bounds what may be passed for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from aioformal.resolve.model import Level

NOBODY: frozenset[str] = frozenset()


class Weight(Struct, frozen=True):
    """An expression's level: at least `level`, and that of the parameters that show in it."""

    level: Level = Level.CONSTANT
    params: frozenset[str] = NOBODY


def join(weights: Iterable[Weight]) -> Weight:
    """The level of something that is made of parts."""
    level, params = Level.CONSTANT, NOBODY
    for weight in weights:
        if weight.level > level:
            level = weight.level
        if weight.params:
            params |= weight.params
    return Weight(level, params)


class ParameterUse(Struct, frozen=True):
    """What an operator does with a parameter: whether its level shows in the result, the highest
    level it may have, and, for an operator parameter, what each of its places is given."""

    shows: bool = True
    limit: Level = Level.TEMPORAL
    applied: tuple[Weight, ...] = ()


class Signature(Struct, frozen=True):
    """An operator's level with constants for its parameters, and its use of them. `weight` may
    depend on parameters of definitions around; `names` are its own parameters' names."""

    weight: Weight
    uses: tuple[ParameterUse, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        return self.weight.level


def _builtin(level: Level, limit: Level, arity: int, shows: bool = False) -> Signature:
    return Signature(Weight(level), (ParameterUse(shows, limit),) * arity)


BUILTIN_SIGNATURES: dict[str, Signature] = {
    "'": _builtin(Level.ACTION, Level.STATE, 1),
    "UNCHANGED": _builtin(Level.ACTION, Level.STATE, 1),
    "ENABLED": _builtin(Level.STATE, Level.ACTION, 1),
    "\\cdot": _builtin(Level.ACTION, Level.ACTION, 2),
    "[]": _builtin(Level.TEMPORAL, Level.TEMPORAL, 1),
    "<>": _builtin(Level.TEMPORAL, Level.TEMPORAL, 1),
    "~>": _builtin(Level.TEMPORAL, Level.TEMPORAL, 2),
    "-+->": _builtin(Level.TEMPORAL, Level.TEMPORAL, 2),
}
"""Built-in operators that raise the level; all others have the level of their arguments."""


def builtin_signature(key: str, arity: int) -> Signature:
    known = BUILTIN_SIGNATURES.get(key)
    return known or Signature(Weight(), (ParameterUse(),) * arity)


def unknown_signature(arity: int, shown: Weight) -> Signature:
    """An operator of which nothing is known but that `shown` shows in its results."""
    return Signature(shown, (ParameterUse(),) * arity)
