"""A transition system laid out and branched: everything that a runner has to know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from aioformal.ir.node import Term
from aioformal.ir.reduction import Symmetry, View
from aioformal.ir.relation import obligations_of, state, successor
from aioformal.ir.sort import IntSort
from aioformal.ir.system import Initial, Label, Obligation, SystemPart, Transition, TransitionSystem
from aioformal.ir.term import false, not_, or_, postorder, substitution, true
from aioformal.native.branching import Rule, branch
from aioformal.native.layout import LARGEST, Layout, TooWideError, layout_of
from aioformal.native.tree import Answer, Emit, Loop, Switch, Tree, Trouble, When
from aioformal.resolve.model import PartKind

CROWD = 63
"""The bit of a mask that stands for every property from this number on."""

Failures: TypeAlias = Mapping[int, Term]
"""For the number of a property, the condition that it fails or cannot be evaluated."""


class TooMuchCodeError(ValueError):
    """The code of a plan takes too long to compile."""


class Plan(Struct, frozen=True):
    """`labels` are those of the transitions by their number. `troubles` are what the `Trouble` leaves of
    both trees refer to. `always` and `initially` speak of one state (`initially` contains what must
    always hold too); `outside` is where CONSTRAINT forbids a state, `unclear` where it has no value."""

    layout: Layout
    initial: Tree
    step: Tree
    labels: tuple[Label, ...]
    troubles: tuple[Obligation, ...]
    always: Failures
    initially: Failures
    outside: Term
    unclear: Term
    has_step_properties: bool
    symmetry: Symmetry | None = None
    """What is kept of a state is the one that stands for all its images; what is judged is the state."""
    view: View | None = None
    """What tells the states that are kept apart, if not everything does. Its obligations, which speak of
    the state after a step, are the last of the troubles."""

    @property
    def view_troubles(self) -> int:
        """The number of the first obligation of the view."""
        return len(self.troubles) - (0 if self.view is None else len(self.view.obligations))


def bit_of(number: int) -> int:
    """The bit of a property in a mask."""
    return min(number, CROWD)


def plan_of(system: TransitionSystem, symmetry: Symmetry | None = None, view: View | None = None) -> Plan:
    """Raises `TooWideError` or `UnboundedInputError` where packed words are not enough."""
    return _Planner(system).plan(symmetry, view)


class _Planner:
    def __init__(self, system: TransitionSystem) -> None:
        self.system = system
        self.layout = layout_of(system.variables)
        self.troubles: list[Obligation] = []
        self._steps = _failures(system, (PartKind.STEP,))
        self._unclear_states = or_(*(o.condition for o in system.constraint_obligations))
        self._unclear_steps = or_(*(o.condition for o in system.action_constraint_obligations))
        self._then = {v.name: successor(v) for v in system.variables}
        self._asked = [*self._steps.values(), system.action_constraint, self._unclear_steps]
        # What is asked of a step that changes nothing: other steps differ from it in little.
        stays = {successor(v): state(v) for v in system.variables}
        self._unchanged = substitution(postorder(self._asked), stays)

    def plan(self, symmetry: Symmetry | None, view: View | None) -> Plan:
        system = self.system
        always = _failures(system, (PartKind.ALWAYS,))
        initially = _failures(system, (PartKind.ALWAYS, PartKind.INITIAL))
        made = Plan(
            self.layout,
            branch([r for n, rule in enumerate(system.initial) for r in self._initial(n, rule)]),
            branch([r for n, rule in enumerate(system.transitions) for r in self._transition(n, rule)]),
            tuple(transition.label for transition in system.transitions),
            (*self.troubles, *(() if view is None else view.obligations)),
            always,
            initially,
            not_(system.constraint),
            self._unclear_states,
            bool(self._steps),
            symmetry,
            view,
        )
        _check_widths(self._roots(made))
        return made

    def _initial(self, number: int, rule: Initial) -> Iterator[Rule]:
        yield from self._obligations(rule)
        if rule.guard is not false:
            yield Rule(rule.guard, Emit(number, rule.values, {}, true, ways=rule.ways), rule.inputs)

    def _transition(self, number: int, rule: Transition) -> Iterator[Rule]:
        yield from self._obligations(rule)
        if rule.guard is not false:
            yield Rule(rule.guard, self._emit(number, rule), rule.inputs)

    def _obligations(self, rule: Initial | Transition) -> Iterator[Rule]:
        for obligation in obligations_of(rule, self.system):
            if obligation.condition is not false:
                self.troubles.append(obligation)
                yield Rule(obligation.condition, Trouble(len(self.troubles) - 1), rule.inputs)

    def _emit(self, number: int, rule: Transition) -> Emit:
        """What is said about steps is said of this one: most of it folds away where little changes."""
        changes = {self._then[name]: term for name, term in rule.updates.items()}
        made = substitution(self._asked, changes, self._unchanged)
        *failed, allowed, unclear = (made[term] for term in self._asked)
        some = {n: term for n, term in zip(self._steps, failed, strict=True) if term is not false}
        return Emit(number, rule.updates, some, allowed, unclear, rule.ways)

    def _roots(self, plan: Plan) -> list[Term]:
        roots = [*plan.always.values(), *plan.initially.values(), plan.outside, plan.unclear]
        _collect((plan.initial, plan.step), roots)
        if plan.view is not None:
            roots.extend((*plan.view.terms.values(), *(o.condition for o in plan.view.obligations)))
        return roots


def _failures(system: TransitionSystem, kinds: Sequence[PartKind]) -> dict[int, Term]:
    found: dict[int, Term] = {}
    for number, prop in enumerate(system.properties):
        fails = or_(*(_fails(part) for part in prop.parts if part.kind in kinds))
        if fails is not false:
            found[number] = fails
    return found


def _fails(part: SystemPart) -> Term:
    return or_(not_(part.term), *(obligation.condition for obligation in part.obligations))


def _collect(tree: Tree, roots: list[Term]) -> None:
    match tree:
        case tuple():
            for part in tree:
                _collect(part, roots)
        case Switch(cases=cases):
            for _, inner in cases:
                _collect(inner, roots)
        case When(condition=condition, body=body):
            roots.append(condition)
            _collect(body, roots)
        case Loop(body=body):
            _collect(body, roots)
        case Emit(updates=updates, failed=failed, allowed=allowed, unclear=unclear, ways=ways):
            roots.extend((*updates.values(), *failed.values(), allowed, unclear, ways))
        case Trouble() | Answer():
            pass


def _check_widths(roots: Iterable[Term]) -> None:
    """No intermediate result may need more than a machine's word."""
    for term in postorder(roots):
        if isinstance(term.sort, IntSort):
            lo, hi = term.sort.lo, term.sort.hi
            if lo is None or hi is None or max(lo.bit_length(), hi.bit_length()) > LARGEST:
                raise TooWideError(f"a result may be as large as {hi if hi is not None else 'you like'}")
