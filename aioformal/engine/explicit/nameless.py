"""Which expressions surely have values that hold none of some model values, at any depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from aioformal.encode.shapes import AtomShape, FunShape, SeqShape, SetShape, Shape, UnionShape
from aioformal.resolve.model import Model
from aioformal.resolve.traverse import walk
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind
from aioformal.value.values import Bool, Function, LazySet, ModelValue, Value

PLAIN = frozenset(
    {"+", "-", "*", "^", "..", "<", ">", "<=", ">=", "\\div", "%", "-.", "Nat", "Int", "JavaTime"}
    | {"~", "/\\", "\\/", "=>", "<=>", "=", "#", "\\in", "\\notin", "\\subseteq", "BOOLEAN", "STRING"}
    | {"&", "|", "^^", "Not", "shiftR", "atoi", "IOEnv"}
    | {"Len", "Cardinality", "IsFiniteSet", "PrintT", "Assert", "ENABLED", "UNCHANGED"}
)
"""Built-ins whose values are numbers, Booleans, strings, or sets of these, whatever they are applied to."""

MADE_OF_ALL = frozenset(
    {"\\cup", "SUBSET", "UNION", "DOMAIN", "Seq", "Head", "Tail", "Append", "\\o", "SubSeq", ":>", "@@"}
    | {"TLCEval", "kSubset", "'"}
)
"""Built-ins whose values hold nothing that is not in one of the arguments."""

Domains: TypeAlias = Mapping[str, list[ast.Expr | None]]


class Nameless:
    """About the values `moved`, in states that fit `shapes`."""

    def __init__(self, model: Model, moved: frozenset[ModelValue], shapes: Mapping[str, Shape]) -> None:
        self._model = model
        self._moved = moved
        self._variables = frozenset(name for name, shape in shapes.items() if not self._in_shape(shape))

    def holds(self, expr: ast.Expr, body: ast.Expr) -> bool:
        """Whether an expression inside the body of a definition has such values."""
        return _Reading(self._model, self._moved, self._variables, _domains(body)).nameless(expr)

    def _in_shape(self, shape: Shape) -> bool:
        """Whether values of a shape can hold one of those that are moved."""
        match shape:
            case AtomShape(values=values) | SetShape(universe=values):
                return any(holds_any(value, self._moved) for value in values)
            case FunShape(entries=entries):
                return any(holds_any(e.key, self._moved) or self._in_shape(e.shape) for e in entries)
            case SeqShape(element=element):
                return self._in_shape(element)
            case UnionShape(alternatives=alternatives):
                return any(map(self._in_shape, alternatives))
            case _:
                return False


class _Reading:
    """Inside one definition, where every local name has one of `domains`."""

    def __init__(
        self, model: Model, moved: frozenset[ModelValue], variables: frozenset[str], domains: Domains
    ) -> None:
        self._model = model
        self._moved = moved
        self._variables = variables
        self._domains = domains
        self._open: set[str] = set()

    def nameless(self, expr: ast.Expr) -> bool:
        match expr:
            case ast.Number() | ast.String() | ast.Boolean() | ast.Quantifier():
                return True
            case ast.Name():
                return self._name(expr)
            case ast.Apply(
                operator=ast.Name(binding=ast.Binding(kind=BindingKind.BUILTIN, key=key)), args=args
            ):
                return self._built_in(key, args)
            case ast.If(then=then, otherwise=otherwise):
                return self.nameless(then) and self.nameless(otherwise)
            case ast.Tuple(elements=parts) | ast.SetEnumeration(elements=parts):
                return all(map(self.nameless, parts))
            case ast.CartesianProduct(factors=parts):
                return all(map(self.nameless, parts))
            case ast.SetFilter(bound=ast.Bound(domain=domain)):
                return domain is not None and self.nameless(domain)
            case ast.SetMap(value=value):
                return self.nameless(value)
            case ast.FunctionApply(function=function):
                return self.nameless(function)
            case ast.FieldAccess(record=record):
                return self.nameless(record)
            case _:
                return False

    def _built_in(self, key: str, args: tuple[ast.Expr, ...]) -> bool:
        if key in PLAIN:
            return True
        if key == "\\":
            return self.nameless(args[0])
        if key == "\\cap":
            return any(map(self.nameless, args))
        return key in MADE_OF_ALL and all(map(self.nameless, args))

    def _name(self, name: ast.Name) -> bool:
        match name.binding:
            case ast.Binding(kind=BindingKind.BUILTIN, key=key):
                return key in PLAIN
            case ast.Binding(kind=BindingKind.VARIABLE, key=key):
                return key in self._variables
            case ast.Binding(kind=BindingKind.CONSTANT, key=key):
                value = self._model.constants.get(key)
                return value is not None and not holds_any(value, self._moved)
            case ast.Binding(kind=BindingKind.DEFINITION, key=key):
                return self._definition(key)
            case ast.Binding(kind=BindingKind.LOCAL, key=key):
                return self._local(key)
            case _:
                return False

    def _definition(self, key: str) -> bool:
        definition = self._model.flat.definitions[key]
        if definition.params or definition.recursive:
            return False
        body = definition.body
        return _Reading(self._model, self._moved, self._variables, _domains(body)).nameless(body)

    def _local(self, key: str) -> bool:
        """A name that is bound to members of sets; parameters and the like may be anything."""
        if key in self._open or key not in self._domains:
            return False
        self._open.add(key)
        found = all(domain is not None and self.nameless(domain) for domain in self._domains[key])
        self._open.discard(key)
        return found


def _domains(body: ast.Expr) -> Domains:
    """Where the names that a body binds come from; None for what may be anything."""
    found: dict[str, list[ast.Expr | None]] = {}
    for node in walk(body):
        match node:
            case ast.Bound(names=names, domain=domain):
                for name in names:
                    found.setdefault(name.name, []).append(domain)
            case ast.Parameter(name=name):
                found.setdefault(name, []).append(None)
            case ast.OperatorDefinition(name=name) | ast.FunctionDefinition(name=name):
                found.setdefault(name.name, []).append(None)
            case _:
                pass
    return found


def holds_any(value: Value, moved: frozenset[ModelValue]) -> bool:
    """Whether one of the model values is somewhere inside."""
    match value:
        case ModelValue():
            return value in moved
        case frozenset():
            return any(holds_any(member, moved) for member in value)
        case Function():
            return any(holds_any(k, moved) or holds_any(v, moved) for k, v in value.mapping.items())
        case int() | str() | Bool():
            return False
        case LazySet() if value.is_small():
            return holds_any(value.freeze(), moved)
        case _:
            return True
