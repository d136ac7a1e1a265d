"""ENABLED below INSTANCE: what it binds is not substituted.

`ENABLED A` asks for next values of the variables of its own module, whatever stands for these in an instance:
they are bound by ENABLED, and substitution does not touch what is bound (Lamport, Specifying Systems, section
17.8). So A is read in a second world of the instance, where a definition of its own stands for each declared
variable: `M!$x == e`, which has a next value of its own below ENABLED (`Definition.own_next`).

An argument of an operator that has its parameter below ENABLED, as B(A) with `B(d) == ENABLED d`, is read
there too. What is handed over from outside is not: `I!B(I!A)` is ENABLED of what I!A is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct, field

from aioformal.resolve.lookup import core_entry
from aioformal.resolve.model import Level
from aioformal.resolve.resolution import Resolution
from aioformal.resolve.scope import (
    BuiltinEntry,
    DefinitionEntry,
    Entry,
    InstanceEntry,
    LocalEntry,
    Place,
    Scope,
    World,
)
from aioformal.resolve.traverse import children, walk
from aioformal.source import Span
from aioformal.syntax import ast

Uses = Mapping[str, frozenset[bool]]
"""By a parameter's name, whether it stands below ENABLED: both can be true."""


class Scopes(Protocol):
    """What builds the scope of a module in a world."""

    def scope_of(self, module: ast.Module, world: World, parent: Place | None) -> Scope: ...


class EnabledArguments(Struct):
    """Says where the arguments of an application are read, and refuses what cannot be told."""

    resolution: Resolution
    scopes: Scopes
    _uses: dict[int, tuple[DefinitionEntry, Uses]] = field(
        default_factory=dict[int, "tuple[DefinitionEntry, Uses]"]
    )

    def places(
        self, entry: Entry, params: Sequence[ast.Parameter], node: ast.Apply, place: Place
    ) -> Sequence[Place]:
        """The place of each argument of an application at `place`."""
        here = [place] * len(params)
        if is_plain(place):
            return here
        if _is_enabled(entry):
            return [self._below(node.args, node.operator.span, place)]
        if not isinstance(entry, DefinitionEntry):
            return here
        uses = self._uses_of(entry)
        for index, param in enumerate(params):
            found = uses.get(param.name, frozenset())
            if found == frozenset((True,)):
                here[index] = self._below(node.args[index : index + 1], node.operator.span, place)
            elif True in found:
                reason = f"`{entry.name}` has its parameter `{param.name}` below ENABLED and elsewhere"
                self._refuse(reason, node.operator.span)
        return here

    def check_infix(self, entry: Entry, operator: ast.Name, place: Place) -> None:
        """Refuse a user's infix operator with a parameter below ENABLED."""
        if is_plain(place) or not isinstance(entry, DefinitionEntry):
            return
        if any(True in found for found in self._uses_of(entry).values()):
            self._refuse(f"`{entry.name}` has a parameter below ENABLED", operator.span)

    def check_operator(self, entry: Entry, span: Span, place: Place) -> None:
        """Refuse to hand over an operator with a parameter below ENABLED, or ENABLED itself."""
        if is_plain(place):
            return
        if _is_enabled(entry):
            self._refuse("ENABLED is handed over", span)
        elif isinstance(entry, DefinitionEntry) and any(True in u for u in self._uses_of(entry).values()):
            self._refuse(f"`{entry.name}`, which has a parameter below ENABLED, is handed over", span)

    def _refuse(self, reason: str, span: Span) -> None:
        message = f"{reason}, in an instance that puts expressions, or one variable twice, for variables"
        hint = "here it is not ENABLED of the substituted action; instantiate with different variables"
        self.resolution.report("name.instance", message, span, hint=hint)

    # ------------------------------------------------------------ the second world

    def _below(self, args: Sequence[ast.Expr], span: Span, place: Place) -> Place:
        """The place from which arguments of ENABLED are read."""
        world = place.scope.world
        inner = next(_inner_names(args, place), None)
        if inner is not None:
            self._refuse(f"ENABLED is about `{inner}`, a name of LET or LAMBDA", span)
        elif world.frame is not None or _is_nested_below(place):
            self._refuse("ENABLED stands in a nested module or below LET", span)
        else:
            second = world.below_enabled or self._second(world)
            scope = self.scopes.scope_of(place.scope.module, second, place.scope.parent)
            return Place(scope, place.position, place.environment)
        return place

    def _second(self, world: World) -> World:
        assert world.opened is not None
        substitutions = dict(world.substitutions or {})
        second = World(f"{world.prefix}$", world.params, substitutions, None, world.environment)
        for name, value in world.opened.values.items():
            substitutions[name] = self._variable(name, value, world.opened.place, second)
        world.below_enabled = second
        return second

    def _variable(self, name: str, value: ast.Expr, place: Place, world: World) -> DefinitionEntry:
        """`M!$x == e`."""
        origin = place.scope.module.name.name
        key = self.resolution.allocate(f"{world.prefix}{name}", origin)
        return DefinitionEntry(name, value.span, origin, key, (), value, place, world, Level.STATE, True)

    # ------------------------------------------------------------ parameters below ENABLED

    def _uses_of(self, entry: DefinitionEntry) -> Uses:
        known = self._uses.get(id(entry))
        if known is not None:
            return known[1]
        # What a definition says of itself adds nothing.
        self._uses[id(entry)] = entry, {}
        params = {param.name for param in entry.params}
        found: dict[str, set[bool]] = {}
        for node, below in self._parts(entry.body, entry.place, False) if params else ():
            if isinstance(node, ast.Name) and node.name in params and not node.path:
                found.setdefault(node.name, set()).add(below)
        uses = {name: frozenset(flags) for name, flags in found.items()}
        self._uses[id(entry)] = entry, uses
        return uses

    def _parts(self, root: ast.Node, place: Place, below: bool) -> Iterator[tuple[ast.Node, bool]]:
        """Every part, as it is written, and whether it stands below ENABLED."""
        waiting = [(root, below)]
        while waiting:
            node, below = waiting.pop()
            yield node, below
            if isinstance(node, ast.Apply):
                waiting.extend(self._arguments(node, place, below))
            else:
                waiting.extend((child, below) for child in children(node))

    def _arguments(self, node: ast.Apply, place: Place, below: bool) -> Iterator[tuple[ast.Node, bool]]:
        entry = _meant(node.operator, place) if isinstance(node.operator, ast.Name) else None
        yield node.operator, below
        if _is_enabled(entry):
            yield from ((arg, True) for arg in node.args)
        elif isinstance(entry, DefinitionEntry) and len(entry.params) == len(node.args):
            uses = self._uses_of(entry)
            for param, arg in zip(entry.params, node.args, strict=True):
                yield from ((arg, below or flag) for flag in uses.get(param.name, ()))
        else:
            yield from ((arg, below) for arg in node.args)


def _is_enabled(entry: Entry | None) -> bool:
    return isinstance(entry, BuiltinEntry) and entry.key == "ENABLED"


def _meant(name: ast.Name, place: Place) -> Entry | None:
    """What an operator's name stands for; nothing is reported."""
    if not name.path:
        return core_entry(name.name, name.span) or place.lookup(name.name)
    entry = place.lookup(name.path[0].name)
    for step in (*name.path[1:], name):
        if not isinstance(entry, InstanceEntry):
            return None
        entry = entry.scope.exported(step.name)
    return entry


def _inner_names(args: Sequence[ast.Expr], place: Place) -> Iterator[str]:
    """Names of LET and of LAMBDA in expressions: what they stand for was read outside of ENABLED."""
    for arg in args:
        for node in walk(arg):
            entry = place.environment.entries.get(node.name) if isinstance(node, ast.Name) else None
            if isinstance(entry, LocalEntry) and (entry.is_inner or entry.params is not None):
                yield entry.name


def is_plain(place: Place) -> bool:
    """Whether ENABLED is here what it is after substitution."""
    return place.scope.world.renames and not _is_nested_below(place)


def _is_nested_below(place: Place) -> bool:
    """Whether the module stands in another one that is itself instanced in this way."""
    outer = place.scope.parent
    while outer is not None:
        if not outer.scope.world.renames:
            return True
        outer = outer.scope.parent
    return False
