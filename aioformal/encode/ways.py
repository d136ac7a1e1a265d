"""Tests as the reference semantics reads them: whether they are true, and in how many ways.

A test in an action assigns nothing. But every disjunct and every member of `\\E` that makes it true is a
way on of its own, to successors equal to those of the others. All of them are looked at, whether one
before is true or not, so what fails in any of them is a failure of the action. Who counts generated states
needs the number of ways; who only asks what the successors are does not. All this holds until every variable
has its value: what comes then is a formula and no more (`Walker`), as in TLC.

The oracle forks at what is written as `\\/`, `\\E`, `[A]_v`; through IF, CASE, `=>`, LET and definitions; and
at `\\A` over a constant set. What a local name stands for it takes apart only where that looks at the state
which is being made. Everything else is true in one way or none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from aioformal.diagnostic import DiagnosticError
from aioformal.encode import logic
from aioformal.encode.binding import rows_of, scopes_of
from aioformal.encode.choice import select
from aioformal.encode.forking import Entered, Forking
from aioformal.encode.let import let_scope
from aioformal.encode.patterns import builtin_key, operands
from aioformal.encode.scope import Bound, Scope
from aioformal.encode.sources import known_values, listed
from aioformal.encode.symbols import Const, SymInt, SymUnion, Undefined
from aioformal.encode.translator import Translator
from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.syntax import ast

ONE = ir.integer(1)
NONE = ir.integer(0)

Counted = tuple[Term, Term]
"""Whether something is true; and if so, in how many ways."""

NEVER: Counted = (ir.false, ONE)
"""Also of what is not looked at."""

MOST_NESTED = 40
"""How often the oracle takes a recursive definition apart within itself."""


class Ways:
    """Counts tests in the frame that the translator looks at, under its path. Without `counting`, the
    numbers mean nothing."""

    def __init__(self, translator: Translator, forking: Forking, *, counting: bool) -> None:
        self.t = translator
        self._counting = counting
        self.forking = forking
        self._depth: Counter[int] = Counter()
        self._apart: set[int] = set()

    def unless_too_many(self, expr: ast.Expr, scope: Scope) -> Counted | None:
        """A test and its ways; None where they are too many for one term, but inputs can choose among them.
        Raises encode.unsupported where neither is so."""
        try:
            return self.of(expr, scope)
        except DiagnosticError:
            if id(expr) in self._apart or not self.forking.forks(expr, scope):
                raise
            return None

    @contextmanager
    def taken_apart(self, expr: ast.Expr) -> Generator[None]:
        """The ways of a test are made ways of the action inside. What is then no choice has no ways."""
        self._apart.add(id(expr))
        try:
            yield
        finally:
            self._apart.discard(id(expr))

    def of(self, expr: ast.Expr, scope: Scope) -> Counted:
        if not self.forking.forks(expr, scope):
            return self.t.truth(expr, scope), ONE
        with self.t.path.at(expr.span):
            self.t.path.spend(1)
            return self._structure(expr, scope)

    def _structure(self, expr: ast.Expr, scope: Scope) -> Counted:
        match expr:
            case ast.Junction(kind="/\\", items=items):
                return self._all(items, scope)
            case ast.Junction(items=items):
                return self._any(items, scope)
            case ast.Quantifier(kind="\\E"):
                return self._exists(expr, scope)
            case ast.Quantifier():
                return self._for_all(expr, scope)
            case ast.If():
                condition = self.t.truth(expr.condition, scope)
                return self._either(condition, (expr.then, expr.otherwise), scope)
            case ast.Case():
                return self._case(expr, scope)
            case ast.Let():
                return self.of(expr.body, let_scope(self.t, expr, scope))
            case ast.Label(body=body):
                return self.of(body, scope)
            case ast.ActionBox(action=action, subscript=subscript):
                stays = logic.unchanged(self.t, subscript, scope)
                return _summed([self.of(action, scope), (stays, ONE)])
            case ast.ActionAngle(action=action, subscript=subscript):
                return self._moves(action, subscript, scope)
            case ast.Name() | ast.Apply():
                return self._applied(expr, scope)
            case _:
                return self.t.truth(expr, scope), ONE

    # ------------------------------------------------------------ connectives and binders

    def _all(self, items: Sequence[ast.Expr], scope: Scope) -> Counted:
        return self._conjunction([(item, scope) for item in items])

    def _conjunction(self, items: Sequence[tuple[ast.Expr, Scope]]) -> Counted:
        """Each item is looked at where those before it are true."""
        truths: list[Term] = []
        product = ONE
        with self.t.path.under():
            for item, scope in items:
                truth, ways = self.of(item, scope)
                if truth is ir.false:
                    return NEVER
                truths.append(truth)
                product = ir.mul(product, ways)
                self.t.path.assume(truth)
        return ir.and_(*truths), product

    def _any(self, items: Sequence[ast.Expr], scope: Scope) -> Counted:
        return _summed([self.of(item, scope) for item in items])

    def _exists(self, expr: ast.Quantifier, scope: Scope) -> Counted:
        """A member that is listed twice counts once; whether any is true does not depend on that."""
        truths: list[Term] = []
        total = NONE
        for inner, guard, first in rows_of(self.t, expr.bounds, scope, once=self._counting):
            truth, ways = self._where(guard, expr.body, inner)
            truths.append(ir.and_(guard, truth))
            total = ir.add(total, ir.ite(ir.and_(truths[-1], first), ways, NONE))
        return ir.or_(*truths), total

    def _for_all(self, expr: ast.Quantifier, scope: Scope) -> Counted:
        """Over a constant set, the members of which are all in."""
        instances = [inner for inner, _ in scopes_of(self.t, expr.bounds, scope)]
        return self._conjunction([(expr.body, inner) for inner in instances])

    def _moves(self, action: ast.Expr, subscript: ast.Expr, scope: Scope) -> Counted:
        truth, ways = self.of(action, scope)
        with self.t.path.under(truth):
            stays = logic.unchanged(self.t, subscript, scope)
        return ir.and_(truth, ir.not_(stays)), ways

    # ------------------------------------------------------------ branches

    def _where(self, condition: Term, expr: ast.Expr, scope: Scope) -> Counted:
        """An expression where a condition holds. It is not looked at where that cannot be: so recursion
        comes to its end."""
        if condition is ir.false:
            return NEVER
        with self.t.path.under(condition):
            return self.of(expr, scope)

    def _either(self, condition: Term, branches: tuple[ast.Expr, ast.Expr], scope: Scope) -> Counted:
        truth, ways = self._where(condition, branches[0], scope)
        other, others = self._where(ir.not_(condition), branches[1], scope)
        return ir.ite(condition, truth, other), ir.ite(condition, ways, others)

    def _case(self, expr: ast.Case, scope: Scope) -> Counted:
        options: list[tuple[Term, Counted]] = []
        rest = ir.true
        for arm in expr.arms:
            with self.t.path.under(rest):
                guard = self.t.truth(arm.guard, scope)
            here = ir.and_(rest, guard)
            options.append((here, self._where(here, arm.value, scope)))
            rest = ir.and_(rest, ir.not_(guard))
        if expr.other is not None:
            options.append((rest, self._where(rest, expr.other, scope)))
        else:
            self.t.path.fail(rest, "eval.partial", "no arm of CASE applies")
        return _selected(options)

    def _implication(self, expr: ast.Apply, scope: Scope) -> Counted:
        premise = self.t.truth(expr.args[0], scope)
        truth, ways = self._where(premise, expr.args[1], scope)
        return ir.implies(premise, truth), ir.ite(premise, ways, ONE)

    # ------------------------------------------------------------ names and applications

    def _applied(self, expr: ast.Name | ast.Apply, scope: Scope) -> Counted:
        if isinstance(expr, ast.Apply):
            match builtin_key(expr):
                case "/\\":
                    return self._all(operands(expr, "/\\"), scope)
                case "\\/":
                    return self._any(operands(expr, "\\/"), scope)
                case "=>":
                    return self._implication(expr, scope)
                case _:
                    pass
        entered = self.forking.behind(expr, scope)
        if entered is None:
            return self.t.truth(expr, scope), ONE
        if entered.recursive:
            return self._recursion(expr, scope, entered)
        return self.of(entered.body, entered.scope)

    def _recursion(self, expr: ast.Expr, scope: Scope, entered: Entered) -> Counted:
        """Far down, a call is a test like any other, also to the oracle."""
        body = id(entered.body)
        if self._depth[body] > MOST_NESTED:
            return self.t.truth(expr, scope), ONE
        self._depth[body] += 1
        try:
            return self._known(entered, dict(entered.scope), entered.params)
        finally:
            self._depth[body] -= 1

    def _known(self, entered: Entered, scope: dict[str, Bound], names: Sequence[str]) -> Counted:
        """The body for arguments that are known: only with these it is seen where a recursion ends."""
        if not names:
            return self.of(entered.body, scope)
        value = listed(self.t.path, self.t.force(scope[names[0]]))
        if isinstance(value, Undefined):
            return NEVER
        if not isinstance(value, SymInt | SymUnion):
            return self._known(entered, {**scope, names[0]: value}, names[1:])
        options: list[tuple[Term, Counted]] = []
        for one, guard in known_values(self.t.path, value).items():
            with self.t.path.under(guard):
                options.append((guard, self._known(entered, {**scope, names[0]: Const(one)}, names[1:])))
        return _selected(options)


def _summed(ways: Sequence[Counted]) -> Counted:
    total = NONE
    for truth, number in ways:
        total = ir.add(total, ir.ite(truth, number, NONE))
    return ir.or_(*(truth for truth, _ in ways)), total


def _selected(options: Sequence[tuple[Term, Counted]]) -> Counted:
    """What belongs to the condition that holds; conditions exclude each other."""
    live = [(condition, counted) for condition, counted in options if condition is not ir.false]
    if not live:
        return NEVER
    truth = ir.or_(*(ir.and_(condition, true) for condition, (true, _) in live))
    return truth, select([(condition, number) for condition, (_, number) in live])
