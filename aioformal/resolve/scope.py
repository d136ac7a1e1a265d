"""What a name can stand for while modules are put together, and where it can be seen.

An `Entry` is one meaning. A `Scope` holds the entries of one module in one `World`: a world is one
use of a set of modules - the specification itself, or one INSTANCE with its substitutions - and says
what the flat names of its definitions begin with. A `Place` is a point in a module from which names
are looked up: a module sees what stands before it, never what comes after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from aioformal.resolve.model import Level
from aioformal.source import Span
from aioformal.syntax import ast

EXTENDED = -1
"""The position of entries that come with EXTENDS: before every unit."""


class BaseEntry(Struct, eq=False):
    """`span` is where the name was declared, in the module `origin`."""

    name: str
    span: Span
    origin: str


class Frame(Struct, eq=False):
    """The LET that takes in the definitions of an INSTANCE inside it, in order of need."""

    environment: Environment
    units: list[ast.Unit] = field(default_factory=list["ast.Unit"])
    keys: set[str] = field(default_factory=set[str])
    started: set[str] = field(default_factory=set[str])
    finished: set[str] = field(default_factory=set[str])
    recursive: dict[str, ast.Parameter] = field(default_factory=dict[str, ast.Parameter])


class Opened(Struct, frozen=True):
    """What an INSTANCE puts for each variable of its module, as it is written, and where it stands."""

    place: Place
    values: Mapping[str, ast.Expr]


class World(Struct, eq=False):
    """One use of modules. `params` are put in front of every definition's own parameters."""

    prefix: str
    params: tuple[ast.Parameter, ...] = ()
    substitutions: Mapping[str, Entry] | None = None
    """What stands for the declared constants and variables; None: they stand for themselves."""
    frame: Frame | None = None
    environment: Environment = field(default_factory=lambda: NOTHING)
    opened: Opened | None = None
    renames: bool = True
    """Whether different variables stand for the declared variables, and no others can be seen. Only then is
    ENABLED under the substitution what it is after it: the next values that it speaks of are not
    substituted."""
    below_enabled: World | None = None
    """The same module as the arguments of ENABLED see it, once one has been read: see `resolve.enabled`."""
    scopes: dict[int, Scope] = field(default_factory=dict[int, "Scope"])
    """By the identity of the module's syntax tree: nested modules may share names."""


class Listed(Struct, frozen=True):
    """An entry in a scope: seen by units after `position`; LOCAL ones only inside the module.

    `is_declared` marks constants and variables: INSTANCE does not pass them on.
    """

    entry: Entry
    position: int
    is_local: bool = False
    is_declared: bool = False


class Scope(Struct, eq=False):
    """The entries of one module in one world; `parent` is the place of a nested module."""

    module: ast.Module
    world: World
    parent: Place | None
    entries: dict[str, Listed] = field(default_factory=dict[str, Listed])

    def exported(self, name: str) -> Entry | None:
        """What `I!name` means."""
        listed = self.entries.get(name)
        return None if listed is None or listed.is_local or listed.is_declared else listed.entry

    def lookup(self, name: str, position: int) -> Entry | None:
        listed = self.entries.get(name)
        if listed is not None and listed.position < position:
            return listed.entry
        return self.parent.scope.lookup(name, self.parent.position) if self.parent else None

    def visible(self) -> Iterator[str]:
        yield from self.entries
        if self.parent:
            yield from self.parent.scope.visible()


class Environment(Struct, frozen=True):
    """The local names around an expression: parameters, bound variables, LET definitions."""

    entries: Mapping[str, Entry]
    keys: frozenset[str]
    """The flat local names in use, so that none gets captured."""

    def with_entries(self, entries: Mapping[str, Entry]) -> Environment:
        keys = [e.key for e in entries.values() if isinstance(e, LocalEntry)]
        return Environment({**self.entries, **entries}, self.keys.union(keys))

    def fresh(self, name: str) -> str:
        """`name`, or the first of `name_2`, `name_3`, ... that is not in use."""
        key, number = name, 1
        while key in self.keys:
            number += 1
            key = f"{name}_{number}"
        return key


NOTHING = Environment({}, frozenset())


class Place(Struct, frozen=True):
    """Where an expression stands."""

    scope: Scope
    position: int
    environment: Environment = NOTHING

    def lookup(self, name: str) -> Entry | None:
        return self.environment.entries.get(name) or self.scope.lookup(name, self.position)

    def visible(self) -> Iterator[str]:
        yield from self.environment.entries
        yield from self.scope.visible()

    def inside(self, environment: Environment) -> Place:
        return Place(self.scope, self.position, environment)


class BuiltinEntry(BaseEntry, eq=False):
    key: str
    params: tuple[ast.Parameter, ...]


class VariableEntry(BaseEntry, eq=False):
    key: str


class ConstantEntry(BaseEntry, eq=False):
    key: str
    arity: int


class LocalEntry(BaseEntry, eq=False):
    """A parameter, a bound variable, or a definition inside LET (with `params`). `is_inner`: a parameter
    of an operator of LET, or of a LAMBDA."""

    key: str
    arity: int
    params: tuple[ast.Parameter, ...] | None = None
    is_inner: bool = False


class DefinitionEntry(BaseEntry, eq=False):
    """A definition of some world. `place` is where its right-hand side stands; `body` that side:
    a unit, or the expression that an INSTANCE substitutes."""

    key: str
    params: tuple[ast.Parameter, ...]
    body: ast.OperatorDefinition | ast.FunctionDefinition | ast.Theorem | ast.Assume | ast.Expr
    place: Place
    world: World
    limit: Level | None = None
    """The highest level that this may have, as the substitute of a declared name."""
    own_next: bool = False
    """Whether its next value is its own below ENABLED: see `Definition`."""


class InstanceEntry(BaseEntry, eq=False):
    """`I(p) == INSTANCE M WITH ...`: `scope` holds M's entries; `params` are those of I alone."""

    params: tuple[ast.Parameter, ...]
    scope: Scope


class ModuleEntry(BaseEntry, eq=False):
    """A module nested in another."""

    module: ast.Module
    place: Place


class BrokenEntry(BaseEntry, eq=False):
    """Something that was reported already: using it is not an error again."""


Entry: TypeAlias = (
    BuiltinEntry
    | VariableEntry
    | ConstantEntry
    | LocalEntry
    | DefinitionEntry
    | InstanceEntry
    | ModuleEntry
    | BrokenEntry
)


def parameters_of(entry: Entry) -> tuple[ast.Parameter, ...] | None:
    """The parameters that a use must give, or None if the entry is no operator at all."""
    match entry:
        case BuiltinEntry() | DefinitionEntry():
            return entry.params
        case VariableEntry():
            return ()
        case ConstantEntry() | LocalEntry():
            known = entry.params if isinstance(entry, LocalEntry) else None
            return known if known is not None else anonymous_parameters(entry.arity, entry.span)
        case _:
            return None


def anonymous_parameters(arity: int, span: Span) -> tuple[ast.Parameter, ...]:
    """Parameters of arity 0 for an operator of which only the arity is known."""
    return tuple([ast.Parameter(span, f"_{index + 1}") for index in range(arity)])


def describe(entry: Entry) -> str:
    """What kind of thing a name is, for a message."""
    match entry:
        case VariableEntry():
            return "a variable"
        case ConstantEntry():
            return "a constant"
        case LocalEntry():
            return "a local name"
        case InstanceEntry():
            return "an instance of a module"
        case ModuleEntry():
            return "a module"
        case BuiltinEntry():
            return "a standard operator"
        case _:
            return "a definition"
