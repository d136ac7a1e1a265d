"""From the units of a module to a scope: what each unit makes known, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from aioformal.diagnostic import Note, Severity
from aioformal.resolve.instance import Instances
from aioformal.resolve.model import ConstantDeclaration, VariableDeclaration
from aioformal.resolve.resolution import Resolution
from aioformal.resolve.scope import (
    EXTENDED,
    BrokenEntry,
    BuiltinEntry,
    ConstantEntry,
    DefinitionEntry,
    Entry,
    InstanceEntry,
    Listed,
    ModuleEntry,
    Place,
    Scope,
    VariableEntry,
    World,
    describe,
    parameters_of,
)
from aioformal.resolve.traverse import walk
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.value.operators import CORE_OPERATORS, MODULE_OPERATORS


class Declarer(Struct, dict=True):
    """Builds scopes. Bodies are not looked at here; they are bound when somebody needs them."""

    resolution: Resolution

    def __post_init__(self) -> None:
        self.instances = Instances(self.resolution, self.scope_of)
        self.handlers: dict[type[ast.Node], Callable[[Scope, int, Any], None]] = {
            ast.Constants: self._constants,
            ast.Variables: self._variables,
            ast.Recursive: self._recursive,
            ast.OperatorDefinition: self._definition,
            ast.FunctionDefinition: self._definition,
            ast.Instance: self._anonymous_instance,
            ast.ModuleDefinition: self._named_instance,
            ast.Assume: self._statement,
            ast.Theorem: self._statement,
            ast.Use: self._nothing,
            ast.Module: self._nested_module,
        }

    def scope_of(self, module: ast.Module, world: World, parent: Place | None) -> Scope:
        """The scope of a module in a world; built once."""
        known = world.scopes.get(id(module))
        if known is not None:
            return known
        scope = Scope(module, world, parent)
        world.scopes[id(module)] = scope
        for name in module.extends:
            self._extend(scope, name)
        for position, unit in enumerate(module.units):
            self.handlers[type(unit)](scope, position, unit)
        return scope

    # ------------------------------------------------------------ what units declare

    def _extend(self, scope: Scope, name: ast.Identifier) -> None:
        found = self.instances.find_module(name, scope.parent or Place(scope, EXTENDED))
        if found is None:
            return
        extended = self.scope_of(found.module, scope.world, found.parent)
        for key, listed in extended.entries.items():
            if not listed.is_local:
                taken_in = Listed(listed.entry, EXTENDED, False, listed.is_declared)
                self._take_in(scope, key, taken_in, name.span)

    def _constants(self, scope: Scope, position: int, unit: ast.Constants) -> None:
        for declared in unit.declarations:
            entry = ConstantEntry(declared.name, declared.span, _origin(scope), declared.name, declared.arity)
            self._declare(scope, position, entry)

    def _variables(self, scope: Scope, position: int, unit: ast.Variables) -> None:
        for declared in unit.names:
            entry = VariableEntry(declared.name, declared.span, _origin(scope), declared.name)
            self._declare(scope, position, entry)

    def _declare(self, scope: Scope, position: int, entry: ConstantEntry | VariableEntry) -> None:
        substitutions = scope.world.substitutions
        if substitutions is not None:
            meant: Entry = substitutions.get(entry.name, entry)
            scope.entries.setdefault(entry.name, Listed(meant, position, is_declared=True))
            return
        if not self.list(scope, entry.name, Listed(entry, position, is_declared=True), entry.span):
            return
        if isinstance(entry, VariableEntry):
            declaration = VariableDeclaration(entry.name, entry.span)
            self.resolution.variables.setdefault(entry.name, declaration)
        else:
            constant = ConstantDeclaration(entry.name, entry.arity, entry.span)
            self.resolution.constants.setdefault(entry.name, constant)
        self.resolution.keys.add(entry.name)

    def _recursive(self, scope: Scope, position: int, unit: ast.Recursive) -> None:
        for declared in unit.declarations:
            defined = _definition_below(scope.module, position, declared.name)
            if defined is None:
                message = f"`{declared.name}` is declared RECURSIVE but not defined"
                self.resolution.report("name.unknown", message, declared.span)
                broken = BrokenEntry(declared.name, declared.span, _origin(scope))
                self.list(scope, declared.name, Listed(broken, position), declared.span)
                continue
            place, body = defined
            check_recursive(self.resolution, declared, body)
            self._check_nothing_between(scope.module.units[position:place], declared)
            self._define(scope, position, place, body)

    def _check_nothing_between(self, units: Sequence[ast.Unit], declared: ast.Parameter) -> None:
        """Between RECURSIVE and the definition only other definitions may stand."""
        for unit in units:
            if isinstance(unit, ast.Constants | ast.Variables | ast.Theorem | ast.Use | ast.Module):
                message = f"`{declared.name}` is declared RECURSIVE and must be defined before this"
                notes = [Note(f"`{declared.name}` is declared here", declared.span)]
                self.resolution.report("name.unknown", message, unit.span, notes=notes)

    def _definition(
        self, scope: Scope, position: int, unit: ast.OperatorDefinition | ast.FunctionDefinition
    ) -> None:
        name = unit.name.name
        builtin = self._builtin(scope, unit)
        if builtin is not None:
            scope.entries[name] = Listed(builtin, position, unit.is_local)
            return
        known = scope.entries.get(name)
        if known and isinstance(known.entry, DefinitionEntry) and known.entry.body is unit:
            return  # RECURSIVE made it known already
        self._define(scope, position, position, unit)

    def _define(
        self,
        scope: Scope,
        seen_from: int,
        position: int,
        unit: ast.OperatorDefinition | ast.FunctionDefinition,
    ) -> None:
        params = unit.params if isinstance(unit, ast.OperatorDefinition) else ()
        # The right-hand side of `f[x \in S] == e` sees f.
        stands_at = position + 1 if isinstance(unit, ast.FunctionDefinition) else position
        entry = self._entry(scope, stands_at, unit.name, params, unit, unit.is_local)
        self.list(scope, unit.name.name, Listed(entry, seen_from, unit.is_local), unit.name.span)

    def _builtin(
        self, scope: Scope, unit: ast.OperatorDefinition | ast.FunctionDefinition
    ) -> BuiltinEntry | None:
        key = MODULE_OPERATORS.get(_origin(scope), {}).get(unit.name.name)
        if key is None or scope.parent is not None:
            return None
        params = unit.params if isinstance(unit, ast.OperatorDefinition) else ()
        return BuiltinEntry(unit.name.name, unit.name.span, _origin(scope), key, params)

    def _entry(
        self,
        scope: Scope,
        position: int,
        name: ast.Identifier,
        params: tuple[ast.Parameter, ...],
        body: ast.OperatorDefinition | ast.FunctionDefinition | ast.Theorem | ast.Assume,
        is_local: bool,
    ) -> DefinitionEntry:
        place = Place(scope, position, scope.world.environment)
        key = self.key_for(scope, name.name, is_local)
        return DefinitionEntry(name.name, name.span, _origin(scope), key, params, body, place, scope.world)

    def key_for(self, scope: Scope, name: str, is_local: bool) -> str:
        """The flat name of a definition: plain where it can be seen, with its module where not."""
        world = scope.world
        if world.frame is not None:
            return _fresh_in_frame(world.frame.keys, world.prefix + name)
        is_hidden = is_local and not world.prefix and scope.module is not self.resolution.loaded.root
        preferred = f"{world.prefix}{_origin(scope)}!{name}" if is_hidden else world.prefix + name
        return self.resolution.allocate(preferred, _origin(scope))

    def _statement(self, scope: Scope, position: int, unit: ast.Assume | ast.Theorem) -> None:
        if isinstance(unit, ast.Assume) and scope.world is self.resolution.root:
            self.resolution.statements.append((unit, Place(scope, position)))
        if unit.name is not None:
            entry = self._entry(scope, position, unit.name, (), unit, False)
            self.list(scope, unit.name.name, Listed(entry, position), unit.name.span)

    def _nothing(self, _scope: Scope, _position: int, _unit: ast.Use) -> None:
        """USE and HIDE speak to provers only."""

    def _nested_module(self, scope: Scope, position: int, unit: ast.Module) -> None:
        name = unit.name.name
        other = self.resolution.loaded.modules.get(name)
        if other is not None:
            notes = [Note("the other one", other.name.span)]
            message = f"there are two modules `{name}`: this one, and one in a file of its own"
            self.resolution.report("name.redefined", message, unit.name.span, notes=notes)
        entry = ModuleEntry(name, unit.name.span, _origin(scope), unit, Place(scope, position))
        self.list(scope, name, Listed(entry, position), unit.name.span)

    def _named_instance(self, scope: Scope, position: int, unit: ast.ModuleDefinition) -> None:
        name = unit.name.name
        place = Place(scope, position, scope.world.environment)
        entry = self.instances.open_named(unit, place, scope.world.frame)
        self.list(scope, name, Listed(entry, position, unit.is_local), unit.name.span)

    def _anonymous_instance(self, scope: Scope, position: int, unit: ast.Instance) -> None:
        place = Place(scope, position, scope.world.environment)
        opened = self.instances.open_anonymous(unit, place, scope.world.frame)
        if opened is None:
            return
        for key, listed in opened.entries.items():
            if not listed.is_local and not listed.is_declared:
                taken_in = Listed(listed.entry, position, unit.is_local)
                self._take_in(scope, key, taken_in, unit.module.span)

    # ------------------------------------------------------------ two entries of one name

    def list(self, scope: Scope, name: str, listed: Listed, span: Span) -> bool:
        """Add what a unit declares; a name can be declared once, and built-in ones never."""
        known = scope.entries.get(name)
        is_free = known is None or (_is_theorem(known.entry) and _is_theorem(listed.entry))
        if is_free and name not in CORE_OPERATORS and name not in ("TRUE", "FALSE"):
            scope.entries.setdefault(name, listed)
            return True
        if known is None or is_free:
            self.resolution.report("name.redefined", f"`{name}` is built in", span)
        else:
            report_redefined(self.resolution, name, span, known.entry)
        return False

    def _take_in(self, scope: Scope, name: str, listed: Listed, span: Span) -> None:
        """Add what EXTENDS or INSTANCE brings: the same thing may come on two ways."""
        known = scope.entries.get(name)
        if known is None:
            scope.entries[name] = listed
        elif known.entry is listed.entry or _same(known.entry, listed.entry):
            if known.is_local and not listed.is_local:
                scope.entries[name] = Listed(known.entry, known.position, False, known.is_declared)
        elif type(known.entry) is not type(listed.entry) and not _both_operators(known, listed):
            report_redefined(self.resolution, name, span, known.entry, listed.entry)
        else:
            message = f"`{name}` comes from two modules; the first is used"
            notes = [Note("the first", known.entry.span), Note("the second", listed.entry.span)]
            self.resolution.report("name.redefined", message, span, notes=notes, severity=Severity.WARNING)


def report_redefined(
    resolution: Resolution, name: str, span: Span, known: Entry, brought: Entry | None = None
) -> None:
    """Say that a name is taken, and where."""
    notes = [Note(f"`{name}` is {describe(known)} here", known.span)]
    if brought is not None:
        notes.append(Note(f"and {describe(brought)} here", brought.span))
    message = f"`{name}` is already in use: {describe(known)}"
    resolution.report("name.redefined", message, span, notes=notes, hint="choose another name")


def _definition_below(
    module: ast.Module, position: int, name: str
) -> tuple[int, ast.OperatorDefinition | ast.FunctionDefinition] | None:
    """The first definition of a name below a RECURSIVE declaration, and its position."""
    for place in range(position + 1, len(module.units)):
        unit = module.units[place]
        if isinstance(unit, ast.OperatorDefinition | ast.FunctionDefinition) and unit.name.name == name:
            return place, unit
    return None


def check_recursive(
    resolution: Resolution,
    declared: ast.Parameter,
    unit: ast.OperatorDefinition | ast.FunctionDefinition,
) -> None:
    """RECURSIVE F(_) wants a definition F(x), which does not prime x: it could do so twice."""
    arity = len(unit.params) if isinstance(unit, ast.OperatorDefinition) else 0
    if declared.arity != arity:
        plural = "" if declared.arity == 1 else "s"
        message = f"`{declared.name}` is declared with {declared.arity} parameter{plural}, but defined with"
        notes = [Note("declared here", declared.span)]
        resolution.report("name.arity", f"{message} {arity}", unit.name.span, notes=notes)
    for prime in _primed_parameters(unit):
        message = f"`{declared.name}` is RECURSIVE, and primes a parameter of its own"
        resolution.report("level.too-high", message, prime.span, notes=[Note("declared here", declared.span)])


def _primed_parameters(unit: ast.OperatorDefinition | ast.FunctionDefinition) -> Iterator[ast.Apply]:
    params = {p.name for p in unit.params} if isinstance(unit, ast.OperatorDefinition) else set[str]()
    for node in walk(unit.body) if params else ():
        match node:
            case ast.Apply(operator=ast.Name(name="'"), args=(primed,)):
                if any(isinstance(name, ast.Name) and name.name in params for name in walk(primed)):
                    yield node
            case _:
                pass


def _is_theorem(entry: Entry) -> bool:
    """Theorems may share a name: only proofs refer to them by it."""
    return isinstance(entry, DefinitionEntry) and isinstance(entry.body, ast.Theorem)


def _same(first: Entry, second: Entry) -> bool:
    """Whether two entries mean the same in every use."""
    match first, second:
        case BuiltinEntry(key=a), BuiltinEntry(key=b):
            return a == b
        case VariableEntry(key=a), VariableEntry(key=b):
            return a == b
        case ConstantEntry(key=a, arity=m), ConstantEntry(key=b, arity=n):
            return a == b and m == n
        case _:
            return first.span == second.span


def _both_operators(first: Listed, second: Listed) -> bool:
    """Two definitions with equally many parameters, one of them perhaps a standard one."""
    kinds = (BuiltinEntry, DefinitionEntry)
    if not isinstance(first.entry, kinds) or not isinstance(second.entry, kinds):
        return isinstance(first.entry, InstanceEntry) and isinstance(second.entry, InstanceEntry)
    return len(parameters_of(first.entry) or ()) == len(parameters_of(second.entry) or ())


def _origin(scope: Scope) -> str:
    return scope.module.name.name


def _fresh_in_frame(keys: set[str], preferred: str) -> str:
    key, number = preferred, 1
    while key in keys:
        number += 1
        key = f"{preferred}_{number}"
    keys.add(key)
    return key
