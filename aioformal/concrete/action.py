"""Enumerating what satisfies an action, or Init: conjuncts from left to right, as TLC does it.

A conjunct `x' = e` gives x its next value if it has none yet and is a test otherwise; `x' \\in S` gives
it each member in turn; a disjunction and `\\E` fork; whatever else is a test. Which variables have a
value is known when the code is made, since every path through the action is followed. What comes
after a fork is a function of its own, called from each branch.

Init is read in the same way, with unprimed variables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from aioformal.concrete import application, binder, expression
from aioformal.concrete.choices import conjuncts, disjuncts
from aioformal.concrete.condition import builtin_key
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
from aioformal.concrete.writer import Writer
from aioformal.resolve.model import Definition
from aioformal.source import Span
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler

MOST_INLINED = 40
"""How often a definition may stand inside itself in an action."""

MOST_UNROLLED = 256


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where a path through an action ends: its label's name and arguments, and the variables whose
    new values it gives."""

    name: str
    arguments: tuple[str, ...]
    span: Span | None
    variables: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """The action that is being entered; `params` and `bounds` are names with Python texts."""

    name: str
    span: Span | None = None
    has_params: bool = False
    params: tuple[tuple[str, str], ...] = ()
    bounds: tuple[tuple[str, str], ...] = ()
    depth: tuple[str, ...] = ()
    """The definitions around, outermost first."""

    @property
    def arguments(self) -> tuple[tuple[str, str], ...]:
        return self.params if self.has_params else self.bounds

    def entering(self, key: str) -> Label:
        return replace(self, depth=(*self.depth, key))

    def named(self, key: str, span: Span, params: Sequence[tuple[str, str]], has_params: bool) -> Label:
        return replace(self, name=key, span=span, params=tuple(params), has_params=has_params)

    def choosing(self, names: Sequence[tuple[str, str]]) -> Label:
        kept = tuple(pair for pair in self.bounds if pair[0] not in dict(names))
        return replace(self, bounds=(*kept, *names))


@dataclass(frozen=True, slots=True)
class Item:
    """A conjunct still to come. `opens`: what it chooses names the action."""

    expr: ast.Expr
    env: Env
    opens: bool = False
    kind: Literal["action", "unchanged", "changed"] = "action"


@dataclass(frozen=True, slots=True)
class Jump:
    """The conjuncts after a fork; `compiled` maps what is known at the fork to a function."""

    rest: Chain
    compiled: dict[str, tuple[str, tuple[str, ...]]] = field(
        default_factory=dict[str, tuple[str, tuple[str, ...]]], compare=False
    )


Chain: TypeAlias = "tuple[Item, Chain] | Jump | None"


def chain_of(items: Sequence[Item], rest: Chain = None) -> Chain:
    """Conjuncts in order, and what comes after them."""
    for item in reversed(items):
        rest = (item, rest)
    return rest


class Enumeration:
    """Writes the enumeration of one action. `complete`: every variable must get a value."""

    def __init__(self, c: Compiler, *, initial: bool = False, complete: bool = True) -> None:
        self.c = c
        self.initial = initial
        self.complete = complete

    def proceed(self, context: Context, label: Label, rest: Chain, writer: Writer) -> None:
        """What comes after a conjunct that holds."""
        if rest is None:
            self._leaf(context, label, writer)
        elif isinstance(rest, Jump) or writer.is_deep:
            self._jump(context, label, rest if isinstance(rest, Jump) else Jump(rest), writer)
        else:
            item, rest = rest
            context = replace(context, env=item.env, depth=0)
            if item.kind == "action":
                self.step(item.expr, context, label, item.opens, rest, writer)
            elif item.kind == "unchanged":
                self._unchanged(item.expr, context, label, rest, writer)
            else:
                same = application_unchanged(self.c, item.expr, context)
                with writer.block(f"if not {same}:"):
                    self.proceed(context, label, rest, writer)

    def step(
        self, expr: ast.Expr, context: Context, label: Label, opens: bool, rest: Chain, writer: Writer
    ) -> None:
        """One conjunct, and then the rest."""
        rule = _RULES.get(type(expr))
        if rule is not None and rule(self, expr, context, label, opens, rest, writer):
            return
        with writer.block(f"if {self.c.condition(expr, context)}:"):
            self.proceed(context, label, rest, writer)

    # ------------------------------------------------------------ states

    def target(self, context: Context) -> Partial:
        """The state that is being put together."""
        frame = context.now if self.initial else context.following
        assert isinstance(frame, Partial)
        return frame

    def having(self, context: Context, index: int, text: str | None) -> Context:
        """The context in which a variable has got its value."""
        frame = self.target(context).having(index, text)
        return replace(context, now=frame) if self.initial else replace(context, following=frame)

    def reads_target(self, expr: ast.Expr, env: Env) -> bool:
        """Whether an expression looks at the state that is being put together."""
        needs = self.c.needs(self.c.analysis.of(expr), env)
        return needs.now if self.initial else needs.following

    def assigned_variable(self, expr: ast.Expr, context: Context) -> int | None:
        """The variable that a conjunct `expr = e` or `expr \\in S` is about; None for any other."""
        found, env = self.spelled_out(expr, context.env)
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
        return None

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
            call = f"unassigned({missing!r}, {label.name!r}, {'' if self.initial else 'prime'!r})"
            writer.line(self.c.spans.mark(label.span, call) if label.span else call)
            return
        given = {i: text for i, text in sorted(target.values.items()) if text is not None}
        arguments = label.arguments
        leaf = Leaf(label.name, tuple(name for name, _ in arguments), label.span, tuple(given))
        texts = "".join(f"{text}, " for _, text in arguments)
        values = "".join(f"{text}, " for text in given.values())
        writer.line(f"out(({self.c.leaf(leaf)}, ({texts}), ({values})))")

    # ------------------------------------------------------------ after a fork

    def fork(self, rest: Chain) -> Chain:
        """What comes after a fork, so that it is compiled once."""
        return rest if rest is None or isinstance(rest, Jump) else Jump(rest)

    def _jump(self, context: Context, label: Label, jump: Jump, writer: Writer) -> None:
        target = self.target(context)
        given = [(i, text) for i, text in sorted(target.values.items()) if text is not None]
        state = "".join(f" {i}{'' if text else '='}" for i, text in sorted(target.values.items()))
        key = f"{state} {label}"
        known = jump.compiled.get(key)
        if known is None:
            known = jump.compiled[key] = self._after_fork(context, label, jump)
        name, captured = known
        frame = [context.now.text] if isinstance(context.now, Whole) else []
        writer.line(f"{name}({', '.join(('out', *frame, *(text for _, text in given), *captured))})")

    def _after_fork(self, context: Context, label: Label, jump: Jump) -> tuple[str, tuple[str, ...]]:
        name = self.c.fresh("then")
        target = self.target(context)
        given = {i: self.c.fresh(f"n{i}") for i, text in sorted(target.values.items()) if text is not None}
        captured = self._captured(jump.rest, label)
        now = Whole("s", context.now.checked) if isinstance(context.now, Whole) else None
        inner = Partial(target.size, {i: given.get(i) for i in target.values}, now)
        inside = Context({}, inner, None) if self.initial else Context({}, now, inner)
        writer = Writer()
        self.proceed(inside, label, jump.rest, writer)
        header = ("out", *(["s"] if now else []), *given.values(), *captured)
        self.c.function(name, header, writer.lines)
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

    def _unchanged(self, expr: ast.Expr, context: Context, label: Label, rest: Chain, writer: Writer) -> None:
        index = self.variable(expr, context.env)
        if index is not None:
            self._keep(index, context, label, rest, writer)
            return
        parts = self._tuple(expr, context.env)
        if parts is not None:
            items = [Item(part, env, kind="unchanged") for part, env in parts]
            self.proceed(context, label, chain_of(items, rest), writer)
            return
        with writer.block(f"if {application_unchanged(self.c, expr, context)}:"):
            self.proceed(context, label, rest, writer)

    def _keep(self, index: int, context: Context, label: Label, rest: Chain, writer: Writer) -> None:
        target = self.target(context)
        if index not in target.values:
            self.proceed(self.having(context, index, None), label, rest, writer)
        elif target.values[index] is None:
            self.proceed(context, label, rest, writer)
        else:
            old = self.c.read(index, context.now)
            with writer.block(f"if equal({target.values[index]}, {old}):"):
                self.proceed(context, label, rest, writer)

    def _tuple(self, expr: ast.Expr, env: Env) -> list[tuple[ast.Expr, Env]] | None:
        """The elements of a tuple, perhaps by another name."""
        found, env = self.spelled_out(expr, env)
        return [(part, env) for part in found.elements] if isinstance(found, ast.Tuple) else None

    # ------------------------------------------------------------ definitions

    def enter(
        self,
        definition: Definition,
        args: Sequence[ast.Expr],
        context: Context,
        label: Label,
        opens: bool,
        writer: Writer,
    ) -> tuple[Context, Label]:
        """The context and the label inside the body of a definition."""
        entries: dict[str, Entry] = {}
        for param, arg in zip(definition.params, args, strict=True):
            entries[param.name] = self._parameter(definition, param, arg, context, writer)
        label = label.entering(definition.key)
        if opens:
            shown = [(name, text) for name, entry in entries.items() if (text := _shown(entry)) is not None]
            label = label.named(definition.key, definition.span, shown, bool(definition.params))
        return replace(context, env=entries, depth=0), label

    def _parameter(
        self, definition: Definition, param: ast.Parameter, arg: ast.Expr, context: Context, writer: Writer
    ) -> Entry:
        c = self.c
        primed = c.analysis.of_definition(definition.key).primed
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

    def is_entered(self, key: str, args: Sequence[ast.Expr], context: Context, label: Label) -> bool:
        """Whether a definition is walked into, rather than evaluated as a test."""
        if label.depth.count(key) > MOST_INLINED:
            return False
        definition, facts = self.c.definitions[key], self.c.analysis.of_definition(key)
        if facts.now if self.initial else facts.following:
            return True
        primed = [arg for p, arg in zip(definition.params, args, strict=True) if p.name in facts.primed]
        return (
            any(self.reads_target(arg, context.env) for arg in args)
            or any(self.c.needs(self.c.analysis.of(arg), context.env).now for arg in primed)
            or self._forks(key)
        )

    def _forks(self, key: str) -> bool:
        return self.c.forks(self.c.definitions[key].body)


def _shown(entry: Entry) -> str | None:
    if isinstance(entry, Local):
        return entry.text
    return f"shown({entry.text})" if isinstance(entry, Delayed) else None


def application_unchanged(c: Compiler, expr: ast.Expr, context: Context) -> str:
    """`UNCHANGED e` as a test."""
    from aioformal.concrete.condition import unchanged

    return unchanged(c, (expr,), context)


def enabled_call(c: Compiler, action: ast.Expr, context: Context) -> str:
    """`ENABLED A`: whether the enumeration of A finds anything, complete or not."""
    facts = c.analysis.of(action)
    needs = replace(c.needs(facts, context.env), now=True, following=False)
    lifted = c.lifted("enabled", needs, context)
    now = lifted.context.now
    assert isinstance(now, Whole)
    inside = replace(lifted.context, following=Partial(len(c.index), base=now))
    writer = Writer()
    Enumeration(c, complete=False).step(action, inside, Label("ENABLED"), False, None, writer)
    c.function(lifted.name, ("out", *lifted.header), writer.lines)
    return f"enabled({', '.join((lifted.name, *lifted.arguments))})"


# ---------------------------------------------------------------- conjuncts by kind


def naming_conjunct(e: Enumeration, items: Sequence[ast.Expr], env: Env) -> int | None:
    """Of several conjuncts the one that names the action: the only one that looks at the next state,
    if it is a choice."""
    looking = [i for i, item in enumerate(items) if e.reads_target(item, env)]
    if len(looking) == 1 and e.c.is_choice(items[looking[0]]):
        return looking[0]
    return None


Rule = Callable[["Enumeration", Any, Context, Label, bool, Chain, Writer], bool]


def _conjunction(
    e: Enumeration, expr: ast.Expr, context: Context, label: Label, opens: bool, rest: Chain, writer: Writer
) -> bool:
    items = conjuncts(expr)
    naming = naming_conjunct(e, items, context.env) if opens else None
    chain = chain_of([Item(item, context.env, i == naming) for i, item in enumerate(items)], rest)
    e.proceed(context, label, chain, writer)
    return True


def _disjunction(
    e: Enumeration, expr: ast.Expr, context: Context, label: Label, opens: bool, rest: Chain, writer: Writer
) -> bool:
    rest = e.fork(rest)
    for item in disjuncts(expr):
        if writer.is_deep:
            e.proceed(context, label, Jump(chain_of([Item(item, context.env, opens)], rest)), writer)
        else:
            e.step(item, context, label, opens, rest, writer)
    return True


def _junction(
    e: Enumeration,
    node: ast.Junction,
    context: Context,
    label: Label,
    opens: bool,
    rest: Chain,
    writer: Writer,
) -> bool:
    rule = _conjunction if node.kind == "/\\" else _disjunction
    return rule(e, node, context, label, opens, rest, writer)


def _quantifier(
    e: Enumeration,
    node: ast.Quantifier,
    context: Context,
    label: Label,
    opens: bool,
    rest: Chain,
    writer: Writer,
) -> bool:
    if node.kind == "\\A":
        return _for_all(e, node, context, label, rest, writer)
    if node.kind != "\\E":
        return False
    with ExitStack() as stack:
        inside = binder.enter_bounds(e.c, node.bounds, context, writer, stack)
        if opens:
            names = [n.name for bound in node.bounds for n in bound.names]
            entries = [(name, inside.env[name]) for name in names]
            label = label.choosing([(n, entry.text) for n, entry in entries if isinstance(entry, Local)])
        e.step(node.body, inside, label, opens, rest, writer)
    return True


def _for_all(
    e: Enumeration, node: ast.Quantifier, context: Context, label: Label, rest: Chain, writer: Writer
) -> bool:
    """`\\A x \\in S : A` gives variables their values only where S is a constant with few members."""
    target = e.target(context)
    facts = e.c.analysis.of(node.body)
    open_variables = (facts.now if e.initial else facts.following) - target.values.keys()
    if not open_variables or len(node.bounds) != 1 or node.bounds[0].is_tuple:
        return False
    bound = node.bounds[0]
    values = e.c.members_of_constant(bound.domain, MOST_UNROLLED) if bound.domain else None
    if values is None:
        return False
    items: list[Item] = []
    for value in values:
        variable = e.c.fresh("v")
        writer.line(f"{variable} = {e.c.global_value(value)}")
        items += [Item(node.body, {**context.env, name.name: Local(variable)}) for name in bound.names]
    e.proceed(context, label, chain_of(items, rest), writer)
    return True


def _if(
    e: Enumeration, node: ast.If, context: Context, label: Label, _: bool, rest: Chain, writer: Writer
) -> bool:
    rest = e.fork(rest)
    with writer.block(f"if {e.c.condition(node.condition, context)}:"):
        e.proceed(context, label, chain_of([Item(node.then, context.env)], rest), writer)
    with writer.block("else:"):
        e.proceed(context, label, chain_of([Item(node.otherwise, context.env)], rest), writer)
    return True


def _case(
    e: Enumeration, node: ast.Case, context: Context, label: Label, _: bool, rest: Chain, writer: Writer
) -> bool:
    rest = e.fork(rest)
    word = "if"
    for arm in node.arms:
        with writer.block(f"{word} {e.c.condition(arm.guard, context)}:"):
            e.proceed(context, label, chain_of([Item(arm.value, context.env)], rest), writer)
        word = "elif"
    with writer.block("else:"):
        if node.other is None:
            writer.line(e.c.mark(node, "no_case()"))
        else:
            e.proceed(context, label, chain_of([Item(node.other, context.env)], rest), writer)
    return True


def _let(
    e: Enumeration, node: ast.Let, context: Context, label: Label, opens: bool, rest: Chain, writer: Writer
) -> bool:
    inside = application.bind_let(e.c, node, context, writer)
    e.step(node.body, inside, label, opens, rest, writer)
    return True


def _name(
    e: Enumeration, node: ast.Name, context: Context, label: Label, opens: bool, rest: Chain, writer: Writer
) -> bool:
    return _call(e, node, (), context, label, opens, rest, writer)


def _call(
    e: Enumeration,
    name: ast.Name,
    args: Sequence[ast.Expr],
    context: Context,
    label: Label,
    opens: bool,
    rest: Chain,
    writer: Writer,
) -> bool:
    binding = name.binding
    if binding is None:
        return False
    if binding.kind is ast.BindingKind.LOCAL:
        return _local_call(e, binding.key, args, context, label, rest, writer)
    if binding.kind is not ast.BindingKind.DEFINITION or not e.is_entered(binding.key, args, context, label):
        return False
    definition = e.c.definitions[binding.key]
    inside, label = e.enter(definition, args, context, label, opens, writer)
    e.step(definition.body, inside, label, opens, rest, writer)
    return True


def _local_call(
    e: Enumeration,
    key: str,
    args: Sequence[ast.Expr],
    context: Context,
    label: Label,
    rest: Chain,
    writer: Writer,
) -> bool:
    """A name of a LET, or a parameter, that stands for an action."""
    entry = context.env.get(key)
    if isinstance(entry, Substituted) and not args:
        if not e.reads_target(entry.expr, entry.env):
            return False
        e.step(entry.expr, replace(context, env=entry.env), label, False, rest, writer)
        return True
    if isinstance(entry, Substituted):
        return _substituted_call(e, entry, args, context, label, rest, writer)
    defined = e.c.defined(entry)
    if defined is None or label.depth.count(f"LET {key}") > MOST_INLINED:
        return False
    env = {**defined.env, **application.substituted(defined.params, args, context)}
    if not e.reads_target(defined.body, env):
        return False
    e.step(defined.body, replace(context, env=env), label.entering(f"LET {key}"), False, rest, writer)
    return True


def _substituted_call(
    e: Enumeration,
    entry: Substituted,
    args: Sequence[ast.Expr],
    context: Context,
    label: Label,
    rest: Chain,
    writer: Writer,
) -> bool:
    """A parameter that stands for an operator, which may be an action."""
    operator = entry.expr
    if isinstance(operator, ast.Lambda):
        env = {**entry.env, **application.substituted(operator.params, args, context)}
        e.step(operator.body, replace(context, env=env), label, False, rest, writer)
        return True
    if not isinstance(operator, ast.Name):
        return False
    call, env = application.call_of(e.c, operator, entry.env, args, context)
    if not e.reads_target(call, env):
        return False
    e.step(call, replace(context, env=env), label, False, rest, writer)
    return True


def _application(
    e: Enumeration, node: ast.Apply, context: Context, label: Label, opens: bool, rest: Chain, writer: Writer
) -> bool:
    if isinstance(node.operator, ast.Lambda):
        env = {**context.env, **application.substituted(node.operator.params, node.args, context)}
        e.step(node.operator.body, replace(context, env=env), label, False, rest, writer)
        return True
    key = builtin_key(node)
    if key is None:
        return _call(e, node.operator, node.args, context, label, opens, rest, writer)
    rule = _BUILTINS.get(key)
    return rule is not None and rule(e, node, context, label, opens, rest, writer)


def _equality(
    e: Enumeration, node: ast.Apply, context: Context, label: Label, _: bool, rest: Chain, writer: Writer
) -> bool:
    index = e.assigned_variable(node.args[0], context)
    if index is None:
        return False
    target = e.target(context)
    if index in target.values:
        value = e.c.value(node.args[1], context)
        test = e.c.mark(node, f"equal({e.c.read(index, target)}, {value})")
        with writer.block(f"if {test}:"):
            e.proceed(context, label, rest, writer)
        return True
    if not e.initial and e.variable(node.args[1], context.env) == index and isinstance(context.now, Whole):
        e.proceed(e.having(context, index, None), label, rest, writer)
        return True
    variable = e.c.fresh(f"n{index}")
    writer.line(f"{variable} = {expression.kept(e.c, node.args[1], context)}")
    e.proceed(e.having(context, index, variable), label, rest, writer)
    return True


def _membership(
    e: Enumeration, node: ast.Apply, context: Context, label: Label, _: bool, rest: Chain, writer: Writer
) -> bool:
    index = e.assigned_variable(node.args[0], context)
    if index is None or index in e.target(context).values:
        return False
    the_set = e.c.value(node.args[1], context)
    if builtin_key(node) == "\\subseteq":
        the_set = f"{e.c.operator('SUBSET')}({the_set})"
    variable = e.c.fresh(f"n{index}")
    source = e.c.mark(node.args[1], f"members({the_set})")
    with writer.block(f"for {variable} in {source}:"):
        e.proceed(e.having(context, index, variable), label, rest, writer)
    return True


def _implication(
    e: Enumeration, node: ast.Apply, context: Context, label: Label, _: bool, rest: Chain, writer: Writer
) -> bool:
    rest = e.fork(rest)
    with writer.block(f"if {e.c.condition(node.args[0], context)}:"):
        e.proceed(context, label, chain_of([Item(node.args[1], context.env)], rest), writer)
    with writer.block("else:"):
        e.proceed(context, label, rest, writer)
    return True


def _unchanged(
    e: Enumeration, node: ast.Apply, context: Context, label: Label, _: bool, rest: Chain, writer: Writer
) -> bool:
    item = Item(node.args[0], context.env, kind="unchanged")
    e.proceed(context, label, (item, rest), writer)
    return True


def _label(
    e: Enumeration, node: ast.Label, context: Context, label: Label, opens: bool, rest: Chain, writer: Writer
) -> bool:
    e.step(node.body, context, label, opens, rest, writer)
    return True


def _box(
    e: Enumeration, node: ast.ActionBox, context: Context, label: Label, _: bool, rest: Chain, writer: Writer
) -> bool:
    rest = e.fork(rest)
    e.step(node.action, context, label, False, rest, writer)
    item = Item(node.subscript, context.env, kind="unchanged")
    e.proceed(context, label, (item, rest), writer)
    return True


def _angle(
    e: Enumeration,
    node: ast.ActionAngle,
    context: Context,
    label: Label,
    _: bool,
    rest: Chain,
    writer: Writer,
) -> bool:
    item = Item(node.subscript, context.env, kind="changed")
    e.step(node.action, context, label, False, (item, rest), writer)
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

_RULES: dict[type[ast.Node], Rule] = {
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
