"""Enumerating what satisfies an action, or Init: conjuncts from left to right, as TLC does it.

A conjunct `x' = e` gives x its next value if it has none yet and is a test otherwise; `x' \\in S` gives
it each member in turn; a disjunction and `\\E` fork; whatever else is a test. Which variables have a
value is known when the code is made, since every path through the action is followed. What comes
after a fork is a function of its own, called from each branch. What comes when all have their values is
a formula: it does not fork.

Init is read in the same way, with unprimed variables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aioformal.concrete import application, conjunct, expression
from aioformal.concrete.condition import builtin_key, unchanged
from aioformal.concrete.context import (
    Context,
    Defined,
    Delayed,
    Entry,
    Env,
    Local,
    Partial,
    Substituted,
    Whole,
)
from aioformal.concrete.own_next import own_next_of
from aioformal.concrete.path import Chain, Item, Jump, Label, Leaf, Point
from aioformal.concrete.writer import Writer
from aioformal.resolve.model import Definition
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler

MOST_INLINED = 40
"""How often a definition may stand inside itself in an action."""


class Enumeration:
    """Writes the enumeration of one action. `complete`: every variable must get a value."""

    def __init__(self, c: Compiler, *, initial: bool = False, complete: bool = True) -> None:
        self.c = c
        self.initial = initial
        self.complete = complete
        hidden = c.model.hidden_variables
        self._own = frozenset(i for name, i in c.index.items() if name not in hidden)

    def proceed(self, point: Point, writer: Writer) -> None:
        """What comes after a conjunct that holds."""
        rest = point.rest
        if rest is None:
            self._leaf(point.context, point.label, writer)
        elif isinstance(rest, Jump):
            self._jump(point, rest, writer)
        elif writer.is_deep:
            self._jump(point, Jump(rest), writer)
        else:
            item, rest = rest
            here = replace(point.among(item.env), rest=rest, opens=item.opens)
            if item.kind == "action" and self._is_settled(item.expr, here.context):
                self.test(self.c.condition(item.expr, here.context), here, writer)
            elif item.kind == "action":
                self.step(item.expr, here, writer)
            elif item.kind == "unchanged":
                self._unchanged(item.expr, here, writer)
            else:
                self.test(f"not {unchanged(self.c, (item.expr,), here.context)}", here, writer)

    def step(self, expr: ast.Expr, point: Point, writer: Writer) -> None:
        """One conjunct, and then the rest."""
        rule = conjunct.RULES.get(type(expr))
        if rule is None or not rule(self, expr, point, writer):
            self.test(self.c.condition(expr, point.context), point, writer)

    def test(self, condition: str, point: Point, writer: Writer) -> None:
        """Goes on where a Python condition holds."""
        with writer.block(f"if {condition}:"):
            self.proceed(point, writer)

    # ------------------------------------------------------------ states

    def target(self, context: Context) -> Partial:
        """The state that is being put together."""
        frame = context.now if self.initial else context.following
        assert isinstance(frame, Partial)
        return frame

    def _is_settled(self, expr: ast.Expr, context: Context) -> bool:
        """Whether every variable of the model has its value, and all that an expression may assign to: it is
        then a formula, as in TLC, evaluated as far as its value needs. Not so below ENABLED."""
        values = self.target(context).values.keys()
        if not self.complete or not self._own <= values:
            return False
        return len(values) == len(self.c.index) or self.c.variables_read(expr, context.env) <= values

    def having(self, point: Point, index: int, text: str | None) -> Point:
        """The point at which a variable has got its value; None: the one that it had."""
        frame = self.target(point.context).having(index, text)
        changed = {"now": frame} if self.initial else {"following": frame}
        return point.knowing(replace(point.context, **changed))

    def reads_target(self, expr: ast.Expr, env: Env) -> bool:
        """Whether an expression looks at the state that is being put together."""
        needs = self.c.needs(self.c.analysis.of(expr), env)
        return needs.now if self.initial else needs.following

    def assigned_variable(self, expr: ast.Expr, env: Env) -> int | None:
        """The variable that a conjunct `expr = e` or `expr \\in S` is about; None for any other."""
        found, env = self.spelled_out(expr, env)
        if self.initial:
            return self.variable(found, env)
        if not isinstance(found, ast.Apply) or builtin_key(found) != "'":
            return None
        return self.variable(found.args[0], env)

    def variable(self, expr: ast.Expr, env: Env) -> int | None:
        """The variable that an expression is, perhaps by another name."""
        found, _ = self.spelled_out(expr, env)
        if isinstance(found, ast.Name) and found.binding and found.binding.kind is ast.BindingKind.VARIABLE:
            return self.c.index[found.binding.key]
        return None if self.complete else own_next_of(self.c, found)

    def spelled_out(self, expr: ast.Expr, env: Env) -> tuple[ast.Expr, Env]:
        """What a parameter or a definition without parameters stands for, as far as that goes."""
        while isinstance(expr, ast.Name) and expr.binding is not None:
            entry = env.get(expr.binding.key) if expr.binding.kind is ast.BindingKind.LOCAL else None
            definition = self._plain_definition(expr.binding)
            if isinstance(entry, Substituted):
                expr, env = entry.expr, entry.env
            elif isinstance(entry, Defined) and not entry.params:
                expr, env = entry.body, entry.env
            elif definition is not None:
                expr, env = definition.body, {}
            else:
                break
        return expr, env

    def _plain_definition(self, binding: ast.Binding) -> Definition | None:
        if binding.kind is not ast.BindingKind.DEFINITION:
            return None
        if not self.complete and binding.key in self.c.own_next:
            return None
        definition = self.c.definitions[binding.key]
        return None if definition.params else definition

    # ------------------------------------------------------------ the end of a path

    def _leaf(self, context: Context, label: Label, writer: Writer) -> None:
        if not self.complete:
            writer.line("out(None)")
            return
        target = self.target(context)
        names = self.c.model.variables
        missing = tuple(names[i] for i in range(target.size) if i not in target.values)
        if missing:
            call = f"unassigned({missing!r}, {label.name!r}, {not self.initial})"
            writer.line(self.c.spans.mark(label.span, call) if label.span else call)
            return
        given = {i: text for i, text in sorted(target.values.items()) if text is not None}
        leaf = Leaf(label.name, tuple(name for name, _ in label.arguments), label.span, tuple(given))
        texts = "".join(f"{text}, " for _, text in label.arguments)
        values = "".join(f"{text}, " for text in given.values())
        writer.line(f"out(({self.c.leaf(leaf)}, ({texts}), ({values})))")

    # ------------------------------------------------------------ after a fork

    def _jump(self, point: Point, jump: Jump, writer: Writer) -> None:
        context = point.context
        values = sorted(self.target(context).values.items())
        key = f"{[(i, text is None) for i, text in values]} {point.label}"
        known = jump.compiled.get(key)
        if known is None:
            known = jump.compiled[key] = self._after_fork(point, jump)
        name, captured = known
        frame = [context.now.text] if isinstance(context.now, Whole) else []
        given = [text for _, text in values if text is not None]
        writer.line(f"{name}({', '.join(('out', *frame, *given, *captured))})")

    def _after_fork(self, point: Point, jump: Jump) -> tuple[str, tuple[str, ...]]:
        """A function for what comes after a fork: its name, and the Python variables that it needs."""
        name = self.c.fresh("then")
        target = self.target(point.context)
        given = {i: self.c.fresh(f"n{i}") for i, text in sorted(target.values.items()) if text is not None}
        captured = self._captured(jump.rest, point.label)
        outer = point.context.now
        now = Whole("s", outer.checked) if isinstance(outer, Whole) else None
        inner = Partial(target.size, {i: given.get(i) for i in target.values}, now)
        inside = Context({}, inner, None) if self.initial else Context({}, now, inner)
        writer = Writer()
        self.proceed(Point(inside, point.label, jump.rest), writer)
        self.c.function(name, ("out", *(["s"] if now else []), *given.values(), *captured), writer.lines)
        return name, captured

    def _captured(self, rest: Chain, label: Label) -> tuple[str, ...]:
        """The Python variables that the conjuncts still to come and the label need."""
        names = dict.fromkeys(text.removeprefix("shown(").removesuffix(")") for _, text in label.arguments)
        names.update(dict.fromkeys(text for _, text in label.bounds))
        while rest is not None:
            if isinstance(rest, Jump):
                rest = rest.rest
                continue
            item, rest = rest
            needs = self.c.needs(self.c.analysis.of(item.expr), item.env)
            names.update(dict.fromkeys(needs.captured))
        return tuple(names)

    # ------------------------------------------------------------ UNCHANGED

    def _unchanged(self, expr: ast.Expr, point: Point, writer: Writer) -> None:
        meant, env = self.spelled_out(expr, point.env)
        index = self.variable(meant, env)
        if index is not None and index >= len(self.c.index):
            self._keep_own(index, meant, env, point, writer)
        elif index is not None:
            self._keep(index, point, writer)
        elif isinstance(meant, ast.Tuple):
            parts = (Item(part, env, kind="unchanged") for part in meant.elements)
            self.proceed(point.before(*parts), writer)
        else:
            self.test(unchanged(self.c, (expr,), point.context), point, writer)

    def _keep(self, index: int, point: Point, writer: Writer) -> None:
        """`UNCHANGED x`, or `x' = x`."""
        target = self.target(point.context)
        if index not in target.values:
            self.proceed(self.having(point, index, None), writer)
        elif target.values[index] is None:
            self.proceed(point, writer)
        else:
            old = self.c.read(index, point.context.now)
            self.test(f"equal({target.values[index]}, {old})", point, writer)

    def _keep_own(self, index: int, expr: ast.Expr, env: Env, point: Point, writer: Writer) -> None:
        """`UNCHANGED x` of what has a next value of its own: it gets the present one."""
        old = expression.kept(self.c, expr, point.context.within(env))
        target = self.target(point.context)
        if index in target.values:
            self.test(f"equal({target.text_of(index)}, {old})", point, writer)
            return
        variable = self.c.fresh(f"n{index}")
        writer.line(f"{variable} = {old}")
        self.proceed(self.having(point, index, variable), writer)

    # ------------------------------------------------------------ definitions

    def enter(self, definition: Definition, args: Sequence[ast.Expr], point: Point, writer: Writer) -> Point:
        """The place before the body of a definition."""
        entries: dict[str, Entry] = {}
        if application.looks_elsewhere_by(args, point.context):
            entries.update(application.substituted(definition.params, args, point.context))
        else:
            for param, arg in zip(definition.params, args, strict=True):
                entries[param.name] = self._parameter(definition, param, arg, point.context, writer)
        label = point.label.entering(definition.key)
        if point.opens:
            shown = [(name, text) for name, entry in entries.items() if (text := _shown(entry)) is not None]
            label = label.named(definition.key, definition.span, shown, bool(definition.params))
        return replace(point.among(entries), label=label)

    def _parameter(
        self, definition: Definition, param: ast.Parameter, arg: ast.Expr, context: Context, writer: Writer
    ) -> Entry:
        c = self.c
        primed = c.analysis.of_definition(definition.key).looked_ahead
        if param.arity or param.name in primed or self.reads_target(arg, context.env):
            return Substituted(arg, context.env)
        if isinstance(arg, ast.Name) and arg.binding and arg.binding.kind is ast.BindingKind.LOCAL:
            return context.env[arg.binding.key]
        variable = c.fresh(f"v_{param.name}")
        is_needed = c.strictness.needs_parameter(definition.key, param.name)
        if is_needed or application.is_safe(c, arg, context):
            writer.line(f"{variable} = {c.value(arg, context)}")
            return Local(variable)
        writer.line(f"{variable} = {application.delayed(c, arg, context)}")
        return Delayed(variable)

    def is_entered(self, key: str, args: Sequence[ast.Expr], point: Point) -> bool:
        """Whether a definition is walked into, rather than evaluated as a test."""
        if point.label.depth.count(key) > MOST_INLINED:
            return False
        definition, facts = self.c.definitions[key], self.c.analysis.of_definition(key)
        if facts.now if self.initial else facts.following:
            return True
        primed = [arg for p, arg in zip(definition.params, args, strict=True) if p.name in facts.looked_ahead]
        return (
            any(self.reads_target(arg, point.env) for arg in args)
            or any(self.c.needs(self.c.analysis.of(arg), point.env).now for arg in primed)
            or self.c.forks(definition.body)
            or application.looks_elsewhere_by(args, point.context)
        )


def _shown(entry: Entry) -> str | None:
    if isinstance(entry, Local):
        return entry.text
    return f"shown({entry.text})" if isinstance(entry, Delayed) else None


def enabled_call(c: Compiler, action: ast.Expr, context: Context) -> str:
    """`ENABLED A`: whether the enumeration of A finds anything, complete or not."""
    return _found_call("enabled", c, action, context)


def every_way_call(c: Compiler, test: ast.Expr, context: Context) -> str:
    """Whether a test is true in any way; what fails in any is a failure."""
    return _found_call("every_way", c, test, context)


def _found_call(how: str, c: Compiler, action: ast.Expr, context: Context) -> str:
    needs = replace(c.needs(c.analysis.of(action), context.env), now=True, following=False)
    lifted = c.lifted(how, needs, context)
    now = lifted.context.now
    assert isinstance(now, Whole)
    inside = replace(lifted.context, following=Partial(len(c.names), base=now))
    writer = Writer()
    Enumeration(c, complete=False).step(action, Point(inside, Label("ENABLED")), writer)
    c.function(lifted.name, ("out", *lifted.header), writer.lines)
    return f"{how}({', '.join((lifted.name, *lifted.arguments))})"
