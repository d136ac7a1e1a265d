"""INSTANCE: a module used in a world of its own, where something stands for each declared name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from aioformal.diagnostic import Note, nearest
from aioformal.resolve.lookup import find
from aioformal.resolve.model import Level
from aioformal.resolve.resolution import Resolution, SubstitutionCheck
from aioformal.resolve.scope import (
    BrokenEntry,
    DefinitionEntry,
    Entry,
    Frame,
    InstanceEntry,
    LocalEntry,
    ModuleEntry,
    Opened,
    Place,
    Scope,
    VariableEntry,
    World,
    describe,
    parameters_of,
)
from aioformal.resolve.selection import selection
from aioformal.syntax import ast

ScopeBuilder = Callable[[ast.Module, World, Place | None], Scope]


class FoundModule(Struct, frozen=True):
    """A module, and where it is nested (None for a file of its own)."""

    module: ast.Module
    parent: Place | None


class Declared(Struct, frozen=True):
    """A constant or variable that a module leaves open."""

    name: str
    arity: int
    is_variable: bool
    node: ast.Node


class Instances(Struct):
    """Opens modules for INSTANCE. `scope_of` builds the scope of a module in a world."""

    resolution: Resolution
    scope_of: ScopeBuilder

    def find_module(self, name: ast.Identifier, place: Place) -> FoundModule | None:
        """A module nested above `place`, or a file."""
        nested = place.lookup(name.name)
        if isinstance(nested, ModuleEntry):
            return FoundModule(nested.module, nested.place)
        module = self.resolution.loaded.modules.get(name.name)
        if module is None:
            message = f"module {name.name} is not found"
            self.resolution.report("module.unknown", message, name.span)
            return None
        return FoundModule(module, None)

    def open_named(
        self, unit: ast.ModuleDefinition, place: Place, frame: Frame | None
    ) -> InstanceEntry | BrokenEntry:
        """`I(p) == INSTANCE M WITH ...`."""
        name = unit.name.name
        prefix = f"{place.scope.world.prefix}{name}!"
        # A parameter's flat name holds `!`, so that no name bound inside M can capture it.
        own = tuple([ast.Parameter(p.span, prefix + p.name, p.arity) for p in unit.params])
        origin = place.scope.module.name.name
        locals_ = {
            p.name: LocalEntry(p.name, p.span, origin, flat.name, p.arity)
            for p, flat in zip(unit.params, own, strict=True)
        }
        inner = place.inside(place.environment.with_entries(locals_))
        scope = self.open(unit.instance, own, inner, prefix, frame)
        if scope is None:
            return BrokenEntry(name, unit.name.span, origin)
        return InstanceEntry(name, unit.name.span, origin, own, scope)

    def open_anonymous(self, unit: ast.Instance, place: Place, frame: Frame | None) -> Scope | None:
        """`INSTANCE M WITH ...`: its definitions keep their names."""
        found = self.find_module(unit.module, place)
        if found is None:
            return None
        if found.parent is None and not any(self.declared(found)) and not unit.substitutions:
            return self._open_closed(found)
        prefix = place.scope.world.prefix
        if unit.is_local or frame is not place.scope.world.frame:
            prefix += f"{unit.module.name}!"
        return self.open(unit, (), place, prefix, frame)

    def _open_closed(self, found: FoundModule) -> Scope:
        name = found.module.name.name
        worlds = self.resolution.closed_worlds
        if id(found.module) in self.resolution.root.scopes:
            return self.resolution.root.scopes[id(found.module)]
        world = worlds.setdefault(name, World(f"{name}!", substitutions={}))
        return self.scope_of(found.module, world, None)

    def open(
        self,
        instance: ast.Instance,
        own: tuple[ast.Parameter, ...],
        place: Place,
        prefix: str,
        frame: Frame | None,
    ) -> Scope | None:
        """The scope of an instanced module in a new world.

        `own` are the instance's parameters, `frame` the LET that it stands in, if any: then the
        parameters of the definition around are in sight and are not handed on.
        """
        found = self.find_module(instance.module, place)
        if found is None:
            return None
        around = place.scope.world
        params = own if frame is not around.frame else around.params + own
        substitutions: dict[str, Entry] = {}
        environment = frame.environment if frame else around.environment
        world = World(prefix, params, substitutions, frame, environment)
        declared = {d.name: d for d in self.declared(found)}
        written = self._written(instance, declared)
        has_variables = any(d.is_variable for d in declared.values())
        for item in declared.values():
            limit = None
            if has_variables:
                limit = Level.STATE if item.is_variable else Level.CONSTANT
            substitutions[item.name] = self._substitute(
                item, written.get(item.name), instance, place, world, limit
            )
        variables = [d.name for d in declared.values() if d.is_variable]
        world.opened = Opened(place, {name: self._value(name, written, instance) for name in variables})
        world.renames = not variables or (found.parent is None and _are_variables(substitutions, variables))
        return self.scope_of(found.module, world, found.parent)

    def _value(self, name: str, written: dict[str, ast.Substitution], instance: ast.Instance) -> ast.Expr:
        """What is written for a declared name, or else the same name."""
        given = written.get(name)
        return given.value if given else ast.Name(instance.module.span, name)

    def _written(self, instance: ast.Instance, declared: dict[str, Declared]) -> dict[str, ast.Substitution]:
        written: dict[str, ast.Substitution] = {}
        for item in instance.substitutions:
            name = item.name.name
            if name not in declared:
                close = nearest(name, declared)
                self.resolution.report(
                    "name.unknown",
                    f"module {instance.module.name} declares no constant or variable `{name}`",
                    item.name.span,
                    hint=f"did you mean `{close}`?" if close else None,
                )
            elif name in written:
                notes = [Note("the first", written[name].span)]
                message = f"`{name}` is substituted twice"
                self.resolution.report("name.redefined", message, item.name.span, notes=notes)
            else:
                written[name] = item
        return written

    def _substitute(
        self,
        item: Declared,
        written: ast.Substitution | None,
        instance: ast.Instance,
        place: Place,
        world: World,
        limit: Level | None,
    ) -> Entry:
        """What stands for a declared name: the entry that is named, or a definition `M!x == e`."""
        value = written.value if written else self._implicit(item, instance, place)
        broken = BrokenEntry(item.name, instance.span, instance.module.name)
        if value is None:
            return broken
        chosen = selection(value, (), place) if isinstance(value, ast.Name) and value.path else None
        is_part = chosen is not None and chosen.given is not None
        if chosen is not None and not is_part and set(chosen.entry.world.params) <= set(world.params):
            if not self._check_arity(item, chosen.params, value, None):
                return broken
            there = chosen.entry.place
            return self._definition(
                item, chosen.params, chosen.body, there, world, limit, instance.module.name
            )
        if isinstance(value, ast.Name) and not is_part and not any(step.args for step in value.path):
            found = find(self.resolution, value, place)
            if found is None or not self._check_arity(item, parameters_of(found.entry), value, found.entry):
                return broken
            self._note_check(item, found.entry, limit, value)
            return found.entry
        params = value.params if isinstance(value, ast.Lambda) else ()
        if not self._check_arity(item, params, value, None):
            return broken
        body = value.body if isinstance(value, ast.Lambda) else value
        return self._definition(item, params, body, place, world, limit, instance.module.name)

    def _definition(
        self,
        item: Declared,
        params: tuple[ast.Parameter, ...],
        body: ast.Expr,
        place: Place,
        world: World,
        limit: Level | None,
        module: str,
    ) -> DefinitionEntry:
        origin = place.scope.module.name.name
        prefix = world.prefix if world.prefix != place.scope.world.prefix else f"{world.prefix}{module}!"
        key = f"{prefix}{item.name}"
        if world.frame is None:
            key = self.resolution.allocate(key, origin)
            if limit is not None:
                self.resolution.limits[key] = limit
        entry = DefinitionEntry(item.name, body.span, origin, key, params, body, place, world)
        if self.resolution.is_thorough and world.frame is None:
            self.resolution.demand(entry)
        return entry

    def _note_check(self, item: Declared, entry: Entry, limit: Level | None, value: ast.Expr) -> None:
        if limit is not None or item.arity:
            limit = Level.TEMPORAL if limit is None else limit
            check = SubstitutionCheck(item.name, entry, limit, item.arity, value.span)
            self.resolution.checks.append(check)
        if self.resolution.is_thorough and isinstance(entry, DefinitionEntry) and not entry.world.frame:
            self.resolution.demand(entry)

    def _implicit(self, item: Declared, instance: ast.Instance, place: Place) -> ast.Name | None:
        """Without WITH, a declared name stands for what has that name here."""
        if place.lookup(item.name) is not None:
            return ast.Name(instance.module.span, item.name)
        kind = "variable" if item.is_variable else "constant"
        self.resolution.report(
            "name.unknown",
            f"INSTANCE {instance.module.name} says nothing about its {kind} `{item.name}`",
            instance.module.span,
            hint=f"add `WITH {item.name} <- ...`, or declare `{item.name}` here",
            notes=[Note(f"the {kind} is declared here", item.node.span)],
        )
        return None

    def _check_arity(
        self,
        item: Declared,
        params: tuple[ast.Parameter, ...] | None,
        value: ast.Expr,
        entry: Entry | None,
    ) -> bool:
        number = len(params) if params is not None else -1
        if number == item.arity:
            return True
        wanted = f"an operator with {item.arity} parameters" if item.arity else "an expression"
        if number > 0:
            given = f"an operator with {number}"
        else:
            given = describe(entry) if entry and number < 0 else "an expression"
        message = f"`{item.name}` must be replaced by {wanted}, not by {given}"
        notes = [Note(f"`{item.name}` is declared here", item.node.span)]
        self.resolution.report("name.arity", message, value.span, notes=notes)
        return False

    def declared(self, found: FoundModule) -> Iterator[Declared]:
        """The constants and variables of a module and of those it extends, each once."""
        seen: set[str] = set()
        for unit in self._units(found, set()):
            for item in _declarations(unit):
                if item.name not in seen:
                    seen.add(item.name)
                    yield item

    def _units(self, found: FoundModule, visited: set[int]) -> Iterator[ast.Unit]:
        if id(found.module) in visited:
            return
        visited.add(id(found.module))
        for name in found.module.extends:
            extended = self._extended(name, found.parent)
            if extended is not None:
                yield from self._units(extended, visited)
        yield from found.module.units

    def _extended(self, name: ast.Identifier, parent: Place | None) -> FoundModule | None:
        nested = parent.lookup(name.name) if parent else None
        if isinstance(nested, ModuleEntry):
            return FoundModule(nested.module, nested.place)
        module = self.resolution.loaded.modules.get(name.name)
        return FoundModule(module, None) if module else None


def _are_variables(substitutions: Mapping[str, Entry], names: Sequence[str]) -> bool:
    """Whether different variables stand for the names."""
    entries = [substitutions[name] for name in names]
    return len({entry.key for entry in entries if isinstance(entry, VariableEntry)}) == len(names)


def _declarations(unit: ast.Unit) -> Iterator[Declared]:
    if isinstance(unit, ast.Constants):
        for parameter in unit.declarations:
            yield Declared(parameter.name, parameter.arity, False, parameter)
    elif isinstance(unit, ast.Variables):
        for name in unit.names:
            yield Declared(name.name, 0, True, name)
