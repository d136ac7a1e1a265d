"""Definitions, LET and LAMBDA: how names that are defined become calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from aioformal.concrete import let, own_next
from aioformal.concrete.context import (
    Context,
    Defined,
    Delayed,
    Entry,
    Local,
    Passed,
    Substituted,
    Whole,
)
from aioformal.concrete.facts import Facts, looks_elsewhere
from aioformal.concrete.recursion import recursive_function
from aioformal.concrete.writer import Writer
from aioformal.resolve.model import Definition
from aioformal.syntax import ast
from aioformal.value.operators import OPERATORS

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler

_PASSED_BUILTINS = {"/\\": "conjunction", "\\/": "disjunction", "=>": "implication"}


# ---------------------------------------------------------------- definitions


def definition_call(
    c: Compiler, key: str, args: Sequence[ast.Expr], context: Context, *, as_condition: bool
) -> str:
    """A call of the function for a global definition."""
    place = c.own_next.get(key)
    if place is None:
        return _definition_call(c, key, args, context, as_condition)
    usual = partial(_definition_call, c, key, args, context, as_condition)
    return own_next.reading(c, place, context, usual, as_condition=as_condition)


def _definition_call(
    c: Compiler, key: str, args: Sequence[ast.Expr], context: Context, as_condition: bool
) -> str:
    definition = c.definitions[key]
    facts = c.analysis.of_definition(key)
    if not definition.params and facts.is_constant:
        return _constant_definition(c, key, as_condition)
    if any(p.name in facts.looked_ahead for p in definition.params) or looks_elsewhere_by(args, context):
        env = substituted(definition.params, args, context)
        return inlined(c, definition.body, context.within(env), as_condition)
    c.note_reads(facts.now)
    modes, texts = arguments(c, key, definition.params, args, context)
    frames = [text for text, _ in _frames(c, facts, context)]
    checked = "".join("!" if is_checked else "." for _, is_checked in _frames(c, facts, context))
    variant = f"definition {key} {modes} {checked} {as_condition}"

    def make(name: str) -> None:
        _make_definition(c, name, key, modes, checked, as_condition)

    name = c.once_per(variant, f"d_{key}", make)
    c.definition_of[name] = key
    return f"{name}({', '.join((*frames, *texts))})"


def looks_elsewhere_by(args: Sequence[ast.Expr], context: Context) -> bool:
    """Whether an operator that is handed over is no function on values: it takes another state."""
    for arg in args:
        entry = _local_entry(arg, context)
        while isinstance(entry, Substituted):
            arg, context = entry.expr, context.within(entry.env)
            entry = _local_entry(arg, context)
        if looks_elsewhere(arg):
            return True
    return False


def _constant_definition(c: Compiler, key: str, as_condition: bool) -> str:
    definition = c.definitions[key]
    body = definition.body
    if _is_recursive_function(definition):
        name = c.once_per(f"once {key}", f"k_{key}", lambda name: _make_recursive_once(c, name, key))
        return f"truth({name}.v or {name}())" if as_condition else f"({name}.v or {name}())"
    return c.constant_condition(body) if as_condition else c.constant(body)


def _is_recursive_function(definition: Definition) -> bool:
    return (
        definition.recursive
        and not definition.params
        and isinstance(definition.body, ast.FunctionConstructor)
    )


def _make_recursive_once(c: Compiler, name: str, key: str) -> None:
    writer = Writer()
    _recursive_body(c, key, Context(), (), writer)
    rule = c.fresh(f"once_{key}")
    c.definition_of[rule] = key
    c.function(rule, (), writer.lines)
    c.statement(f"{name} = Once({rule})")


def _frames(c: Compiler, facts: Facts, context: Context) -> list[tuple[str, bool]]:
    """The states that a definition with these facts is called with, and whether each is checked."""
    from aioformal.concrete.compiler import inner_frame

    needed = [context.now] if facts.now else []
    if facts.following:
        needed.append(context.following)
    return [(c.frame_text(frame), inner_frame("s", frame).checked) for frame in needed]


def _make_definition(c: Compiler, name: str, key: str, modes: str, checked: str, as_condition: bool) -> None:
    definition = c.definitions[key]
    facts = c.analysis.of_definition(key)
    header: list[str] = []
    now = following = None
    flags = iter(checked)
    if facts.now:
        now = Whole("s", next(flags) == "!")
        header.append("s")
    if facts.following:
        following = Whole("n", next(flags) == "!")
        header.append("n")
    env = parameters(c, definition.params, modes)
    header.extend(entry.text for entry in env.values())
    context = Context(env, now, following)
    writer = Writer()
    if _is_recursive_function(definition):
        _recursive_body(c, key, context, tuple(header), writer)
        if as_condition:
            writer.lines[-1] = writer.lines[-1].replace("return ", "return truth(", 1) + ")"
    else:
        c.tail(definition.body, context, writer, as_condition)
    c.function(name, header, writer.lines)


def _recursive_body(c: Compiler, key: str, context: Context, header: tuple[str, ...], writer: Writer) -> None:
    """The body of `f[x \\in S] == e`, where `f` in `e` is the function that is being defined."""
    name, body = c.with_local_self(key)
    recursive_function(c, name, body.bounds, body.body, context, header, writer)


def parameters(c: Compiler, params: Sequence[ast.Parameter], modes: str) -> Mapping[str, Any]:
    """What a definition's parameters are inside its function."""
    kinds: dict[str, Callable[[str], Entry]] = {"v": Local, "z": Delayed, "o": Passed}
    return {p.name: kinds[mode](c.fresh(f"v_{p.name}")) for p, mode in zip(params, modes, strict=True)}


def arguments(
    c: Compiler, key: str | None, params: Sequence[ast.Parameter], args: Sequence[ast.Expr], context: Context
) -> tuple[str, list[str]]:
    """How each argument is handed over, `v` evaluated, `z` delayed, `o` an operator, and as what."""
    modes: list[str] = []
    texts: list[str] = []
    for param, arg in zip(params, args, strict=True):
        is_needed = key is not None and c.strictness.needs_parameter(key, param.name)
        mode, text = argument(c, param, arg, context, is_needed)
        modes.append(mode)
        texts.append(text)
    return "".join(modes), texts


def argument(
    c: Compiler, param: ast.Parameter, arg: ast.Expr, context: Context, is_needed: bool
) -> tuple[str, str]:
    if param.arity:
        return "o", operator_argument(c, arg, param.arity, context)
    entry = _local_entry(arg, context)
    if isinstance(entry, Delayed) and not is_needed:
        return "z", entry.text
    if is_needed or is_safe(c, arg, context):
        return "v", c.value(arg, context)
    return "z", delayed(c, arg, context)


def _local_entry(expr: ast.Expr, context: Context) -> Entry | None:
    if isinstance(expr, ast.Name) and expr.binding and expr.binding.kind is ast.BindingKind.LOCAL:
        return context.env.get(expr.binding.key)
    return None


def is_safe(c: Compiler, expr: ast.Expr, context: Context) -> bool:
    """Whether evaluating an expression can neither fail nor take long."""
    if isinstance(expr, ast.Number | ast.String | ast.Boolean):
        return True
    if not isinstance(expr, ast.Name) or expr.binding is None:
        return False
    match expr.binding.kind:
        case ast.BindingKind.LOCAL:
            return isinstance(context.env.get(expr.binding.key), Local)
        case ast.BindingKind.VARIABLE:
            return isinstance(context.now, Whole) and not context.now.checked
        case ast.BindingKind.CONSTANT:
            return expr.binding.key in c.model.constants
        case _:
            return False


def delayed(c: Compiler, expr: ast.Expr, context: Context) -> str:
    """Python text for a `Lazy` of an expression."""
    lifted = c.lifted("later", c.needs(c.analysis.of(expr), context.env), context)
    writer = Writer()
    c.tail(expr, lifted.context, writer, as_condition=False)
    c.function(lifted.name, lifted.header, writer.lines)
    return f"Lazy({', '.join((lifted.name, *lifted.arguments))})"


def substituted(
    params: Sequence[ast.Parameter], args: Sequence[ast.Expr], context: Context
) -> Mapping[str, Entry]:
    """Every parameter stands for its argument as an expression."""
    return {p.name: Substituted(arg, context.env) for p, arg in zip(params, args, strict=True)}


def inlined(c: Compiler, body: ast.Expr, context: Context, as_condition: bool) -> str:
    if context.depth > 400:
        return "unsupported('a recursive operator primes its parameter')"
    if as_condition:
        return c.condition(body, context)
    return c.value(body, context)


# ---------------------------------------------------------------- operators as arguments


def operator_argument(c: Compiler, expr: ast.Expr, arity: int, context: Context) -> str:
    """Python text for a function on values: a LAMBDA, or the name of an operator."""
    if isinstance(expr, ast.Lambda):
        return _lambda_function(c, expr.params, expr.body, expr, context)
    assert isinstance(expr, ast.Name)
    assert expr.binding is not None
    key = expr.binding.key
    match expr.binding.kind:
        case ast.BindingKind.BUILTIN:
            if OPERATORS[key].evaluate is not None:
                return c.operator(key)
            return _PASSED_BUILTINS.get(key, f"unsupported({f'{key} is handed over as an operator'!r})")
        case ast.BindingKind.LOCAL:
            entry = context.env[key]
            if isinstance(entry, Passed):
                return entry.text
            if isinstance(entry, Substituted):
                return operator_argument(c, entry.expr, arity, context.within(entry.env))
        case ast.BindingKind.CONSTANT:
            return f"unsupported({f'the constant operator {key} has no definition'!r})"
        case _:
            pass
    params = tuple(ast.Parameter(expr.span, f"argument {i}") for i in range(arity))
    names = tuple(ast.Name(expr.span, p.name, (), _local(p.name)) for p in params)
    return _lambda_function(c, params, ast.Apply(expr.span, expr, names), expr, context)


def _local(name: str) -> ast.Binding:
    return ast.Binding(ast.BindingKind.LOCAL, name)


def _lambda_function(
    c: Compiler, params: Sequence[ast.Parameter], body: ast.Expr, whole: ast.Expr, context: Context
) -> str:
    facts = c.analysis.of(body).without(p.name for p in params)
    lifted = c.lifted("operator", c.needs(facts, context.env), context)
    modes = "".join("o" if p.arity else "v" for p in params)
    env = parameters(c, params, modes)
    writer = Writer()
    c.tail(body, lifted.context.bind(env), writer, as_condition=False)
    c.function(lifted.name, (*lifted.header, *(entry.text for entry in env.values())), writer.lines)
    c.keep(whole)
    return lifted.partial()


def lambda_call(
    c: Compiler, operator: ast.Lambda, args: Sequence[ast.Expr], context: Context, *, as_condition: bool
) -> str:
    """`(LAMBDA x : e)(a)`: by substitution."""
    env = {**context.env, **substituted(operator.params, args, context)}
    return inlined(c, operator.body, context.within(env), as_condition)


# ---------------------------------------------------------------- names of LET and of parameters


def named_local_call(
    c: Compiler, name: str, args: Sequence[ast.Expr], context: Context, *, as_condition: bool
) -> str:
    """`Op(a)` where `Op` is a parameter or is defined by a LET."""
    entry = context.env[name]
    match entry:
        case Defined():
            return let.local_call(c, entry, args, context, as_condition=as_condition)
        case Passed(text):
            call = f"{text}({', '.join(c.value(arg, context) for arg in args)})"
            return f"truth({call})" if as_condition else call
        case Substituted(ast.Lambda() as operator, env):
            inner = {**env, **substituted(operator.params, args, context)}
            return inlined(c, operator.body, context.within(inner), as_condition)
        case Substituted(ast.Name() as operator, env):
            call, inner = call_of(c, operator, env, args, context)
            return inlined(c, call, context.within(inner), as_condition)
        case _:
            return f"unsupported({f'{name} is no operator'!r})"


def call_of(
    c: Compiler, operator: ast.Name, env: Mapping[str, Entry], args: Sequence[ast.Expr], context: Context
) -> tuple[ast.Expr, Mapping[str, Entry]]:
    """A call of what stands for an operator; its name belongs to `env`, the arguments do not."""
    params = tuple(ast.Parameter(operator.span, f"argument {i}") for i in range(len(args)))
    names = tuple(ast.Name(operator.span, p.name, (), _local(p.name)) for p in params)
    inner = {**env, **substituted(params, args, context)}
    call = ast.Apply(operator.span, operator, names)
    c.keep(call)
    return call, inner
