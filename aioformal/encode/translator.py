"""Expressions of the resolved syntax tree as symbolic values: names, calls, and what is remembered.

What each form of expression means is said in `logic`, `structures`, `sets` and `builtins`; `expressions` puts
them into one table. Definitions are unfolded; arguments are evaluated when they are needed, once, and their
failures are repeated under the path of every use.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from aioformal.encode.choice import as_bool, choose
from aioformal.encode.free import Summaries
from aioformal.encode.path import Path
from aioformal.encode.recursion import Recursion
from aioformal.encode.scope import Bound, Builtin, Closure, Frame, Operator, Remembered, Scope, Thunk
from aioformal.encode.sources import known_values, listed
from aioformal.encode.symbols import UNDEFINED, Const, Sym, SymInt, SymUnion, Undefined, kind_of
from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.resolve.model import Definition, Model
from aioformal.syntax import ast
from aioformal.value.values import Value

Step = TypeVar("Step", contravariant=True)

Known = Mapping[Value, Term]
"""The values that something can have, each with its condition."""

Supplier = Callable[[], Sym]
"""An argument of a built-in operator, evaluated by calling it."""


class EventReader(Protocol[Step]):
    """Says whether a step is one of an action."""

    def happens(self, action: ast.Expr, scope: Scope, step: Step) -> Term | None: ...


class Translator:
    """Translates the expressions of one model. `frame` says which states are looked at, `primed` that
    expressions are about the next one. While `initializing` there is only one state, in the making."""

    def __init__(
        self,
        model: Model,
        handlers: Mapping[type, Callable[..., Sym]],
        builtins: Mapping[str, Callable[..., Sym]],
        *,
        looping: bool = False,
    ) -> None:
        self.model = model
        self.path = Path()
        self.frame = Frame({})
        self.primed = False
        self.initializing = False
        self.looping = looping
        """Whether quantifiers over very many members become loops."""
        self.within_loop = False
        """Whether what is looked at is the body of one."""
        self.loops_decided: dict[int, tuple[ast.Quantifier, bool]] = {}
        """Whether a long quantifier is a loop, by its identity."""
        self._loops = 0
        self.looked_ahead = False
        """Whether something in the making was read since this was last set to False."""
        self._handlers = handlers
        self._builtins = builtins
        self.recursion = Recursion(self.path)
        self.below_enabled: Summaries | None = None
        """What the arguments of ENABLED speak of."""
        self._event: Callable[[ast.Expr, Scope], Term | None] | None = None

    # ------------------------------------------------------------ expressions

    def value(self, expr: ast.Expr, scope: Scope) -> Sym:
        """What an expression is worth. Raises encode.unsupported."""
        before = self.path.span
        self.path.span = expr.span
        self.path.spend(1)
        try:
            return self._handlers[type(expr)](self, expr, scope)
        finally:
            self.path.span = before

    def truth(self, expr: ast.Expr, scope: Scope) -> Term:
        """A boolean expression as a term; false, with a failure, where it is something else."""
        value = self.value(expr, scope)
        with self.path.at(expr.span):
            return self.as_truth(value)

    def as_truth(self, sym: Sym) -> Term:
        if isinstance(sym, Undefined):
            return ir.false
        if isinstance(sym, SymUnion):
            return ir.or_(*(self._under(g, s) for g, s in sym.alternatives))
        if kind_of(sym) == "boolean":
            return as_bool(sym)
        self.path.fail(ir.true, "eval.kind", f"a boolean is needed here, not a {kind_of(sym)}")
        return ir.false

    def _under(self, guard: Term, sym: Sym) -> Term:
        with self.path.under(guard):
            return ir.and_(guard, self.as_truth(sym))

    @contextmanager
    def looped(self) -> Generator[None]:
        """Look at the body of a loop."""
        before, self.within_loop = self.within_loop, True
        try:
            yield
        finally:
            self.within_loop = before

    def number_of_loop(self) -> int:
        """One that no other loop has."""
        self._loops += 1
        return self._loops

    def variable(self, name: str) -> Sym:
        """The value of a state variable where it is looked at now."""
        if not (self.primed or self.initializing):
            return self.frame.state[name]
        self.looked_ahead = True
        value = self.frame.next.get(name)
        if value is None:
            prime = "" if self.initializing else "'"
            self.path.fail(ir.true, "eval.unassigned", f"{name}{prime} is used before it has a value")
            return UNDEFINED
        return value

    def own_next(self, key: str) -> Sym | None:
        """The value of a definition that has next values of its own below ENABLED, where one is looked at;
        None where its body says what it is worth."""
        if self.primed and self.frame.enabled:
            return self.variable(key)
        return None if self.primed or self.initializing else self.frame.state.get(key)

    @contextmanager
    def ahead(self) -> Generator[None]:
        """Look at the next state: what a prime does."""
        before, self.primed = self.primed, True
        try:
            yield
        finally:
            self.primed = before

    @contextmanager
    def holding(self, events: EventReader[Step], step: Step) -> Generator[None]:
        """Hold the events of ordering rules against a step."""
        before = self._event
        self._event = lambda action, scope: events.happens(action, scope, step)
        try:
            yield
        finally:
            self._event = before

    def happens(self, node: ast.ActionAngle, scope: Scope) -> Term | None:
        """That `<<A>>_v` is true of the step that events are held against; None for what is no event, or
        has to be read as a formula."""
        history = self.model.history
        if self._event is None or history is None or node.subscript is not history.own:
            return None
        if self.primed or self.frame.enabled:
            return None
        return self._event(node.action, scope)

    @contextmanager
    def looking(self, frame: Frame, primed: bool = False) -> Generator[None]:
        """Look at other states."""
        before = self.frame, self.primed
        self.frame, self.primed = frame, primed
        try:
            yield
        finally:
            self.frame, self.primed = before

    @contextmanager
    def limited(self, steps: int) -> Generator[None]:
        """Translate one formula, which gets so many steps and a share of recursive calls of its own: what
        one takes must not be missing to the next."""
        before, self.recursion = self.recursion, Recursion(self.path)
        try:
            with self.path.limited(steps):
                yield
        finally:
            self.recursion = before

    # ------------------------------------------------------------ what is evaluated once

    def isolated(self, evaluate: Supplier, kept: object = None) -> Remembered:
        """Evaluate relative to the path here; remembers whether the result depends on this very frame."""
        before, self.looked_ahead = self.looked_ahead, False
        try:
            with self.path.isolated() as failures:
                value = evaluate()
            frame = self.frame if self.looked_ahead and not self.frame.settled else None
        finally:
            self.looked_ahead = self.looked_ahead or before
        return Remembered(value, tuple(failures), frame, kept)

    def reuse(self, known: Remembered) -> Sym:
        if known.frame is not None:
            self.looked_ahead = True
        self.path.repeat(known.failures)
        return known.value

    def is_good(self, known: Remembered | None) -> bool:
        return known is not None and (known.frame is None or known.frame is self.frame)

    def force(self, bound: Bound) -> Sym:
        """The value that a name stands for."""
        if isinstance(bound, Thunk):
            return self._force_thunk(bound)
        if isinstance(bound, Closure | Definition | Builtin):
            raise self.path.unsupported("an operator stands where a value is needed")
        return bound

    def _force_thunk(self, thunk: Thunk) -> Sym:
        primed = self.primed or thunk.primed
        memo = self.frame.memo
        known = thunk.known.get((id(memo), primed))
        if known is None or not self.is_good(known):
            with self.looking(self.frame, primed):
                known = self.isolated(lambda: self.value(thunk.expr, thunk.scope), kept=memo)
            thunk.known[id(memo), primed] = known
        return self.reuse(known)

    # ------------------------------------------------------------ calls

    def argument(self, expr: ast.Expr, scope: Scope, arity: int = 0) -> Bound:
        """An argument: an operator where the parameter takes one, else evaluated on need."""
        if arity > 0:
            return self.operator(expr, scope)
        if isinstance(expr, ast.Name) and expr.binding and expr.binding.kind is ast.BindingKind.LOCAL:
            bound = scope.get(expr.binding.key)
            if bound is not None and not (isinstance(bound, Thunk) and bound.primed != self.primed):
                return bound
        return Thunk(expr, scope, self.primed)

    def operator(self, expr: ast.Expr, scope: Scope) -> Operator:
        """An operator given by name or as a LAMBDA."""
        if isinstance(expr, ast.Lambda):
            return Closure("LAMBDA", expr.params, expr.body, scope)
        if not isinstance(expr, ast.Name) or expr.binding is None:
            raise self.path.unsupported("an operator is needed here")
        key = expr.binding.key
        match expr.binding.kind:
            case ast.BindingKind.BUILTIN:
                return Builtin(key)
            case ast.BindingKind.DEFINITION:
                return self.model.flat.definitions[key]
            case ast.BindingKind.LOCAL:
                bound = scope.get(key)
                if isinstance(bound, Closure | Definition | Builtin):
                    return bound
            case _:
                pass
        raise self.path.unsupported(f"{expr.name} is not an operator that can be unfolded")

    def call(self, operator: Operator, args: Sequence[Bound]) -> Sym:
        """The value of an operator applied to arguments."""
        if isinstance(operator, Builtin):
            return self.builtin(operator.key, [lambda arg=arg: self.force(arg) for arg in args])
        if isinstance(operator, Definition) and operator.own_next:
            own = self.own_next(operator.key)
            if own is not None:
                return own
        if operator.recursive and args:
            return self._call_recursive(operator, args)
        return self._remembered_call(operator, args)

    def _remembered_call(self, operator: Closure | Definition, args: Sequence[Bound]) -> Sym:
        arguments = [self._identity(arg) for arg in args]
        if any(a is None for a in arguments):
            return self._unfold(operator, args)
        key = (*_operator_key(operator), self.primed, *arguments)
        known = self.frame.memo.get(key)
        if known is None or not self.is_good(known):
            known, whole = self._evaluated(operator, args, key)
            if whole:
                self.frame.memo[key] = known
        return self.reuse(known)

    def _evaluated(
        self, operator: Closure | Definition, args: Sequence[Bound], key: object
    ) -> tuple[Remembered, bool]:
        """A call's value by itself, and whether it is good for any other such call."""

        def evaluate() -> Remembered:
            return self.isolated(lambda: self._unfold(operator, args), kept=(operator, tuple(args)))

        if operator.recursive:
            return self.recursion.call((id(self.frame), key), _name_of(operator), evaluate)
        return evaluate(), True

    def _identity(self, arg: Bound) -> object:
        """What tells an argument from others, None where that is not known without evaluating it."""
        if isinstance(arg, Const):
            return type(arg.value), arg.value
        if isinstance(arg, Thunk):
            return _literal(arg.expr)
        return id(arg)

    def _unfold(self, operator: Closure | Definition, args: Sequence[Bound]) -> Sym:
        names = {param.name: arg for param, arg in zip(operator.params, args, strict=True)}
        outer: Scope = operator.scope if isinstance(operator, Closure) else {}
        return self.value(operator.body, {**outer, **names})

    def _call_recursive(self, operator: Closure | Definition, args: Sequence[Bound]) -> Sym:
        """Scalar arguments that are not known are split into their values first, and elements of sets too:
        only then is it seen where the recursion ends."""
        forced: list[Bound] = []
        for param, arg in zip(operator.params, args, strict=True):
            forced.append(arg if param.arity else listed(self.path, self.force(arg)))
        if any(isinstance(arg, Undefined) for arg in forced):
            return UNDEFINED
        for i, arg in enumerate(forced):
            if isinstance(arg, SymInt | SymUnion):
                return self._split(operator, forced, i, known_values(self.path, arg))
        return self._remembered_call(operator, forced)

    def _split(self, operator: Closure | Definition, args: list[Bound], i: int, values: Known) -> Sym:
        results: list[tuple[Term, Sym]] = []
        for value, guard in values.items():
            with self.path.under(guard):
                results.append(
                    (guard, self._call_recursive(operator, [*args[:i], Const(value), *args[i + 1 :]]))
                )
        return choose(results)

    def builtin(self, key: str, args: Sequence[Supplier]) -> Sym:
        handler = self._builtins.get(key)
        if handler is None:
            raise self.path.unsupported(f"the symbolic engines cannot take {key}")
        return handler(self, *args)


def _name_of(operator: Closure | Definition) -> str:
    return operator.name if isinstance(operator, Closure) else operator.key


def _operator_key(operator: Closure | Definition) -> tuple[object, ...]:
    return (id(operator),) if isinstance(operator, Closure) else ("definition", operator.key)


def _literal(expr: ast.Expr) -> object:
    """The value of a literal, which an argument often is."""
    match expr:
        case ast.String(value=text):
            return str, text
        case ast.Number(value=number):
            return int, number
        case ast.Name(binding=ast.Binding(kind=ast.BindingKind.CONSTANT, key=key)):
            return "constant", key
        case _:
            return None
