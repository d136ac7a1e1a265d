"""A behaviour of unknown states, one frame after the other, in a solver."""

from __future__ import annotations

from aioformal.ir.evaluate import evaluate
from aioformal.ir.relation import ACTION, Relation, choices, state, successor
from aioformal.ir.system import Transition, TransitionSystem
from aioformal.ir.term import Term, eq, not_, or_, true, variables_of
from aioformal.solve import make_solver
from aioformal.solve.protocol import At


class Unrolling:
    """States 0 to `frames` and the steps between them. State i has been *admitted* when it satisfies
    the constraints, and so may have successors."""

    def __init__(self, system: TransitionSystem) -> None:
        self.system = system
        self.relation = Relation(system)
        self.solver = make_solver(system)
        self.frames = 0

    def begin(self) -> None:
        """Let state 0 be an initial one."""
        self.solver.add(At(self.relation.initial, -1))

    def admit(self, frame: int) -> None:
        """Let a state satisfy CONSTRAINT, and the step to it ACTION_CONSTRAINT."""
        for fact in admission(self.system, frame):
            self.solver.add(fact)

    def extend(self) -> None:
        """Append a state that follows the last by a step of some transition."""
        self.solver.add(At(self.relation.step, self.frames))
        self.frames += 1

    def deny(self, fact: At) -> None:
        """Let a term be false at a frame: something that was found to be so."""
        self.solver.add(denial(fact))

    def assignment(self, frame: int) -> dict[str, bool | int]:
        """The values of all state variables at a frame, in the last satisfying assignment."""
        return {v.name: self.solver.value(At(state(v), frame)) for v in self.system.variables}

    def transition(self, frame: int) -> Transition:
        """The transition that leads from a frame to the next, in the last satisfying assignment."""
        chosen = choices(ACTION, len(self.relation.transitions))
        taken = next(i for i, choice in enumerate(chosen) if self.solver.value(At(choice, frame)))
        return self.relation.transitions[taken]

    def holds(self, fact: At) -> bool:
        """Whether a term at a frame is true in the last satisfying assignment."""
        values = {leaf: self.solver.value(leaf_at(leaf, fact)) for leaf in variables_of(fact.term)}
        return evaluate([fact.term], values) == [True]


def denial(fact: At) -> At:
    """That a term is false at a frame."""
    return At(not_(fact.term), fact.frame, fact.following)


def leaf_at(leaf: Term, fact: At) -> At:
    """A variable of a fact's term, at the fact's frames."""
    return At(leaf, fact.frame, fact.following)


def admission(system: TransitionSystem, frame: int) -> list[At]:
    """What a state must satisfy to be expanded."""
    facts = [At(system.constraint, frame)]
    if frame > 0:
        facts.append(At(system.action_constraint, frame - 1))
    return [fact for fact in facts if fact.term is not true]


def different(system: TransitionSystem, first: int, second: int) -> At:
    """That two states differ in some variable."""
    return At(or_(*(not_(eq(state(v), successor(v))) for v in system.variables)), first, second)
