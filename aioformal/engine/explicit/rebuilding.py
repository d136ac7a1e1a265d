"""Behaviours of the specification from paths of states that each stand for all their images."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice

from msgspec import Struct

from aioformal.concrete.behaviour import Trace
from aioformal.diagnostic import DiagnosticError
from aioformal.engine.behaviour import trace_along
from aioformal.engine.explicit.preparation import Prepared
from aioformal.native.kernel import Kernel
from aioformal.native.layout import Packed
from aioformal.value.permutation import Group, Permutation, renamed
from aioformal.value.values import State

MOST_TRIED = 1 << 16
"""Permutations that are tried to find the one between two states."""


def image(state: State, by: Permutation) -> State:
    return tuple(renamed(value, by) for value in state)


class Rebuilder(Struct, frozen=True):
    """Chooses real states for those that stand for them, one step after the other."""

    prepared: Prepared
    kernel: Kernel
    group: Group

    def states_along(self, way: Sequence[Packed]) -> list[State]:
        """From an initial state, states that the ones on the way stand for.

        Raises config.symmetry where there are none.
        """
        program = self.prepared.problem.program
        states: list[State] = []
        for words in way:
            if states:
                options = self._kept_steps(states[-1])
            else:
                options = (s for s in program.initial_states() if program.satisfies_constraints(s))
            found = next(self._that_become(words, options), None)
            if found is None:
                what = (
                    f"a step that one of two like states has is no step of the other, at depth {len(states)}"
                )
                raise self.prepared.unlike(what)
            states.append(found)
        return states

    def _kept_steps(self, before: State) -> Iterator[State]:
        program = self.prepared.problem.program
        for step in program.successors(before):
            if program.satisfies_constraints(step.state) and program.satisfies_action_constraints(
                before, step.state
            ):
                yield step.state

    def traces_along(self, way: Sequence[Packed]) -> Iterator[Trace]:
        """Traces that end in the last state on the way, or in another one that it stands for."""
        states = self.states_along(way)
        yield trace_along(self.prepared.problem.program, states)
        if states:
            yield from self._renamed_to(states, way[-1])

    def traces_to(self, way: Sequence[Packed], words: Packed) -> Iterator[Trace]:
        """Traces that end in the given state, or in another one that it could be.

        Where a property is not symmetric, only some of them show what was noticed.
        """
        program = self.prepared.problem.program
        before = self.states_along(way)
        target = self.kernel.representative(words)
        if before:
            options = (step.state for step in program.successors(before[-1]))
        else:
            options = program.initial_states()
        for state in dict.fromkeys(self._that_become(target, options)):
            yield trace_along(program, [*before, state])
        if before:
            yield from self._renamed_to(before, way[-1], self.prepared.decoded(words))

    def _renamed_to(self, states: Sequence[State], last: Packed, *further: State) -> Iterator[Trace]:
        """The same way under other names, if it leads to the very state that was noticed."""
        program, goal = self.prepared.problem.program, self.prepared.decoded(last)
        for by in islice(self.group.elements(), MOST_TRIED):
            if image(states[-1], by) == goal:
                renamed_states = [*(image(state, by) for state in states), *further]
                if program.is_initial(renamed_states[0]):
                    # Where the specification is not symmetric it may be no behaviour.
                    with suppress(DiagnosticError):
                        yield trace_along(program, renamed_states)
                return

    def _that_become(self, target: Packed, options: Iterable[State]) -> Iterator[State]:
        return (state for state in options if self.representative(state) == target)

    def representative(self, state: State) -> Packed | None:
        """What is kept for a state; None if it does not fit the shapes."""
        try:
            return self.kernel.representative(self.prepared.packed(state))
        except ValueError:
            return None
