"""Events of ordering rules, encoded as what they are: actions.

An event `A(c)` asked of a pair of states is dozens of comparisons of whole values. Walked through as an
action it is a few guarded updates, like a part of Next; it is true of a step if one of its guards holds
before the step, and every slot of every variable that it speaks of is after the step what its update says.
A step that is a transition of Next has updates as well, so both are compared slot by slot: a program
counter decides most pairs at once, and the very action that made the transition compares equal terms.

Values that are equal have equal slots, since states are compared so. Where an update of the event does not
fit the shape, no next state is equal to it. What cannot be walked through as an action without anything
going wrong that could not go wrong in Next already is read as a formula, as everything else is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from aioformal.diagnostic import DiagnosticError
from aioformal.encode.free import Summaries
from aioformal.encode.leaf import Branch, Leaf, Way
from aioformal.encode.scope import Frame, Scope, Thunk
from aioformal.encode.shapes import Shapes
from aioformal.encode.simplifying import conjuncts, facts_of
from aioformal.encode.slots import slots_of, write
from aioformal.encode.symbols import Const, Sym
from aioformal.encode.translator import Translator
from aioformal.encode.walk import Call, Walker
from aioformal.ir import term as ir
from aioformal.ir.sort import Sort
from aioformal.ir.system import Label
from aioformal.ir.term import Term
from aioformal.syntax import ast

MOST_LEAVES = 64
"""An event with more ways than this is read as a formula."""


class Outcome(Struct, frozen=True):
    """One way in which an event happens. `updates`: the slots of the variables that it speaks of; `changed`:
    those of them that it gives anything but their old value."""

    conditions: tuple[Term, ...]
    facts: Mapping[str, Term]
    updates: Mapping[str, Term]
    changed: frozenset[str]


class StepView(Struct, frozen=True):
    """A step to hold events against: what is known before it, the slots that it gives new values, and when
    they differ from the old ones; `ir.true` where only such steps are looked at."""

    conditions: frozenset[Term]
    facts: Mapping[str, Term]
    updates: Mapping[str, Term]
    moves: Term = ir.true


def step_between(shapes: Shapes, own: Collection[str]) -> StepView:
    """Any step at all, between the slots before it and those after it; it moves where one of a variable of
    the specification's `own` does."""
    sorts = {slot: sort for name in own for slot, sort in slots_of(shapes[name], name)}
    updates = {slot: ir.next_variable(slot, sort) for slot, sort in sorts.items()}
    moves = ir.or_(*(ir.not_(ir.eq(ir.variable(s, sort), updates[s])) for s, sort in sorts.items()))
    return StepView(frozenset(), {}, updates, moves)


class Events:
    """Encodes events once for each choice of bound names. `now`: the value of every variable before a step;
    `entered`: the calls that Next makes in every state. What goes wrong inside of one of them goes wrong in
    Next as well, and every proof shows that nothing does."""

    def __init__(
        self, translator: Translator, shapes: Shapes, now: Mapping[str, Sym], entered: Collection[Call]
    ) -> None:
        self._t = translator
        self._shapes = shapes
        self._now = now
        self._summaries = Summaries(translator.model)
        self._entered = entered
        self._sorts: dict[str, Sort] = {
            slot: sort for name, shape in shapes.items() for slot, sort in slots_of(shape, name)
        }
        self._made: dict[object, tuple[Outcome, ...] | None] = {}
        self._kept: list[object] = []

    def happens(self, action: ast.Expr, scope: Scope, step: StepView) -> Term | None:
        """That a step is one of an action; None where that has to be read as a formula."""
        key = self._key(action, scope)
        if key is None:
            return None
        if key not in self._made:
            self._kept.append(action)
            self._made[key] = self._outcomes(action, scope)
        outcomes = self._made[key]
        if outcomes is None:
            return None
        return ir.and_(ir.or_(*(self._agrees(outcome, step) for outcome in outcomes)), step.moves)

    def _key(self, action: ast.Expr, scope: Scope) -> object | None:
        """The event with the values of its bound names; None where one has no known value."""
        values: list[object] = [id(action)]
        for name in sorted(self._summaries.in_text(action).names):
            bound = scope.get(name)
            if isinstance(bound, Thunk):
                with self._t.path.isolated():
                    bound = self._t.force(bound)
            if isinstance(bound, Const):
                values.append((name, bound.value))
            elif bound is not None:
                return None
        return tuple(values)

    # ------------------------------------------------------------ the event as an action

    def _outcomes(self, action: ast.Expr, scope: Scope) -> tuple[Outcome, ...] | None:
        walker = _EventWalker(self._t, self._summaries, self._entered)
        start = Leaf((), Frame(self._now), Way(Label("event"), open=False))
        try:
            with self._t.looking(start.frame), self._t.path.isolated() as failures:
                leaves = walker.walk(action, scope, start)
                made = [self._outcome(leaf) for leaf in leaves]
        except DiagnosticError:
            return None
        if failures or walker.found or len(leaves) > MOST_LEAVES:
            return None
        return None if None in made else tuple(one for one in made if one is not None)

    def _outcome(self, leaf: Leaf) -> Outcome | None:
        """None where the event chooses something: whether there is a choice is no matter of terms."""
        if leaf.inputs:
            return None
        updates: dict[str, Term] = {}
        conditions = list(leaf.guards)
        for variable, value in leaf.frame.next.items():
            with self._t.path.under(*leaf.guards):
                written = write(self._t.path, self._shapes[variable], variable, value)
            updates.update(written.terms)
            conditions.append(ir.not_(ir.or_(*written.escapes)))
        flat = tuple(dict.fromkeys(part for one in conditions for part in conjuncts(one)))
        changed = frozenset(slot for slot, new in updates.items() if new is not self._old(slot))
        return Outcome(flat, slots_known(flat), updates, changed)

    def _old(self, slot: str) -> Term:
        return ir.variable(slot, self._sorts[slot])

    # ------------------------------------------------------------ the event of a step

    def _agrees(self, outcome: Outcome, step: StepView) -> Term:
        """That a step is this outcome."""
        known_before = step.facts
        for slot, value in outcome.facts.items():
            if known_before.get(slot, value) is not value:
                return ir.false
        facts = {**outcome.facts, **known_before}
        equal: list[Term] = []
        for slot in sorted(outcome.changed | (step.updates.keys() & outcome.updates.keys())):
            new = step.updates.get(slot)
            after = self._known_as(self._old(slot) if new is None else new, facts)
            wanted = self._known_as(outcome.updates[slot], facts)
            if after is wanted:
                continue
            same = ir.eq(after, wanted)
            if same is ir.false:
                return ir.false
            equal.append(same)
        left = [part for part in outcome.conditions if part not in step.conditions]
        known = {self._old(slot): value for slot, value in step.facts.items()}
        return ir.and_(*ir.substitute([*left, *equal], known))

    def _known_as(self, term: Term, facts: Mapping[str, Term]) -> Term:
        return facts.get(term.name, term) if term.op == "state" else term


class _EventWalker(Walker):
    """A walk that does not look again at what can go wrong inside of calls that Next makes anyway."""

    def __init__(self, translator: Translator, summaries: Summaries, entered: Collection[Call]) -> None:
        super().__init__(translator, summaries)
        self._asked_anyway = entered

    def _joined(self, start: Leaf, branches: Sequence[Branch]) -> list[Leaf]:  # noqa: ARG002
        """Every branch by itself: it knows more, and is decided sooner."""
        return [leaf for _, leaves in branches for leaf in leaves]

    def _inside(self, call: Call | None, body: ast.Expr, scope: Scope, leaf: Leaf) -> list[Leaf]:
        if call is None or call not in self._asked_anyway:
            return self.walk(body, scope, leaf)
        before, self.found = self.found, []
        with self.t.path.isolated():
            leaves = self.walk(body, scope, leaf)
        self.found = before
        return leaves


def slots_known(conditions: Iterable[Term]) -> dict[str, Term]:
    """The slots that have one value where all conditions hold, by their names."""
    return {variable.name: value for variable, value in facts_of(conditions).items()}
