"""What is remembered beside a step: the hidden variables' next values, made for one transition.

An event is an action that is asked as a predicate, of every transition. Asked of all states it is dozens of
comparisons; asked where the transition's guard holds, nearly all of it is known. So it is read in states in
which the slots that the guard decides are constants, and in which the next state is what the transition
makes: the program counters decide most events at once, and an action asked of its own transition compares
equal things. What is read so is right where the guard holds, which is where it counts.
"""

from __future__ import annotations

from collections.abc import Mapping

from aioformal.encode.choice import choose
from aioformal.encode.events import Events, StepView, slots_known
from aioformal.encode.leaf import Leaf
from aioformal.encode.obligations import escape_of
from aioformal.encode.scope import Frame
from aioformal.encode.shapes import Shapes
from aioformal.encode.simplifying import conjuncts
from aioformal.encode.slots import read, slots_of, write
from aioformal.encode.symbols import Sym
from aioformal.encode.translator import Translator
from aioformal.ir import term as ir
from aioformal.ir.sort import Sort
from aioformal.ir.system import Obligation
from aioformal.ir.term import Term
from aioformal.resolve.model import History


class Remembering:
    """Makes the updates of the variables of a history. `now` holds the value of every variable."""

    def __init__(
        self, translator: Translator, shapes: Shapes, now: Mapping[str, Sym], history: History, events: Events
    ) -> None:
        self._events = events
        self._t = translator
        self._shapes = shapes
        self._now = now
        self._history = history
        self._own = [name for name in shapes if name not in set(history.variables)]
        self._slots = {name: dict(slots_of(shape, name)) for name, shape in shapes.items()}
        self._sorts = {slot: sort for slots in self._slots.values() for slot, sort in slots.items()}

    def updates(
        self, leaf: Leaf, updates: Mapping[str, Term]
    ) -> tuple[dict[str, Term], tuple[Obligation, ...]]:
        """The slots of the hidden variables after a step that makes the given updates, and the
        obligations that they fit. Failures go to the translator's path."""
        facts = slots_known(leaf.guards)
        known = {ir.variable(slot, self._sorts[slot]): value for slot, value in facts.items()}
        names = list(updates)
        changed = dict(zip(names, ir.substitute([updates[n] for n in names], known), strict=True))
        now = {name: self._special(name, self._now[name], facts) for name in self._shapes}
        then = {name: self._special(name, now[name], {**facts, **changed}, changed) for name in self._own}
        moves = self._moves(facts, changed)
        given = frozenset(part for guard in leaf.guards for part in conjuncts(guard))
        step = StepView(given, facts, updates)
        made: dict[str, Term] = {}
        escapes: list[Obligation] = []
        for name, _, following in self._history.assignments:
            with self._t.path.under(*leaf.guards, moves):
                with self._t.looking(Frame(now, then)), self._t.holding(self._events, step):
                    value = now[name] if moves is ir.false else self._t.value(following, {})
                then = {**then, name: value}
                kept = choose([(moves, value), (ir.not_(moves), now[name])])
                written = write(self._t.path, self._shapes[name], name, kept)
            made.update(written.terms)
            escape = escape_of(name, self._shapes[name], written.escapes)
            escapes.extend([escape] if escape is not None else [])
        return made, tuple(escapes)

    def _moves(self, facts: Mapping[str, Term], changed: Mapping[str, Term]) -> Term:
        """That a step changes something of the specification's own."""
        pairs = ((facts.get(s, ir.variable(s, self._sorts[s])), new) for s, new in changed.items())
        return ir.or_(*(ir.not_(ir.eq(old, new)) for old, new in pairs))

    def _special(
        self, name: str, plain: Sym, known: Mapping[str, Term], touched: Mapping[str, Term] | None = None
    ) -> Sym:
        """A variable's value where some slots are known; as it is, if none of its own is."""
        slots = self._slots[name]
        if not slots.keys() & (known if touched is None else touched).keys():
            return plain

        def make(slot: str, sort: Sort) -> Term:
            found = known.get(slot)
            return ir.variable(slot, sort) if found is None else found

        return read(self._shapes[name], name, make)
