"""Condition positions: Python text that evaluates to a Python bool."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aioformal.concrete import application, expression, pattern
from aioformal.concrete.context import Context, Local
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler

_COMPARED = frozenset(["<", ">", "<=", ">="])
_RELATIONS = frozenset(["=", "#", "\\in", "\\notin", "\\subseteq", *_COMPARED])
_CONNECTIVES = frozenset(["/\\", "\\/", "~", "=>", "<=>"])
_OTHER = frozenset(["UNCHANGED", "ENABLED", "Assert", "IsFiniteSet", "PrintT"])
_TEMPORAL = frozenset(["[]", "<>", "~>", "-+->"])
_NODES = (ast.Junction, ast.Quantifier, ast.Boolean, ast.ActionBox, ast.ActionAngle, ast.Fairness)


def is_condition(expr: ast.Expr) -> bool:
    """Whether an expression is a formula by its form, so that its value is a Boolean."""
    while isinstance(expr, ast.Label | ast.Let):
        expr = expr.body
    if isinstance(expr, _NODES):
        return True
    if isinstance(expr, ast.If):
        return is_condition(expr.then) and is_condition(expr.otherwise)
    if isinstance(expr, ast.Case):
        return all(is_condition(value) for value in _values_of(expr))
    key = builtin_key(expr)
    return key in _RELATIONS or key in _CONNECTIVES or key in _OTHER or key in _TEMPORAL


def _values_of(expr: ast.Case) -> list[ast.Expr]:
    return [arm.value for arm in expr.arms] + ([expr.other] if expr.other else [])


def builtin_key(expr: ast.Expr) -> str | None:
    """The key of the built-in operator that an expression applies."""
    if not isinstance(expr, ast.Apply) or not isinstance(expr.operator, ast.Name):
        return None
    binding = expr.operator.binding
    return binding.key if binding and binding.kind is ast.BindingKind.BUILTIN else None


def apply_condition(c: Compiler, node: ast.Apply, context: Context) -> str | None:
    operator = node.operator
    if isinstance(operator, ast.Lambda):
        return application.lambda_call(c, operator, node.args, context, as_condition=True)
    binding = operator.binding
    assert binding is not None, f"{operator.name} is not bound"
    if binding.kind is ast.BindingKind.DEFINITION:
        return application.definition_call(c, binding.key, node.args, context, as_condition=True)
    if binding.kind is ast.BindingKind.LOCAL:
        return application.named_local_call(c, binding.key, node.args, context, as_condition=True)
    rule = _BUILTINS.get(binding.key) if binding.kind is ast.BindingKind.BUILTIN else None
    return rule(c, node.args, context) if rule else None


def name_condition(c: Compiler, node: ast.Name, context: Context) -> str | None:
    binding = node.binding
    if binding is None or binding.kind is not ast.BindingKind.DEFINITION:
        return None
    return application.definition_call(c, binding.key, (), context, as_condition=True)


def _both(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    return f"({c.condition(args[0], context)} and {c.condition(args[1], context)})"


def _either(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    return f"({c.condition(args[0], context)} or {c.condition(args[1], context)})"


def _implies(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    return f"(not {c.condition(args[0], context)} or {c.condition(args[1], context)})"


def _equivalent(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    return f"({c.condition(args[0], context)} is {c.condition(args[1], context)})"


def _not(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    return f"(not {c.condition(args[0], context)})"


def _equal(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    left, right = (c.value(arg, context) for arg in args)
    for text, other, literal in ((left, right, args[1]), (right, left, args[0])):
        if isinstance(literal, ast.String | ast.Number):
            kind = "str" if isinstance(literal, ast.String) else "int"
            temporary = c.fresh("t")
            return (
                f"(({temporary} := {text}) == {other} or {temporary}.__class__ is not {kind}"
                f" and differs({temporary}, {other}))"
            )
    return f"equal({left}, {right})"


def _different(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    return f"(not {_equal(c, args, context)})"


def _member(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    found = _filter_of_many(c, args[1], context)
    if found is not None:
        return _passes(c, args[0], context, *found)
    return f"contains({c.value(args[0], context)}, {c.value(args[1], context)})"


def _filter_of_many(c: Compiler, expr: ast.Expr, context: Context) -> tuple[ast.SetFilter, Context] | None:
    """A filter of a set that is known by its rule, with the context that it stands in. As in TLC, whether a
    value is in it is asked about that value alone: the set can be huge, and others need not pass or fail."""
    if isinstance(expr, ast.Name) and expr.binding and expr.binding.kind is ast.BindingKind.DEFINITION:
        definition = c.definitions[expr.binding.key]
        if definition.recursive or c.analysis.of_definition(definition.key).is_constant:
            return None
        expr, context = definition.body, context.within({})
    if not isinstance(expr, ast.SetFilter) or expr.bound.is_tuple or expr.bound.domain is None:
        return None
    domain = expr.bound.domain
    by_rule = isinstance(domain, ast.FunctionSet | ast.RecordSet | ast.CartesianProduct)
    return (expr, context) if by_rule or builtin_key(domain) in ("SUBSET", "UNION") else None


def _passes(
    c: Compiler, value: ast.Expr, context: Context, container: ast.SetFilter, outside: Context
) -> str:
    domain = container.bound.domain
    assert domain is not None
    member = c.fresh("x")
    inside = outside.bind({container.bound.names[0].name: Local(member)})
    here = f"contains(({member} := {c.value(value, context)}), {c.value(domain, outside)})"
    return f"({here} and {c.condition(container.predicate, inside)})"


def _no_member(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    return f"(not {_member(c, args, context)})"


def _strict(key: str) -> Callable[[Compiler, tuple[ast.Expr, ...], Context], str]:
    def rule(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
        texts = [c.value(arg, context) for arg in args]
        if not c.careful and key in _COMPARED and any(expression.is_integer(arg) for arg in args):
            # int < anything else is a TypeError.
            return f"({texts[0]} {key} {texts[1]})"
        return f"({c.operator(key)}({', '.join(texts)}) is TRUE)"

    return rule


def _assert(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    return f"({c.condition(args[0], context)} or assertion_failed({c.value(args[1], context)}))"


def _prime(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    later = expression.following(c, args[0], context)
    return expression.NO_NEXT if later is None else c.condition(args[0], later)


def unchanged(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    """`UNCHANGED e`; a tuple is compared element by element."""
    later = expression.following(c, args[0], context)
    if later is None:
        return expression.NO_NEXT
    pairs = [
        f"equal({c.value(part, later)}, {c.value(part, context)})"
        for part in pattern.parts_of_tuple(c, args[0])
    ]
    return f"({' and '.join(pairs)})" if pairs else "True"


def _enabled(c: Compiler, args: tuple[ast.Expr, ...], context: Context) -> str:
    from aioformal.concrete.action import enabled_call

    return enabled_call(c, args[0], context)


def _temporal(key: str) -> Callable[[Compiler, tuple[ast.Expr, ...], Context], str]:
    message = f"{key} is about whole behaviours and has no value in a state"
    return lambda _c, _args, _context: f"unsupported({message!r})"


_BUILTINS: dict[str, Callable[[Compiler, tuple[ast.Expr, ...], Context], str]] = {
    "/\\": _both,
    "\\/": _either,
    "=>": _implies,
    "<=>": _equivalent,
    "~": _not,
    "=": _equal,
    "#": _different,
    "\\in": _member,
    "\\notin": _no_member,
    "'": _prime,
    "UNCHANGED": unchanged,
    "ENABLED": _enabled,
    "Assert": _assert,
    **{key: _strict(key) for key in (*_COMPARED, "\\subseteq", "IsFiniteSet", "PrintT")},
    **{key: _temporal(key) for key in _TEMPORAL},
    "\\cdot": lambda _c, _args, _context: "unsupported('action composition cannot be evaluated')",
}


def junction(c: Compiler, node: ast.Junction, context: Context) -> str:
    word = " and " if node.kind == "/\\" else " or "
    return f"({word.join(c.condition(item, context) for item in node.items)})"


def boolean(c: Compiler, node: ast.Boolean, context: Context) -> str:  # noqa: ARG001
    return "True" if node.value else "False"


def if_condition(c: Compiler, node: ast.If, context: Context) -> str:
    then, otherwise = c.condition(node.then, context), c.condition(node.otherwise, context)
    return f"({then} if {c.condition(node.condition, context)} else {otherwise})"


def case_condition(c: Compiler, node: ast.Case, context: Context) -> str:
    if len(node.arms) > 8:
        return lifted_condition(c, node, context)
    arms = "".join(
        f"{c.condition(a.value, context)} if {c.condition(a.guard, context)} else " for a in node.arms
    )
    return f"({arms}{c.condition(node.other, context) if node.other else 'no_case()'})"


def lifted_condition(c: Compiler, node: ast.Expr, context: Context) -> str:
    return c.lift(node, context, as_condition=True)


def label(c: Compiler, node: ast.Label, context: Context) -> str:
    return c.condition(node.body, context)


def box(c: Compiler, node: ast.ActionBox, context: Context) -> str:
    return f"({c.condition(node.action, context)} or {unchanged(c, (node.subscript,), context)})"


def angle(c: Compiler, node: ast.ActionAngle, context: Context) -> str:
    return f"({c.condition(node.action, context)} and not {unchanged(c, (node.subscript,), context)})"


def fairness(c: Compiler, node: ast.Fairness, context: Context) -> str:  # noqa: ARG001
    return f"unsupported('{node.kind}_ is about whole behaviours and has no value in a state')"


CONDITIONS: dict[type[ast.Node], Callable[[Compiler, Any, Context], str | None]] = {
    ast.Apply: apply_condition,
    ast.Name: name_condition,
    ast.Junction: junction,
    ast.Boolean: boolean,
    ast.If: if_condition,
    ast.Case: case_condition,
    ast.Let: lifted_condition,
    ast.Label: label,
    ast.Quantifier: lifted_condition,
    ast.ActionBox: box,
    ast.ActionAngle: angle,
    ast.Fairness: fairness,
}
