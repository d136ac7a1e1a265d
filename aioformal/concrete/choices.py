"""The outer form of an action: whether it forks, and whether it is a choice that names the step."""

from __future__ import annotations

from collections.abc import Mapping

from aioformal.concrete.condition import builtin_key
from aioformal.resolve.model import Definition
from aioformal.syntax import ast


def defined_by(expr: ast.Expr, definitions: Mapping[str, Definition]) -> Definition | None:
    """The definition that an expression applies."""
    name = expr.operator if isinstance(expr, ast.Apply) else expr
    if not isinstance(name, ast.Name) or name.binding is None:
        return None
    if name.binding.kind is not ast.BindingKind.DEFINITION:
        return None
    return definitions[name.binding.key]


def is_choice(expr: ast.Expr, definitions: Mapping[str, Definition]) -> bool:
    """Whether an expression is `\\/` or `\\E`, directly or through definitions, LET and labels."""
    seen: set[str] = set()
    while True:
        if isinstance(expr, ast.Let | ast.Label):
            expr = expr.body
            continue
        definition = defined_by(expr, definitions)
        if definition is None or definition.key in seen:
            break
        seen.add(definition.key)
        expr = definition.body
    if isinstance(expr, ast.Junction):
        return expr.kind == "\\/"
    return builtin_key(expr) == "\\/" or (isinstance(expr, ast.Quantifier) and expr.kind == "\\E")


def forks(expr: ast.Expr, definitions: Mapping[str, Definition]) -> bool:
    """Whether an expression, read as an action, has a `\\/` or `\\E` among its conjuncts.

    Such a test is true as often as its disjuncts are: TLC counts each time.
    """
    seen: set[str] = set()
    waiting = [expr]
    while waiting:
        one = waiting.pop()
        if builtin_key(one) == "\\/" or (isinstance(one, ast.Junction) and one.kind == "\\/"):
            return True
        if isinstance(one, ast.Quantifier) and one.kind == "\\E":
            return True
        definition = defined_by(one, definitions)
        if definition is not None and definition.key not in seen:
            seen.add(definition.key)
            waiting.append(definition.body)
        waiting.extend(_continued(one))
    return False


def _continued(expr: ast.Expr) -> tuple[ast.Expr, ...]:
    """The parts of an action that are actions themselves."""
    match expr:
        case ast.Junction(items=items):
            return items
        case ast.If(then=then, otherwise=otherwise):
            return then, otherwise
        case ast.Case(arms=arms, other=other):
            return (*(arm.value for arm in arms), *([other] if other else []))
        case ast.Let(body=body) | ast.Label(body=body) | ast.Quantifier(body=body):
            return (body,)
        case ast.Apply(args=args) if builtin_key(expr) == "/\\":
            return args
        case ast.Apply(args=args) if builtin_key(expr) == "=>":
            return (args[1],)
        case _:
            return ()


def conjuncts(expr: ast.Expr) -> list[ast.Expr]:
    """The operands of `/\\`, nested conjunctions taken apart, found without recursion."""
    return _operands(expr, "/\\")


def disjuncts(expr: ast.Expr) -> list[ast.Expr]:
    """The operands of `\\/`, nested disjunctions taken apart."""
    return _operands(expr, "\\/")


def _operands(expr: ast.Expr, key: str) -> list[ast.Expr]:
    found: list[ast.Expr] = []
    waiting = [expr]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Junction) and one.kind == key:
            waiting.extend(reversed(one.items))
        elif isinstance(one, ast.Apply) and builtin_key(one) == key:
            waiting.extend(reversed(one.args))
        else:
            found.append(one)
    return found


def conjuncts_of_formula(expr: ast.Expr, definitions: Mapping[str, Definition]) -> list[ast.Expr]:
    """The conjuncts of a formula, definitions without parameters walked through."""
    found: list[ast.Expr] = []
    waiting = [(expr, frozenset[str]())]
    while waiting:
        one, seen = waiting.pop()
        parts = conjuncts(one)
        definition = defined_by(one, definitions)
        if len(parts) > 1:
            waiting.extend((part, seen) for part in reversed(parts))
        elif definition is not None and not definition.params and definition.key not in seen:
            waiting.append((definition.body, seen | {definition.key}))
        else:
            found.append(one)
    return found
