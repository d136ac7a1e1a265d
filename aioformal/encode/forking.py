"""Which tests the reference semantics takes for choices, and what is behind the names in them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from aioformal.encode.free import Summaries
from aioformal.encode.let import let_scope
from aioformal.encode.patterns import builtin_key
from aioformal.encode.scope import Bound, Closure, Scope, Thunk
from aioformal.encode.sources import elements_of_set, most_elements
from aioformal.encode.translator import Translator
from aioformal.resolve.model import Definition
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

MOST_UNROLLED = 256
"""Over more members, `\\A` is one test."""

MOST_ENUMERATED = 4096
"""A set that may have more members is not counted: it has too many anyhow."""


class Entered(Struct, frozen=True):
    """The body of what is applied, and a scope in which `params` stand for the arguments."""

    body: ast.Expr
    scope: Scope
    params: tuple[str, ...] = ()
    recursive: bool = False


class Forking:
    def __init__(self, translator: Translator, summaries: Summaries) -> None:
        self.t = translator
        self._summaries = summaries
        self._definitions = translator.model.flat.definitions
        self._few: dict[int, tuple[bool, ast.Node]] = {}

    def forks(self, expr: ast.Expr, scope: Scope) -> bool:
        """Whether an expression may be true in several ways. Nothing is evaluated, so nothing fails."""
        with self.t.path.isolated():
            return self._forks(expr, scope, frozenset())

    def _forks(self, expr: ast.Expr, scope: Scope, seen: frozenset[int]) -> bool:
        match expr:
            case ast.Junction(kind="\\/") | ast.Quantifier(kind="\\E") | ast.ActionBox():
                return True
            case ast.Quantifier(body=body):
                return self._is_choice(body, frozenset()) and self.is_few(expr)
            case ast.ActionAngle(action=action):
                return self._forks(action, scope, seen)
            case ast.Let(body=body):
                return self._forks(body, let_scope(self.t, expr, scope), seen)
            case ast.Name() | ast.Apply() if _key(expr) is None:
                entered = self.behind(expr, scope)
                if entered is None or id(entered.body) in seen:
                    return False
                return self._forks(entered.body, entered.scope, seen | {id(entered.body)})
            case _:
                return _key(expr) == "\\/" or any(self._forks(part, scope, seen) for part in _parts(expr))

    def _is_choice(self, expr: ast.Expr, seen: frozenset[str]) -> bool:
        """Whether there is a `\\/` or `\\E` in a body, whatever local names stand for."""
        match expr:
            case ast.Junction(kind="\\/") | ast.Quantifier(kind="\\E"):
                return True
            case ast.Quantifier(body=body) | ast.Let(body=body):
                return self._is_choice(body, seen)
            case _:
                pass
        name = expr.operator if isinstance(expr, ast.Apply) else expr
        match name:
            case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
                return key not in seen and self._is_choice(self._definitions[key].body, seen | {key})
            case _:
                return _key(expr) == "\\/" or any(self._is_choice(part, seen) for part in _parts(expr))

    def is_few(self, expr: ast.Quantifier) -> bool:
        """Whether `\\A` is over constant sets with few members."""
        known = self._few.get(id(expr))
        if known is None:
            size = 1
            for bound in expr.bounds:
                size *= self._members(bound)
            known = self._few[id(expr)] = size <= MOST_UNROLLED, expr
        return known[0]

    def _members(self, bound: ast.Bound) -> int:
        """How many values the names of a bound take together; too many where that depends on anything."""
        if bound.is_tuple or bound.domain is None or not self._summaries.is_constant(bound.domain):
            return MOST_UNROLLED + 1
        with self.t.path.isolated():
            # What is constant needs no names.
            members = self.t.value(bound.domain, {})
            most = most_elements(self.t.path, members)
            if most is None or most > MOST_ENUMERATED:
                return MOST_UNROLLED + 1
            return len(elements_of_set(self.t.path, members)) ** len(bound.names)

    # ------------------------------------------------------------ what is behind a name

    def behind(self, expr: ast.Name | ast.Apply, scope: Scope) -> Entered | None:
        """What is entered for a name or an application: a definition; and what a local name stands for if
        it looks at the state that is being made. None for all else."""
        args = expr.args if isinstance(expr, ast.Apply) else ()
        match expr.operator if isinstance(expr, ast.Apply) else expr:
            case ast.Lambda(params=params, body=body):
                return self._applied(Closure("LAMBDA", params, body, scope), args, scope)
            case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
                return self._applied(self._definitions[key], args, scope)
            case ast.Name(binding=ast.Binding(kind=BindingKind.LOCAL, key=key)):
                entered = self._local(scope.get(key), args, scope)
                return entered if entered is not None and self._looks_ahead(entered) else None
            case _:
                return None

    def _local(self, bound: Bound | None, args: Sequence[ast.Expr], scope: Scope) -> Entered | None:
        match bound:
            case Thunk(expr=expr, scope=inner, primed=False):
                return Entered(expr, inner) if self._is_open(bound) else None
            case Closure() | Definition():
                return self._applied(bound, args, scope)
            case _:
                return None

    def _applied(self, called: Closure | Definition, args: Sequence[ast.Expr], scope: Scope) -> Entered:
        names = {
            param.name: self.t.argument(arg, scope, param.arity)
            for param, arg in zip(called.params, args, strict=True)
        }
        outer: Scope = called.scope if isinstance(called, Closure) else {}
        values = tuple(param.name for param in called.params if not param.arity)
        return Entered(called.body, {**outer, **names}, values, called.recursive)

    def _is_open(self, thunk: Thunk) -> bool:
        """Whether a name stands for an expression. One from LET is worth a value where all that its text
        looks at was there."""
        if thunk.given is None:
            return True
        text = self._summaries.in_text(thunk.expr)
        if self.t.initializing:
            return not text.plain | text.primed <= thunk.given.keys()
        return bool(text.primed)

    def _looks_ahead(self, entered: Entered) -> bool:
        if self.t.initializing:
            return bool(self._summaries.variables(entered.body, entered.scope))
        return bool(self._summaries.primed(entered.body, entered.scope))


def _key(expr: ast.Expr) -> str | None:
    return builtin_key(expr) if isinstance(expr, ast.Apply) else None


def _parts(expr: ast.Expr) -> Sequence[ast.Expr]:
    """The parts of an action that are actions themselves."""
    match expr:
        case ast.Junction(items=items):
            return items
        case ast.If(then=then, otherwise=otherwise):
            return then, otherwise
        case ast.Case(arms=arms, other=other):
            return (*(arm.value for arm in arms), *([other] if other else []))
        case ast.Label(body=body):
            return (body,)
        case ast.Apply(args=args) if _key(expr) == "/\\":
            return args
        case ast.Apply(args=args) if _key(expr) == "=>":
            return (args[1],)
        case _:
            return ()
