"""Conjunctions whose parts are read where the others hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aioformal.ir import term as ir
from aioformal.ir.term import Term


def conjuncts(term: Term) -> Sequence[Term]:
    """The parts of a conjunction, or the term itself; none of what is true."""
    if term is ir.true:
        return ()
    return term.args if term.op == "and" else (term,)


def fact_of(term: Term) -> tuple[Term, Term] | None:
    """The state variable that has one value where a term holds, and that value."""
    if term.op == "state":
        return term, ir.true
    if term.op == "not" and term.args[0].op == "state":
        return term.args[0], ir.false
    if term.op == "eq" and term.args[0].op == "state" and term.args[1].is_constant:
        return term.args[0], term.args[1]
    return None


def facts_of(conditions: Iterable[Term]) -> dict[Term, Term]:
    """The state variables that have one value where all conditions hold."""
    facts: dict[Term, Term] = {}
    waiting = list(conditions)
    while waiting:
        condition = waiting.pop()
        if condition.op == "and":
            waiting.extend(condition.args)
            continue
        fact = fact_of(condition)
        if fact is not None:
            facts[fact[0]] = fact[1]
    return facts


def narrowed(conditions: Sequence[Term]) -> Term:
    """The conjunction: what some conditions say a variable is worth is used in the others. A program counter
    decides most questions about a step."""
    parts = [part for one in conditions for part in conjuncts(one)]
    facts: dict[Term, Term] = {}
    while True:
        known = facts_of(parts)
        if len(known) == len(facts):
            return ir.and_(*parts)
        facts = known
        told = [part for part in parts if fact_of(part) is not None]
        others = [part for part in parts if fact_of(part) is None]
        made = ir.substitute(others, facts)
        if ir.false in made:
            return ir.false
        parts = [*told, *(part for one in made for part in conjuncts(one))]
