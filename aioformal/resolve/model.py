"""What resolution yields: a flat module in which every name is bound, and a model of it.

A `FlatModule` has no INSTANCE and no EXTENDS any more: every definition that the specification can
reach is in one table under its flat name (`Op`, `M!Op`, `M!N!Op`); a substitution `x <- e` of an
INSTANCE is itself a definition (`M!x`), so that nothing can be captured. Every `ast.Name` below a
`FlatModule` carries a `Binding`; qualified names have an empty path and the flat name as key.
A `Model` adds what the configuration says: constants, behaviour, what to check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from aioformal.diagnostic import Diagnostic
from aioformal.source import Source, Span
from aioformal.syntax import ast
from aioformal.value.values import Value


class Level(IntEnum):
    """Lamport, Specifying Systems, section 17.2."""

    CONSTANT = 0
    STATE = 1
    ACTION = 2
    TEMPORAL = 3


@dataclass(frozen=True, slots=True)
class VariableDeclaration:
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class ConstantDeclaration:
    name: str
    arity: int
    span: Span


@dataclass(frozen=True, slots=True)
class Definition:
    """A global definition. A recursive function `f[x \\in S] == e` has the body `[x \\in S |-> e]`
    and refers to itself by its own key."""

    key: str
    params: tuple[ast.Parameter, ...]
    body: ast.Expr
    level: Level
    module: str
    span: Span
    recursive: bool = False


@dataclass(frozen=True, slots=True)
class Assumption:
    name: str | None
    body: ast.Expr
    span: Span


@dataclass(frozen=True, slots=True)
class FlatModule:
    name: str
    constants: tuple[ConstantDeclaration, ...]
    variables: tuple[VariableDeclaration, ...]
    definitions: Mapping[str, Definition]
    assumptions: tuple[Assumption, ...]
    sources: tuple[Source, ...]
    warnings: tuple[Diagnostic, ...] = ()


class PropertyKind(Enum):
    INVARIANT = "invariant"
    ACTION = "action"
    TEMPORAL = "temporal"
    ORDERING = "ordering"
    DEADLOCK = "deadlock"
    ASSUMPTION = "assumption"
    POSSIBLE = "possible"
    """Its parts say the opposite of what is asked for: that no reachable state satisfies the predicate."""
    POSTCONDITION = "postcondition"
    SHAPE = "shape"


class PartKind(Enum):
    INITIAL = "initial"
    """A state predicate that must hold in every initial state."""
    ALWAYS = "always"
    """A state predicate that must hold in every reachable state."""
    STEP = "step"
    """An action A that every step must satisfy; `subscript` v turns it into `A \\/ UNCHANGED v`."""
    TEMPORAL = "temporal"
    """A formula that only a liveness engine can judge."""


@dataclass(frozen=True, slots=True)
class PropertyPart:
    kind: PartKind
    formula: ast.Expr
    subscript: ast.Expr | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """Something to check: the conjunction of its parts."""

    name: str
    kind: PropertyKind
    parts: tuple[PropertyPart, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Model:
    """A specification with its configuration. `State` tuples follow the order of `variables`.

    `next` is None where the configuration gives only an INIT (or neither): then only assumptions
    and initial states are checked. `constants` holds the value of every constant of arity 0 that
    is not replaced by a definition (a replaced constant is bound to its definition).
    """

    flat: FlatModule
    constants: Mapping[str, Value]
    init: ast.Expr | None
    next: ast.Expr | None
    subscript: ast.Expr | None
    fairness: tuple[ast.Expr, ...]
    properties: tuple[Property, ...]
    constraints: tuple[ast.Expr, ...] = ()
    action_constraints: tuple[ast.Expr, ...] = ()
    check_deadlock: bool = True
    symmetry: ast.Expr | None = None
    view: ast.Expr | None = None
    alias: ast.Expr | None = None
    postconditions: tuple[ast.Expr, ...] = ()
    warnings: tuple[Diagnostic, ...] = field(default=())
    spec_path: str = ""
    config_path: str | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(v.name for v in self.flat.variables)

    def property_named(self, name: str) -> Property | None:
        return next((p for p in self.properties if p.name == name), None)
