"""Temporal formulas judged on one lasso, by their meaning.

A second reading, on purpose: no automaton and no normal form, but the truth of each subformula at each
position of the lasso. `[]F` is true where F is at all positions from there on, those of the cycle included,
and so on (Lamport, Specifying Systems, chapter 8).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from aioformal.concrete.behaviour import Blame, Trace
from aioformal.concrete.blame import Investigation, Scope, text_of
from aioformal.concrete.choices import conjuncts, defined_by
from aioformal.concrete.condition import builtin_key
from aioformal.concrete.context import Defined, Entry, Substituted
from aioformal.concrete.program import Program
from aioformal.resolve.model import Level, PartKind, Property
from aioformal.resolve.traverse import walk
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind
from aioformal.value.values import FALSE, TRUE

TEMPORAL = frozenset({"[]", "<>", "~>", "-+->"})

Truths = list[bool]
"""By position: state i, and the step out of it."""


class NotJudgedError(Exception):
    """This reading does not know what a formula means, or it has no value."""


def is_fair(program: Program, trace: Trace) -> bool:
    """Whether a lasso satisfies the fairness conditions of the model. Raises `NotJudgedError`."""
    meaning = _Meaning(program, trace)
    return all(meaning.truths(formula, Scope())[0] for formula in program.model.fairness)


def violates_temporally(program: Program, prop: Property, trace: Trace) -> bool:
    """Whether a lasso violates a temporal part of a property. Raises `NotJudgedError`."""
    return _Meaning(program, trace).guilty(prop) is not None


def blame_lasso(program: Program, prop: Property, trace: Trace) -> Blame | None:
    """Which conjunct of a property a lasso violates, and from which state on."""
    meaning = _Meaning(program, trace)
    found = meaning.guilty(prop)
    if found is None:
        return None
    expr, scope = found
    position, why = meaning.since(expr, scope)
    free = program.analysis.of(expr).names
    bindings = tuple(pair for pair in scope.bindings if pair[0] in free)
    return Blame(text_of(expr), position + 1, expr.span, bindings, (), why, scope.chosen)


class _Kept(Struct, frozen=True):
    """Nodes made here: a compiled formula is known by its identity."""

    enabled: ast.Expr
    taken: ast.Expr


class _Meaning:
    """The meaning of formulas on one lasso."""

    def __init__(self, program: Program, trace: Trace) -> None:
        assert trace.loop is not None
        self._program = program
        self._states = trace.states
        self._loop = trace.loop
        self._definitions = program.model.flat.definitions
        self._kept: dict[int, tuple[ast.Fairness, _Kept]] = {}

    # ------------------------------------------------------------ who is guilty

    def guilty(self, prop: Property) -> tuple[ast.Expr, Scope] | None:
        """The smallest conjunct of a property that is false."""
        for part in prop.parts:
            if part.kind is PartKind.TEMPORAL and not self.truths(part.formula, Scope())[0]:
                return self._descended(part.formula, Scope())
        return None

    def _descended(self, expr: ast.Expr, scope: Scope) -> tuple[ast.Expr, Scope]:
        while True:
            inner = next((one for one in self._inside(expr, scope) if not self.truths(*one)[0]), None)
            if inner is None:
                return expr, scope
            expr, scope = inner

    def _inside(self, expr: ast.Expr, scope: Scope) -> list[tuple[ast.Expr, Scope]]:
        """What must be true for a formula to be."""
        here = self._looking(0)
        match expr:
            case ast.Label(body=body):
                return [(body, scope)]
            case ast.Let(body=body):
                return [(body, _let(expr, scope))]
            case ast.Quantifier(kind="\\A", bounds=bounds, body=body):
                return [(body, inner) for inner in here.instances(bounds, scope)]
            case _:
                parts = conjuncts(expr)
        if len(parts) > 1:
            return [(part, scope) for part in parts]
        opened = self._opened(expr, scope)
        return [] if opened is None else [opened]

    def since(self, expr: ast.Expr, scope: Scope) -> tuple[int, str | None]:
        """The position from which a false formula is seen to be false, and why."""
        if not isinstance(expr, ast.Apply):
            return 0, None
        key, args = builtin_key(expr), expr.args
        if key == "~>":
            asked, never = self.truths(args[0], scope), self._eventually(self.truths(args[1], scope))
            position = next(i for i in self._future(0) if asked[i] and not never[i])
            return position, f"{text_of(args[1])} never comes true from state {position + 1} on"
        if key == "<>":
            return 0, f"{text_of(args[0])} is never true"
        if key == "[]" and not isinstance(args[0], ast.ActionBox):
            holds = self.truths(args[0], scope)
            position = next(i for i in self._future(0) if not holds[i])
            return position, f"it is false from state {position + 1} on"
        return 0, None

    # ------------------------------------------------------------ truth

    def truths(self, expr: ast.Expr, scope: Scope) -> Truths:
        """The truth of a formula at each position."""
        if not self._is_temporal(expr, scope):
            return [self._truth(expr, scope, position) for position in range(len(self._states))]
        match expr:
            case ast.Junction(kind=kind, items=items):
                return self._joined(kind, [self.truths(item, scope) for item in items])
            case ast.Quantifier(kind="\\A" | "\\E", bounds=bounds, body=body):
                inner = [self.truths(body, there) for there in self._looking(0).instances(bounds, scope)]
                return self._joined("/\\" if expr.kind == "\\A" else "\\/", inner)
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                parts = (self.truths(one, scope) for one in (condition, then, otherwise))
                return [yes if holds else no for holds, yes, no in zip(*parts, strict=True)]
            case ast.Label(body=body):
                return self.truths(body, scope)
            case ast.Let(body=body):
                return self.truths(body, _let(expr, scope))
            case ast.Fairness():
                return self._fairness(expr, scope)
            case _:
                return self._operator(expr, scope)

    def _operator(self, expr: ast.Expr, scope: Scope) -> Truths:
        key = builtin_key(expr)
        if isinstance(expr, ast.Apply) and key is not None:
            if key not in _MEANINGS:
                raise NotJudgedError(f"`{key}` at {expr.span}")
            return _MEANINGS[key](self, [self.truths(arg, scope) for arg in expr.args])
        opened = self._opened(expr, scope)
        if opened is None:
            raise NotJudgedError(f"{text_of(expr)} at {expr.span}")
        return self.truths(*opened)

    def _opened(self, expr: ast.Expr, scope: Scope) -> tuple[ast.Expr, Scope] | None:
        """What a name or an application stands for, if that is temporal."""
        args: Sequence[ast.Expr] = expr.args if isinstance(expr, ast.Apply) else ()
        definition = defined_by(expr, self._definitions)
        if definition is not None and definition.level is Level.TEMPORAL:
            return definition.body, self._looking(0).entered(definition.params, args, scope)
        found = _stood_for(expr, scope)
        return found if found is not None and self._is_temporal(*found) else None

    def _fairness(self, expr: ast.Fairness, scope: Scope) -> Truths:
        """Specifying Systems, section 8.4."""
        kept = self._kept_for(expr)
        able, taken = self.truths(kept.enabled, scope), self.truths(kept.taken, scope)
        again = self._always(self._eventually(taken))
        unable = [not yes for yes in able]
        if expr.kind == "WF":
            idle = self._always(self._eventually(unable))
        else:
            idle = self._eventually(self._always(unable))
        return [a or b for a, b in zip(again, idle, strict=True)]

    def _kept_for(self, expr: ast.Fairness) -> _Kept:
        if id(expr) not in self._kept:
            taken = ast.ActionAngle(expr.span, expr.action, expr.subscript)
            name = ast.Name(expr.span, "ENABLED", (), ast.Binding(BindingKind.BUILTIN, "ENABLED"))
            enabled = expr.enabled or ast.Apply(expr.span, name, (taken,), "prefix")
            self._kept[id(expr)] = expr, _Kept(enabled, taken)
        return self._kept[id(expr)][1]

    def _truth(self, expr: ast.Expr, scope: Scope, position: int) -> bool:
        """Of a state predicate, or of an action. Of a step that changes nothing `[A]_v` is true, and
        `<<A>>_v` is not, whatever A is."""
        if isinstance(expr, ast.ActionBox | ast.ActionAngle) and self._stutters(position):
            return isinstance(expr, ast.ActionBox)
        found = self._looking(position).value(expr, scope)
        if found is not TRUE and found is not FALSE:
            raise NotJudgedError(f"{text_of(expr)} has no value in state {position + 1}")
        return found is TRUE

    def _stutters(self, position: int) -> bool:
        return self._states[position] == self._states[self._after(position)]

    def _after(self, position: int) -> int:
        return position + 1 if position + 1 < len(self._states) else self._loop

    def _looking(self, position: int) -> Investigation:
        return Investigation(self._program, self._states[position], self._states[self._after(position)])

    def _is_temporal(self, expr: ast.Expr, scope: Scope) -> bool:
        """Whether a formula is about more than a step, itself or in what its names stand for."""
        waiting, seen = [(expr, scope)], set[int]()
        while waiting:
            one, around = waiting.pop()
            for node in walk(one):
                if isinstance(node, ast.Fairness):
                    return True
                if not isinstance(node, ast.Name) or node.binding is None:
                    continue
                kind, key = node.binding.kind, node.binding.key
                if kind is BindingKind.BUILTIN and key in TEMPORAL:
                    return True
                if kind is BindingKind.DEFINITION and self._definitions[key].level is Level.TEMPORAL:
                    return True
                entry = _named(key, around) if kind is BindingKind.LOCAL else None
                if entry is not None and id(entry[0]) not in seen:
                    seen.add(id(entry[0]))
                    waiting.append(entry)
        return False

    # ------------------------------------------------------------ operators

    def _future(self, position: int) -> list[int]:
        """The positions from one on."""
        ahead = range(position, len(self._states))
        return [*ahead, *range(self._loop, min(position, len(self._states)))]

    def _always(self, truths: Truths) -> Truths:
        return [all(truths[j] for j in self._future(i)) for i in range(len(truths))]

    def _eventually(self, truths: Truths) -> Truths:
        return [any(truths[j] for j in self._future(i)) for i in range(len(truths))]

    def _joined(self, kind: str, parts: Sequence[Truths]) -> Truths:
        whole = all if kind == "/\\" else any
        return [whole(part[i] for part in parts) for i in range(len(self._states))]

    def always(self, of: Sequence[Truths]) -> Truths:
        return self._always(of[0])

    def eventually(self, of: Sequence[Truths]) -> Truths:
        return self._eventually(of[0])

    def leads_to(self, of: Sequence[Truths]) -> Truths:
        after = self._eventually(of[1])
        return self._always([not a or b for a, b in zip(of[0], after, strict=True)])

    def both(self, of: Sequence[Truths]) -> Truths:
        return self._joined("/\\", of)

    def either(self, of: Sequence[Truths]) -> Truths:
        return self._joined("\\/", of)


def _let(expr: ast.Let, scope: Scope) -> Scope:
    """The scope inside a LET, some of whose names may stand for temporal formulas."""
    for unit in expr.units:
        entry: Entry
        if isinstance(unit, ast.OperatorDefinition):
            env = dict(scope.env)
            entry = Substituted(unit.body, env)
            if unit.params:
                entry = Defined(unit.name.name, unit.params, unit.body, env)
                env[unit.name.name] = entry
        elif isinstance(unit, ast.FunctionDefinition):
            entry = Substituted(ast.FunctionConstructor(unit.span, unit.bounds, unit.body), scope.env)
        else:
            continue
        scope = replace(scope, env={**scope.env, unit.name.name: entry})
    return scope


def _named(name: str, scope: Scope) -> tuple[ast.Expr, Scope] | None:
    """The formula that a local name stands for, with or without parameters."""
    entry = scope.env.get(name)
    if isinstance(entry, Substituted):
        return entry.expr, replace(scope, env=dict(entry.env))
    if isinstance(entry, Defined):
        return entry.body, replace(scope, env=dict(entry.env))
    return None


def _stood_for(expr: ast.Expr, scope: Scope) -> tuple[ast.Expr, Scope] | None:
    """What a local name, or an application of one, stands for."""
    name, args = (expr.operator, expr.args) if isinstance(expr, ast.Apply) else (expr, ())
    if not isinstance(name, ast.Name) or name.binding is None or name.binding.kind is not BindingKind.LOCAL:
        return None
    found, entry = _named(name.binding.key, scope), scope.env.get(name.binding.key)
    if found is None or not isinstance(entry, Defined):
        return found
    body, inner = found
    given = {p.name: Substituted(arg, scope.env) for p, arg in zip(entry.params, args, strict=True)}
    return body, replace(inner, env={**inner.env, **given})


_MEANINGS: dict[str, Callable[[_Meaning, Sequence[Truths]], Truths]] = {
    "[]": _Meaning.always,
    "<>": _Meaning.eventually,
    "~>": _Meaning.leads_to,
    "/\\": _Meaning.both,
    "\\/": _Meaning.either,
    "~": lambda _, of: [not a for a in of[0]],
    "=>": lambda _, of: [not a or b for a, b in zip(*of, strict=True)],
    "<=>": lambda _, of: [a is b for a, b in zip(*of, strict=True)],
    "=": lambda _, of: [a is b for a, b in zip(*of, strict=True)],
}
