"""What names stand for while an expression is translated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct, field

from aioformal.encode.path import Failure
from aioformal.encode.symbols import Sym
from aioformal.resolve.model import Definition
from aioformal.syntax import ast


class Frame(Struct, frozen=True, eq=False):
    """The state that is looked at, and the next one as far as it is known.

    `settled`: `next` holds every variable and will not change. `memo` remembers what definitions are worth
    here as long as they do not look at an unsettled next state; frames of one state share it. `enabled`: the
    next state is one that ENABLED puts together, in which some definitions have values of their own (see
    `resolve.enabled`), under their keys.
    """

    state: Mapping[str, Sym]
    next: Mapping[str, Sym] = field(default_factory=dict[str, Sym])
    settled: bool = False
    memo: dict[object, Remembered] = field(default_factory=dict[object, "Remembered"])
    enabled: bool = False

    def assign(self, variable: str, value: Sym) -> Frame:
        return self.having({**self.next, variable: value})

    def having(self, following: Mapping[str, Sym]) -> Frame:
        """The same state with another next one."""
        return Frame(self.state, following, memo=self.memo, enabled=self.enabled)


class Remembered(Struct, frozen=True, eq=False):
    """A value with the failures of its evaluation, relative to the path. `kept` keeps the objects alive whose
    identities are part of the key; `frame` is the only frame that it is good for, if there is one."""

    value: Sym
    failures: tuple[Failure, ...]
    frame: Frame | None = None
    kept: object = None


class Thunk(Struct, eq=False):
    """An expression that is evaluated when its value is needed, in the scope that it was written in.
    `given`: of what has its name from LET, the variables of the next state that had a value there; None of an
    argument."""

    expr: ast.Expr
    scope: Scope
    primed: bool
    given: Mapping[str, Sym] | None = None
    known: dict[tuple[int, bool], Remembered] = field(default_factory=dict[tuple[int, bool], Remembered])


class Closure(Struct, frozen=True, eq=False):
    """An operator of LET, a LAMBDA, or one that was given as an argument."""

    name: str
    params: tuple[ast.Parameter, ...]
    body: ast.Expr
    scope: Scope
    recursive: bool = False


class Builtin(Struct, frozen=True, eq=False):
    """A built-in operator given as an argument, as in `F(+)`."""

    key: str


Operator: TypeAlias = Closure | Definition | Builtin
Bound: TypeAlias = Sym | Thunk | Operator
Scope: TypeAlias = Mapping[str, Bound]

AT = "@"
"""The name under which a scope holds the value of `@`; no identifier is spelt like it."""


def extended(scope: Scope, names: Mapping[str, Bound]) -> Scope:
    return {**scope, **names}
