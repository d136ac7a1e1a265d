"""Where an expression stands when it is compiled: the names around it, and the two states."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.syntax import ast


class Whole(Struct, frozen=True):
    """A state in the Python variable `text`. `checked`: some variables may not have a value yet."""

    text: str
    checked: bool = False


class Partial(Struct, frozen=True):
    """A state that is being put together: variable index -> Python variable with its value.

    None: the variable keeps the value it has in `base`.
    """

    size: int
    values: Mapping[int, str | None] = field(default_factory=dict[int, str | None])
    base: Whole | None = None

    def having(self, index: int, text: str | None) -> Partial:
        return replace(self, values={**self.values, index: text})

    def text_of(self, index: int) -> str | None:
        """The Python text of a variable's value, None where it has none yet."""
        if index not in self.values:
            return None
        text = self.values[index]
        if text is not None:
            return text
        assert self.base is not None
        return f"{self.base.text}[{index}]"


Frame: TypeAlias = Whole | Partial


class Local(Struct, frozen=True):
    """A value in a Python variable. `is_rule`: a recursive function that is being defined. `by_need`: a
    `Growing` for it."""

    text: str
    is_rule: bool = False
    by_need: bool = False


class Delayed(Struct, frozen=True):
    """A value that is computed when it is needed: a Python variable with a `Lazy`."""

    text: str


class Substituted(Struct, frozen=True):
    """An expression that stands for the name wherever the name stands, also under a prime."""

    expr: ast.Expr
    env: Env


class Passed(Struct, frozen=True):
    """An operator that was handed over: a Python variable with a function on values."""

    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Defined:
    """An operator that a LET defines. `env` is what its body sees; `compiled` holds the functions made
    so far, by variant."""

    key: str
    params: tuple[ast.Parameter, ...]
    body: ast.Expr
    env: Env
    compiled: dict[str, str] = dataclasses.field(default_factory=dict[str, str], compare=False)


Entry: TypeAlias = Local | Delayed | Substituted | Passed | Defined

Env: TypeAlias = Mapping[str, Entry]


class Context(Struct, frozen=True):
    """`now` and `following` are the two states that unprimed and primed variables are read in, None
    where there is none. `depth` counts nested Python expressions. `by_need`: the recursive
    function whose value is returned here, if it may stay a rule, as `by_need.py` has it."""

    env: Env = field(default_factory=dict[str, Entry])
    now: Frame | None = None
    following: Frame | None = None
    depth: int = 0
    by_need: str | None = None

    def bind(self, entries: Mapping[str, Entry]) -> Context:
        return replace(self, env={**self.env, **entries})

    def within(self, env: Env) -> Context:
        return replace(self, env=env)

    def deeper(self) -> Context:
        return replace(self, depth=self.depth + 1)

    def primed(self) -> Context:
        """The context under a prime."""
        return replace(self, now=self.following, following=None)
