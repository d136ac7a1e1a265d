"""The states first reached after 0, 1, 2, ... steps: guessed by the reference semantics, and confirmed.

Unrolled, d steps make the solver go through ever so many interleavings that meet in the same states.
Layers cut these: sets of states N_0, N_1, ..., as formulas, such that

* every initial state that is expanded is in N_0;
* every step from a state in N_d leads into N_(d+1), or back into N_0 .. N_d, as far as the state that
  it leads to is expanded.

Each is one question to the solver, about a single step. By induction on d, what is reached and expanded
after d steps is in N_0 .. N_d. So what every step from N_d satisfies, asked at one depth after the other,
every step of every behaviour satisfies. Nothing rests on the guess: where it leaves a state out, the solver
refuses it, and a state too many only asks for more. From a layer on that is refused, too large, or cannot
be enumerated, there are none, and the search unrolls.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from itertools import chain
from math import prod
from typing import TYPE_CHECKING

from aioformal.diagnostic import DiagnosticError
from aioformal.engine.claim import primed
from aioformal.engine.clock import Clock
from aioformal.engine.diagram import among
from aioformal.engine.protocol import Problem, Progress
from aioformal.ir.relation import Relation
from aioformal.ir.sort import BoolSort, EnumSort, Sort
from aioformal.ir.system import TransitionSystem
from aioformal.ir.term import Term, and_, false, not_, or_
from aioformal.solve import make_solver
from aioformal.solve.protocol import Answer, At, Solver
from aioformal.value.values import State

if TYPE_CHECKING:
    from aioformal.encode import Encoding

MOST_STATES = 20_000
"""States of all layers together. Beyond, unrolling is the way that a solver has over an enumeration."""

MOST_CHOICES = 20_000
"""A rule that chooses in more ways is not enumerated."""

Asking = Generator[Progress, None, bool]


class Layers:
    """`alive` as long as there is a confirmed layer for each depth so far; the last one is no layer after."""

    def __init__(self, problem: Problem, clock: Clock) -> None:
        self._problem = problem
        self._clock = clock
        self._layers: list[list[State]] = []
        self._seen: set[State] = set()
        self.alive = _enumerable(problem.encoding().system)

    def begin(self, encoding: Encoding) -> Asking:
        """Append the layer of initial states; whether the solver confirms it."""
        return (yield from self._append(encoding, false))

    def advance(self, encoding: Encoding, failure: Term) -> Asking:
        """Append a layer; whether the solver confirms it and excludes a failure on the steps to it."""
        return (yield from self._append(encoding, failure))

    def reached(self, depth: int, encoding: Encoding) -> Term | None:
        """That a state is in one of the confirmed layers up to a depth, if there are that many."""
        confirmed = len(self._layers) if self.alive else len(self._layers) - 1
        return self._among(self._layers[: depth + 1], encoding) if depth < confirmed else None

    def _append(self, encoding: Encoding, failure: Term) -> Asking:
        asked = self._question(encoding) if self._guess() else None
        if asked is None:
            self.alive = False
            return False
        solver, escape = asked
        if (yield from self._excluded(solver, escape._replace(term=or_(escape.term, failure)))):
            return True
        self.alive = failure is not false and (yield from self._excluded(solver, escape))
        return False

    def _excluded(self, solver: Solver, what: At) -> Asking:
        answer = yield from self._clock.ask(solver, [what])
        return answer is Answer.UNSAT

    def _question(self, encoding: Encoding) -> tuple[Solver, At] | None:
        """The steps to the last layer, in a solver, and when one of them leads elsewhere; None where
        some state does not fit its shapes. A new solver each time: it is to forget the layers before."""
        system = encoding.system
        within = self._among(self._layers, encoding)
        if within is None:
            return None
        solver, relation = make_solver(system), Relation(system)
        outside = and_(system.constraint, not_(within))
        if len(self._layers) == 1:
            solver.add(At(relation.initial, -1))
            return solver, At(outside, 0)
        before = self._among([self._layers[-2]], encoding)
        if before is None:
            return None
        for fact in (before, system.constraint, relation.step):
            solver.add(At(fact, 0))
        return solver, At(and_(system.action_constraint, primed(outside, system)), 0)

    def _among(self, layers: Iterable[list[State]], encoding: Encoding) -> Term | None:
        try:
            slots = [encoding.encode_state(state) for state in chain.from_iterable(layers)]
        except ValueError:
            return None
        names = [v.name for v in encoding.system.variables]
        return among([tuple(held[name] for name in names) for held in slots], encoding.system)

    def _guess(self) -> bool:
        """Append a layer; whether it could be enumerated."""
        try:
            states = self._following(self._layers[-1]) if self._layers else self._initial()
        except DiagnosticError:
            states = None
        self._layers.append(list(states or ()))
        self._seen.update(states or ())
        return states is not None

    def _initial(self) -> dict[State, None] | None:
        program = self._problem.program
        states = dict.fromkeys(s for s in program.initial_states() if program.satisfies_constraints(s))
        return states if len(states) <= MOST_STATES else None

    def _following(self, layer: list[State]) -> dict[State, None] | None:
        program, found = self._problem.program, dict[State, None]()
        for before in layer:
            if self._clock.budget.exhausted() or len(self._seen) + len(found) > MOST_STATES:
                return None
            for _, after in program.successors(before):
                if after not in self._seen and after not in found and self._expanded(before, after):
                    found[after] = None
        return found

    def _expanded(self, before: State, after: State) -> bool:
        program = self._problem.program
        return program.satisfies_constraints(after) and program.satisfies_action_constraints(before, after)


def _enumerable(system: TransitionSystem) -> bool:
    """Whether no rule chooses in too many ways."""
    rules = (*system.initial, *system.transitions)
    return all(prod(_size(i.sort) for i in rule.inputs) <= MOST_CHOICES for rule in rules)


def _size(sort: Sort) -> int:
    if isinstance(sort, BoolSort):
        return 2
    if isinstance(sort, EnumSort):
        return sort.size
    return MOST_CHOICES + 1 if sort.lo is None or sort.hi is None else sort.hi - sort.lo + 1
