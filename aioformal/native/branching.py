"""Rules to a tree of decisions.

Nearly every rule of a specification of processes says which value a program counter, a message kind or
the like must have. So the tree first looks at the slot that decides the most rules, then, for each of
its values and with that value filled in, at what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

from aioformal.ir.node import leaves
from aioformal.ir.sort import BOOL, EnumSort, IntSort
from aioformal.ir.system import Input
from aioformal.ir.term import Term, and_, enum, false, input_variable, integer, not_, substitute, true
from aioformal.native.tree import Answer, Emit, Loop, Switch, Tree, Trouble, When

FEWEST = 3
"""Rules for which a slot is worth a switch."""


MOST_CHOICES = 1 << 24
"""Combinations of inputs that one rule may go through."""


class UnboundedInputError(ValueError):
    """Inputs have infinitely many values, or too many: they cannot be gone through."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`leaf` where `guard` holds, for all values of `inputs`."""

    guard: Term
    leaf: Emit | Trouble
    inputs: tuple[Input, ...] = ()


def branch(rules: Iterable[Rule]) -> Tree:
    """The tree that comes to the leaf of every rule whose guard holds. Raises `UnboundedInputError`."""
    live = [rule for rule in rules if rule.guard is not false]
    trees: list[Tree] = []
    while (slot := _deciding_slot(live)) is not None:
        decided = [(rule, values) for rule in live if (values := _values_of(rule.guard, slot)) is not None]
        trees.append(_switch(slot, decided))
        live = [rule for rule in live if _values_of(rule.guard, slot) is None]
    trees.extend(_in_sequence(live))
    return trees[0] if len(trees) == 1 else tuple(trees)


def _deciding_slot(rules: Sequence[Rule]) -> Term | None:
    """The slot that the most rules ask to have certain values, the first of these; if it is worth it."""
    asked: Counter[Term] = Counter()
    for rule in rules:
        # Not a set: the order of states must not depend on where terms lie in memory.
        asked.update(dict.fromkeys(s for part in conjuncts(rule.guard) for s in _slots_asked(part)).keys())
    best = max(asked.items(), key=lambda item: item[1], default=None)
    return best[0] if best is not None and best[1] >= FEWEST else None


def conjuncts(guard: Term) -> tuple[Term, ...]:
    return guard.args if guard.op == "and" else (guard,)


def _slots_asked(part: Term) -> Iterable[Term]:
    """The slot whose value a conjunct fixes, or confines to some values."""
    options = part.args if part.op == "or" else (part,)
    slot = _slot_of(options[0])
    if slot is not None and all(_slot_of(option) is slot for option in options):
        yield slot


def _slot_of(equation: Term) -> Term | None:
    if equation.op != "eq" or equation.args[0].op != "state" or not equation.args[1].is_constant:
        return None
    return equation.args[0] if equation.args[0].sort is not BOOL else None


def _values_of(guard: Term, slot: Term) -> list[int] | None:
    """The values that a guard asks a slot to have; None if it leaves that open."""
    for part in conjuncts(guard):
        if slot in _slots_asked(part):
            options = part.args if part.op == "or" else (part,)
            return [_number(option.args[1]) for option in options]
    return None


def _number(constant: Term) -> int:
    assert isinstance(constant.payload, int)
    return constant.payload


def _switch(slot: Term, decided: Sequence[tuple[Rule, list[int]]]) -> Switch:
    by_value: dict[int, list[Rule]] = {}
    for rule, values in decided:
        for value in values:
            by_value.setdefault(value, []).append(rule)
    cases = [
        (value, branch(_filled_in(rules, {slot: _constant(slot, value)})))
        for value, rules in by_value.items()
    ]
    return Switch(slot, tuple(case for case in cases if case[1] != ()))


def _constant(slot: Term, value: int) -> Term:
    return enum(value, slot.sort.size) if isinstance(slot.sort, EnumSort) else integer(value)


def _filled_in(rules: Sequence[Rule], values: Mapping[Term, Term]) -> list[Rule]:
    """The rules with slots replaced by what is known of them: one walk over all their terms."""
    roots = [term for rule in rules for term in _terms(rule)]
    replaced = dict(zip(roots, substitute(roots, values), strict=True))
    return [_rebuilt(rule, replaced) for rule in rules]


def _terms(rule: Rule) -> Iterable[Term]:
    yield rule.guard
    if isinstance(rule.leaf, Emit):
        yield from rule.leaf.updates.values()
        yield from rule.leaf.failed.values()
        yield rule.leaf.allowed
        yield rule.leaf.unclear
        yield rule.leaf.ways


def _rebuilt(rule: Rule, terms: Mapping[Term, Term]) -> Rule:
    leaf = rule.leaf
    if isinstance(leaf, Emit):
        updates = {name: terms[term] for name, term in leaf.updates.items()}
        failed = {number: terms[term] for number, term in leaf.failed.items() if terms[term] is not false}
        others = terms[leaf.allowed], terms[leaf.unclear], terms[leaf.ways]
        leaf = Emit(leaf.rule, updates, failed, *others)
    return replace(rule, guard=terms[rule.guard], leaf=leaf)


def _in_sequence(rules: Sequence[Rule]) -> list[Tree]:
    """One rule after the other; those with the same guard and no inputs share the test."""
    trees: list[Tree] = []
    sharing: dict[Term, list[Tree]] = {}
    for rule in rules:
        if rule.inputs:
            trees.append(_looped(rule))
        elif rule.guard in sharing:
            sharing[rule.guard].append(rule.leaf)
        else:
            sharing[rule.guard] = [rule.leaf]
    trees.extend(_when(guard, tuple(leaves)) for guard, leaves in sharing.items())
    return trees


def _when(condition: Term, body: Tree) -> Tree:
    return body if condition is true else When(condition, body)


def _looped(rule: Rule) -> Tree:
    variables = [input_variable(one.name, one.sort) for one in rule.inputs]
    return _loops(variables, conjuncts(rule.guard), rule.leaf)


def tree_of_first(term: Term) -> Tree:
    """The loops that find what a term `first` looks for. Raises `UnboundedInputError`."""
    *bound, condition, value = term.args
    return _loops(bound, _taken_apart(condition), Answer(value))


def _taken_apart(condition: Term) -> list[Term]:
    """The parts of a condition that all have to hold: the fewer variables one speaks of, the earlier it can
    be tested."""
    parts: list[Term] = []
    stack = [condition]
    while stack:
        part = stack.pop()
        denied = part.args[0] if part.op == "not" else None
        if part.op == "and":
            stack.extend(reversed(part.args))
        elif denied is not None and denied.op == "or":
            stack.extend(not_(option) for option in reversed(denied.args))
        else:
            parts.append(part)
    return list(dict.fromkeys(parts))


def _loops(variables: Sequence[Term], parts: Sequence[Term], leaf: Tree) -> Tree:
    """Comes to the leaf for all values of some variables for which all parts of a condition hold, each of
    which is tested as soon as its variables are bound."""
    ranges = {variable: _range_of(variable) for variable in variables}
    if prod(greatest - least + 1 for least, greatest in ranges.values()) > MOST_CHOICES:
        raise UnboundedInputError(f"a step chooses among more than {MOST_CHOICES:,} combinations of values")
    speaks_of = {part: ranges.keys() & set(leaves((part,))) for part in parts}
    bound: set[Term] = set()
    stages: list[tuple[Term | None, Term]] = []
    for variable in (None, *variables):
        if variable is not None:
            bound.add(variable)
        ready = [part for part in parts if part in speaks_of and speaks_of[part] <= bound]
        for part in ready:
            del speaks_of[part]
        stages.append((variable, and_(*ready)))
    tree = leaf
    for variable, tested in reversed(stages):
        tree = _when(tested, tree)
        if variable is not None:
            tree = Loop(variable, *ranges[variable], tree)
    return tree


def _range_of(variable: Term) -> tuple[int, int]:
    sort = variable.sort
    if sort is BOOL:
        return 0, 1
    if isinstance(sort, EnumSort):
        return 0, sort.size - 1
    assert isinstance(sort, IntSort)
    if sort.lo is None or sort.hi is None:
        raise UnboundedInputError(f"{variable.name} is chosen among infinitely many values")
    return sort.lo, sort.hi
