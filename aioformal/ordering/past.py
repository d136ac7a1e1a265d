"""Once, Historically and Since inside of state predicates and actions: each becomes a look at a variable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from aioformal.ordering.context import Context, bound_names, free_names, level_of
from aioformal.ordering.histories import Happening, Histories
from aioformal.ordering.operators import PAST
from aioformal.resolve.formula import replace_locals
from aioformal.resolve.model import Definition, Level
from aioformal.resolve.ordering_names import ordering_operator, speaks_of_order
from aioformal.source import Span
from aioformal.syntax import ast, unparse
from aioformal.syntax.ast import BindingKind

NO_FORMULA = (
    "an operator that looks back stands inside of an expression that is no formula: give it a place under "
    "connectives, quantifiers, IF or LET alone"
)
CONNECTIVES = frozenset(["/\\", "\\/", "~", "=>", "<=>", "=", "'"])


class RefusedError(Exception):
    """A formula that is not compiled, the reason, and the place."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


class Past(Struct):
    """Rewrites expressions of one model. Raises `RefusedError`."""

    definitions: Mapping[str, Definition]
    histories: Histories

    def rewritten(self, expr: ast.Expr, context: Context) -> ast.Expr:
        """An expression of this place without operators that look back."""
        if not speaks_of_order(context.wrapped(expr), self.definitions):
            return expr
        match expr:
            case ast.Name() | ast.Apply(operator=ast.Name()):
                return self._named(expr, context)
            case ast.Let(units=units, body=body):
                kept = tuple(self._unit(unit, context.within(units)) for unit in units)
                return replace(expr, units=kept, body=self.rewritten(body, context.within(units)))
            case ast.Quantifier(kind="\\A" | "\\E", bounds=bounds, body=body):
                kept_bounds = tuple(self._bound(bound) for bound in bounds)
                return replace(expr, bounds=kept_bounds, body=self.rewritten(body, context.under(bounds)))
            case ast.Junction(items=items):
                return replace(expr, items=tuple(self.rewritten(item, context) for item in items))
            case ast.If():
                branches = (expr.condition, expr.then, expr.otherwise)
                condition, then, otherwise = (self.rewritten(one, context) for one in branches)
                return replace(expr, condition=condition, then=then, otherwise=otherwise)
            case ast.Label(body=body):
                return replace(expr, body=self.rewritten(body, context))
            case ast.ActionBox(action=action) | ast.ActionAngle(action=action):
                return replace(expr, action=self.rewritten(action, context))
            case _:
                raise RefusedError(NO_FORMULA, expr.span)

    def _bound(self, bound: ast.Bound) -> ast.Bound:
        if speaks_of_order(bound, self.definitions):
            raise RefusedError(NO_FORMULA, bound.span)
        return bound

    def _unit(self, unit: ast.Unit, context: Context) -> ast.Unit:
        if not speaks_of_order(unit, self.definitions):
            return unit
        if isinstance(unit, ast.OperatorDefinition) and not unit.params:
            return replace(unit, body=self.rewritten(unit.body, context))
        raise RefusedError("a LET operator with parameters looks back: define it outside", unit.span)

    def _named(self, expr: ast.Name | ast.Apply, context: Context) -> ast.Expr:
        name = expr.operator if isinstance(expr, ast.Apply) else expr
        args = expr.args if isinstance(expr, ast.Apply) else ()
        assert isinstance(name, ast.Name)
        operator = ordering_operator(name, self.definitions)
        if operator is not None and operator in PAST:
            return self._look(operator, args, context)
        if operator is not None:
            raise RefusedError(
                f"{operator} speaks of whole behaviours: it is no part of a state or step", expr.span
            )
        match name.binding:
            case ast.Binding(kind=BindingKind.DEFINITION, key=key):
                definition = self.definitions[key]
                body, inner = self.entered(definition, args, context, expr.span)
                return Context(inner.around[len(context.around) :]).wrapped(self.rewritten(body, inner))
            case ast.Binding(kind=BindingKind.BUILTIN, key=key) if key in CONNECTIVES:
                return self._arguments(expr, context)
            case ast.Binding(kind=BindingKind.LOCAL):
                return expr if not args else self._refused_local(expr)
            case _:
                raise RefusedError(NO_FORMULA, expr.span)

    def _refused_local(self, expr: ast.Expr) -> ast.Expr:
        raise RefusedError("a LET operator with parameters looks back: define it outside", expr.span)

    def _arguments(self, expr: ast.Name | ast.Apply, context: Context) -> ast.Expr:
        if isinstance(expr, ast.Name):
            return expr
        return replace(expr, args=tuple(self.rewritten(arg, context) for arg in expr.args))

    def _look(self, operator: str, args: Sequence[ast.Expr], context: Context) -> ast.Expr:
        events = [self._state(operator, arg, context) for arg in args]
        for bound in context.places(ast.Tuple(args[0].span, tuple(event.expr for event in events))):
            if bound.domain is None or level_of(bound.domain, self.definitions) > Level.CONSTANT:
                raise RefusedError(
                    f"{operator} is under a binder whose set is not the same in all states", bound.span
                )
        if operator == "Once":
            return self.histories.once(events[0], context)
        if operator == "Historically":
            return self.histories.historically(events[0], context)
        return self.histories.since(events[0], events[1], context)

    def _state(self, operator: str, arg: ast.Expr, context: Context) -> Happening:
        arg, context = self.meant(arg, context)
        if level_of(context.wrapped(arg), self.definitions) > Level.STATE:
            raise RefusedError(f"{operator} wants a state predicate, and this is none", arg.span)
        plain = context.wrapped(self.rewritten(arg, context))
        return Happening(plain, True, " ".join(unparse(arg).split()))

    # ------------------------------------------------------------ names

    def entered(
        self, definition: Definition, args: Sequence[ast.Expr], context: Context, span: Span
    ) -> tuple[ast.Expr, Context]:
        """A definition's body, its arguments put in place; by a LET where a name in one would be captured."""
        if definition.recursive:
            raise RefusedError(f"{definition.key} is recursive and looks at the order of events", span)
        replaced: dict[str, ast.Expr] = {}
        units: list[ast.Unit] = []
        bound = bound_names(definition.body)
        for param, arg in zip(definition.params, args, strict=True):
            if not free_names(arg) & bound:
                replaced[param.name] = arg
                continue
            key = f"{definition.key}!{param.name}!{len(context.around)}"
            replaced[param.name] = ast.Name(param.span, key, (), ast.Binding(BindingKind.LOCAL, key))
            units.append(_named_argument(key, param, arg))
        return replace_locals(definition.body, replaced), context.within(tuple(units))

    def local_body(
        self, key: str, args: Sequence[ast.Expr], context: Context, span: Span
    ) -> tuple[ast.Expr, Context]:
        """What a name of a LET stands for, in the place of the LET."""
        for index in range(len(context.around) - 1, -1, -1):
            around = context.around[index]
            for unit in () if isinstance(around, ast.Bound) else around:
                if isinstance(unit, ast.OperatorDefinition) and unit.name.name == key:
                    if unit.params or args:
                        raise RefusedError("a LET operator with parameters holds an ordering rule", span)
                    return unit.body, Context(context.around[: index + 1])
        raise RefusedError("a name stands for an ordering rule that cannot be found", span)

    def meant(self, expr: ast.Expr, context: Context) -> tuple[ast.Expr, Context]:
        """What a name of a LET stands for, as far as it is one, and the place of that."""
        while isinstance(expr, ast.Name) and expr.binding and expr.binding.kind is BindingKind.LOCAL:
            try:
                expr, context = self.local_body(expr.binding.key, (), context, expr.span)
            except RefusedError:
                break
        return expr, context


def _named_argument(key: str, param: ast.Parameter, arg: ast.Expr) -> ast.OperatorDefinition:
    places = tuple(ast.Parameter(param.span, f"_{i + 1}") for i in range(param.arity))
    body = arg
    if places:
        assert isinstance(arg, ast.Name | ast.Lambda)
        given = tuple(ast.Name(p.span, p.name, (), ast.Binding(BindingKind.LOCAL, p.name)) for p in places)
        body = ast.Apply(arg.span, arg, given)
    return ast.OperatorDefinition(param.span, ast.Identifier(param.span, key), places, body)
