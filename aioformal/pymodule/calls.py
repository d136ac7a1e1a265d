"""Operators that are applied: definitions, what a LET defines, and operators that are passed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from aioformal.pymodule import expression
from aioformal.pymodule.context import Context, Entry, Local, Operator, Substituted
from aioformal.pymodule.layout import Doc, Piece, call, glue
from aioformal.resolve.model import Definition, Level
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

if TYPE_CHECKING:
    from aioformal.pymodule.scope import Scope

SELF = "self "
"""Before the key of a recursive function: what it is called within its own right side."""


def inlined(params: Sequence[ast.Parameter], args: Sequence[ast.Expr], context: Context) -> Context:
    """The context in which parameters stand for expressions."""
    entries: dict[str, Entry] = {
        param.name: Substituted(arg, context.env) for param, arg in zip(params, args, strict=True)
    }
    return context.bind(entries)


def is_by_name(scope: Scope, definition: Definition, args: Sequence[ast.Expr]) -> bool:
    """Whether a parameter is primed, assigned, or an action under ENABLED, so that the definition is written
    down at each use."""
    facts = scope.facts
    if any(param.name in facts.primed(definition.key) for param in definition.params):
        return True
    actions = [p.name for p, arg in zip(definition.params, args, strict=True) if facts.is_action(arg)]
    return bool(actions) and not facts.tested(definition.body).isdisjoint(actions)


def definition_call(
    scope: Scope, node: ast.Expr, key: str, args: Sequence[ast.Expr], context: Context
) -> Piece:
    """A definition as a function call, of a truth value where the definition is a formula."""
    own = context.env.get(SELF + key)
    if isinstance(own, Local):
        return own.text
    definition = scope.facts.definitions[key]
    if is_by_name(scope, definition, args):
        return _written_down(scope, definition, args, context)
    frames = frames_of(definition.level, context)
    if frames is None:
        return expression.unsupported(
            f"{key} cannot be evaluated here: it looks at more states than there are"
        )
    arguments = arguments_of(scope, definition, args, context)
    return call(scope.definition(key), *frames, *arguments, line=node.span.line)


def _written_down(scope: Scope, definition: Definition, args: Sequence[ast.Expr], context: Context) -> Piece:
    inside = inlined(definition.params, args, context)
    inside = inside.within({p.name: inside.env[p.name] for p in definition.params})
    with scope.inlining(definition.key) as is_new:
        if not is_new:
            return expression.unsupported(f"{definition.key} is recursive, and primes a parameter")
        if scope.facts.is_predicate(definition.key):
            return expression.condition(scope, definition.body, inside)
        return expression.value(scope, definition.body, inside)


def frames_of(level: Level, context: Context) -> list[str] | None:
    """The states that a definition of some level is given; None where they do not exist."""
    wanted = [context.now, context.after][: min(int(level), 2)]
    frames = [text for text in wanted if text is not None]
    return frames if len(frames) == len(wanted) and level < Level.TEMPORAL else None


def arguments_of(
    scope: Scope, definition: Definition, args: Sequence[ast.Expr], context: Context
) -> list[Piece]:
    """The arguments for the Python function of a definition."""
    found: list[Piece] = []
    for param, arg in zip(definition.params, args, strict=True):
        if param.arity:
            found.append(operator_argument(scope, arg, param.arity, context))
        elif (definition.key, param.name) in scope.laziness.lazy:
            found.append(put_off(scope, arg, context))
        else:
            found.append(expression.value(scope, arg, context))
    return found


def put_off(scope: Scope, arg: ast.Expr, context: Context) -> Piece:
    """An argument that is evaluated when it is needed."""
    if isinstance(arg, ast.Name) and arg.binding and arg.binding.kind is BindingKind.LOCAL:
        entry = context.env[arg.binding.key]
        if isinstance(entry, Local) and entry.is_lazy and not entry.is_truth:
            return entry.text
    return call("Lazy", glue("lambda: ", expression.value(scope, arg, context)))


class Found(Struct, frozen=True):
    """A call, and whether it yields a Python bool."""

    piece: Piece
    is_truth: bool


def local_call(scope: Scope, key: str, args: Sequence[ast.Expr], context: Context, line: int) -> Found:
    """A call of an operator that a LET defines, or that was passed."""
    entry = context.env[key]
    if isinstance(entry, Substituted):
        return _substituted_call(scope, key, entry, args, context)
    if not isinstance(entry, Operator):
        return Found(expression.unsupported(f"{key} is no operator"), False)
    pieces: list[Piece] = []
    for number, arg in enumerate(args):
        is_lazy = number < len(entry.lazy) and entry.lazy[number]
        pieces.append(put_off(scope, arg, context) if is_lazy else expression.value(scope, arg, context))
    return Found(call(entry.text, *pieces, line=line), entry.is_truth)


def _substituted_call(
    scope: Scope, key: str, entry: Substituted, args: Sequence[ast.Expr], context: Context
) -> Found:
    body, inside = opened(entry, args, context)
    with scope.inlining(f"LET {key}") as is_new:
        if not is_new:
            return Found(expression.unsupported(f"{key} is recursive, and primes a parameter"), False)
        if scope.facts.is_formula(body):
            return Found(expression.condition(scope, body, inside), True)
        return Found(expression.value(scope, body, inside), False)


def opened(entry: Substituted, args: Sequence[ast.Expr], context: Context) -> tuple[ast.Expr, Context]:
    """What an operator that is known by its text means for some arguments."""
    given = inlined(entry.params, args, context).env if entry.params else context.env
    inside = context.within({**entry.env, **{p.name: given[p.name] for p in entry.params}})
    operator = entry.expr
    if entry.params or not args:
        return operator, inside
    if isinstance(operator, ast.Lambda):
        named = inlined(operator.params, args, context).env
        return operator.body, inside.bind({p.name: named[p.name] for p in operator.params})
    assert isinstance(operator, ast.Name)
    names = [f"argument {number}" for number, _ in enumerate(args)]
    entries: dict[str, Entry] = {
        name: Substituted(arg, context.env) for name, arg in zip(names, args, strict=True)
    }
    return applied(operator, names), inside.bind(entries)


def applied(operator: ast.Name, names: Sequence[str]) -> ast.Apply:
    """An operator applied to local names."""
    span = operator.span
    args = tuple(ast.Name(span, name, (), ast.Binding(BindingKind.LOCAL, name)) for name in names)
    return ast.Apply(span, operator, args)


def operator_argument(scope: Scope, expr: ast.Expr, arity: int, context: Context) -> Piece:
    """An operator that is handed over: a Python function of values."""
    if isinstance(expr, ast.Lambda):
        names = {p.name: scope.inner_name(p.name) for p in expr.params}
        inside = context.bind({name: Local(text, is_inner=True) for name, text in names.items()})
        body = expression.value(scope, expr.body, inside)
        return glue(f"lambda {', '.join(names.values())}: ", body)
    if not isinstance(expr, ast.Name) or expr.binding is None:
        return expression.unsupported("this cannot be handed over as an operator")
    entry = context.env.get(expr.binding.key) if expr.binding.kind is BindingKind.LOCAL else None
    if isinstance(entry, Operator) and not entry.is_truth and not any(entry.lazy):
        return entry.text
    if expr.binding.kind is BindingKind.BUILTIN and expr.binding.key in expression.PASSED:
        return expression.PASSED[expr.binding.key]
    names = {f"argument {i}": scope.inner_name(f"x{i + 1}") for i in range(arity)}
    inside = context.bind({name: Local(text, is_inner=True) for name, text in names.items()})
    body = expression.value(scope, applied(expr, list(names)), inside)
    return Doc(f"lambda {', '.join(names.values())}: ", (body,), "", "", "glue", expr.span.line)
