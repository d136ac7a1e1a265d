"""Rules to a tree of decisions.

Nearly every rule of a specification of processes says which value a program counter, a message kind or
the like must have. So the tree first looks at the slot that decides the most rules, then, for each of
its values and with that value filled in, at what is left. What no slot decides is put together by the
conditions that rules share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from math import prod

from msgspec import Struct
from msgspec.structs import replace

from aioformal.ir.node import leaves
from aioformal.ir.sort import BOOL, EnumSort, IntSort
from aioformal.ir.system import Input
from aioformal.ir.term import Term, and_, false, input_variable, not_, or_, substitute, true
from aioformal.native.conditions import conjuncts, disjuncts, member, with_constant
from aioformal.native.tree import Answer, Emit, Loop, Switch, Tree, Trouble, When

FEWEST = 3
"""Rules for which a slot is worth a switch."""

MOST_COPIES = 32
"""Copies of a rule that the cases of its conditions may make, each with what one of them says."""

MOST_SHARED = 6
"""Shared conditions below each other. Chains of IF and ELSE share one with all that follows, arm by arm."""

MOST_PARTS = 20_000
"""Conditions of all rules together beyond which nobody asks which they share."""

MOST_CHOICES = 1 << 24
"""Combinations of inputs that one rule may go through."""


class UnboundedInputError(ValueError):
    """Inputs have infinitely many values, or too many: they cannot be gone through."""


class Rule(Struct, frozen=True):
    """`leaf` where `guard` holds, for all values of `inputs`."""

    guard: Term
    leaf: Emit | Trouble
    inputs: tuple[Input, ...] = ()


def branch(rules: Iterable[Rule]) -> Tree:
    """The tree that comes to the leaf of every rule whose guard holds; of several troubles perhaps to one
    only. Raises `UnboundedInputError`."""
    return _Brancher().tree(rules)


class _Brancher:
    """Remembers what was found out about guards and conditions: many rules share theirs."""

    def __init__(self) -> None:
        self._asked: dict[Term, Mapping[Term, Sequence[int]]] = {}
        self._chosen: dict[Term, bool] = {}

    def tree(self, rules: Iterable[Rule], depth: int = 0) -> Tree:
        """Below so many conditions that were shared."""
        live = [case for rule in rules for case in _cases(rule)]
        trees: list[Tree] = []
        while (slot := self._deciding_slot(live)) is not None:
            decided, live = _parted(live, lambda rule, slot=slot: slot in self._asked_by(rule.guard))
            trees.append(self._switch(slot, decided, depth))
        groups, live = self._sharing(live, depth)
        for group in groups:
            shared = self._shared_by_all([rule.guard for rule in group])
            inside = [_without(rule, set(shared)) for rule in group]
            trees.append(When(and_(*shared), self.tree(inside, depth + 1)))
        trees.extend(_in_sequence(live))
        return trees[0] if len(trees) == 1 else tuple(trees)

    # ------------------------------------------------------------ slots

    def _deciding_slot(self, rules: Sequence[Rule]) -> Term | None:
        """The slot that the most rules ask to have certain values, the first of these; if it is worth it."""
        asked: Counter[Term] = Counter()
        for rule in rules:
            asked.update(self._asked_by(rule.guard).keys())
        best = max(asked.items(), key=lambda item: item[1], default=None)
        return best[0] if best is not None and best[1] >= FEWEST else None

    def _asked_by(self, guard: Term) -> Mapping[Term, Sequence[int]]:
        """The slots that a guard asks to have certain values, and these."""
        asked = self._asked.get(guard)
        if asked is None:
            asked = self._asked[guard] = _asked_by(guard)
        return asked

    def _switch(self, slot: Term, decided: Sequence[Rule], depth: int) -> Switch:
        by_value: dict[int, list[Rule]] = {}
        for rule in decided:
            for value in self._asked_by(rule.guard)[slot]:
                by_value.setdefault(value, []).append(rule)
        cases = [
            (value, self.tree(_filled_in(rules, {slot: member(slot, value)}), depth))
            for value, rules in by_value.items()
        ]
        return Switch(slot, tuple(case for case in cases if case[1] != ()))

    # ------------------------------------------------------------ conditions

    def _sharing(self, rules: list[Rule], depth: int) -> tuple[list[list[Rule]], list[Rule]]:
        """The rules put together by the conditions that the most of them share, and those that are left."""
        if depth >= MOST_SHARED or sum(len(conjuncts(rule.guard)) for rule in rules) > MOST_PARTS:
            return [], rules
        by_part: dict[Term, list[int]] = {}
        for n, rule in enumerate(rules):
            for part in conjuncts(rule.guard):
                by_part.setdefault(part, []).append(n)
        common = ((part, where) for part, where in by_part.items() if len(where) > 1)
        live = dict.fromkeys(range(len(rules)))
        groups: list[list[Rule]] = []
        for part, where in sorted(common, key=lambda item: -len(item[1])):
            inside = [n for n in where if n in live]
            if len(inside) > 1 and part is not true and not self._is_chosen(part):
                groups.append([rules[n] for n in inside])
                for n in inside:
                    del live[n]
        return groups, [rules[n] for n in live]

    def _shared_by_all(self, guards: Sequence[Term]) -> list[Term]:
        parts = map(conjuncts, guards)
        first = next(parts)
        others = [set(more) for more in parts]
        return [part for part in first if all(part in more for more in others) and not self._is_chosen(part)]

    def _is_chosen(self, part: Term) -> bool:
        """Whether a condition speaks of what is bound only inside of a rule's loops."""
        known = self._chosen.get(part)
        if known is None:
            known = self._chosen[part] = any(leaf.op == "input" for leaf in leaves((part,)))
        return known


def _cases(rule: Rule) -> Iterable[Rule]:
    """A rule that never holds is none. The cases of a condition may each lead to trouble, so that each is
    looked for only where it can be; but loops are gone through once."""
    if isinstance(rule.leaf, Trouble) and not rule.inputs:
        return [replace(rule, guard=case) for case in disjuncts(rule.guard) if case is not false]
    return [] if rule.guard is false else [rule]


def _parted(rules: Sequence[Rule], test: Callable[[Rule], bool]) -> tuple[list[Rule], list[Rule]]:
    return [rule for rule in rules if test(rule)], [rule for rule in rules if not test(rule)]


def _asked_by(guard: Term) -> dict[Term, list[int]]:
    """The slots that some conjunct confines to some values, and the values. Where its cases say more than
    that, each of the values gets a copy of the rule, and each copy perhaps others for the next conjunct."""
    parts = conjuncts(guard)
    mixed = [part for part in parts if any(case.op == "and" for case in disjuncts(part) if part is not case)]
    if prod(len(part.args) for part in mixed) > MOST_COPIES:
        parts = tuple(part for part in parts if part not in mixed)
    asked: dict[Term, list[int]] = {}
    for part in parts:
        for slot, values in _confined(part).items():
            asked.setdefault(slot, values)
    return asked


def _confined(part: Term) -> dict[Term, list[int]]:
    """The slots that have one of some values whichever case of a condition holds, and the values."""
    cases = list(map(_fixed, disjuncts(part)))
    slots = (slot for slot in cases[0] if all(slot in case for case in cases))
    return {slot: list(dict.fromkeys(case[slot] for case in cases)) for slot in slots}


def _fixed(case: Term) -> dict[Term, int]:
    """The slots that have one value where a condition holds, as far as it says so itself."""
    facts = filter(None, map(with_constant, conjuncts(case)))
    return {of: value for of, value in facts if of.op == "state"}


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


def _without(rule: Rule, parts: Set[Term]) -> Rule:
    return replace(rule, guard=and_(*(part for part in conjuncts(rule.guard) if part not in parts)))


def _in_sequence(rules: Sequence[Rule]) -> list[Tree]:
    """One rule after the other; those with the same guard and no inputs share the test. Trouble undoes all
    that is done for a state, so it may be looked for at any time."""
    trees = [_looped(rule) for rule in rules if rule.inputs]
    steps: dict[Term, list[Emit]] = {}
    troubles: dict[Term, Trouble] = {}
    for rule in rules:
        if rule.inputs:
            continue
        if isinstance(rule.leaf, Emit):
            steps.setdefault(rule.guard, []).append(rule.leaf)
        else:
            troubles.setdefault(rule.guard, rule.leaf)
    trees += _first_trouble(troubles)
    trees.extend(_when(guard, tuple(leaves)) for guard, leaves in steps.items())
    return trees


def _first_trouble(troubles: Mapping[Term, Trouble]) -> list[Tree]:
    """Nearly always there is none: one test says so. Code that is made fast keeps in memory whatever a later
    branch needs, so none of them tells which it is."""
    return [_when(or_(*troubles), next(iter(troubles.values())))] if troubles else []


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
