"""The abstract syntax of TLA+: immutable nodes, each with the span it was read from.

Spans and bindings do not take part in equality, so `parse(unparse(x)) == x` means what it says.
Parentheses leave no node. Operators carry one canonical spelling each
(`operators.CANONICAL`): `\\leq`, `=<` and `<=` are all `<=`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, TypeAlias

from aioformal.source import Span


class BindingKind(Enum):
    """What a resolved name stands for."""

    BUILTIN = "builtin"
    """A built-in operator; `key` is its canonical spelling or name."""
    VARIABLE = "variable"
    CONSTANT = "constant"
    DEFINITION = "definition"
    """A definition of the flat module; `key` is its flat name, as in `M!Op`."""
    LOCAL = "local"
    """A bound variable, an operator's parameter, or a LET definition, by its own name."""


@dataclass(frozen=True, slots=True)
class Binding:
    kind: BindingKind
    key: str


@dataclass(frozen=True, slots=True)
class Node:
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Identifier(Node):
    """A name at the place where it is declared or bound, or a record's field."""

    name: str


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A declared operator: `x` has arity 0, `F(_, _)` arity 2. `name` may be an infix symbol."""

    name: str
    arity: int = 0


# ---------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Qualifier(Node):
    """One step `M(a, b)!` of a qualified name. `name` may also be a selector (`1`, `<<`, `:`)."""

    name: str
    args: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Name(Node):
    """`x`, `M!x`, or an operator symbol used as a name or as an argument (`F(+)`)."""

    name: str
    path: tuple[Qualifier, ...] = ()
    binding: Binding | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Number(Node):
    value: int


@dataclass(frozen=True, slots=True)
class Decimal(Node):
    """A decimal such as `1.50`, kept as written; nothing evaluates it."""

    text: str


@dataclass(frozen=True, slots=True)
class String(Node):
    value: str


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class At(Node):
    """`@` inside EXCEPT (or, loosely, inside a proof)."""


Form: TypeAlias = Literal["call", "prefix", "infix", "postfix"]


@dataclass(frozen=True, slots=True)
class Apply(Node):
    """An operator applied to arguments: `F(x)`, `a + b`, `~a`, `x'`, `LAMBDA` substitutions."""

    operator: Name | Lambda
    args: tuple[Expr, ...]
    form: Form = "call"


@dataclass(frozen=True, slots=True)
class Junction(Node):
    """An aligned list of conjuncts or disjuncts."""

    kind: Literal["/\\", "\\/"]
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class CaseArm(Node):
    guard: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class Case(Node):
    arms: tuple[CaseArm, ...]
    other: Expr | None


@dataclass(frozen=True, slots=True)
class Let(Node):
    """LET; the units are operator, function and module definitions, RECURSIVE and INSTANCE."""

    units: tuple[Unit, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class Bound(Node):
    """`x, y \\in S`, or `<<x, y>> \\in S` (is_tuple), or `x, y` without a domain."""

    names: tuple[Identifier, ...]
    domain: Expr | None
    is_tuple: bool = False


@dataclass(frozen=True, slots=True)
class Quantifier(Node):
    kind: Literal["\\A", "\\E", "\\AA", "\\EE"]
    bounds: tuple[Bound, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class Choose(Node):
    bound: Bound
    body: Expr


@dataclass(frozen=True, slots=True)
class FunctionApply(Node):
    """`f[a]`, `f[a, b]`."""

    function: Expr
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class FunctionConstructor(Node):
    """`[x \\in S |-> e]`."""

    bounds: tuple[Bound, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class FunctionSet(Node):
    """`[S -> T]`."""

    domain: Expr
    range: Expr


@dataclass(frozen=True, slots=True)
class Field(Node):
    """`a |-> e` or `a : S`."""

    name: Identifier
    value: Expr


@dataclass(frozen=True, slots=True)
class RecordConstructor(Node):
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class RecordSet(Node):
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class FieldAccess(Node):
    record: Expr
    field: Identifier


@dataclass(frozen=True, slots=True)
class ExceptIndex(Node):
    """`[a, b]` in the path of an update."""

    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class ExceptField(Node):
    """`.a` in the path of an update."""

    field: Identifier


@dataclass(frozen=True, slots=True)
class ExceptUpdate(Node):
    path: tuple[ExceptIndex | ExceptField, ...]
    value: Expr


@dataclass(frozen=True, slots=True)
class Except(Node):
    base: Expr
    updates: tuple[ExceptUpdate, ...]


@dataclass(frozen=True, slots=True)
class SetEnumeration(Node):
    elements: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class SetFilter(Node):
    """`{x \\in S : p}`."""

    bound: Bound
    predicate: Expr


@dataclass(frozen=True, slots=True)
class SetMap(Node):
    """`{e : x \\in S, y \\in T}`."""

    value: Expr
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Tuple(Node):
    elements: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class CartesianProduct(Node):
    """`A \\X B \\X C`: one node with three factors, since `\\X` is not associative."""

    factors: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class ActionBox(Node):
    """`[A]_v`."""

    action: Expr
    subscript: Expr


@dataclass(frozen=True, slots=True)
class ActionAngle(Node):
    """`<<A>>_v`."""

    action: Expr
    subscript: Expr


@dataclass(frozen=True, slots=True)
class Fairness(Node):
    """`WF_v(A)`, `SF_v(A)`."""

    kind: Literal["WF", "SF"]
    subscript: Expr
    action: Expr
    substituted: bool = field(default=False, compare=False)
    """In a module that has expressions for its variables: there ENABLED is not that of `action`."""
    enabled: Expr | None = field(default=None, compare=False)
    """Then `ENABLED <<action>>_subscript` as it is meant, if that can be said."""


@dataclass(frozen=True, slots=True)
class Lambda(Node):
    params: tuple[Parameter, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class Label(Node):
    """`name(x) :: e`."""

    name: Identifier
    params: tuple[Identifier, ...]
    body: Expr


Expr: TypeAlias = (
    Name
    | Number
    | Decimal
    | String
    | Boolean
    | At
    | Apply
    | Junction
    | If
    | Case
    | Let
    | Quantifier
    | Choose
    | FunctionApply
    | FunctionConstructor
    | FunctionSet
    | RecordConstructor
    | RecordSet
    | FieldAccess
    | Except
    | SetEnumeration
    | SetFilter
    | SetMap
    | Tuple
    | CartesianProduct
    | ActionBox
    | ActionAngle
    | Fairness
    | Lambda
    | Label
)


# ---------------------------------------------------------------- units of a module


@dataclass(frozen=True, slots=True)
class Constants(Node):
    declarations: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Variables(Node):
    names: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class Recursive(Node):
    declarations: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class OperatorDefinition(Node):
    """`F(x, G(_)) == e`, `a (+) b == e`, `-. a == e`, `a^+ == e`; `form` says which."""

    name: Identifier
    params: tuple[Parameter, ...]
    body: Expr
    form: Form = "call"
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    """`f[x \\in S] == e`."""

    name: Identifier
    bounds: tuple[Bound, ...]
    body: Expr
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Substitution(Node):
    """`x <- e` in INSTANCE WITH; `name` may be an operator symbol, `value` a bare operator name."""

    name: Identifier
    value: Expr


@dataclass(frozen=True, slots=True)
class Instance(Node):
    """`INSTANCE M WITH ...`, anonymous."""

    module: Identifier
    substitutions: tuple[Substitution, ...]
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class ModuleDefinition(Node):
    """`I(p) == INSTANCE M WITH ...`."""

    name: Identifier
    params: tuple[Parameter, ...]
    instance: Instance
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Assume(Node):
    name: Identifier | None
    body: Expr | AssumeProve


@dataclass(frozen=True, slots=True)
class AssumeProve(Node):
    """A sequent. Its declarations and assumptions are only kept as text: nothing evaluates it."""

    text: str


@dataclass(frozen=True, slots=True)
class Theorem(Node):
    """THEOREM, LEMMA, PROPOSITION, COROLLARY. Of the proof only its place is kept: see `proof_reader`."""

    name: Identifier | None
    body: Expr | AssumeProve
    proof: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Use(Node):
    """USE or HIDE between the units of a module; kept as text, as `AssumeProve` is."""

    text: str


@dataclass(frozen=True, slots=True)
class Module(Node):
    name: Identifier
    extends: tuple[Identifier, ...]
    units: tuple[Unit, ...]


Unit: TypeAlias = (
    Constants
    | Variables
    | Recursive
    | OperatorDefinition
    | FunctionDefinition
    | Instance
    | ModuleDefinition
    | Assume
    | Theorem
    | Use
    | Module
)
