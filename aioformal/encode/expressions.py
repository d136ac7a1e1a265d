"""The table of expression forms: which function translates which node."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aioformal.encode import logic, sets, structures
from aioformal.encode.builtins import BUILTINS, REFUSED, SECOND_ORDER
from aioformal.encode.let import let_scope
from aioformal.encode.scope import Builtin, Scope
from aioformal.encode.symbols import Const, Sym
from aioformal.encode.translator import Translator
from aioformal.resolve.model import Model
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind
from aioformal.value.values import boolean


def translator_of(model: Model, *, looping: bool = False) -> Translator:
    return Translator(model, HANDLERS, BUILTINS, looping=looping)


def _number(_t: Translator, node: ast.Number, _scope: Scope) -> Sym:
    return Const(node.value)


def _string(_t: Translator, node: ast.String, _scope: Scope) -> Sym:
    return Const(node.value)


def _boolean(_t: Translator, node: ast.Boolean, _scope: Scope) -> Sym:
    return Const(boolean(node.value))


def _unsupported(reason: str) -> Callable[..., Sym]:
    def refuse(t: Translator, _node: ast.Expr, _scope: Scope) -> Sym:
        raise t.path.unsupported(reason)

    return refuse


def _name(t: Translator, node: ast.Name, scope: Scope) -> Sym:
    binding = node.binding
    if binding is None:
        raise t.path.unsupported(f"{node.name} is not bound to anything")
    match binding.kind:
        case BindingKind.LOCAL:
            return t.force(scope[binding.key])
        case BindingKind.VARIABLE:
            return t.variable(binding.key)
        case BindingKind.CONSTANT:
            return _constant(t, binding.key)
        case BindingKind.BUILTIN:
            return _builtin(t, binding.key, (), scope)
        case BindingKind.DEFINITION:
            return _definition(t, binding.key)


def _constant(t: Translator, key: str) -> Sym:
    if key not in t.model.constants:
        raise t.path.unsupported(f"the constant {key} has no value")
    return Const(t.model.constants[key])


def _definition(t: Translator, key: str) -> Sym:
    """A definition without arguments. A recursive function is known by its rule."""
    definition = t.model.flat.definitions[key]
    if definition.recursive and isinstance(definition.body, ast.FunctionConstructor):
        known = t.frame.memo.get((key, t.primed))
        if known is None or not t.is_good(known):
            body = definition.body
            known = t.isolated(lambda: sets.lazy_function(t, body.bounds, body.body, {}))
            t.frame.memo[key, t.primed] = known
        return t.reuse(known)
    return t.call(definition, ())


def _builtin(t: Translator, key: str, args: tuple[ast.Expr, ...], scope: Scope) -> Sym:
    if key in REFUSED:
        raise t.path.unsupported(REFUSED[key])
    if key in SECOND_ORDER:
        return SECOND_ORDER[key](t, args, scope)
    return t.builtin(key, [lambda arg=arg: t.value(arg, scope) for arg in args])


def _apply(t: Translator, node: ast.Apply, scope: Scope) -> Sym:
    operator = node.operator
    if isinstance(operator, ast.Name) and operator.binding and operator.binding.kind is BindingKind.BUILTIN:
        return _builtin(t, operator.binding.key, node.args, scope)
    called = t.operator(operator, scope)
    params = called.params if not isinstance(called, Builtin) else ()
    arities = [param.arity for param in params] or [0] * len(node.args)
    args = [t.argument(arg, scope, arity) for arg, arity in zip(node.args, arities, strict=True)]
    return t.call(called, args)


def _let(t: Translator, node: ast.Let, scope: Scope) -> Sym:
    return t.value(node.body, let_scope(t, node, scope))


def _label(t: Translator, node: ast.Label, scope: Scope) -> Sym:
    return t.value(node.body, scope)


HANDLERS: Mapping[type, Callable[..., Sym]] = {
    ast.Name: _name,
    ast.Number: _number,
    ast.String: _string,
    ast.Boolean: _boolean,
    ast.Apply: _apply,
    ast.Let: _let,
    ast.Label: _label,
    ast.At: structures.at,
    ast.Junction: logic.junction,
    ast.If: logic.conditional,
    ast.Case: logic.case,
    ast.Quantifier: logic.quantifier,
    ast.Choose: logic.choice,
    ast.ActionBox: logic.box,
    ast.ActionAngle: logic.angle,
    ast.FunctionApply: structures.function_apply,
    ast.FieldAccess: structures.field_access,
    ast.Except: structures.updated,
    ast.RecordConstructor: structures.record,
    ast.Tuple: structures.sequence,
    ast.FunctionConstructor: sets.function,
    ast.FunctionSet: sets.function_set,
    ast.RecordSet: sets.record_set,
    ast.CartesianProduct: sets.product,
    ast.SetEnumeration: sets.enumeration,
    ast.SetFilter: sets.filtered,
    ast.SetMap: sets.mapped,
    ast.Decimal: _unsupported("decimal numbers are not supported"),
    ast.Lambda: _unsupported("a LAMBDA stands where a value is needed"),
    ast.Fairness: _unsupported("fairness has no value in a state"),
}
