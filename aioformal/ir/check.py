"""Whether a transition system is well formed. A system that is not is a fault of its encoder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aioformal.diagnostic import error
from aioformal.ir.node import Term, false, leaves
from aioformal.ir.sort import BOOL, IntSort, Sort
from aioformal.ir.system import Initial, Input, Obligation, SystemPart, Transition, TransitionSystem
from aioformal.ir.term import variables_of
from aioformal.resolve.model import PartKind


def check_system(system: TransitionSystem) -> None:
    """Every formula is boolean and speaks only of what is declared where it stands; every value has a
    sort of its variable's kind; every initial rule gives every variable a value; ways are numbers.

    Raises `DiagnosticError` internal.fault, which names the first place that is wrong.
    """
    for complaint in _complaints(system):
        raise error("internal.fault", f"a transition system is malformed: {complaint}")


def _complaints(system: TransitionSystem) -> Iterator[str]:
    sorts = {v.name: v.sort for v in system.variables}
    if len(sorts) < len(system.variables):
        yield "two variables have one name"
    for number, rule in enumerate(system.initial):
        yield from _in_rule(f"initial rule {number}", rule, sorts)
    for number, transition in enumerate(system.transitions):
        yield from _in_rule(f"transition {number} ({transition.label.name})", transition, sorts)
    yield from _in_constraints(system, sorts)
    for prop in system.properties:
        for part in prop.parts:
            yield from _in_part(f"property {prop.name}", part, sorts)


def _in_constraints(system: TransitionSystem, sorts: Mapping[str, Sort]) -> Iterator[str]:
    yield from _formula("CONSTRAINT", system.constraint, sorts, ops={"state"})
    yield from _formula("ACTION_CONSTRAINT", system.action_constraint, sorts, ops={"state", "next"})
    for obligation in system.constraint_obligations:
        yield from _formula("CONSTRAINT", obligation.condition, sorts, ops={"state"})
    for obligation in system.action_constraint_obligations:
        yield from _formula("ACTION_CONSTRAINT", obligation.condition, sorts, ops={"state", "next"})


def _in_rule(place: str, rule: Initial | Transition, sorts: Mapping[str, Sort]) -> Iterator[str]:
    initial = isinstance(rule, Initial)
    values = rule.values if initial else rule.updates
    ops = {"input"} if initial else {"state", "input"}
    yield from _values(place, values, sorts)
    if initial and rule.guard is not false and len(values) < len(sorts):
        yield f"{place} leaves {sorted(sorts.keys() - values.keys())} without a value"
    yield from _formula(place, rule.guard, sorts, ops, rule.inputs)
    yield from _obligations(place, rule.obligations, sorts, ops, rule.inputs)
    if not isinstance(rule.ways.sort, IntSort):
        yield f"{place} counts in sort {rule.ways.sort}"
    for value in (*values.values(), rule.ways):
        yield from _scope(place, value, sorts, ops, rule.inputs)


def _values(place: str, values: Mapping[str, Term], sorts: Mapping[str, Sort]) -> Iterator[str]:
    for name, value in values.items():
        if name not in sorts:
            yield f"{place} gives {name}, which is no variable, a value"
        elif not _same_kind(sorts[name], value.sort):
            yield f"{place} gives {name} of sort {sorts[name]} a value of sort {value.sort}"


def _same_kind(a: Sort, b: Sort) -> bool:
    return a == b or (isinstance(a, IntSort) and isinstance(b, IntSort))


def _in_part(place: str, part: SystemPart, sorts: Mapping[str, Sort]) -> Iterator[str]:
    if part.kind is PartKind.TEMPORAL:
        yield f"{place} has a temporal part"
    ops = {"state", "next"} if part.kind is PartKind.STEP else {"state"}
    yield from _formula(place, part.term, sorts, ops)
    yield from _obligations(place, part.obligations, sorts, ops, ())


def _obligations(
    place: str,
    obligations: Iterable[Obligation],
    sorts: Mapping[str, Sort],
    ops: set[str],
    inputs: tuple[Input, ...],
) -> Iterator[str]:
    for obligation in obligations:
        yield from _formula(f"{place}, {obligation.kind}", obligation.condition, sorts, ops, inputs)


def _formula(
    place: str, term: Term, sorts: Mapping[str, Sort], ops: set[str], inputs: tuple[Input, ...] = ()
) -> Iterator[str]:
    if term.sort != BOOL:
        yield f"{place} has a formula of sort {term.sort}"
    yield from _scope(place, term, sorts, ops, inputs)


def _scope(
    place: str, term: Term, sorts: Mapping[str, Sort], ops: set[str], inputs: tuple[Input, ...]
) -> Iterator[str]:
    free = {i.name: i.sort for i in inputs}
    for leaf in leaves((term,)):
        if leaf.op == "bound":
            yield f"{place} speaks of {leaf.name}, which nothing binds"
    for leaf in variables_of(term):
        declared = free if leaf.op == "input" else sorts
        if leaf.op not in ops:
            yield f"{place} speaks of the {leaf.op} variable {leaf.name}"
        elif declared.get(leaf.name) != leaf.sort:
            yield f"{place} speaks of {leaf.name} as {leaf.sort}, declared {declared.get(leaf.name)}"
