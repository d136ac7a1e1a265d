"""The parts of conditions, sorted by what they speak of."""

from __future__ import annotations

from aioformal.ir.node import Term
from aioformal.ir.sort import BOOL, EnumSort
from aioformal.ir.term import and_, enum, integer, not_


def conjuncts(condition: Term) -> tuple[Term, ...]:
    return condition.args if condition.op == "and" else (condition,)


def disjuncts(condition: Term) -> tuple[Term, ...]:
    return condition.args if condition.op == "or" else (condition,)


def grouped_conjuncts(condition: Term) -> tuple[Term, ...]:
    """The parts of a conjunction, also of one that is a disjunction denied. What is said of the same thing
    stays together."""
    parts = conjuncts(condition)
    if condition.op == "not" and condition.args[0].op == "or":
        parts = tuple(map(not_, condition.args[0].args))
    together: dict[Term, list[Term]] = {}
    for part in parts:
        found = with_constant(denied(part))
        together.setdefault(part if found is None else found[0], []).append(part)
    return tuple(and_(*group) for group in together.values())


def grouped_disjuncts(condition: Term) -> tuple[Term, ...]:
    return tuple(map(not_, grouped_conjuncts(not_(condition))))


def denied(part: Term) -> Term | None:
    return part.args[0] if part.op == "not" else None


def with_constant(equation: Term | None) -> tuple[Term, int] | None:
    """What an equation compares with which constant."""
    if equation is None or equation.op != "eq" or not equation.args[1].is_constant:
        return None
    return None if equation.args[0].sort is BOOL else (equation.args[0], number(equation.args[1]))


def number(constant: Term) -> int:
    assert isinstance(constant.payload, int)
    return constant.payload


def member(slot: Term, value: int) -> Term:
    """A value of a slot that is no truth value."""
    return enum(value, slot.sort.size) if isinstance(slot.sort, EnumSort) else integer(value)
