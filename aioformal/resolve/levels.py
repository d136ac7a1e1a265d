"""Computes the level of every expression and reports those that are too high for their place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from aioformal.diagnostic import Note
from aioformal.resolve.blame import find_raised
from aioformal.resolve.model import Definition, Level
from aioformal.resolve.signature import (
    ParameterUse,
    Signature,
    Weight,
    builtin_signature,
    join,
    unknown_signature,
)
from aioformal.resolve.traverse import children
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind
from aioformal.value.operators import OPERATORS

LOGICAL = frozenset(["/\\", "\\/", "=>", "<=>"])
ROUNDS = 4
"""A level can rise only so often while a recursive definition settles."""

Report = Callable[[str, str, "Span | None", "Sequence[Note]", "str | None"], None]


class Param(Struct):
    """What is learned about a parameter while the body of its operator is read."""

    name: str
    arity: int
    limit: Level = Level.TEMPORAL
    applied: list[Weight] = field(default_factory=list[Weight])

    def use(self, shown: frozenset[str]) -> ParameterUse:
        return ParameterUse(self.name in shown, self.limit, tuple(self.applied))


Known = Level | Param | Signature


class Levels(Struct, dict=True):
    """Levels of definitions, added in an order in which each comes after what it uses."""

    report: Report
    definitions: Mapping[str, Definition]
    signatures: dict[str, Signature] = field(default_factory=dict[str, Signature])
    _known: dict[str, Known] = field(default_factory=dict[str, Known])
    _is_silent: bool = False

    def __post_init__(self) -> None:
        self.handlers: dict[type[ast.Node], Callable[[Any], Weight]] = {
            ast.Name: self._name,
            ast.Apply: self._apply,
            ast.Junction: self._junction,
            ast.Let: self._let,
            ast.Quantifier: self._quantifier,
            ast.Choose: lambda node: self._binder((node.bound,), node.body),
            ast.FunctionConstructor: lambda node: self._binder(node.bounds, node.body),
            ast.SetFilter: lambda node: self._binder((node.bound,), node.predicate),
            ast.SetMap: lambda node: self._binder(node.bounds, node.value),
            ast.ActionBox: lambda node: self._step(node, Level.ACTION),
            ast.ActionAngle: lambda node: self._step(node, Level.ACTION),
            ast.Fairness: lambda node: self._step(node, Level.TEMPORAL),
            ast.Label: lambda node: self.weigh(node.body),
            ast.Lambda: lambda node: self._operator(node.params, node.body).weight,
        }

    # ------------------------------------------------------------ definitions

    def add(self, component: Iterable[str]) -> None:
        """Settle definitions that use each other (or a single one)."""
        keys = list(component)
        if len(keys) > 1 or self.definitions[keys[0]].recursive:
            self._is_silent = True
            for key in keys:
                arity = len(self.definitions[key].params)
                self.signatures[key] = Signature(Weight(), (ParameterUse(shows=False),) * arity)
            for _ in range(ROUNDS):
                for key in keys:
                    self._settle(key)
            self._is_silent = False
        for key in keys:
            self._settle(key)

    def _settle(self, key: str) -> None:
        definition = self.definitions[key]
        self._known = {}
        self.signatures[key] = self._operator(definition.params, definition.body)

    def level_of(self, expr: ast.Expr, around: Mapping[str, Level] | None = None) -> Level:
        """The level of an expression with no parameters around; `around` are local names, by key."""
        self._known = dict(around or {})
        return self.weigh(expr).level

    # ------------------------------------------------------------ expressions

    def weigh(self, node: ast.Expr) -> Weight:
        handler = self.handlers.get(type(node))
        if handler is not None:
            return handler(node)
        return self._parts(node)

    def _parts(self, node: ast.Node) -> Weight:
        """A node without names of its own: the highest of its parts."""
        weights: list[Weight] = []
        for child in children(node):
            if isinstance(child, ast.CaseArm | ast.ExceptUpdate | ast.ExceptIndex | ast.Field):
                weights.append(self._parts(child))
            elif not isinstance(child, ast.Identifier | ast.ExceptField):
                weights.append(self.weigh(child))  # pyright: ignore[reportArgumentType]
        return join(weights)

    def _name(self, node: ast.Name) -> Weight:
        return self._signature(node).weight

    def _signature(self, node: ast.Name, arity: int = 0) -> Signature:
        binding = node.binding
        if binding is None:
            return unknown_signature(arity, Weight())
        match binding.kind:
            case BindingKind.BUILTIN:
                return builtin_signature(binding.key, OPERATORS[binding.key].arity)
            case BindingKind.VARIABLE:
                return Signature(Weight(Level.STATE))
            case BindingKind.CONSTANT:
                return unknown_signature(arity, Weight())
            case BindingKind.DEFINITION:
                return self.signatures[binding.key]
            case BindingKind.LOCAL:
                return self._local(binding.key, arity)

    def _local(self, key: str, arity: int) -> Signature:
        known = self._known.get(key, Level.CONSTANT)
        if isinstance(known, Signature):
            return known
        if isinstance(known, Param):
            return unknown_signature(known.arity, Weight(params=frozenset([key])))
        return unknown_signature(arity, Weight(known))

    def _apply(self, node: ast.Apply) -> Weight:
        operator = node.operator
        if isinstance(operator, ast.Lambda):
            operation = self._operator(operator.params, operator.body)
            return self._use(operation, node.args, self._arguments(node.args))
        signature = self._signature(operator, len(node.args))
        key = operator.binding.key if operator.binding else ""
        if key in ("[]", "<>", "~>", "-+->") and len(node.args) == len(signature.uses):
            return self._temporal(key, node)
        given = self._arguments(node.args)
        weight = self._use(signature, node.args, given)
        if key in LOGICAL and weight.level is Level.TEMPORAL:
            self._check_no_mixture(node.args, [argument.weight for argument in given])
        known = self._known.get(key)
        if isinstance(known, Param) and known.arity:
            self._note_application(known, [argument.weight for argument in given])
        return weight

    def _use(self, signature: Signature, args: Sequence[ast.Expr], given: Sequence[Signature]) -> Weight:
        """Apply an operator: check each argument, and join what shows."""
        if len(signature.uses) != len(args):
            return join([signature.weight, *[argument.weight for argument in given]])
        by_name = dict(zip(signature.names, given, strict=False))
        shown = [signature.weight]
        for use, actual, arg in zip(signature.uses, given, args, strict=True):
            if use.shows:
                shown.append(actual.weight)
            self._limit(actual.weight, use.limit, arg)
            for applied, inner in zip(use.applied, actual.uses, strict=False):
                passed = join([applied, *[by_name[p].weight for p in applied.params if p in by_name]])
                if passed.level > inner.limit:
                    self._report_applied(arg, passed.level, inner.limit)
        return join(shown)

    def _arguments(self, args: Sequence[ast.Expr]) -> list[Signature]:
        """Weighed once: nested ones would take twice as long at each level otherwise."""
        return [self._argument(arg) for arg in args]

    def _argument(self, arg: ast.Expr) -> Signature:
        if isinstance(arg, ast.Lambda):
            return self._operator(arg.params, arg.body)
        if isinstance(arg, ast.Name):
            return self._signature(arg)
        return Signature(self.weigh(arg))

    def _note_application(self, param: Param, weights: Sequence[Weight]) -> None:
        known = param.applied or [Weight()] * len(weights)
        param.applied = [join(pair) for pair in zip(known, weights, strict=False)]

    def _limit(self, weight: Weight, limit: Level, arg: ast.Expr) -> None:
        """Check what is known, and hand the limit on to the parameters that show in it."""
        for name in weight.params:
            param = self._known.get(name)
            if isinstance(param, Param):
                param.limit = min(param.limit, limit)
        if weight.level > limit:
            self.too_high(arg, weight.level, limit)

    def _temporal(self, key: str, node: ast.Apply) -> Weight:
        for arg in node.args:
            wanted = {"[]": ast.ActionBox, "<>": ast.ActionAngle}.get(key)
            weight = self.weigh(arg)
            if weight.level is Level.ACTION and not (wanted and isinstance(arg, wanted)):
                self._report_stuttering(key, arg)
        return Weight(Level.TEMPORAL)

    def _report_stuttering(self, key: str, arg: ast.Expr) -> None:
        form = {"[]": "[][A]_v", "<>": "<><<A>>_v"}.get(key)
        message = f"an action stands under `{key}`" + (
            f", which takes one only in the form {form}" if form else ""
        )
        hint = f"write it as {form}: a formula must not notice steps that change nothing" if form else None
        self._report("level.too-high", message, arg.span, (), hint)

    def _junction(self, node: ast.Junction) -> Weight:
        weights = [self.weigh(item) for item in node.items]
        weight = join(weights)
        if weight.level is Level.TEMPORAL:
            self._check_no_mixture(node.items, weights)
        return weight

    def _check_no_mixture(self, parts: Sequence[ast.Expr], weights: Sequence[Weight]) -> None:
        found = zip(parts, weights, strict=True)
        action = next((part for part, weight in found if weight.level is Level.ACTION), None)
        if action is not None:
            message = "an action is joined to a temporal formula"
            hint = "an action can be part of a temporal formula only as [][A]_v or <><<A>>_v"
            self._report("level.too-high", message, action.span, (), hint)

    # ------------------------------------------------------------ forms that bind names

    def _bind(self, bounds: Sequence[ast.Bound], level: Level = Level.CONSTANT) -> list[Weight]:
        weights = [self.weigh(b.domain) for b in bounds if b.domain is not None]
        for bound in bounds:
            for name in bound.names:
                self._known[name.name] = level
        return weights

    def _binder(self, bounds: Sequence[ast.Bound], body: ast.Expr) -> Weight:
        return join([*self._bind(bounds), self.weigh(body)])

    def _quantifier(self, node: ast.Quantifier) -> Weight:
        if node.kind in ("\\AA", "\\EE"):
            self._bind(node.bounds, Level.STATE)
            self.weigh(node.body)
            return Weight(Level.TEMPORAL)
        domains = self._bind(node.bounds)
        body = self.weigh(node.body)
        highest = Level.STATE if body.level is Level.TEMPORAL else Level.ACTION
        for bound, weight in zip([b for b in node.bounds if b.domain], domains, strict=True):
            if weight.level > highest and bound.domain is not None:
                self.too_high(bound.domain, weight.level, highest)
        return join([*domains, body])

    def _step(self, node: ast.ActionBox | ast.ActionAngle | ast.Fairness, level: Level) -> Weight:
        self._limit(self.weigh(node.action), Level.ACTION, node.action)
        self._limit(self.weigh(node.subscript), Level.STATE, node.subscript)
        return Weight(level)

    def _operator(self, params: Sequence[ast.Parameter], body: ast.Expr) -> Signature:
        own = [Param(p.name, p.arity) for p in params]
        self._known.update({p.name: p for p in own})
        weight = self.weigh(body)
        names = frozenset([p.name for p in own])
        uses = tuple([p.use(weight.params) for p in own])
        return Signature(Weight(weight.level, weight.params - names), uses, tuple([p.name for p in own]))

    def _let(self, node: ast.Let) -> Weight:
        if any(isinstance(unit, ast.Recursive) for unit in node.units):
            was, self._is_silent = self._is_silent, True
            for _ in range(ROUNDS):
                self._units(node.units)
            self._is_silent = was
        self._units(node.units)
        return self.weigh(node.body)

    def _units(self, units: Sequence[ast.Unit]) -> None:
        for unit in units:
            match unit:
                case ast.Recursive():
                    for declared in unit.declarations:
                        start = Signature(Weight(), (ParameterUse(shows=False),) * declared.arity)
                        self._known.setdefault(declared.name, start)
                case ast.OperatorDefinition():
                    self._known[unit.name.name] = self._operator(unit.params, unit.body)
                case ast.FunctionDefinition():
                    self._known[unit.name.name] = Signature(Weight())
                    self._known[unit.name.name] = Signature(self._binder(unit.bounds, unit.body))
                case _:
                    pass

    # ------------------------------------------------------------ reports

    def too_high(self, expr: ast.Expr, level: Level, limit: Level) -> None:
        """Report an expression whose level its place does not allow, at what raises it."""
        raised = find_raised(expr, limit, self.definitions, self.signatures)
        if limit is Level.STATE and level is Level.ACTION:
            span = raised.span if raised else expr.span
            message = f"{raised.what if raised else 'an action'} stands where only one state is looked at"
            self._report("level.prime-in-state", message, span, raised.notes if raised else (), None)
            return
        is_here = raised is not None and not raised.notes
        what = raised.what if raised and is_here else ARTICLES[level]
        span = raised.span if raised and is_here else expr.span
        notes = (*raised.notes, Note(f"to {raised.what}", raised.span)) if raised and not is_here else ()
        message = f"{what} stands where only {ARTICLES[limit]} can stand"
        self._report("level.too-high", message, span, notes, None)

    def _report_applied(self, operator: ast.Expr, level: Level, limit: Level) -> None:
        code = "level.prime-in-state" if limit is Level.STATE else "level.too-high"
        name = f"`{operator.name}`" if isinstance(operator, ast.Name) else "this LAMBDA"
        message = f"{name} is applied to {ARTICLES[level]} here, but takes at most {ARTICLES[limit]}"
        self._report(code, message, operator.span, (), None)

    def _report(
        self, code: str, message: str, span: Span | None, notes: Sequence[Note], hint: str | None
    ) -> None:
        if not self._is_silent:
            self.report(code, message, span, notes, hint)


ARTICLES = {
    Level.CONSTANT: "a constant expression",
    Level.STATE: "a state function",
    Level.ACTION: "an action",
    Level.TEMPORAL: "a temporal formula",
}
