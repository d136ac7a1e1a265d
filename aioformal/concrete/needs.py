"""What can be asked about a disjunct before it is evaluated, so that no failure is missed.

A conjunct that is false ends a path, and nothing after it is looked at; what fails before it is a failure
of the action. So a later test may rule a disjunct out only where all that comes before it has been seen to
succeed, or cannot fail. Tests of one variable are made once for each of its values; each says true, false,
or that it fails. Tests of several are made together, in order.

The walk below follows the order of evaluation and ends at the first part whose failure nobody would see. A
disjunction is walked on along each of its ways: all are looked at, whether one before is true or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field

from aioformal.concrete import binder
from aioformal.concrete.action import Enumeration, every_way_call
from aioformal.concrete.choices import conjuncts, defined_by, disjuncts
from aioformal.concrete.clause import Scoped
from aioformal.concrete.condition import builtin_key, is_condition
from aioformal.concrete.context import Context, Env, Local, Substituted, Whole
from aioformal.concrete.path import Item
from aioformal.syntax import ast
from aioformal.value.values import ModelValue

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler

MOST_GUARDS = 32

MOST_MEMBERS = 4096
"""So large may a constant set be for it to be enumerated beforehand."""


class Test(Struct, frozen=True):
    """A test of the variables `reads`, or that a bound's set can be enumerated."""

    text: str
    reads: frozenset[int]
    is_total: bool


class Every(Struct, frozen=True):
    """Tests made one after the other, up to the first that is false."""

    parts: tuple[Part, ...]

    def about(self, variable: int) -> tuple[str, bool] | None:
        """Python text for what is said of one variable, and whether it cannot fail; None if nothing is."""
        found = [said for part in self.parts if (said := _about(part, variable)) is not None]
        if not found:
            return None
        return f"({' and '.join(text for text, _ in found)})", all(is_total for _, is_total in found)


class Some(Struct, frozen=True):
    """Ways of which all are looked at."""

    ways: tuple[Every, ...]

    def about(self, variable: int) -> tuple[str, bool] | None:
        known = [way.about(variable) for way in self.ways]
        said = [one for one in known if one is not None]
        is_total = all(is_total for _, is_total in said)
        # A way of which nothing is said leaves everything open, except where another fails.
        if not said or (is_total and len(said) < len(known)):
            return None
        texts = [one[0] if one else "True" for one in known]
        return f"({(' or ' if is_total else ' | ').join(texts)})", is_total


Part: TypeAlias = "Test | Every | Some"


def _about(part: Part, variable: int) -> tuple[str, bool] | None:
    if not isinstance(part, Test):
        return part.about(variable)
    return (part.text, part.is_total) if part.reads <= {variable} else None


class Walk(Struct):
    """The tests on the way through the conjuncts of a disjunct.

    `tests`: those for single variables. `guards`: the others, None where they are not collected. `seen`:
    whether `tests` see every failure before this place; `open`: whether they or `guards` do.
    """

    c: Compiler
    enumeration: Enumeration
    guards: list[Scoped] | None = None
    tests: list[Part] = field(default_factory=list["Part"])
    seen: bool = True
    open: bool = True

    def through(self, items: Sequence[Item]) -> None:
        for item in items:
            self.take(item.expr, item.env)

    def need(self, variable: int) -> str | None:
        """What the value of one variable decides."""
        said = Every(tuple(self.tests)).about(variable)
        return None if said is None else said[0]

    def take(self, expr: ast.Expr, env: Env) -> None:
        """The next conjunct."""
        if not self.open:
            return
        if len(parts := conjuncts(expr)) > 1:
            for part in parts:
                self.take(part, env)
        elif self.c.analysis.of(expr).volatile:
            self._close()
        elif not self.enumeration.reads_target(expr, env) and self._is_known(expr, env):
            self._test(expr, env)
        else:
            self._enter(expr, env)

    def _close(self) -> None:
        self.seen = self.open = False

    def _test(self, expr: ast.Expr, env: Env) -> None:
        """A test that looks at nothing but the first state and values that are known."""
        reads = self.c.variables_read(expr, env)
        is_total = self._is_total(expr, env)
        if len(reads) < 2:
            if self.seen:
                self.tests.append(
                    Test(text_of_test(self.c, Scoped(expr, env), is_total=is_total), reads, is_total)
                )
            if not self.seen or not (reads or is_total):
                self._guard(expr, env)
            return
        self._guard(expr, env)
        if self.seen:
            inside = Walk(self.c, self.enumeration)
            inside._enter(expr, env)
            self.tests += inside.tests
            if not (inside.open or is_total):
                self.seen = False
                self.open = self.open and self.guards is not None

    def _guard(self, expr: ast.Expr, env: Env) -> None:
        if self.guards is None:
            return
        if len(self.guards) < MOST_GUARDS:
            self.guards.append(Scoped(expr, env))
        else:
            self._close()

    # ------------------------------------------------------------ what is made of parts

    def _enter(self, expr: ast.Expr, env: Env) -> None:
        """The parts of a conjunct that is no test, or is one of too much."""
        definition = defined_by(expr, self.c.definitions)
        if len(parts := disjuncts(expr)) > 1:
            self._fork(parts, env)
        elif definition is not None and not definition.recursive:
            args = expr.args if isinstance(expr, ast.Apply) else ()
            pairs = zip(definition.params, args, strict=True)
            self.take(definition.body, {p.name: Substituted(a, env) for p, a in pairs})
        elif isinstance(expr, ast.Label):
            self.take(expr.body, env)
        elif isinstance(expr, ast.Quantifier) and expr.kind == "\\E":
            self._choose(expr, env)
        elif not self._is_total(expr, env):
            self._close()

    def _fork(self, parts: Sequence[ast.Expr], env: Env) -> None:
        ways: list[Every] = []
        is_open = True
        for part in parts:
            way = Walk(self.c, self.enumeration)
            way.take(part, env)
            ways.append(Every(tuple(way.tests)))
            is_open = is_open and way.open
        if self.seen:
            self.tests.append(Some(tuple(ways)))
        if not (is_open and self.seen):
            self._close()

    def _choose(self, expr: ast.Quantifier, env: Env) -> None:
        """`\\E`: the sets, and then what is said whatever is chosen from them."""
        context = Context(env, Whole("s"))
        names = {name.name for bound in expr.bounds for name in bound.names}
        inside = {name: entry for name, entry in env.items() if name not in names}
        for bound in expr.bounds:
            domain = None if bound.is_tuple else bound.domain
            if domain is not None and self.c.members_of_constant(domain, MOST_MEMBERS) is not None:
                continue
            if domain is None or not (self.seen and self._is_stored(domain, env)):
                self._close()
                return
            text = f"({binder.enumerated(self.c, bound, context, again=True)} is not None)"
            self.tests.append(Test(text, self.c.variables_read(domain, env), is_total=False))
        self.take(expr.body, inside)

    def _is_stored(self, expr: ast.Expr, env: Env) -> bool:
        """Whether a set is part of a variable's value, so that it is cheap to enumerate, and no other
        variable decides where it is."""
        if len(self.c.variables_read(expr, env)) != 1 or not self._is_known(expr, env):
            return False
        while not isinstance(expr, ast.Name):
            match expr:
                case ast.FunctionApply(function=inner) | ast.FieldAccess(record=inner):
                    expr = inner
                case _:
                    return False
        return expr.binding is not None and expr.binding.kind is ast.BindingKind.VARIABLE

    # ------------------------------------------------------------ what is sure

    def _is_known(self, expr: ast.Expr, env: Env) -> bool:
        """Whether every name in an expression is known."""
        for name in self.c.analysis.of(expr).names:
            entry = env.get(name)
            if isinstance(entry, Substituted):
                if not self._is_known(entry.expr, entry.env):
                    return False
            elif entry is None:
                return False
        return True

    def _is_total(self, expr: ast.Expr, env: Env) -> bool:
        """Whether a formula is true or false in every state, whatever kind of values the variables have."""
        key = builtin_key(expr)
        if isinstance(expr, ast.Boolean):
            return True
        if isinstance(expr, ast.Junction):
            return all(self._is_total(item, env) for item in expr.items)
        if not isinstance(expr, ast.Apply) or key is None or not is_condition(expr):
            return False
        if key in ("/\\", "\\/", "=>", "<=>", "~"):
            return all(self._is_total(arg, env) for arg in expr.args)
        # A model value compares with everything.
        is_plain = key in ("=", "#") and all(self._is_plain(arg, env) for arg in expr.args)
        return is_plain and any(self._is_model_value(arg) for arg in expr.args)

    def _is_plain(self, expr: ast.Expr, env: Env) -> bool:
        """Whether an expression is a value that is there."""
        if not isinstance(expr, ast.Name) or expr.binding is None:
            return isinstance(expr, ast.Number | ast.String | ast.Boolean)
        match expr.binding.kind:
            case ast.BindingKind.VARIABLE:
                return True
            case ast.BindingKind.CONSTANT:
                return expr.binding.key in self.c.model.constants
            case ast.BindingKind.LOCAL:
                entry = env.get(expr.binding.key)
                if isinstance(entry, Substituted):
                    return self._is_plain(entry.expr, entry.env)
                # A name that is not known is bound around: it has a value there.
                return entry is None or isinstance(entry, Local)
            case _:
                return False

    def _is_model_value(self, expr: ast.Expr) -> bool:
        binding = expr.binding if isinstance(expr, ast.Name) else None
        if binding is None or binding.kind is not ast.BindingKind.CONSTANT:
            return False
        return isinstance(self.c.model.constants.get(binding.key), ModelValue)


def text_of_test(c: Compiler, scoped: Scoped, *, is_total: bool = False) -> str:
    """Python text for a test on the state `s`, as an action makes it: it looks at every way to be true."""
    context = Context(scoped.env, Whole("s"))
    if is_total or not c.forks(scoped.expr):
        return c.condition(scoped.expr, context)
    return every_way_call(c, scoped.expr, context)
