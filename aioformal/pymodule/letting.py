"""LET: names for values are assigned at once or put off, operators become functions inside the function.

Python's expressions have no place for statements: a LET within one becomes a function before the statement
that it stands in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioformal.pymodule import binding, calls, expression
from aioformal.pymodule.context import Context, Entry, Local, Operator, Substituted, safe_names
from aioformal.pymodule.layout import Piece, call, glue
from aioformal.resolve.traverse import walk
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

if TYPE_CHECKING:
    from aioformal.pymodule.scope import Scope


def bind_let(scope: Scope, let: ast.Let, context: Context, *, by_name: bool = False) -> Context:
    """Writes statements for what a LET defines. `by_name`: in an action, where a name may stand for a part of
    it, what looks at the state under way is written down where it is used."""
    tested = scope.facts.tested(let)
    actions = {
        u.name.name
        for u in let.units
        if isinstance(u, ast.OperatorDefinition) and scope.facts.is_action(u.body)
    }
    ahead = scope.facts.looked_ahead(let) | (tested & actions)
    operators = [u for u in let.units if isinstance(u, ast.OperatorDefinition) and u.params]
    context = context.bind({u.name.name: _operator(scope, u, context, ahead, by_name) for u in operators})
    for unit in sorted(let.units, key=lambda u: u not in operators if _has_recursion(let) else 0):
        if isinstance(unit, ast.OperatorDefinition) and unit.params:
            _define(scope, unit, context)
        elif isinstance(unit, ast.OperatorDefinition):
            entry = _constant(scope, let, unit, context, ahead, by_name)
            context = context.bind({unit.name.name: entry})
        elif isinstance(unit, ast.FunctionDefinition):
            context = context.bind({unit.name.name: _function(scope, let, unit, context, ahead)})
    return context


def _has_recursion(let: ast.Let) -> bool:
    return any(isinstance(unit, ast.Recursive) for unit in let.units)


def _looks_ahead(scope: Scope, body: ast.Expr, context: Context, by_name: bool) -> bool:
    if not by_name:
        return False
    return scope.facts.looks_at_state(body) if context.initial else scope.facts.is_action(body)


def _operator(
    scope: Scope, unit: ast.OperatorDefinition, context: Context, ahead: frozenset[str], by_name: bool
) -> Entry:
    looks = _looks_ahead(scope, unit.body, context, by_name)
    if unit.name.name in ahead or looks or any(p.name in ahead or p.arity for p in unit.params):
        return Substituted(unit.body, context.env, unit.params)
    lazy = tuple(not scope.laziness.needs(unit.body, p.name) for p in unit.params)
    return Operator(scope.fresh(unit.name.name), scope.facts.is_formula(unit.body), lazy)


def _define(scope: Scope, unit: ast.OperatorDefinition, context: Context) -> None:
    entry = context.env[unit.name.name]
    if not isinstance(entry, Operator):
        return
    names = [scope.fresh(p.name) for p in unit.params]
    params = [Local(text, is_lazy=is_lazy) for text, is_lazy in zip(names, entry.lazy, strict=True)]
    header = ", ".join(f"{one.text}: {one.annotation}" for one in params)
    kind = "bool" if entry.is_truth else "Value"
    entries: dict[str, Entry] = {p.name: one for p, one in zip(unit.params, params, strict=True)}
    with scope.writer.block(f"def {entry.text}({header}) -> {kind}", line=unit.span.line):
        tail(scope, unit.body, context.outermost().bind(entries), is_truth=entry.is_truth)


def _constant(
    scope: Scope,
    let: ast.Let,
    unit: ast.OperatorDefinition,
    context: Context,
    ahead: frozenset[str],
    by_name: bool,
) -> Entry:
    name, body = unit.name.name, unit.body
    if name in ahead or _looks_ahead(scope, body, context, by_name):
        return Substituted(body, context.env)
    is_truth = scope.facts.is_formula(body)
    piece = (expression.condition if is_truth else expression.value)(scope, body, context)
    is_eager = scope.laziness.let_is_eager(let, unit, safe_names(context))
    return _assign(scope, name, piece, body.span.line, is_truth=is_truth, is_eager=is_eager)


def _assign(scope: Scope, name: str, piece: Piece, line: int, *, is_truth: bool, is_eager: bool) -> Local:
    text = scope.fresh(name)
    if not is_eager:
        piece = call("Lazy", glue("lambda: ", piece))
    scope.writer.statement(f"{text} = ", piece, line=line)
    return Local(text, is_truth, is_lazy=not is_eager)


def _function(
    scope: Scope, let: ast.Let, unit: ast.FunctionDefinition, context: Context, ahead: frozenset[str]
) -> Entry:
    name = unit.name.name
    is_recursive = name in scope.facts.local_names(unit.body)
    if is_recursive:
        piece = binding.recursive(scope, name, unit, context)
    else:
        constructor = ast.FunctionConstructor(unit.span, unit.bounds, unit.body)
        if name in ahead:
            return Substituted(constructor, context.env)
        piece = expression.value(scope, constructor, context)
    is_eager = scope.laziness.needs(let.body, name)
    return _assign(scope, name, piece, unit.span.line, is_truth=False, is_eager=is_eager)


# ---------------------------------------------------------------- functions of their own


def lifted(scope: Scope, expr: ast.Expr, context: Context, *, is_truth: bool) -> Piece:
    """A function inside the function, and a call of it."""
    given = free_inner(expr, context)
    name = scope.fresh(_hint(expr))
    header = ", ".join(f"{entry.text}: {entry.annotation}" for entry in given)
    kind = "bool" if is_truth else "Value"
    with scope.writer.block(f"def {name}({header}) -> {kind}", line=expr.span.line):
        tail(scope, expr, context.outermost(), is_truth=is_truth)
    return call(name, *(entry.text for entry in given), line=expr.span.line)


def _hint(expr: ast.Expr) -> str:
    if isinstance(expr, ast.Let):
        names = (
            u.name.name for u in expr.units if isinstance(u, ast.OperatorDefinition | ast.FunctionDefinition)
        )
        return "with_" + next(names, "let")
    return "part"


def free_inner(expr: ast.Node, context: Context) -> list[Local | Operator]:
    """What an expression uses of the names that comprehensions and lambdas around it bind."""
    found: dict[str, Local | Operator] = {}
    waiting: list[tuple[ast.Node, Context]] = [(expr, context)]
    while waiting:
        node, around = waiting.pop()
        for key in used_names(node):
            entry = around.env.get(key)
            if isinstance(entry, Substituted):
                waiting.append((entry.expr, around.within(entry.env)))
            elif entry is not None and entry.is_inner:
                found[entry.text] = entry
    return [found[text] for text in sorted(found)]


def used_names(root: ast.Node) -> set[str]:
    """The keys under which names of the context may be used: local names, `@`, recursive functions."""
    found: set[str] = set()
    for node in walk(root):
        if isinstance(node, ast.At):
            found.add("@")
        elif isinstance(node, ast.Name) and node.binding is not None:
            is_local = node.binding.kind is BindingKind.LOCAL
            found.add(node.binding.key if is_local else calls.SELF + node.binding.key)
    return found


def tail(scope: Scope, expr: ast.Expr, context: Context, *, is_truth: bool) -> None:
    """Statements that return what an expression evaluates to."""
    write = scope.writer
    match expr:
        case ast.Label(body=body):
            tail(scope, body, context, is_truth=is_truth)
        case ast.Let(body=body):
            tail(scope, body, bind_let(scope, expr, context), is_truth=is_truth)
        case ast.If():
            test = expression.condition(scope, expr.condition, context)
            with write.block("if ", test, expr.condition.span.line):
                tail(scope, expr.then, context, is_truth=is_truth)
            tail(scope, expr.otherwise, context, is_truth=is_truth)
        case ast.Case():
            for arm in expr.arms:
                with write.block("if ", expression.condition(scope, arm.guard, context), arm.span.line):
                    tail(scope, arm.value, context, is_truth=is_truth)
            if expr.other is None:
                write.statement("", call("no_case"), line=expr.span.line)
            else:
                tail(scope, expr.other, context, is_truth=is_truth)
        case _:
            rule = expression.condition if is_truth else expression.value
            write.statement("return ", rule(scope, expr, context), line=expr.span.line)
