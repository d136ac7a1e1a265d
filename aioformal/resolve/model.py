"""What resolution yields: a flat module in which every name is bound, and a model of it.

A `FlatModule` has no INSTANCE and no EXTENDS any more: every definition that the specification can
reach is in one table under its flat name (`Op`, `M!Op`, `M!N!Op`); a substitution `x <- e` of an
INSTANCE is itself a definition (`M!x`), so that nothing can be captured. Every `ast.Name` below a
`FlatModule` carries a `Binding`; qualified names have an empty path and the flat name as key.
A `Model` adds what the configuration says: constants, behaviour, what to check.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum

from msgspec import Struct, field

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


class VariableDeclaration(Struct, frozen=True):
    name: str
    span: Span


class ConstantDeclaration(Struct, frozen=True):
    name: str
    arity: int
    span: Span


class Definition(Struct, frozen=True):
    """A global definition. A recursive function `f[x \\in S] == e` has the body `[x \\in S |-> e]`
    and refers to itself by its own key. `own_next`: it stands for a variable of an instanced module in the
    argument of an ENABLED there. Substitution does not touch what ENABLED binds: below ENABLED its next value
    is one of its own, as a variable's is; anywhere else it is that of the body."""

    key: str
    params: tuple[ast.Parameter, ...]
    body: ast.Expr
    level: Level
    module: str
    span: Span
    recursive: bool = False
    own_next: bool = False


class Assumption(Struct, frozen=True):
    name: str | None
    body: ast.Expr
    span: Span


class FlatModule(Struct, frozen=True):
    name: str
    constants: tuple[ConstantDeclaration, ...]
    variables: tuple[VariableDeclaration, ...]
    definitions: Mapping[str, Definition]
    assumptions: tuple[Assumption, ...]
    sources: tuple[Source, ...]
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def own_next(self) -> tuple[str, ...]:
        """The keys of the definitions that have next values of their own below ENABLED."""
        return tuple(key for key, definition in self.definitions.items() if definition.own_next)


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
    PROBE = "probe"
    """It says that something never comes about, for which a search looks; it is never reported itself."""


class PartKind(Enum):
    INITIAL = "initial"
    """A state predicate that must hold in every initial state."""
    ALWAYS = "always"
    """A state predicate that must hold in every reachable state."""
    STEP = "step"
    """An action A that every step must satisfy; `subscript` v turns it into `A \\/ UNCHANGED v`."""
    TEMPORAL = "temporal"
    """A formula that only a liveness engine can judge."""


class PropertyPart(Struct, frozen=True):
    """`unjudged`: of a TEMPORAL part that no engine will judge, the reason."""

    kind: PartKind
    formula: ast.Expr
    subscript: ast.Expr | None = None
    unjudged: str | None = None


class Trigger(Struct, frozen=True):
    """What must happen for a rule to say anything: a hidden property that claims it never does, and the
    reason why the rule is vacuous if that is proved."""

    property: str
    reason: str


class Property(Struct, frozen=True):
    """Something to check: the conjunction of its parts. `rule`: of an ordering rule the formula as it is
    written, for a second judgement; `triggers`: the rule is vacuous if of each group one property is
    proved, and partly so if of some group one is. A `hidden` property is asked for another one's sake and
    not reported."""

    name: str
    kind: PropertyKind
    parts: tuple[PropertyPart, ...]
    span: Span
    rule: ast.Expr | None = None
    triggers: tuple[tuple[Trigger, ...], ...] = ()
    hidden: bool = False

    @property
    def unjudged(self) -> str | None:
        """Why no engine judges it, where it is not for want of a liveness engine."""
        return next((part.unjudged for part in self.parts if part.unjudged), None)


class History(Struct, frozen=True):
    """What is remembered of a behaviour in variables of its own. `assignments`: of each variable its name,
    its first value, and the next one after a step that changes something else, in which later ones may
    use the next values of earlier ones. `init` and `step` say the same as formulas; they are evaluated when
    all other variables have got their values, and never say no. `own`: the tuple of the specification's
    own variables; an action A is an event where `<<A>>_own` stands, with this very node."""

    assignments: tuple[tuple[str, ast.Expr, ast.Expr], ...]
    init: ast.Expr
    step: ast.Expr
    own: ast.Expr

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(name for name, _, _ in self.assignments)


class Model(Struct, frozen=True):
    """A specification with its configuration. `State` tuples follow the order of `variables`.

    `next` is None where the configuration gives only an INIT (or neither): then only assumptions
    and initial states are checked. `constants` holds the value of every constant of arity 0 that
    is not replaced by a definition (a replaced constant is bound to its definition). `history` goes
    on beside `init` and `next`; its variables come last.
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
    history: History | None = None
    warnings: tuple[Diagnostic, ...] = field(default=())
    spec_path: str = ""
    config_path: str | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(v.name for v in self.flat.variables)

    @property
    def hidden_variables(self) -> tuple[str, ...]:
        """Those of `history`."""
        return () if self.history is None else self.history.variables

    @property
    def formulas(self) -> tuple[ast.Expr, ...]:
        """What says which states and steps there are, and what is checked of them."""
        parts = [part.formula for prop in self.properties for part in prop.parts]
        given = (self.init, self.next, *parts, *self.constraints, *self.action_constraints)
        return tuple(formula for formula in given if formula is not None)

    def property_named(self, name: str) -> Property | None:
        return next((p for p in self.properties if p.name == name), None)
