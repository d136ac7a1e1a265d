"""Whether an expression, wherever it has a value, has needed the value of a name.

TLA+ substitutes arguments and LET definitions; they are evaluated only if needed. One that is needed
in any case may be evaluated at once, which is faster and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aioformal.resolve.model import Definition
from aioformal.syntax import ast

_FIRST_ONLY = frozenset({"/\\", "\\/", "=>", "Assert"})
_NONE = frozenset({"'", "UNCHANGED", "ENABLED", "[]", "<>", "~>", "-+->", "\\cdot"})


class Strictness:
    """Answers `needs` questions; remembers those about parameters."""

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self.definitions = definitions
        self._known: dict[tuple[str, str], bool] = {}

    def needs_parameter(self, key: str, name: str) -> bool:
        """Whether the definition `key` needs its parameter in any case."""
        known = self._known.get((key, name))
        if known is None:
            self._known[key, name] = False
            known = self._known[key, name] = self.needs(self.definitions[key].body, name)
        return known

    def needs(self, expr: ast.Expr, name: str) -> bool:
        match expr:
            case ast.Name(binding=binding):
                return _is_local(binding, name)
            case ast.Apply():
                return self._application(expr, name)
            case ast.Junction(items=items):
                return self.needs(items[0], name)
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                if self.needs(condition, name):
                    return True
                return self.needs(then, name) and self.needs(otherwise, name)
            case ast.Case(arms=arms):
                return self.needs(arms[0].guard, name)
            case ast.Let():
                return self.let_needs(expr, name)
            case ast.Label(body=body):
                return self.needs(body, name)
            case _:
                return self._any(_always_evaluated(expr), name)

    def let_needs(self, let: ast.Let, name: str) -> bool:
        """Whether the body of a LET needs a name, perhaps by way of what the LET defines."""
        if self.needs(let.body, name):
            return True
        return any(
            isinstance(unit, ast.OperatorDefinition)
            and not unit.params
            and unit.name.name != name
            and self.needs(unit.body, name)
            and self.needs(let.body, unit.name.name)
            for unit in let.units
        )

    def _application(self, expr: ast.Apply, name: str) -> bool:
        operator = expr.operator
        if isinstance(operator, ast.Lambda) or operator.binding is None:
            return False
        key = operator.binding.key
        match operator.binding.kind:
            case ast.BindingKind.BUILTIN:
                if key in _NONE:
                    return False
                return self._any(expr.args[:1] if key in _FIRST_ONLY else expr.args, name)
            case ast.BindingKind.DEFINITION:
                params = self.definitions[key].params
                pairs = zip(params, expr.args, strict=True)
                return any(self.needs(arg, name) and self.needs_parameter(key, p.name) for p, arg in pairs)
            case _:
                return False

    def _any(self, parts: Iterable[ast.Expr], name: str) -> bool:
        return any(self.needs(part, name) for part in parts)


def _is_local(binding: ast.Binding | None, name: str) -> bool:
    return binding is not None and binding.kind is ast.BindingKind.LOCAL and binding.key == name


def _always_evaluated(expr: ast.Expr) -> Iterable[ast.Expr]:
    """The parts that are evaluated before anything else is decided."""
    match expr:
        case ast.Quantifier() | ast.FunctionConstructor() | ast.SetMap():
            return [bound.domain for bound in expr.bounds[:1] if bound.domain is not None]
        case ast.Choose(bound=bound) | ast.SetFilter(bound=bound):
            return [bound.domain] if bound.domain is not None else []
        case ast.FunctionApply(function=function, args=args):
            return (function, *args)
        case ast.FieldAccess(record=record):
            return (record,)
        case ast.Except(base=base):
            return (base,)
        case ast.SetEnumeration(elements=parts) | ast.Tuple(elements=parts):
            return parts
        case ast.CartesianProduct(factors=parts):
            return parts
        case ast.RecordConstructor(fields=fields) | ast.RecordSet(fields=fields):
            return [field.value for field in fields]
        case ast.FunctionSet(domain=domain, range=range_):
            return (domain, range_)
        case _:
            return ()
