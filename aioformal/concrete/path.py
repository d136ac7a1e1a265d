"""Paths through an action: what names them, what is still to come, and how they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from aioformal.concrete.context import Context, Env
from aioformal.source import Span
from aioformal.syntax import ast


class Leaf(Struct, frozen=True):
    """Where a path through an action ends: its label's name and arguments, and the variables whose
    new values it gives."""

    name: str
    arguments: tuple[str, ...]
    span: Span | None
    variables: tuple[int, ...]


class Label(Struct, frozen=True):
    """The action that is being entered; `params` and `bounds` are names with Python texts."""

    name: str
    span: Span | None = None
    has_params: bool = False
    params: tuple[tuple[str, str], ...] = ()
    bounds: tuple[tuple[str, str], ...] = ()
    depth: tuple[str, ...] = ()
    """The definitions around, outermost first."""

    @property
    def arguments(self) -> tuple[tuple[str, str], ...]:
        return self.params if self.has_params else self.bounds

    def entering(self, key: str) -> Label:
        return replace(self, depth=(*self.depth, key))

    def named(self, key: str, span: Span, params: Sequence[tuple[str, str]], has_params: bool) -> Label:
        return replace(self, name=key, span=span, params=tuple(params), has_params=has_params)

    def choosing(self, names: Sequence[tuple[str, str]]) -> Label:
        kept = tuple(pair for pair in self.bounds if pair[0] not in dict(names))
        return replace(self, bounds=(*kept, *names))


class Item(Struct, frozen=True):
    """A conjunct still to come. `opens`: what it chooses names the action."""

    expr: ast.Expr
    env: Env
    opens: bool = False
    kind: Literal["action", "unchanged", "changed"] = "action"


@dataclass(frozen=True, slots=True)
class Jump:
    """The conjuncts after a fork; `compiled` maps what is known at the fork to a function."""

    rest: Chain
    compiled: dict[str, tuple[str, tuple[str, ...]]] = field(
        default_factory=dict[str, tuple[str, tuple[str, ...]]], compare=False
    )


Chain: TypeAlias = "tuple[Item, Chain] | Jump | None"


def chain_of(items: Sequence[Item], rest: Chain = None) -> Chain:
    """Conjuncts in order, and what comes after them."""
    for item in reversed(items):
        rest = (item, rest)
    return rest


class Point(Struct, frozen=True):
    """A place on a path: what is known, what the step is called, and what comes next.

    `opens`: what is chosen here names the step.
    """

    context: Context
    label: Label
    rest: Chain = None
    opens: bool = False

    @property
    def env(self) -> Env:
        return self.context.env

    def among(self, env: Env) -> Point:
        """The same place with other names around."""
        return replace(self, context=replace(self.context, env=env, depth=0))

    def knowing(self, context: Context) -> Point:
        return replace(self, context=context)

    def closed(self) -> Point:
        """The name of the step is settled."""
        return replace(self, opens=False)

    def then(self, rest: Chain) -> Point:
        return replace(self, rest=rest)

    def before(self, *items: Item) -> Point:
        """The place before some more conjuncts."""
        return replace(self, rest=chain_of(items, self.rest), opens=False)

    def forked(self) -> Point:
        """The place from which several paths go on: what comes after is compiled once."""
        if self.rest is None or isinstance(self.rest, Jump):
            return self
        return replace(self, rest=Jump(self.rest))
