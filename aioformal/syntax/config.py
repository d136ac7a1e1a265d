"""What a .cfg file says, statement by statement, each with its place.

Nothing is judged here: two INITs or a name that does not exist are for the resolver.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from aioformal.source import Source, Span


class ConfigName(Struct, frozen=True):
    """A name of the specification, named in the configuration."""

    span: Span
    name: str


class IntValue(Struct, frozen=True):
    span: Span
    value: int


class StringValue(Struct, frozen=True):
    span: Span
    value: str


class BooleanValue(Struct, frozen=True):
    span: Span
    value: bool


class ModelValue(Struct, frozen=True):
    """An identifier: a value that equals only itself."""

    span: Span
    name: str


class SetValue(Struct, frozen=True):
    span: Span
    elements: tuple[ConfigValue, ...]


ConfigValue: TypeAlias = IntValue | StringValue | BooleanValue | ModelValue | SetValue
"""All that TLC reads in a .cfg; tuples, records and functions need a definition and `<-`."""


class Assign(Struct, frozen=True):
    """`N = 3`, `M!N = 3`; `X = [Mod] v` with `module`; `F(a, 1) = v` with `args`."""

    span: Span
    name: ConfigName
    value: ConfigValue
    module: ConfigName | None = None
    args: tuple[ConfigValue, ...] = ()


class Replace(Struct, frozen=True):
    """`Op <- Definition`, or `Op <- [Mod] Definition`: inside Mod only."""

    span: Span
    name: ConfigName
    definition: ConfigName
    module: ConfigName | None = None


ConstantStatement: TypeAlias = Assign | Replace


class CheckDeadlock(Struct, frozen=True):
    span: Span
    value: bool


class Config(Struct, frozen=True):
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
