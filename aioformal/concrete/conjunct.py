"""What each kind of conjunct does to the enumeration of an action.

A rule returns whether it has dealt with the conjunct; what none deals with is a test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec.structs import replace

from aioformal.concrete import application, binder, expression, let
from aioformal.concrete.choices import conjuncts, disjuncts
from aioformal.concrete.condition import builtin_key
from aioformal.concrete.context import Defined, Env, Local, Substituted, Whole
from aioformal.concrete.path import Item, Jump, Point, chain_of
from aioformal.concrete.writer import Writer
from aioformal.syntax import ast
from aioformal.value.values import Value

if TYPE_CHECKING:
    from aioformal.concrete.action import Enumeration

MOST_UNROLLED = 256
"""Members of a set over which `\\A` may give variables their values."""

MOST_NESTED = 40
"""How often a LET operator may stand inside itself in an action."""

Rule: TypeAlias = "Callable[[Enumeration, Any, Point, Writer], bool]"


def naming_conjunct(e: Enumeration, items: Sequence[ast.Expr], env: Env) -> int | None:
    """Of several conjuncts the one that names the action: the only one that looks at the next state,
    if it is a choice."""
    looking = [i for i, item in enumerate(items) if e.reads_target(item, env)]
    if len(looking) == 1 and e.c.is_choice(items[looking[0]]):
        return looking[0]
    return None


# ---------------------------------------------------------------- connectives and binders


def _conjunction(e: Enumeration, expr: ast.Expr, point: Point, writer: Writer) -> bool:
    items = conjuncts(expr)
    naming = naming_conjunct(e, items, point.env) if point.opens else None
    e.proceed(point.before(*(Item(item, point.env, i == naming) for i, item in enumerate(items))), writer)
    return True


def _disjunction(e: Enumeration, expr: ast.Expr, point: Point, writer: Writer) -> bool:
    point = point.forked()
    for item in disjuncts(expr):
        if writer.is_deep:
            later = Jump(chain_of([Item(item, point.env, point.opens)], point.rest))
            e.proceed(point.then(later), writer)
        else:
            e.step(item, point, writer)
    return True


def _junction(e: Enumeration, node: ast.Junction, point: Point, writer: Writer) -> bool:
    return (_conjunction if node.kind == "/\\" else _disjunction)(e, node, point, writer)


def _quantifier(e: Enumeration, node: ast.Quantifier, point: Point, writer: Writer) -> bool:
    if node.kind == "\\A":
        return _for_all(e, node, point, writer)
    if node.kind != "\\E":
        return False
    with ExitStack() as stack:
        inside = binder.enter_bounds(e.c, node.bounds, point.context, writer, stack)
        point = point.knowing(inside)
        if point.opens:
            names = [name.name for bound in node.bounds for name in bound.names]
            entries = [(name, inside.env[name]) for name in names]
            shown = [(name, entry.text) for name, entry in entries if isinstance(entry, Local)]
            point = replace(point, label=point.label.choosing(shown))
        e.step(node.body, point, writer)
    return True


def _for_all(e: Enumeration, node: ast.Quantifier, point: Point, writer: Writer) -> bool:
    """`\\A x \\in S : A` is a conjunction where S is a constant with few members, and A gives a variable
    its value or forks."""
    facts = e.c.analysis.of(node.body)
    reads = facts.now if e.initial else facts.following
    if reads <= e.target(point.context).values.keys() and not e.c.forks(node.body):
        return False
    chosen = _constant_choices(e, node.bounds)
    if chosen is None:
        return False
    items: list[Item] = []
    for values in chosen:
        env = dict(point.env)
        for name, value in values.items():
            variable = e.c.fresh("v")
            writer.line(f"{variable} = {e.c.global_value(value)}")
            env[name] = Local(variable)
        items.append(Item(node.body, env))
    e.proceed(point.before(*items), writer)
    return True


def _constant_choices(e: Enumeration, bounds: Sequence[ast.Bound]) -> list[dict[str, Value]] | None:
    """The values that names bound over constant sets take together; None if those are too many."""
    chosen: list[dict[str, Value]] = [{}]
    for bound in bounds:
        domain = None if bound.is_tuple else bound.domain
        members = None if domain is None else e.c.members_of_constant(domain, MOST_UNROLLED)
        if members is None:
            return None
        for name in bound.names:
            if len(chosen) * len(members) > MOST_UNROLLED:
                return None
            chosen = [{**known, name.name: member} for known in chosen for member in members]
    return chosen


def _if(e: Enumeration, node: ast.If, point: Point, writer: Writer) -> bool:
    point = point.forked()
    with writer.block(f"if {e.c.condition(node.condition, point.context)}:"):
        e.proceed(point.before(Item(node.then, point.env)), writer)
    with writer.block("else:"):
        e.proceed(point.before(Item(node.otherwise, point.env)), writer)
    return True


def _case(e: Enumeration, node: ast.Case, point: Point, writer: Writer) -> bool:
    point = point.forked()
    word = "if"
    for arm in node.arms:
        with writer.block(f"{word} {e.c.condition(arm.guard, point.context)}:"):
            e.proceed(point.before(Item(arm.value, point.env)), writer)
        word = "elif"
    with writer.block("else:"):
        if node.other is None:
            writer.line(e.c.mark(node, "no_case()"))
        else:
            e.proceed(point.before(Item(node.other, point.env)), writer)
    return True


def _let(e: Enumeration, node: ast.Let, point: Point, writer: Writer) -> bool:
    inside = let.bind_let(e.c, node, point.context, writer)
    e.step(node.body, point.knowing(inside), writer)
    return True


def _label(e: Enumeration, node: ast.Label, point: Point, writer: Writer) -> bool:
    e.step(node.body, point, writer)
    return True


def _box(e: Enumeration, node: ast.ActionBox, point: Point, writer: Writer) -> bool:
    """`[A]_v` is `A \\/ UNCHANGED v`."""
    point = point.forked().closed()
    e.step(node.action, point, writer)
    e.proceed(point.before(Item(node.subscript, point.env, kind="unchanged")), writer)
    return True


def _angle(e: Enumeration, node: ast.ActionAngle, point: Point, writer: Writer) -> bool:
    """`<<A>>_v` is `A /\\ v' # v`."""
    e.step(node.action, point.before(Item(node.subscript, point.env, kind="changed")), writer)
    return True


# ---------------------------------------------------------------- names


def _name(e: Enumeration, node: ast.Name, point: Point, writer: Writer) -> bool:
    return _call(e, node, (), point, writer)


def _application(e: Enumeration, node: ast.Apply, point: Point, writer: Writer) -> bool:
    if isinstance(node.operator, ast.Lambda):
        env = {**point.env, **application.substituted(node.operator.params, node.args, point.context)}
        e.step(node.operator.body, point.among(env).closed(), writer)
        return True
    key = builtin_key(node)
    if key is None:
        return _call(e, node.operator, node.args, point, writer)
    rule = _BUILTINS.get(key)
    return rule is not None and rule(e, node, point, writer)


def _call(e: Enumeration, name: ast.Name, args: Sequence[ast.Expr], point: Point, writer: Writer) -> bool:
    binding = name.binding
    if binding is None:
        return False
    if binding.kind is ast.BindingKind.LOCAL:
        return _local_call(e, binding.key, args, point.closed(), writer)
    if binding.kind is not ast.BindingKind.DEFINITION or not e.is_entered(binding.key, args, point):
        return False
    definition = e.c.definitions[binding.key]
    e.step(definition.body, e.enter(definition, args, point, writer), writer)
    return True


def _local_call(e: Enumeration, key: str, args: Sequence[ast.Expr], point: Point, writer: Writer) -> bool:
    """A name of a LET, or a parameter, that stands for an action."""
    entry = point.env.get(key)
    if isinstance(entry, Substituted):
        found = _substituted(e, entry, args, point)
        if found is None:
            return False
        body, env = found
    elif isinstance(entry, Defined) and point.label.depth.count(f"LET {key}") <= MOST_NESTED:
        body = entry.body
        env = {**entry.env, **application.substituted(entry.params, args, point.context)}
    else:
        return False
    if not e.reads_target(body, env):
        return False
    e.step(body, replace(point.among(env), label=point.label.entering(f"LET {key}")), writer)
    return True


def _substituted(
    e: Enumeration, entry: Substituted, args: Sequence[ast.Expr], point: Point
) -> tuple[ast.Expr, Env] | None:
    """What a parameter stands for that was given an expression, a LAMBDA or an operator's name."""
    operator = entry.expr
    if not args:
        return operator, entry.env
    if isinstance(operator, ast.Lambda):
        return operator.body, {
            **entry.env,
            **application.substituted(operator.params, args, point.context),
        }
    if isinstance(operator, ast.Name):
        return application.call_of(e.c, operator, entry.env, args, point.context)
    return None


# ---------------------------------------------------------------- relations


def _equality(e: Enumeration, node: ast.Apply, point: Point, writer: Writer) -> bool:
    index = e.assigned_variable(node.args[0], point.env)
    if index is None:
        return False
    context = point.context
    target = e.target(context)
    if index in target.values:
        test = f"equal({e.c.read(index, target)}, {e.c.value(node.args[1], context)})"
        e.test(e.c.mark(node, test), point, writer)
        return True
    is_kept = index < len(e.c.index) and e.variable(node.args[1], context.env) == index
    if is_kept and not e.initial and isinstance(context.now, Whole):
        e.proceed(e.having(point, index, None), writer)
        return True
    variable = e.c.fresh(f"n{index}")
    writer.line(f"{variable} = {expression.kept(e.c, node.args[1], context)}")
    e.proceed(e.having(point, index, variable), writer)
    return True


def _membership(e: Enumeration, node: ast.Apply, point: Point, writer: Writer) -> bool:
    """`x' \\in S`, and `x' \\subseteq S`, which is `x' \\in SUBSET S`."""
    index = e.assigned_variable(node.args[0], point.env)
    if index is None or index in e.target(point.context).values:
        return False
    the_set = e.c.value(node.args[1], point.context)
    if builtin_key(node) == "\\subseteq":
        the_set = f"{e.c.operator('SUBSET')}({the_set})"
    variable = e.c.fresh(f"n{index}")
    with writer.block(f"for {variable} in {e.c.mark(node.args[1], f'members({the_set})')}:"):
        e.proceed(e.having(point, index, variable), writer)
    return True


def _implication(e: Enumeration, node: ast.Apply, point: Point, writer: Writer) -> bool:
    point = point.forked()
    with writer.block(f"if {e.c.condition(node.args[0], point.context)}:"):
        e.proceed(point.before(Item(node.args[1], point.env)), writer)
    with writer.block("else:"):
        e.proceed(point, writer)
    return True


def _unchanged(e: Enumeration, node: ast.Apply, point: Point, writer: Writer) -> bool:
    e.proceed(point.before(Item(node.args[0], point.env, kind="unchanged")), writer)
    return True


_BUILTINS: dict[str, Rule] = {
    "/\\": _conjunction,
    "\\/": _disjunction,
    "=>": _implication,
    "=": _equality,
    "\\in": _membership,
    "\\subseteq": _membership,
    "UNCHANGED": _unchanged,
}

RULES: dict[type[ast.Node], Rule] = {
    ast.Junction: _junction,
    ast.Apply: _application,
    ast.Name: _name,
    ast.Quantifier: _quantifier,
    ast.If: _if,
    ast.Case: _case,
    ast.Let: _let,
    ast.Label: _label,
    ast.ActionBox: _box,
    ast.ActionAngle: _angle,
}
