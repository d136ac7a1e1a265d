"""TLA+ expressions to Python text.

Each definition becomes a Python function of the states that it reads and of its parameters, in up to
two variants: one gives a value, one a Python truth value. Python truth values never become part of a
TLA+ value. What needs statements (binders, LET) becomes a function of its own, with the names that it
needs as parameters.

The fast code takes short cuts that Python may answer with KeyError, AttributeError or TypeError; the
careful code calls operators that say what is wrong. Where the fast code ends, both agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from aioformal.concrete import binder, condition, expression, tail
from aioformal.concrete.choices import forks, is_choice
from aioformal.concrete.context import (
    Context,
    Defined,
    Delayed,
    Entry,
    Env,
    Frame,
    Local,
    Partial,
    Passed,
    Substituted,
    Whole,
)
from aioformal.concrete.facts import Analysis, Facts
from aioformal.concrete.fault import RETRIED
from aioformal.concrete.recursion import OWN
from aioformal.concrete.runtime import NAMES
from aioformal.concrete.strict import Strictness
from aioformal.concrete.unit import SpanTable, Unit
from aioformal.concrete.writer import Writer
from aioformal.resolve.model import Model
from aioformal.resolve.traverse import rebuild
from aioformal.syntax import ast
from aioformal.value.fault import ValueFault
from aioformal.value.operators import OPERATORS
from aioformal.value.order import ordered
from aioformal.value.values import LazySet, Value

DEEPEST = 24
"""Nested Python expressions in one function. Python itself allows 200 parentheses."""

LEAVES = (ast.Name, ast.Number, ast.String, ast.Boolean, ast.At, ast.Decimal)


class Needs(Struct, frozen=True):
    """What a lifted function must be given: the two states or not, and Python variables."""

    now: bool
    following: bool
    captured: tuple[str, ...]


class Lifted(Struct, frozen=True):
    """A function under way: `header` its parameters, `arguments` what it is called with."""

    name: str
    header: tuple[str, ...]
    arguments: tuple[str, ...]
    context: Context

    def call(self, *more: str) -> str:
        return f"{self.name}({', '.join((*self.arguments, *more))})"

    def partial(self) -> str:
        """The function with everything given but its own parameters."""
        if not self.arguments:
            return self.name
        return f"partial({', '.join((self.name, *self.arguments))})"


class Compiler:
    """Makes functions on demand; `link` compiles what has been asked for since the last time."""

    def __init__(self, model: Model, analysis: Analysis, *, careful: bool) -> None:
        self.model = model
        self.careful = careful
        self.analysis = analysis
        self.definitions = model.flat.definitions
        self.strictness = Strictness(self.definitions)
        self.index = analysis.index
        own_next = model.flat.own_next
        self.names = (*model.variables, *own_next)
        """The variables, and behind them what has a next value of its own below ENABLED."""
        self.own_next = {key: i for i, key in enumerate(own_next, len(model.variables))}
        self.spans = SpanTable()
        self.globals: dict[str, Any] = {**NAMES, "NAMES": self.names}
        self.definition_of: dict[str, str] = {}
        """Generated function -> the TLA+ definition that it stands for."""
        self._functions: dict[str, str] = {}
        self._constants: dict[int, str] = {}
        self._waiting: list[Callable[[], None]] = []
        self._texts: list[str] = []
        self._count = 0
        self._reads: set[int] = set()
        self._kept: list[object] = []
        self._recursive: dict[str, tuple[str, ast.FunctionConstructor]] = {}

    # ------------------------------------------------------------ names and functions

    def fresh(self, prefix: str) -> str:
        """A Python name that is not used yet."""
        self._count += 1
        return f"{re.sub('[^A-Za-z0-9_]', '_', prefix)}_{self._count}"

    def global_value(self, value: object, prefix: str = "c") -> str:
        """A global Python name for a value; the same for the same object."""
        name = self._constants.get(id(value))
        if name is None:
            name = self._constants[id(value)] = self.fresh(prefix)
            self.globals[name] = value
            self._kept.append(value)
        return name

    def operator(self, key: str) -> str:
        """A global Python name for a strict built-in operator."""
        return self.global_value(OPERATORS[key].evaluate, "op")

    def function(self, name: str, header: Sequence[str], lines: Sequence[str]) -> None:
        """Adds a function to the text that is to be linked."""
        self._texts.append(f"def {name}({', '.join(header)}):\n" + "\n".join(lines or ["    pass"]) + "\n")

    def once_per(self, variant: str, prefix: str, make: Callable[[str], None]) -> str:
        """The function for a variant; `make(name)` is called later, and only the first time."""
        name = self._functions.get(variant)
        if name is None:
            name = self._functions[variant] = self.fresh(prefix)
            self._waiting.append(lambda: make(name))
        return name

    def statement(self, text: str) -> None:
        """Adds a statement to the text that is to be linked."""
        self._texts.append(text + "\n")

    def keep(self, node: object) -> None:
        """Keeps a node alive that was made here: nodes are told apart by identity."""
        self._kept.append(node)

    def with_local_self(self, key: str) -> tuple[str, ast.FunctionConstructor]:
        """A recursive function's right side in which the function is a local name."""
        known = self._recursive.get(key)
        if known is None:
            name = key + OWN
            known = self._recursive[key] = (name, _rebound(self.definitions[key].body, key, name))
        return known

    def leaf(self, leaf: object) -> str:
        """A global Python name for the end of a path through an action."""
        return self.global_value(leaf, "leaf")

    def forks(self, expr: ast.Expr) -> bool:
        return forks(expr, self.definitions)

    def is_choice(self, expr: ast.Expr) -> bool:
        return is_choice(expr, self.definitions)

    def constant_now(self, expr: ast.Expr) -> Value | None:
        """The value of a constant expression while compiling; None for any other, and where it fails."""
        if not self.analysis.of(expr).is_constant:
            return None
        name = self.fresh("constant")
        self.statement(f"def {name}(): return {self.value(expr, Context())}")
        self.link()
        try:
            return self.globals[name]()
        except RETRIED:
            return None

    def members_of_constant(self, expr: ast.Expr, most: int) -> tuple[Value, ...] | None:
        """The members of a constant set; None if it is none, or has more than `most`."""
        value = self.constant_now(expr)
        if isinstance(value, LazySet):
            try:
                value = value.freeze() if (value.size or most + 1) <= most or value.size == 0 else None
            except ValueFault:
                return None
        return ordered(value) if isinstance(value, frozenset) and len(value) <= most else None

    @contextmanager
    def tracking(self) -> Generator[set[int]]:
        """Collects the variables of the first state that code made meanwhile reads."""
        outer, self._reads = self._reads, set[int]()
        try:
            yield self._reads
        finally:
            outer |= self._reads
            self._reads = outer

    def note_reads(self, variables: Iterable[int]) -> None:
        """Called code reads these variables of the first state."""
        self._reads.update(variables)

    def variables_read(self, expr: ast.Expr, env: Env) -> frozenset[int]:
        """The variables that an expression reads, also by way of the names around it."""
        facts = self.analysis.of(expr)
        found = facts.now | facts.following
        for name in facts.names:
            entry = env.get(name)
            if isinstance(entry, Substituted):
                found |= self.variables_read(entry.expr, entry.env)
            elif isinstance(entry, Defined):
                found |= frozenset(self.index.values())
        return found

    def link(self) -> None:
        """Compiles all functions that have been asked for."""
        while self._waiting:
            self._waiting.pop()()
        if self._texts:
            unit = Unit("\n".join(self._texts), self.spans)
            self._texts.clear()
            exec(unit.compile(), self.globals)

    # ------------------------------------------------------------ expressions

    def mark(self, node: ast.Node, text: str) -> str:
        return self.spans.mark(node.span, text)

    def value(self, expr: ast.Expr, context: Context) -> str:
        """Python text for the TLA+ value of an expression."""
        if not isinstance(expr, LEAVES):
            if self.analysis.of(expr).is_constant:
                return self.constant(expr)
            if context.depth >= DEEPEST:
                return self.lift(expr, context, as_condition=False)
        return self.plain_value(expr, context)

    def plain_value(self, expr: ast.Expr, context: Context) -> str:
        if condition.is_condition(expr):
            return f"(TRUE if {self.condition(expr, context)} else FALSE)"
        text = expression.VALUES[type(expr)](self, expr, context.deeper())
        return text if isinstance(expr, LEAVES) else self.mark(expr, text)

    def condition(self, expr: ast.Expr, context: Context) -> str:
        """Python text for the truth value of an expression, as a Python bool."""
        if not isinstance(expr, LEAVES):
            if self.analysis.of(expr).is_constant:
                return self.constant_condition(expr)
            if context.depth >= DEEPEST:
                return self.lift(expr, context, as_condition=True)
        return self.plain_condition(expr, context)

    def plain_condition(self, expr: ast.Expr, context: Context) -> str:
        rule = condition.CONDITIONS.get(type(expr))
        text = rule(self, expr, context.deeper()) if rule else None
        if text is None:
            text = f"truth({self.value(expr, context.deeper())})"
        return self.mark(expr, text)

    def constant(self, expr: ast.Expr) -> str:
        """A constant expression: evaluated when first needed."""
        name = self.once_per(f"constant {id(expr)}", "k", lambda name: self._make_once(name, expr, False))
        self._kept.append(expr)
        return f"({name}.v or {name}())"

    def constant_condition(self, expr: ast.Expr) -> str:
        name = self.once_per(f"condition {id(expr)}", "k", lambda name: self._make_once(name, expr, True))
        self._kept.append(expr)
        return f"({name}.v if {name}.v is not None else {name}())"

    def _make_once(self, name: str, expr: ast.Expr, as_condition: bool) -> None:
        rule = self.fresh("once")
        writer = Writer()
        self.tail(expr, Context(), writer, as_condition)
        self.function(rule, (), writer.lines)
        self.statement(f"{name} = Once({rule})")

    def lift(self, expr: ast.Expr, context: Context, *, as_condition: bool) -> str:
        """A call of a function of its own that evaluates `expr`."""
        lifted = self.lifted("part", self.needs(self.analysis.of(expr), context.env), context)
        writer = Writer()
        self.tail(expr, lifted.context, writer, as_condition)
        self.function(lifted.name, lifted.header, writer.lines)
        return lifted.call()

    def lifted(self, prefix: str, needs: Needs, context: Context) -> Lifted:
        """A function that is called with what `needs` says, and the context inside."""
        name = self.fresh(prefix)
        header: list[str] = []
        arguments: list[str] = []
        now, following = context.now, context.following
        if needs.now:
            header.append("s")
            arguments.append(self.frame_text(now))
            now = inner_frame("s", now)
        if needs.following and following is not None:
            header.append("n")
            arguments.append(self.frame_text(following))
            following = inner_frame("n", following)
        inside = replace(context, now=now, following=following, depth=0, by_need=None)
        return Lifted(name, (*header, *needs.captured), (*arguments, *needs.captured), inside)

    def needs(self, facts: Facts, env: Env, seen: tuple[Defined, ...] = ()) -> Needs:
        """What the Python text of an expression with these facts needs from around it."""
        captured: dict[str, None] = {}
        now, following = bool(facts.now), bool(facts.following)
        for name in sorted(facts.names):
            entry = env.get(name)
            if isinstance(entry, Local | Delayed | Passed):
                captured[entry.text] = None
                continue
            inner = self._needs_of_entry(entry, seen)
            captured.update(dict.fromkeys(inner.captured))
            now, following = now or inner.now, following or inner.following
        return Needs(now, following, tuple(captured))

    def _needs_of_entry(self, entry: Entry | None, seen: tuple[Defined, ...]) -> Needs:
        """A name that stands for an expression may also be primed."""
        if isinstance(entry, Substituted):
            inner = self.needs(self.analysis.of(entry.expr), entry.env, seen)
        elif isinstance(entry, Defined) and not any(entry is other for other in seen):
            facts = self.analysis.of(entry.body).without(p.name for p in entry.params)
            inner = self.needs(facts, entry.env, (*seen, entry))
        else:
            return Needs(False, False, ())
        return Needs(inner.now, inner.now or inner.following, inner.captured)

    def read(self, index: int, frame: Frame | None) -> str:
        """The value of a variable in a state."""
        name = self.names[index]
        match frame:
            case None:
                return f"unsupported({f'{name} is read where there is no state'!r})"
            case Whole(text, checked=True):
                self.note_reads((index,))
                return f"have({text}, {index}, NAMES)"
            case Whole(text):
                self.note_reads((index,))
                return f"{text}[{index}]"
            case Partial():
                if frame.values.get(index, "") is None:
                    self.note_reads((index,))
                return frame.text_of(index) or f"unset({name!r})"

    def frame_text(self, frame: Frame | None) -> str:
        """A state as an argument: a tuple with None where a variable has no value."""
        match frame:
            case None:
                return "None"
            case Whole(text):
                return text
            case Partial():
                self.note_reads(i for i, text in frame.values.items() if text is None)
                return "(" + "".join(f"{frame.text_of(i)}, " for i in range(frame.size)) + ")"

    def tail(self, expr: ast.Expr, context: Context, writer: Writer, as_condition: bool) -> None:
        """Statements that return what `expr` evaluates to."""
        if not writer.is_deep:
            rule = tail.TAILS.get(type(expr)) or binder.TAILS.get(type(expr))
            if rule is not None and rule(self, expr, context, writer, as_condition):
                return
        if as_condition:
            writer.line(f"return {self.plain_condition(expr, context)}")
        else:
            writer.line(f"return {self.plain_value(expr, context)}")


def inner_frame(text: str, outer: Frame | None) -> Whole:
    """A state as a function sees it that it was handed to."""
    return Whole(text, checked=not isinstance(outer, Whole) or outer.checked)


def _rebound(body: ast.Expr, key: str, name: str) -> ast.FunctionConstructor:
    def change(node: ast.Node) -> ast.Node:
        if isinstance(node, ast.Name) and node.binding == definition:
            return replace(node, binding=ast.Binding(ast.BindingKind.LOCAL, name))
        return node

    definition = ast.Binding(ast.BindingKind.DEFINITION, key)
    rebound = rebuild(body, change)
    assert isinstance(rebound, ast.FunctionConstructor)
    return rebound
