"""The abstract syntax of TLA+: immutable nodes, each with the span it was read from.

Spans and bindings do not take part in equality, so `parse(unparse(x)) == x` means what it says.
Parentheses leave no node. Operators carry one canonical spelling each
(`operators.CANONICAL`): `\\leq`, `=<` and `<=` are all `<=`.
"""

from __future__ import annotations

from enum import Enum
from typing import Literal, TypeAlias

from msgspec import Struct

from aioformal.source import Span

NOT_COMPARED = frozenset({"span", "binding", "substituted", "enabled", "proof"})
"""Fields that say where a node was read and what resolution found, not what is written."""


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


class Binding(Struct, frozen=True):
    kind: BindingKind
    key: str


class Node(Struct, frozen=True):
    span: Span

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.compared())

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in self.compared())))

    @classmethod
    def compared(cls) -> tuple[str, ...]:
        """The names of the fields that take part in equality."""
        return tuple(name for name in cls.__struct_fields__ if name not in NOT_COMPARED)


class Identifier(Node, frozen=True):
    """A name at the place where it is declared or bound, or a record's field."""

    name: str


class Parameter(Node, frozen=True):
    """A declared operator: `x` has arity 0, `F(_, _)` arity 2. `name` may be an infix symbol."""

    name: str
    arity: int = 0


# ---------------------------------------------------------------- expressions


class Qualifier(Node, frozen=True):
    """One step `M(a, b)!` of a qualified name. `name` may also be a selector (`1`, `<<`, `:`)."""

    name: str
    args: tuple[Expr, ...] = ()


class Name(Node, frozen=True):
    """`x`, `M!x`, or an operator symbol used as a name or as an argument (`F(+)`)."""

    name: str
    path: tuple[Qualifier, ...] = ()
    binding: Binding | None = None


class Number(Node, frozen=True):
    value: int


class Decimal(Node, frozen=True):
    """A decimal such as `1.50`, kept as written; nothing evaluates it."""

    text: str


class String(Node, frozen=True):
    value: str


class Boolean(Node, frozen=True):
    value: bool


class At(Node, frozen=True):
    """`@` inside EXCEPT (or, loosely, inside a proof)."""


Form: TypeAlias = Literal["call", "prefix", "infix", "postfix"]


class Apply(Node, frozen=True):
    """An operator applied to arguments: `F(x)`, `a + b`, `~a`, `x'`, `LAMBDA` substitutions."""

    operator: Name | Lambda
    args: tuple[Expr, ...]
    form: Form = "call"


class Junction(Node, frozen=True):
    """An aligned list of conjuncts or disjuncts."""

    kind: Literal["/\\", "\\/"]
    items: tuple[Expr, ...]


class If(Node, frozen=True):
    condition: Expr
    then: Expr
    otherwise: Expr


class CaseArm(Node, frozen=True):
    guard: Expr
    value: Expr


class Case(Node, frozen=True):
    arms: tuple[CaseArm, ...]
    other: Expr | None


class Let(Node, frozen=True):
    """LET; the units are operator, function and module definitions, RECURSIVE and INSTANCE."""

    units: tuple[Unit, ...]
    body: Expr


class Bound(Node, frozen=True):
    """`x, y \\in S`, or `<<x, y>> \\in S` (is_tuple), or `x, y` without a domain."""

    names: tuple[Identifier, ...]
    domain: Expr | None
    is_tuple: bool = False


class Quantifier(Node, frozen=True):
    kind: Literal["\\A", "\\E", "\\AA", "\\EE"]
    bounds: tuple[Bound, ...]
    body: Expr


class Choose(Node, frozen=True):
    bound: Bound
    body: Expr


class FunctionApply(Node, frozen=True):
    """`f[a]`, `f[a, b]`."""

    function: Expr
    args: tuple[Expr, ...]


class FunctionConstructor(Node, frozen=True):
    """`[x \\in S |-> e]`."""

    bounds: tuple[Bound, ...]
    body: Expr


class FunctionSet(Node, frozen=True):
    """`[S -> T]`."""

    domain: Expr
    range: Expr


class Field(Node, frozen=True):
    """`a |-> e` or `a : S`."""

    name: Identifier
    value: Expr


class RecordConstructor(Node, frozen=True):
    fields: tuple[Field, ...]


class RecordSet(Node, frozen=True):
    fields: tuple[Field, ...]


class FieldAccess(Node, frozen=True):
    record: Expr
    field: Identifier


class ExceptIndex(Node, frozen=True):
    """`[a, b]` in the path of an update."""

    args: tuple[Expr, ...]


class ExceptField(Node, frozen=True):
    """`.a` in the path of an update."""

    field: Identifier


class ExceptUpdate(Node, frozen=True):
    path: tuple[ExceptIndex | ExceptField, ...]
    value: Expr


class Except(Node, frozen=True):
    base: Expr
    updates: tuple[ExceptUpdate, ...]


class SetEnumeration(Node, frozen=True):
    elements: tuple[Expr, ...]


class SetFilter(Node, frozen=True):
    """`{x \\in S : p}`."""

    bound: Bound
    predicate: Expr


class SetMap(Node, frozen=True):
    """`{e : x \\in S, y \\in T}`."""

    value: Expr
    bounds: tuple[Bound, ...]


class Tuple(Node, frozen=True):
    elements: tuple[Expr, ...]


class CartesianProduct(Node, frozen=True):
    """`A \\X B \\X C`: one node with three factors, since `\\X` is not associative."""

    factors: tuple[Expr, ...]


class ActionBox(Node, frozen=True):
    """`[A]_v`."""

    action: Expr
    subscript: Expr


class ActionAngle(Node, frozen=True):
    """`<<A>>_v`."""

    action: Expr
    subscript: Expr


class Fairness(Node, frozen=True):
    """`WF_v(A)`, `SF_v(A)`."""

    kind: Literal["WF", "SF"]
    subscript: Expr
    action: Expr
    substituted: bool = False
    """In a module that has expressions for its variables: there ENABLED is not that of `action`."""
    enabled: Expr | None = None
    """Then `ENABLED <<action>>_subscript` as it is meant, if that can be said."""


class Lambda(Node, frozen=True):
    params: tuple[Parameter, ...]
    body: Expr


class Label(Node, frozen=True):
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


class Constants(Node, frozen=True):
    declarations: tuple[Parameter, ...]


class Variables(Node, frozen=True):
    names: tuple[Identifier, ...]


class Recursive(Node, frozen=True):
    declarations: tuple[Parameter, ...]


class OperatorDefinition(Node, frozen=True):
    """`F(x, G(_)) == e`, `a (+) b == e`, `-. a == e`, `a^+ == e`; `form` says which."""

    name: Identifier
    params: tuple[Parameter, ...]
    body: Expr
    form: Form = "call"
    is_local: bool = False


class FunctionDefinition(Node, frozen=True):
    """`f[x \\in S] == e`."""

    name: Identifier
    bounds: tuple[Bound, ...]
    body: Expr
    is_local: bool = False


class Substitution(Node, frozen=True):
    """`x <- e` in INSTANCE WITH; `name` may be an operator symbol, `value` a bare operator name."""

    name: Identifier
    value: Expr


class Instance(Node, frozen=True):
    """`INSTANCE M WITH ...`, anonymous."""

    module: Identifier
    substitutions: tuple[Substitution, ...]
    is_local: bool = False


class ModuleDefinition(Node, frozen=True):
    """`I(p) == INSTANCE M WITH ...`."""

    name: Identifier
    params: tuple[Parameter, ...]
    instance: Instance
    is_local: bool = False


class Assume(Node, frozen=True):
    name: Identifier | None
    body: Expr | AssumeProve


class AssumeProve(Node, frozen=True):
    """A sequent. Its declarations and assumptions are only kept as text: nothing evaluates it."""

    text: str


class Theorem(Node, frozen=True):
    """THEOREM, LEMMA, PROPOSITION, COROLLARY. Of the proof only its place is kept: see `proof_reader`."""

    name: Identifier | None
    body: Expr | AssumeProve
    proof: Span | None = None


class Use(Node, frozen=True):
    """USE or HIDE between the units of a module; kept as text, as `AssumeProve` is."""

    text: str


class Module(Node, frozen=True):
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
