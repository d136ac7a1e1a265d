"""What a .cfg file says, statement by statement, each with its place.

Nothing is judged here: two INITs or a name that does not exist are for the resolver.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from aioformal.source import Source, Span


@dataclass(frozen=True, slots=True)
class ConfigName:
    """A name of the specification, named in the configuration."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class IntValue:
    span: Span
    value: int


@dataclass(frozen=True, slots=True)
class StringValue:
    span: Span
    value: str


@dataclass(frozen=True, slots=True)
class BooleanValue:
    span: Span
    value: bool


@dataclass(frozen=True, slots=True)
class ModelValue:
    """An identifier: a value that equals only itself."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class SetValue:
    span: Span
    elements: tuple[ConfigValue, ...]


ConfigValue: TypeAlias = IntValue | StringValue | BooleanValue | ModelValue | SetValue
"""All that TLC reads in a .cfg; tuples, records and functions need a definition and `<-`."""


@dataclass(frozen=True, slots=True)
class Assign:
    """`N = 3`, `M!N = 3`; `X = [Mod] v` with `module`; `F(a, 1) = v` with `args`."""

    span: Span
    name: ConfigName
    value: ConfigValue
    module: ConfigName | None = None
    args: tuple[ConfigValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Replace:
    """`Op <- Definition`, or `Op <- [Mod] Definition`: inside Mod only."""

    span: Span
    name: ConfigName
    definition: ConfigName
    module: ConfigName | None = None


ConstantStatement: TypeAlias = Assign | Replace


@dataclass(frozen=True, slots=True)
class CheckDeadlock:
    span: Span
    value: bool


@dataclass(frozen=True, slots=True)
class Config:
    """Every statement in the order of the file. Those that may stand once are lists all the same,
    so that a contradiction can be reported with all its places."""

    source: Source
    constants: tuple[ConstantStatement, ...] = ()
    init: tuple[ConfigName, ...] = ()
    next: tuple[ConfigName, ...] = ()
    specification: tuple[ConfigName, ...] = ()
    invariants: tuple[ConfigName, ...] = ()
    properties: tuple[ConfigName, ...] = ()
    constraints: tuple[ConfigName, ...] = ()
    action_constraints: tuple[ConfigName, ...] = ()
    symmetry: tuple[ConfigName, ...] = ()
    view: tuple[ConfigName, ...] = ()
    alias: tuple[ConfigName, ...] = ()
    postcondition: tuple[ConfigName, ...] = ()
    possible: tuple[ConfigName, ...] = ()
    periodic: tuple[ConfigName, ...] = ()
    rl_reward: tuple[ConfigName, ...] = ()
    check_deadlock: tuple[CheckDeadlock, ...] = ()
