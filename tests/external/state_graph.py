"""State graphs: as TLC dumps them, and as our reference semantics has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from aioformal.concrete import Program
from aioformal.source import Source
from aioformal.syntax import ast, parse_expression
from aioformal.value.functions import merge, singleton
from aioformal.value.values import (
    ModelValue,
    State,
    Value,
    boolean,
    make_record,
    make_tuple,
)

NODE = re.compile(r'^(-?\d+) \[label="((?:[^"\\]|\\.)*)"(,style = filled)?', re.MULTILINE)
EDGE = re.compile(r"^(-?\d+) -> (-?\d+) ", re.MULTILINE)

Edge: TypeAlias = tuple[State, State]


@dataclass(frozen=True)
class StateGraph:
    initial: frozenset[State]
    states: frozenset[State]
    edges: frozenset[Edge]


def dumped_graph(path: Path, variables: tuple[str, ...]) -> StateGraph:
    """The graph of a dump, whose nodes are labelled by conjunctions such as `/\\ x = 1`."""
    text = path.read_text(encoding="utf-8")
    nodes: dict[str, State] = {}
    initial: set[State] = set()
    for number, label, style in NODE.findall(text):
        nodes[number] = _state(label, variables)
        if style:
            initial.add(nodes[number])
    edges = frozenset((nodes[a], nodes[b]) for a, b in EDGE.findall(text))
    return StateGraph(frozenset(initial), frozenset(nodes.values()), edges)


def _state(label: str, variables: tuple[str, ...]) -> State:
    plain = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), label)
    formula = parse_expression(Source("label", plain))
    equations = formula.items if isinstance(formula, ast.Junction) else (formula,)
    values: dict[str, Value] = {}
    for equation in equations:
        assert isinstance(equation, ast.Apply)
        left, right = equation.args
        assert isinstance(left, ast.Name)
        values[left.name] = value_of(right)
    return tuple(values[name] for name in variables)


def value_of(expr: ast.Expr) -> Value:
    """The value of an expression as TLC prints values: no names but those of model values."""
    match expr:
        case ast.Number(value=value) | ast.String(value=value):
            return value
        case ast.Boolean(value=value):
            return boolean(value)
        case ast.Name(name=name):
            return ModelValue(name)
        case ast.Tuple(elements=elements):
            return make_tuple(map(value_of, elements))
        case ast.SetEnumeration(elements=elements):
            return frozenset(map(value_of, elements))
        case ast.RecordConstructor(fields=fields):
            return make_record({field.name.name: value_of(field.value) for field in fields})
        case ast.Apply(operator=ast.Name(name=operator), args=args):
            return _applied(operator, *map(value_of, args))
        case _:
            raise AssertionError(f"TLC prints no {type(expr).__name__}")


def _applied(operator: str, *args: Value) -> Value:
    apply: Mapping[str, object] = {
        ":>": singleton,
        "@@": merge,
        "-": _negative,
        "-.": _negative,
        "..": _interval,
    }
    function = apply[operator]
    assert callable(function)
    return function(*args)


def _negative(value: int) -> int:
    return -value


def _interval(low: int, high: int) -> Value:
    return frozenset(range(low, high + 1))


APPLIED: Mapping[str, Callable[..., Value]] = {
    ":>": singleton,
    "@@": merge,
    "-.": _negative,
    "..": _interval,
}


def explored_graph(program: Program) -> StateGraph:
    """Everything that can be reached, by the reference semantics. As in a dump, what a constraint leaves
    out is no state."""
    initial = {s for s in program.initial_states() if program.satisfies_constraints(s)}
    waiting, states, edges = list(initial), set(initial), set[Edge]()
    for state in waiting:
        for step in program.successors(state):
            if not program.satisfies_constraints(step.state):
                continue
            if not program.satisfies_action_constraints(state, step.state):
                continue
            edges.add((state, step.state))
            if step.state not in states:
                states.add(step.state)
                waiting.append(step.state)
    return StateGraph(frozenset(initial), frozenset(states), frozenset(edges))
