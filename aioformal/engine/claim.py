"""What is to be shown of every state and step of a behaviour, as formulas that say when it fails.

Each formula has two forms: for the first state of a behaviour, over that state; and for a later one,
over the state before it (`state` variables) and itself (`next` variables), so that what concerns a step
and what concerns the state it leads to make one question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from msgspec import Struct

from aioformal.ir.relation import Relation, free, state, successor
from aioformal.ir.sort import BoolSort, EnumSort, Sort
from aioformal.ir.system import Input, SystemPart, SystemProperty, Transition, TransitionSystem
from aioformal.ir.term import (
    Term,
    and_,
    boolean,
    enum,
    false,
    input_variable,
    integer,
    not_,
    or_,
    substitute,
    variables_of,
)
from aioformal.resolve.model import PartKind
from aioformal.solve.protocol import At

MOST_CHOICES = 256
"""Up to so many values of a transition's inputs are tried one by one to say that it is disabled."""


class Failure(Struct, frozen=True):
    """When something fails: in the first state, and in a later one."""

    first: Term
    later: Term

    def at(self, depth: int) -> At:
        """That it fails in the state `depth` steps from the first, or in the step there."""
        return At(self.first, 0) if depth == 0 else At(self.later, depth - 1)

    @property
    def impossible(self) -> bool:
        return self.first is false and self.later is false


class Claim(Struct, frozen=True):
    """`violated`: the property is false. `faulty`: it has no value. `always`: over a state alone,
    all that says the property fails in it, whether or not the state is the first. `initial`: the claim
    is about the first state alone; that its formulas fold to false is no sign of it, because they do so
    in the sorts, which a step may yet leave."""

    name: str
    violated: Failure
    faulty: Failure
    always: Term
    initial: bool = False

    def fails(self, depth: int) -> At:
        """That the property is violated or without a value."""
        violated, faulty = self.violated.at(depth), self.faulty.at(depth)
        return At(or_(violated.term, faulty.term), violated.frame)


def primed(term: Term, system: TransitionSystem) -> Term:
    """The same said of the next state."""
    return substitute([term], {state(v): successor(v) for v in system.variables})[0]


def claim_of(prop: SystemProperty, system: TransitionSystem) -> Claim:
    """The claim that a property makes. Parts are INITIAL, ALWAYS or STEP."""
    initial = [part for part in prop.parts if part.kind is PartKind.INITIAL]
    always = [part for part in prop.parts if part.kind is PartKind.ALWAYS]
    step = [part for part in prop.parts if part.kind is PartKind.STEP]
    return Claim(
        prop.name,
        Failure(_violated([*initial, *always]), or_(_violated(step), primed(_violated(always), system))),
        Failure(_faulty([*initial, *always]), or_(_faulty(step), primed(_faulty(always), system))),
        or_(_violated(always), _faulty(always)),
        initial=len(initial) == len(prop.parts),
    )


def expanded_failure(term: Term, system: TransitionSystem) -> Failure:
    """A formula over one state as the failure of a state that is expanded: one that satisfies
    CONSTRAINT and was reached by a step that satisfies ACTION_CONSTRAINT."""
    expanded = and_(system.constraint, term)
    return Failure(expanded, and_(system.action_constraint, primed(_chosen_next(expanded), system)))


def _chosen_next(term: Term) -> Term:
    """The term about choices of their own: those of the step to a state are not those of the step from it,
    though a transition that is taken twice names both alike."""
    chosen = [leaf for leaf in variables_of(term) if leaf.op == "input"]
    return substitute([term], {leaf: input_variable(f"@next {leaf.name}", leaf.sort) for leaf in chosen})[0]


def _violated(parts: Iterable[SystemPart]) -> Term:
    return or_(*(not_(part.term) for part in parts))


def _faulty(parts: Iterable[SystemPart]) -> Term:
    return or_(*(obligation.condition for part in parts for obligation in part.obligations))


def constraint_failure(system: TransitionSystem) -> Failure:
    """When CONSTRAINT has no value in a state, or ACTION_CONSTRAINT none on a step to a state inside."""
    of_states = or_(*(obligation.condition for obligation in system.constraint_obligations))
    of_steps = or_(*(obligation.condition for obligation in system.action_constraint_obligations))
    inside = primed(system.constraint, system)
    return Failure(of_states, or_(and_(inside, of_steps), primed(of_states, system)))


def trouble(relation: Relation) -> Failure:
    """That something goes wrong apart from the claims: a constraint has no value, or from a state that
    is expanded a step leaves the shapes or has no value."""
    steps = expanded_failure(or_(*(o.condition for o in relation.step_obligations)), relation.system)
    constraints = constraint_failure(relation.system)
    return Failure(or_(steps.first, constraints.first), or_(steps.later, constraints.later))


def deadlocked(system: TransitionSystem) -> Term | None:
    """Over a state: no transition is enabled. None where some transition has
    inputs with too many values."""
    enabled = [_enabled(transition) for transition in system.transitions]
    known = [term for term in enabled if term is not None]
    if len(known) < len(enabled):
        return None
    return and_(*(not_(term) for term in known))


def deadlock_claim(dead: Term, system: TransitionSystem) -> Claim:
    return Claim("deadlock", expanded_failure(dead, system), Failure(false, false), dead)


def _enabled(transition: Transition) -> Term | None:
    """Whether some choice of the inputs satisfies the guard: the disjunction over all of them."""
    values = [_members(i.sort) for i in transition.inputs]
    count = 1
    for members in values:
        count *= MOST_CHOICES + 1 if members is None else len(members)
    if count > MOST_CHOICES:
        return None
    combinations = product(*(members or () for members in values))
    return or_(*(_chosen(transition.guard, transition.inputs, values) for values in combinations))


def _chosen(guard: Term, inputs: Sequence[Input], values: Sequence[Term]) -> Term:
    return substitute([guard], {free(i): value for i, value in zip(inputs, values, strict=True)})[0]


def _members(sort: Sort) -> list[Term] | None:
    """All members of a small sort, as constants."""
    if isinstance(sort, BoolSort):
        return [boolean(False), boolean(True)]
    if isinstance(sort, EnumSort):
        return [enum(i, sort.size) for i in range(sort.size)]
    if sort.lo is None or sort.hi is None or sort.hi - sort.lo >= MOST_CHOICES:
        return None
    return [integer(i) for i in range(sort.lo, sort.hi + 1)]
