"""Actions as generators: conjuncts become one condition that also gives variables their next values,
`\\E` becomes a loop, `\\/` one way after the other.

Which variables have a value already is looked at when the module runs, by `NextState.gives`; so an action
is one Python function, wherever it is used. Init is read in the same way, with unprimed variables.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from aioformal.ordering import construct
from aioformal.pymodule import binding, calls, expression, letting
from aioformal.pymodule.context import Context, Local, Substituted
from aioformal.pymodule.facts import builtin, operands
from aioformal.pymodule.layout import Doc, Piece, call, chain, glue
from aioformal.pymodule.names import can_be_argument, text_of_string
from aioformal.resolve.model import Definition
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aioformal.pymodule.context import Entry
    from aioformal.pymodule.scope import Scope

MOST_LOOPS = 8
"""Python allows 20 loops inside each other."""

MOST_INLINED = 20


class Item(Struct, frozen=True):
    """A conjunct still to come. `opens`: what it chooses names the step. `inside`: the definitions that were
    written down around it."""

    expr: ast.Expr
    env: Mapping[str, Entry]
    opens: bool = False
    inside: tuple[str, ...] = ()

    def part(self, expr: ast.Expr, *, opens: bool | None = None) -> Item:
        return replace(self, expr=expr, opens=self.opens if opens is None else opens)


Items = tuple[Item, ...]


def enumerate_action(scope: Scope, body: ast.Expr, context: Context, *, opens: bool) -> None:
    """Writes statements that yield every way to satisfy an action."""
    Enumeration(scope).proceed((Item(body, context.env, opens),), context)


class Enumeration:
    """Writes the enumeration of an action into a function."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.facts = scope.facts

    def proceed(self, items: Items, context: Context) -> None:
        """Conjuncts in order, and then the end of the path."""
        tests: list[Piece] = []
        while items:
            item, rest = items[0], items[1:]
            opened = self._opened(item, context)
            if opened is not None:
                items = (*opened, *rest)
                continue
            test = self._test(item, context.within(item.env))
            if test is None:
                with self._where(tests, item):
                    self._fork(item, rest, context)
                return
            tests.append(test)
            items = rest
        with self._where(tests, None):
            self.scope.writer.text(f"yield {context.target}")

    def _where(self, tests: list[Piece], item: Item | None) -> ExitStack:
        """The block in which some conditions hold."""
        stack = ExitStack()
        writer = self.scope.writer
        if tests:
            stack.enter_context(writer.block("if ", chain("and", tests)))
        if item is not None and writer.loops > MOST_LOOPS:
            stack.enter_context(self._shallow())
        return stack

    def _shallow(self) -> ExitStack:
        """A function inside the function, within which loops are counted anew."""
        name, stack = self.scope.fresh("deeper"), ExitStack()
        stack.callback(lambda: self.scope.writer.text(f"yield from {name}()"))
        stack.enter_context(self.scope.writer.block(f"def {name}() -> Iterator[NextState]"))
        return stack

    # ------------------------------------------------------------ conjuncts that do not fork

    def _opened(self, item: Item, context: Context) -> Items | None:
        """The parts of a conjunction, or what a name stands for that is known by its text."""
        expr = item.expr
        if isinstance(expr, ast.Label):
            return (item.part(expr.body),)
        parts = operands(expr, "/\\")
        if len(parts) > 1:
            naming = self._naming(parts, item) if item.opens else None
            return tuple(item.part(part, opens=part is naming) for part in parts)
        if isinstance(expr, ast.ActionAngle):
            moved = construct.negation(_stutter(expr.subscript))
            return item.part(expr.action), item.part(moved, opens=False)
        if isinstance(expr, ast.Name | ast.Apply):
            return self._written_down(item, expr, context)
        return None

    def _naming(self, parts: Sequence[ast.Expr], item: Item) -> ast.Expr | None:
        """Of several conjuncts the one that names the step: the only one about the next state, if it is a
        choice."""
        looking = [part for part in parts if self._looks_ahead(part, item.env)]
        return looking[0] if len(looking) == 1 and self.facts.is_choice(looking[0]) else None

    def _looks_ahead(self, expr: ast.Expr, env: Mapping[str, Entry]) -> bool:
        if self.facts.is_action(expr):
            return True
        entries = [(env.get(name)) for name in self.facts.local_names(expr)]
        return any(isinstance(e, Substituted) and self._looks_ahead(e.expr, e.env) for e in entries)

    def _written_down(self, item: Item, expr: ast.Name | ast.Apply, context: Context) -> Items | None:
        name = expr.operator if isinstance(expr, ast.Apply) else expr
        args = expr.args if isinstance(expr, ast.Apply) else ()
        around = context.within(item.env)
        if isinstance(name, ast.Lambda):
            inside = calls.inlined(name.params, args, around)
            return (Item(name.body, inside.env, inside=item.inside),)
        if name.binding is not None and name.binding.kind is BindingKind.LOCAL:
            entry = item.env.get(name.binding.key)
            if not isinstance(entry, Substituted):
                return None
            body, inside = calls.opened(entry, args, around)
            return (Item(body, inside.env, inside=self._deeper(item, f"LET {name.binding.key}")),)
        definition = self.facts.defined(expr)
        if definition is None or not self._is_by_name(definition, args, item, context):
            return None
        if item.opens:
            self._name_step(definition, args, around)
        inside = calls.inlined(definition.params, args, around)
        env = {param.name: inside.env[param.name] for param in definition.params}
        return (Item(definition.body, env, item.opens, self._deeper(item, definition.key)),)

    def _deeper(self, item: Item, key: str) -> tuple[str, ...]:
        self.scope.has_inlined = True
        if item.inside.count(key) > MOST_INLINED:
            raise RecursionError(f"{key} is written down inside itself without end")
        return (*item.inside, key)

    def _is_by_name(
        self, definition: Definition, args: Sequence[ast.Expr], item: Item, context: Context
    ) -> bool:
        """Whether an action is written down in place: its parameters are not values."""
        if context.initial:
            looks = any(self.facts.looks_at_state(arg) for arg in args)
        else:
            looks = any(self._looks_ahead(arg, item.env) for arg in args)
        gives = self.facts.definition_gives(definition.key, initial=context.initial)
        return looks or (gives and calls.is_by_name(self.scope, definition, args))

    def _name_step(self, definition: Definition, args: Sequence[ast.Expr], context: Context) -> None:
        shown: list[Piece] = []
        for param, arg in zip(definition.params, args, strict=True):
            if not param.arity and not self._looks_ahead(arg, context.env):
                name = text_of_string(param.name)
                shown.append(glue(f"{name}: ", expression.value(self.scope, arg, context)))
        target = context.target
        arguments: Piece = Doc("{", tuple(shown), ", ", "}", "list") if definition.params else "None"
        key = text_of_string(definition.key)
        self.scope.writer.statement("", call(f"{target}.named", key, arguments, f"{target}.bound"))

    def _test(self, item: Item, context: Context) -> Piece | None:
        """A conjunct as a condition that may also give variables their values; None if it forks."""
        expr = item.expr
        if isinstance(expr, ast.Apply):
            key = builtin(expr)
            if key == "UNCHANGED" and not context.initial:
                return self._unchanged(expr.args[0], context)
            variable = self.given_variable(expr.args[0], context) if key == "=" else None
            if variable is not None:
                given = expression.value(self.scope, expr.args[1], context)
                name = text_of_string(variable)
                return call(f"{context.target}.gives", name, given, line=expr.span.line)
        if self.facts.may_give(expr, initial=context.initial):
            return None
        return expression.condition(self.scope, expr, context)

    def given_variable(self, expr: ast.Expr, context: Context) -> str | None:
        """The variable that a conjunct `expr = e` or `expr \\in S` is about."""
        found, inside = self.scope.spelled_out(expr, context)
        if not context.initial:
            if not isinstance(found, ast.Apply) or builtin(found) != "'":
                return None
            found, _ = self.scope.spelled_out(found.args[0], inside)
        return self._variable(found)

    def _variable(self, expr: ast.Expr) -> str | None:
        if isinstance(expr, ast.Name) and expr.binding and expr.binding.kind is BindingKind.VARIABLE:
            return self.scope.variable(expr.binding.key)
        return None

    def _unchanged(self, expr: ast.Expr, context: Context) -> Piece:
        kept: list[str] = []
        tests: list[Piece] = []
        for part, inside in expression.parts_of_tuple(self.scope, expr, context):
            found, _ = self.scope.spelled_out(part, inside)
            variable = self._variable(found)
            if variable is not None:
                kept.append(text_of_string(variable))
            else:
                tests.append(expression.unchanged(self.scope, part, inside))
        if kept:
            tests.insert(0, call(f"{context.target}.keeps", context.now or "", *kept, line=expr.span.line))
        return chain("and", tests) if tests else "True"

    # ------------------------------------------------------------ forks

    def _fork(self, item: Item, rest: Items, context: Context) -> None:
        expr, around = item.expr, context.within(item.env)
        if isinstance(expr, ast.Let):
            inside = letting.bind_let(self.scope, expr, around, by_name=True)
            self.proceed((replace(item, expr=expr.body, env=inside.env), *rest), context)
        elif isinstance(expr, ast.Quantifier) and expr.kind == "\\E":
            self._some(item, expr, rest, context)
        elif isinstance(expr, ast.Quantifier):
            self._every(item, expr, rest, context)
        elif self.facts.defined(expr) is not None:
            self._call(item, rest, context)
        elif builtin(expr) in ("\\in", "\\subseteq") and isinstance(expr, ast.Apply):
            self._chooses(expr, rest, around, context)
        elif rest:
            self._aside(item, rest, context)
        else:
            self._ways(item, context)

    def _some(self, item: Item, expr: ast.Quantifier, rest: Items, context: Context) -> None:
        loops, inside = binding.ranges(self.scope, expr.bounds, context.within(item.env), is_inner=False)
        target = self.scope.fresh("n")
        with ExitStack() as stack:
            for loop in loops:
                stack.enter_context(self.scope.writer.block("for ", loop))
            names = [name.name for bound in expr.bounds for name in bound.names]
            how = f"where({_shown(names, inside)})" if item.opens else "copy()"
            self.scope.writer.text(f"{target} = {context.target}.{how}")
            self.proceed((replace(item, expr=expr.body, env=inside.env), *rest), context.ahead(target))

    def _every(self, item: Item, expr: ast.Quantifier, rest: Items, context: Context) -> None:
        """`\\A x \\in S : A`: the action for one member after the other."""
        first, *others = [(b, name) for b in expr.bounds for name in b.names]
        body = expr.body
        if others:
            bounds = tuple(replace(b, names=(name,)) for b, name in others)
            body = ast.Quantifier(expr.span, "\\A", bounds, body)
        bound, name = first
        around = context.within(item.env)
        domain = binding.domain_of(self.scope, bound, around)
        each, target, text = self.scope.fresh("each"), self.scope.fresh("n"), self.scope.fresh(name.name)
        inside = around.bind({name.name: Local(text)}).ahead(target)
        with self.scope.writer.block(
            f"def {each}({target}: NextState, {text}: Value) -> Iterator[NextState]"
        ):
            self.proceed((replace(item, expr=body, env=inside.env, opens=False),), inside)
        turns = call("in_turn", context.target, call("members", domain, line=bound.span.line), each)
        self._following(turns, rest, context)

    def _call(self, item: Item, rest: Items, context: Context) -> None:
        expr = item.expr
        definition = self.facts.defined(expr)
        assert definition is not None
        args = expr.args if isinstance(expr, ast.Apply) else ()
        arguments = calls.arguments_of(self.scope, definition, args, context.within(item.env))
        if context.initial:
            name, given = self.scope.definition(definition.key, "initial"), [context.target]
        else:
            way = "into" if item.opens else "within"
            name = f"{self.scope.definition(definition.key, 'action')}.{way}"
            given = [context.now or "", context.target]
            if item.opens:
                self.scope.reaches(definition.key)
        self._following(call(name, *given, *arguments, line=expr.span.line), rest, context)

    def _following(self, source: Piece, rest: Items, context: Context) -> None:
        if not rest:
            self.scope.writer.statement("yield from ", source)
            return
        target = self.scope.fresh("n")
        with self.scope.writer.block(f"for {target} in ", source):
            self.proceed(rest, context.ahead(target))

    def _chooses(self, expr: ast.Apply, rest: Items, around: Context, context: Context) -> None:
        """`x' \\in S`, and `x' \\subseteq S`, which is `x' \\in SUBSET S`."""
        variable = self.given_variable(expr.args[0], around)
        if variable is None:
            with self.scope.writer.block("if ", expression.condition(self.scope, expr, around)):
                self.proceed(rest, context)
            return
        the_set = expression.value(self.scope, expr.args[1], around)
        if builtin(expr) == "\\subseteq":
            the_set = call("Subsets", the_set)
        name = text_of_string(variable)
        self._following(call(f"{context.target}.chooses", name, the_set, line=expr.span.line), rest, context)

    def _aside(self, item: Item, rest: Items, context: Context) -> None:
        """A fork with something after it: a generator of its own, so that what follows is written once."""
        name, target = self.scope.fresh("either"), self.scope.fresh("n")
        line = item.expr.span.line
        with self.scope.writer.block(f"def {name}({target}: NextState) -> Iterator[NextState]", line=line):
            self._ways(item, context.ahead(target))
        self._following(call(name, context.target), rest, context)

    def _ways(self, item: Item, context: Context) -> None:
        """The ways of a fork after which nothing comes."""
        expr, around = item.expr, context.within(item.env)
        writer = self.scope.writer
        ways = operands(expr, "\\/")
        if isinstance(expr, ast.ActionBox):
            stuttering = item.part(_stutter(expr.subscript), opens=False)
            self._one_by_one((item.part(expr.action, opens=False), stuttering), context)
        elif isinstance(expr, ast.If):
            with writer.block("if ", expression.condition(self.scope, expr.condition, around)):
                self.proceed((item.part(expr.then, opens=False),), context)
            with writer.block("else"):
                self.proceed((item.part(expr.otherwise, opens=False),), context)
        elif isinstance(expr, ast.Case):
            self._case(item, expr, context)
        elif builtin(expr) == "=>" and isinstance(expr, ast.Apply):
            with writer.block("if ", expression.condition(self.scope, expr.args[0], around)):
                self.proceed((item.part(expr.args[1], opens=False),), context)
            with writer.block("else"):
                writer.text(f"yield {context.target}")
        elif len(ways) > 1:
            self._one_by_one(tuple(item.part(way) for way in ways), context)
        else:
            with writer.block("if ", expression.condition(self.scope, expr, around)):
                writer.text(f"yield {context.target}")

    def _case(self, item: Item, expr: ast.Case, context: Context) -> None:
        """Guards are evaluated one after the other: what they need may be written before them."""
        writer, around = self.scope.writer, context.within(item.env)
        with ExitStack() as stack:
            for arm in expr.arms:
                with writer.block("if ", expression.condition(self.scope, arm.guard, around), arm.span.line):
                    self.proceed((item.part(arm.value, opens=False),), context)
                stack.enter_context(writer.block("else"))
            if expr.other is None:
                writer.statement("", call("no_case"), line=expr.span.line)
            else:
                self.proceed((item.part(expr.other, opens=False),), context)

    def _one_by_one(self, ways: Items, context: Context) -> None:
        for way in ways[:-1]:
            if self._is_call(way, context):
                self.proceed((way,), context.ahead(f"{context.target}.copy()"))
            else:
                target = self.scope.fresh("n")
                self.scope.writer.text(f"{target} = {context.target}.copy()")
                self.proceed((way,), context.ahead(target))
        self.proceed(ways[-1:], context)

    def _is_call(self, item: Item, context: Context) -> bool:
        """Whether a way is a call of an action's function, which uses the state under way once."""
        definition = self.facts.defined(item.expr)
        if definition is None or not self.facts.definition_gives(definition.key, initial=context.initial):
            return False
        args = item.expr.args if isinstance(item.expr, ast.Apply) else ()
        return not self._is_by_name(definition, args, item, context) and not context.initial


def _shown(names: Sequence[str], context: Context) -> str:
    """Bound names as keyword arguments."""
    entries = ((name, context.env[name]) for name in names)
    texts = [(name, entry.text) for name, entry in entries if isinstance(entry, Local)]
    plain = [f"{name}={text}" for name, text in texts if can_be_argument(name)]
    others = [f"{text_of_string(name)}: {text}" for name, text in texts if not can_be_argument(name)]
    return ", ".join([*plain, f"**{{{', '.join(others)}}}"] if others else plain)


def _stutter(subscript: ast.Expr) -> ast.Expr:
    return construct.applied("UNCHANGED", subscript.span, (subscript,), "prefix")
