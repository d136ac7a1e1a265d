"""Why a property is false on a trace: which conjunct, for which instance, at which step.

From the false formula we go down to a part that is false itself and makes the whole false: a conjunct,
the first falsifying instance of `\\A` in canonical order, the right side of `=>`, the branch that IF
takes, the body of a definition. Under a negation the roles are exchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.concrete.behaviour import Blame, Trace
from aioformal.concrete.choices import conjuncts, defined_by, disjuncts
from aioformal.concrete.condition import builtin_key, is_condition
from aioformal.concrete.context import Defined, Entry, Local, Substituted
from aioformal.concrete.fault import EvaluationError
from aioformal.concrete.program import Program
from aioformal.resolve.model import PartKind, Property, PropertyPart
from aioformal.syntax import ast
from aioformal.value.fault import ValueFault
from aioformal.value.sets import members
from aioformal.value.values import FALSE, TRUE, Function, State, Value, elements_of

MOST_VALUES = 8
MOST_INSTANCES = 100_000
_COMPARISONS = frozenset(["=", "#", "<", ">", "<=", ">=", "\\in", "\\notin", "\\subseteq"])
_OPAQUE = (ast.Number, ast.String, ast.Boolean, ast.Quantifier, ast.Let, ast.If, ast.Case)


class Scope(Struct, frozen=True):
    """Names around a formula: `env` for the compiler, `values` by Python parameter, `bindings` to be shown,
    `chosen` by quantifiers."""

    env: dict[str, Entry] = field(default_factory=dict[str, Entry])
    values: dict[str, Value] = field(default_factory=dict[str, Value])
    bindings: tuple[tuple[str, Value], ...] = ()
    chosen: tuple[tuple[str, Value], ...] = ()

    def binding(self, names: Sequence[str], values: Sequence[Value]) -> Scope:
        pairs = tuple(zip(names, values, strict=True))
        kept = tuple(pair for pair in self.bindings if pair[0] not in names)
        texts = {name: f"b_{len(self.values) + i}" for i, name in enumerate(names)}
        return Scope(
            {**self.env, **{name: Local(text) for name, text in texts.items()}},
            {**self.values, **{texts[name]: value for name, value in pairs}},
            (*kept, *pairs),
            (*self.chosen, *pairs),
        )


class Culprit(Struct, frozen=True):
    """A formula that has not the wanted truth value."""

    expr: ast.Expr
    scope: Scope
    wanted: bool = True


class Investigation:
    """Looks at one step (or state) of a trace."""

    def __init__(self, program: Program, state: State, following: State | None) -> None:
        self.program = program
        self.state = state
        self.following = following

    def value(self, expr: ast.Expr, scope: Scope) -> Value | None:
        """The value of an expression, None if it has none."""
        try:
            return self.program.evaluate_in(expr, scope.env, scope.values, self.state, self.following)
        except EvaluationError:
            return None

    def is_culprit(self, culprit: Culprit) -> bool:
        return self.value(culprit.expr, culprit.scope) is (FALSE if culprit.wanted else TRUE)

    def descend(self, culprit: Culprit) -> Iterator[Culprit]:
        """The culprit, and ever smaller ones inside it."""
        yield culprit
        seen = 0
        while (inner := self._inner(culprit)) is not None and seen < MOST_INSTANCES:
            culprit = inner
            seen += 1
            yield culprit

    def _inner(self, culprit: Culprit) -> Culprit | None:
        """A smaller culprit inside this one, if there is one that says more."""
        expr, scope, wanted = culprit.expr, culprit.scope, culprit.wanted
        match expr:
            case ast.Label(body=body):
                return replace(culprit, expr=body)
            case ast.Let():
                return Culprit(expr.body, self.let(expr, scope), wanted)
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                taken = self.value(condition, scope)
                return None if taken is None else replace(culprit, expr=then if taken is TRUE else otherwise)
            case ast.Case():
                return self._case(expr, culprit)
            case ast.Quantifier(kind="\\A") if wanted:
                return self._instance(expr, culprit)
            case ast.Quantifier(kind="\\E") if not wanted:
                return self._instance(expr, culprit)
            case ast.ActionBox(action=action):
                return replace(culprit, expr=action)
            case _:
                return self._connective(culprit)

    def _connective(self, culprit: Culprit) -> Culprit | None:
        expr, wanted = culprit.expr, culprit.wanted
        key = builtin_key(expr)
        parts = conjuncts(expr) if wanted else disjuncts(expr)
        if len(parts) > 1:
            candidates = (replace(culprit, expr=part) for part in parts)
            return next((one for one in candidates if self.is_culprit(one)), None)
        if isinstance(expr, ast.Apply) and key == "~":
            return replace(culprit, expr=expr.args[0], wanted=not wanted)
        if isinstance(expr, ast.Apply) and key == "=>" and wanted:
            return replace(culprit, expr=expr.args[1])
        definition = defined_by(expr, self.program.model.flat.definitions)
        if definition is None or definition.recursive or not is_condition(definition.body):
            return None
        args = expr.args if isinstance(expr, ast.Apply) else ()
        return Culprit(definition.body, self.entered(definition.params, args, culprit.scope), wanted)

    def entered(self, params: Sequence[ast.Parameter], args: Sequence[ast.Expr], scope: Scope) -> Scope:
        """The scope inside a definition. A parameter is shown with its value, but stands for its
        argument: that may be primed."""
        entries: dict[str, Entry] = {}
        shown = scope.bindings
        for param, arg in zip(params, args, strict=True):
            entries[param.name] = Substituted(arg, scope.env)
            value = None if param.arity else self.value(arg, scope)
            shown = tuple(pair for pair in shown if pair[0] != param.name)
            if value is not None:
                shown = (*shown, (param.name, value))
        return Scope(entries, scope.values, shown, scope.chosen)

    @staticmethod
    def named(name: str, scope: Scope) -> tuple[ast.Expr, Scope] | None:
        """The expression that a name stands for, and its scope; None if it is bound to a value."""
        entry = scope.env.get(name)
        if isinstance(entry, Substituted):
            return entry.expr, replace(scope, env=dict(entry.env))
        return None

    @staticmethod
    def substituted(expr: ast.Expr, scope: Scope) -> tuple[ast.Expr, Scope] | None:
        """The same of an expression that is a local name."""
        if isinstance(expr, ast.Name) and expr.binding and expr.binding.kind is ast.BindingKind.LOCAL:
            return Investigation.named(expr.binding.key, scope)
        return None

    def let(self, let: ast.Let, scope: Scope) -> Scope:
        """The scope inside a LET."""
        for unit in let.units:
            if isinstance(unit, ast.OperatorDefinition):
                name = unit.name.name
                entry: Entry = Substituted(unit.body, scope.env)
                if unit.params:
                    env = dict(scope.env)
                    entry = env[name] = Defined(name, unit.params, unit.body, env)
                scope = replace(scope, env={**scope.env, name: entry})
                value = None if unit.params else self.value(unit.body, scope)
                if value is not None:
                    scope = replace(scope, bindings=(*scope.bindings, (name, value)))
            elif isinstance(unit, ast.FunctionDefinition):
                # A recursive one cannot be taken out of its LET.
                constructor = ast.FunctionConstructor(unit.span, unit.bounds, unit.body)
                scope = replace(scope, env={**scope.env, unit.name.name: Substituted(constructor, scope.env)})
        return scope

    def _case(self, expr: ast.Case, culprit: Culprit) -> Culprit | None:
        for arm in expr.arms:
            guard = self.value(arm.guard, culprit.scope)
            if guard is None:
                return None
            if guard is TRUE:
                return replace(culprit, expr=arm.value)
        return None if expr.other is None else replace(culprit, expr=expr.other)

    def _instance(self, expr: ast.Quantifier, culprit: Culprit) -> Culprit | None:
        """The first instance of a quantifier that is a culprit."""
        for count, scope in enumerate(self.instances(expr.bounds, culprit.scope)):
            if count > MOST_INSTANCES:
                return None
            one = Culprit(expr.body, scope, culprit.wanted)
            if self.is_culprit(one):
                return one
        return None

    def instances(self, bounds: Sequence[ast.Bound], scope: Scope) -> Iterator[Scope]:
        """The scope of each choice of values for bound names, in canonical order."""
        patterns = [(bound, names) for bound in bounds for names in _patterns(bound)]
        yield from self._nested(patterns, scope, scope)

    def _nested(
        self, patterns: Sequence[tuple[ast.Bound, Sequence[str]]], outer: Scope, scope: Scope
    ) -> Iterator[Scope]:
        if not patterns:
            yield scope
            return
        (bound, names), *rest = patterns
        domain = None if bound.domain is None else self.value(bound.domain, outer)
        if domain is None:
            return
        try:
            for value in members(domain):
                parts = elements_of(value) if bound.is_tuple and isinstance(value, Function) else [value]
                yield from self._nested(rest, outer, scope.binding(names, parts))
        except ValueFault:
            return

    def compared(self, culprit: Culprit) -> Iterator[tuple[str, Value]]:
        """The interesting parts of a formula with their values."""
        for expr in _interesting(culprit.expr):
            value = self.value(expr, culprit.scope)
            if value is not None:
                yield text_of(expr), value


def blame(program: Program, prop: Property, trace: Trace) -> Blame | None:
    """What makes `prop` false on `trace`, at the first state (or step) where it is; None if nothing does."""
    for part in prop.parts:
        culprit = Culprit(part.formula, Scope())
        for position in _positions(part, trace):
            there = _investigation(program, part, trace, position)
            is_judged = part.kind is not PartKind.STEP or _changes(program, part, trace, position)
            if is_judged and there.is_culprit(culprit):
                return _blame_on(program, list(there.descend(culprit)), position, there)
    return None


def _blame_on(program: Program, path: Sequence[Culprit], position: int, there: Investigation) -> Blame:
    guilty = path[-1]
    free = program.analysis.of(guilty.expr).names
    quantified = {name for culprit in path for name in _bound_names(culprit.expr)}
    bindings = tuple(pair for pair in guilty.scope.bindings if pair[0] in free or pair[0] in quantified)
    values = dict(list(dict(there.compared(guilty)).items())[:MOST_VALUES])
    known = dict(guilty.scope.bindings)
    shown = tuple((text, value) for text, value in values.items() if text not in known)
    text = text_of(guilty.expr)
    text = text if guilty.wanted else f"~({text})"
    return Blame(text, position + 1, guilty.expr.span, bindings, shown, instance=guilty.scope.chosen)


def _changes(program: Program, part: PropertyPart, trace: Trace, position: int) -> bool:
    """Whether the subscript of `[A]_v` changes in the step to a position."""
    if part.subscript is None:
        return True
    before, after = trace.states[position - 1], trace.states[position]
    try:
        return program.evaluate(part.subscript, before) != program.evaluate(part.subscript, after)
    except EvaluationError:
        return True


def _positions(part: PropertyPart, trace: Trace) -> range:
    """The indices of the states that a part of a property is about; of a step the second one."""
    match part.kind:
        case PartKind.INITIAL:
            return range(min(1, len(trace.states)))
        case PartKind.ALWAYS:
            return range(len(trace.states))
        case PartKind.STEP:
            return range(1, len(trace.states))
        case PartKind.TEMPORAL:
            return range(0)


def _investigation(program: Program, part: PropertyPart, trace: Trace, position: int) -> Investigation:
    if part.kind is PartKind.STEP:
        return Investigation(program, trace.states[position - 1], trace.states[position])
    return Investigation(program, trace.states[position], None)


def text_of(expr: ast.Expr) -> str:
    """An expression as it stands in the source, on one line."""
    lines = (line.partition("\\*")[0] for line in expr.span.text.splitlines())
    return " ".join(" ".join(lines).split())


def _bound_names(expr: ast.Expr) -> Iterator[str]:
    if isinstance(expr, ast.Quantifier):
        yield from (name.name for bound in expr.bounds for name in bound.names)


def _patterns(bound: ast.Bound) -> list[list[str]]:
    names = [name.name for name in bound.names]
    return [names] if bound.is_tuple else [[name] for name in names]


def _interesting(expr: ast.Expr) -> Iterator[ast.Expr]:
    """What a formula compares, without literals and constants."""
    waiting = [expr]
    while waiting:
        one = waiting.pop()
        key = builtin_key(one)
        if isinstance(one, ast.Junction):
            waiting.extend(reversed(one.items))
        elif isinstance(one, ast.Apply) and key in ("/\\", "\\/", "=>", "<=>", "~", *_COMPARISONS):
            waiting.extend(reversed(one.args))
        elif isinstance(one, _OPAQUE):
            continue
        elif not (isinstance(one, ast.Name) and _is_constant(one)):
            yield one


def _is_constant(name: ast.Name) -> bool:
    return name.binding is not None and name.binding.kind in (
        ast.BindingKind.CONSTANT,
        ast.BindingKind.BUILTIN,
    )
