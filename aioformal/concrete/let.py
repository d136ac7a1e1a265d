"""LET: what it defines is evaluated at once, on need, or becomes a function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aioformal.concrete import application
from aioformal.concrete.context import Context, Defined, Delayed, Entry, Local, Partial, Substituted
from aioformal.concrete.facts import union
from aioformal.concrete.recursion import recursive_function
from aioformal.concrete.writer import Writer
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler, Lifted


def bind_let(c: Compiler, let: ast.Let, context: Context, writer: Writer) -> Context:
    """Statements that evaluate what a LET defines, or put it off, and the context of its body."""
    primed = _primed_names(c, let)
    # Operators of one LET may use each other, so what their bodies see grows with the LET.
    shared = dict(context.env)
    for unit in _operators_first(let):
        if isinstance(unit, ast.OperatorDefinition):
            context = _bind_operator(c, let, unit, context, writer, shared, unit.name.name in primed)
        elif isinstance(unit, ast.FunctionDefinition):
            context = _bind_function(c, unit, context, writer, unit.name.name in primed)
        shared.update(context.env)
    return context


def _operators_first(let: ast.Let) -> Sequence[ast.Unit]:
    """With RECURSIVE, an operator may be used before it is defined: then those with parameters first."""
    if not any(isinstance(unit, ast.Recursive) for unit in let.units):
        return let.units
    return sorted(let.units, key=lambda u: not (isinstance(u, ast.OperatorDefinition) and u.params))


def _primed_names(c: Compiler, let: ast.Let) -> frozenset[str]:
    bodies = [u.body for u in let.units if isinstance(u, ast.OperatorDefinition | ast.FunctionDefinition)]
    return union(map(c.analysis.of, (*bodies, let.body))).looked_ahead


def _bind_operator(
    c: Compiler,
    let: ast.Let,
    unit: ast.OperatorDefinition,
    context: Context,
    writer: Writer,
    shared: dict[str, Entry],
    is_primed: bool,
) -> Context:
    name = unit.name.name
    facts = c.analysis.of(unit.body)
    if unit.params or name in facts.names:
        return context.bind({name: Defined(name, unit.params, unit.body, shared)})
    if is_primed or facts.following or _is_open(c, unit.body, context):
        return context.bind({name: Substituted(unit.body, context.env)})
    variable = c.fresh(f"v_{name}")
    if application.is_safe(c, unit.body, context) or c.strictness.let_needs(let, name):
        writer.line(f"{variable} = {c.value(unit.body, context)}")
        return context.bind({name: Local(variable)})
    writer.line(f"{variable} = {application.delayed(c, unit.body, context)}")
    return context.bind({name: Delayed(variable)})


def _is_open(c: Compiler, expr: ast.Expr, context: Context) -> bool:
    """Whether an expression looks at a variable that Init has not given a value yet."""
    frame = context.now
    return isinstance(frame, Partial) and not c.analysis.of(expr).now <= frame.values.keys()


def _bind_function(
    c: Compiler, unit: ast.FunctionDefinition, context: Context, writer: Writer, is_primed: bool
) -> Context:
    """`LET f[x \\in S] == e`: a function constructor, recursive if `e` mentions `f`."""
    name = unit.name.name
    if name not in c.analysis.of(unit.body).names:
        constructor = ast.FunctionConstructor(unit.span, unit.bounds, unit.body)
        c.keep(constructor)
        if is_primed:
            return context.bind({name: Substituted(constructor, context.env)})
        variable = c.fresh(f"v_{name}")
        writer.line(f"{variable} = {application.delayed(c, constructor, context)}")
        return context.bind({name: Delayed(variable)})
    constructor = ast.FunctionConstructor(unit.span, unit.bounds, unit.body)
    c.keep(constructor)
    needs = c.needs(c.analysis.of(constructor).without((name,)), context.env)
    lifted = c.lifted(f"let_{name}", needs, context)
    outer = Writer()
    recursive_function(c, name, unit.bounds, unit.body, lifted.context, lifted.header, outer)
    c.function(lifted.name, lifted.header, outer.lines)
    variable = c.fresh(f"v_{name}")
    writer.line(f"{variable} = Lazy({', '.join((lifted.name, *lifted.arguments))})")
    return context.bind({name: Delayed(variable)})


def local_call(
    c: Compiler, defined: Defined, args: Sequence[ast.Expr], context: Context, *, as_condition: bool
) -> str:
    """A call of the function for an operator that a LET defines."""
    facts = c.analysis.of(defined.body)
    if any(p.name in facts.looked_ahead for p in defined.params):
        env = {**defined.env, **application.substituted(defined.params, args, context)}
        return application.inlined(c, defined.body, context.within(env), as_condition)
    texts: list[str] = []
    modes = ""
    for param, arg in zip(defined.params, args, strict=True):
        is_needed = not param.arity and c.strictness.needs(defined.body, param.name)
        mode, text = application.argument(c, param, arg, context, is_needed)
        modes += mode
        texts.append(text)
    needs = c.needs(facts.without(p.name for p in defined.params), {**defined.env, defined.key: defined})
    lifted = c.lifted(f"let_{defined.key}", needs, context)
    variant = f"{modes} {lifted.context.now} {lifted.context.following} {as_condition}"
    name = defined.compiled.get(variant)
    if name is None:
        name = defined.compiled[variant] = lifted.name
        _make_local(c, defined, lifted, modes, as_condition)
    return f"{name}({', '.join((*lifted.arguments, *texts))})"


def _make_local(c: Compiler, defined: Defined, lifted: Lifted, modes: str, as_condition: bool) -> None:
    env = application.parameters(c, defined.params, modes)
    context = lifted.context.within({**defined.env, defined.key: defined, **env})
    writer = Writer()
    c.tail(defined.body, context, writer, as_condition)
    c.function(lifted.name, (*lifted.header, *(entry.text for entry in env.values())), writer.lines)
