"""The mistakes that can be made in a model: in Init, in Next, and in every definition that they use.

An action is taken apart as an engine would: conjunctions, disjunctions, `\\E`, LET, IF and CASE. A conjunct
without a prime is a guard, `x' = e` an assignment. Below that there are only expressions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from aioformal.mutation import expressions
from aioformal.mutation.building import FALSE, TRUE, conjuncts_of, disjuncts_of, is_prime, negated
from aioformal.mutation.mutant import Mutant, left_out, on_one_line, replaced
from aioformal.mutation.steps import swapped_steps
from aioformal.resolve.model import Definition, Level, Model
from aioformal.syntax import ast


def mistakes(model: Model) -> list[Mutant]:
    """All of them, in the order of the source."""
    maker = _Maker(model)
    found = [*maker.all(), *swapped_steps(maker.actions(), maker.changes_state)]
    found.sort(key=lambda m: (m.span.source.name, m.span.start))
    return list(_numbered(found))


def _numbered(mutants: list[Mutant]) -> Iterator[Mutant]:
    seen: Counter[str] = Counter()
    for mutant in mutants:
        seen[mutant.name] += 1
        yield replace(mutant, number=seen[mutant.name])


def children(node: Any) -> Iterator[Any]:
    """The nodes right below a node or a tuple of nodes."""
    if isinstance(node, tuple):
        items = cast("tuple[Any, ...]", node)
        for item in items:
            yield from children(item) if isinstance(item, tuple) else (item,)
    elif isinstance(node, Struct):
        for name in node.__struct_fields__:
            value = getattr(node, name)
            if isinstance(value, tuple):
                yield from children(value)
            elif isinstance(value, ast.Node):
                yield value


class _Maker:
    def __init__(self, model: Model) -> None:
        self._model = model
        self._definitions = model.flat.definitions
        self._primed: dict[str, bool] = {}
        self._initial = set(self._reached(model.init))
        self._following = set(self._reached(model.next))

    def all(self) -> Iterator[Mutant]:
        for key in sorted(self._following | self._initial):
            definition = self._definitions[key]
            if definition.level is Level.ACTION:
                yield from self._action(key, definition.body)
            elif key in self._initial and definition.level is Level.STATE:
                yield from self._initial_predicate(key, definition.body)
            else:
                yield from expressions.mistakes(key, definition.body)

    def actions(self) -> list[Definition]:
        found = (self._definitions[key] for key in sorted(self._following))
        return [d for d in found if d.level is Level.ACTION]

    def _reached(self, root: Any) -> Iterator[str]:
        """The keys of the definitions that a formula uses."""
        seen: set[str] = set()
        waiting: list[Any] = [] if root is None else [root]
        while waiting:
            node = waiting.pop()
            binding = node.binding if isinstance(node, ast.Name) else None
            if binding and binding.kind is ast.BindingKind.DEFINITION and binding.key not in seen:
                seen.add(binding.key)
                waiting.append(self._definitions[binding.key].body)
                yield binding.key
            waiting.extend(children(node))

    def changes_state(self, node: Any) -> bool:
        """Whether a prime or UNCHANGED stands anywhere in it."""
        if isinstance(node, ast.Name):
            if node.name in ("'", "UNCHANGED"):
                return True
            binding = node.binding
            if binding and binding.kind is ast.BindingKind.DEFINITION:
                return self._definitions[binding.key].level >= Level.ACTION
        return any(self.changes_state(child) for child in children(node))

    # ------------------------------------------------------------ Init

    def _initial_predicate(self, key: str, node: ast.Expr) -> Iterator[Mutant]:
        """Only what variables begin with: without `x = e` there would be no first state."""
        for item in conjuncts_of(node) or (node,):
            match item:
                case ast.Apply(operator=ast.Name(name="=" | "\\in"), args=(_, value)):
                    yield from expressions.mistakes(key, value)
                case _ if item is not node and conjuncts_of(item):
                    yield from self._initial_predicate(key, item)
                case _:
                    pass

    # ------------------------------------------------------------ Next

    def _action(self, key: str, node: ast.Expr) -> Iterator[Mutant]:
        for item in conjuncts_of(node):
            yield from self._conjunct(key, item)
        choices = disjuncts_of(node)
        for item in choices:
            yield left_out("drop-choice", key, item, FALSE, item)
            yield from self._conjunct(key, item)
        if not conjuncts_of(node) and not choices:
            yield from self._within(key, node)

    def _conjunct(self, key: str, item: ast.Expr) -> Iterator[Mutant]:
        if not self.changes_state(item):
            yield from self._guard(key, item)
        else:
            yield from self._action(key, item)

    def _guard(self, key: str, guard: ast.Expr) -> Iterator[Mutant]:
        yield left_out("drop-guard", key, guard, TRUE, guard)
        yield replaced("flip-guard", key, guard, negated(guard))
        yield from expressions.mistakes(key, guard, flipped=True)

    def _within(self, key: str, node: ast.Expr) -> Iterator[Mutant]:
        """Of an action that is neither a conjunction nor a disjunction."""
        match node:
            case ast.Quantifier(kind="\\E", body=body) | ast.Label(body=body):
                yield from self._action(key, body)
            case ast.Let(units=units, body=body):
                for unit in units:
                    yield from expressions.mistakes(key, unit)
                yield from self._action(key, body)
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                yield replaced("flip-condition", key, condition, negated(condition))
                yield from expressions.mistakes(key, condition, flipped=True)
                yield from self._conjunct(key, then)
                yield from self._conjunct(key, otherwise)
            case ast.Case(arms=arms):
                for arm in arms:
                    yield replaced("flip-condition", key, arm.guard, negated(arm.guard))
                    yield from self._conjunct(key, arm.value)
            case ast.Apply(operator=ast.Name(name="=" | "\\in"), args=(ast.Apply() as left, value)) if (
                is_prime(left)
            ):
                kept = replace(node, operator=_equals(node), args=(left, left.args[0]))
                if on_one_line(left.args[0]) != on_one_line(value):
                    yield left_out("drop-assignment", key, node, kept, node)
                yield from expressions.mistakes(key, value)
            case ast.Apply(args=args) if not is_prime(node):
                for arg in args:
                    yield from expressions.mistakes(key, arg)
            case _:
                pass


def _equals(node: ast.Expr) -> ast.Name:
    return ast.Name(node.span, "=", (), ast.Binding(ast.BindingKind.BUILTIN, "="))
