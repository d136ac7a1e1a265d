"""Mutants of a model: each guard of each action, flipped, one at a time.

A guard is a conjunct without a prime that stands beside, or above, what an action does. It is found by
walking from Next through definitions, disjunctions, quantifiers, LET, IF and CASE, as an engine would.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from aioformal.engine.explicit import Explicit
from aioformal.engine.protocol import Budget, Problem
from aioformal.evidence.verdict import Exploration, Fault, Finding, Violated
from aioformal.resolve.model import Definition, Level, Model
from aioformal.syntax import ast


@dataclass(frozen=True)
class Mutant:
    """`guard` of the definition `key`, negated. `line` is its line in the specification."""

    key: str
    guard: ast.Expr

    @property
    def line(self) -> int:
        return self.guard.span.line

    @property
    def text(self) -> str:
        return " ".join(self.guard.span.text.split())


@dataclass(frozen=True)
class Fate:
    """`by`: the first property to notice, "evaluation" where the mutant cannot be evaluated, None if
    nothing notices. `steps`: the length of the counterexample. `complete`: every state was looked at."""

    by: str | None
    steps: int | None
    complete: bool


def children(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        for item in node:
            yield from children(item) if isinstance(item, tuple) else (item,)
    elif is_dataclass(node):
        for field in fields(node):
            value = getattr(node, field.name)
            if isinstance(value, tuple) or (is_dataclass(value) and isinstance(value, ast.Node)):
                yield from children(value) if isinstance(value, tuple) else (value,)


def conjuncts(node: ast.Expr) -> tuple[ast.Expr, ...]:
    if isinstance(node, ast.Junction) and node.kind == "/\\":
        return node.items
    if isinstance(node, ast.Apply) and isinstance(node.operator, ast.Name) and node.operator.name == "/\\":
        return node.args
    return ()


class Guards:
    """Finds the guards of a model's actions."""

    def __init__(self, model: Model) -> None:
        self.definitions = model.flat.definitions
        self._changes: dict[int, bool] = {}

    def mutants(self) -> list[Mutant]:
        actions = [d for d in self.definitions.values() if d.level is Level.ACTION and self._is_action(d)]
        return [Mutant(d.key, guard) for d in actions for guard in self._guards(d.body)]

    def _is_action(self, definition: Definition) -> bool:
        """Whether the definition says what happens next, and not only what two states have in common."""
        return self._acts(definition.body)

    def _acts(self, node: Any) -> bool:
        if isinstance(node, ast.ActionBox | ast.ActionAngle | ast.Fairness):
            return False
        if isinstance(node, ast.Apply) and isinstance(node.operator, ast.Name):
            name = node.operator
            if name.name == "UNCHANGED":
                return True
            if name.name == "=" and self._is_primed_variable(node.args[0]):
                return True
        if isinstance(node, ast.Name) and node.binding and node.binding.kind is ast.BindingKind.DEFINITION:
            definition = self.definitions[node.binding.key]
            return definition.level is Level.ACTION and self._acts(definition.body)
        return any(self._acts(child) for child in children(node))

    def _is_primed_variable(self, node: ast.Expr) -> bool:
        return (
            isinstance(node, ast.Apply)
            and isinstance(node.operator, ast.Name)
            and node.operator.name == "'"
            and isinstance(node.args[0], ast.Name)
        )

    def _changes_state(self, node: Any) -> bool:
        """Whether a prime or UNCHANGED stands anywhere in it."""
        if isinstance(node, ast.Name):
            if node.name in ("'", "UNCHANGED"):
                return True
            binding = node.binding
            if binding and binding.kind is ast.BindingKind.DEFINITION:
                return self.definitions[binding.key].level >= Level.ACTION
        return any(self._changes_state(child) for child in children(node))

    def _guards(self, node: ast.Expr) -> Iterator[ast.Expr]:
        for item in conjuncts(node):
            if not self._changes_state(item):
                yield item
            else:
                yield from self._guards(item)
        if not conjuncts(node):
            for child in self._branches(node):
                yield from self._guards(child)

    def _branches(self, node: ast.Expr) -> tuple[ast.Expr, ...]:
        match node:
            case ast.Junction(items=items):
                return items
            case ast.Apply(operator=ast.Name(name="\\/"), args=args):
                return args
            case ast.Quantifier(kind="\\E", body=body) | ast.Let(body=body) | ast.Label(body=body):
                return (body,)
            case ast.If(then=then, otherwise=otherwise):
                return (then, otherwise)
            case ast.Case(arms=arms):
                return tuple(arm.value for arm in arms)
            case _:
                return ()


def flipped(model: Model, mutant: Mutant) -> Model:
    """The model in which the guard is negated."""
    definition = model.flat.definitions[mutant.key]
    changed = replace(definition, body=substitute(definition.body, mutant.guard))
    definitions = {**model.flat.definitions, mutant.key: changed}
    return replace(model, flat=replace(model.flat, definitions=definitions))


def substitute(node: Any, guard: ast.Expr) -> Any:
    if node is guard:
        binding = ast.Binding(ast.BindingKind.BUILTIN, "~")
        return ast.Apply(guard.span, ast.Name(guard.span, "~", (), binding), (guard,), "prefix")
    if isinstance(node, tuple):
        items = tuple(substitute(item, guard) for item in node)
        return items if any(new is not old for new, old in zip(items, node, strict=True)) else node
    if isinstance(node, ast.Node):
        changes = {f.name: substitute(getattr(node, f.name), guard) for f in fields(node)}
        if any(new is not getattr(node, name) for name, new in changes.items()):
            return replace(node, **changes)
    return node


def fate(model: Model, mutant: Mutant, budget: Budget) -> Fate:
    """Who notices the mutant first, within the budget."""
    changed = flipped(model, mutant)
    problem = Problem(changed, changed.properties, changed.check_deadlock)
    complete = False
    for event in Explicit().check(problem, budget):
        match event:
            case Finding(name, Violated(trace)):
                return Fate(name, trace.depth, False)
            case Fault(diagnostic, trace):
                return Fate(f"evaluation ({diagnostic.code})", trace.depth if trace else None, False)
            case Exploration(complete=done):
                complete = done
            case _:
                pass
    return Fate(None, None, complete)
