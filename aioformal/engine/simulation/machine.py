"""Walking in machine code."""

from __future__ import annotations

from collections.abc import Iterator, Set

from aioformal.engine.behaviour import trace_along
from aioformal.engine.explicit.preparation import prepare
from aioformal.engine.explicit.reduction import disagreement
from aioformal.engine.explicit.widening import FailedStepError, after_initial_trouble, after_trouble
from aioformal.engine.protocol import Problem
from aioformal.engine.simulation.ground import Arrival, BrokenError, Move, Place
from aioformal.engine.simulation.judge import Judge
from aioformal.native.kernel import Kernel
from aioformal.native.memory import Status
from aioformal.value.values import State


class MachineGround:
    """See `ground.Ground`. A place is the packed words of a state. Everything may raise `RefusedError`."""

    def __init__(self, problem: Problem, judge: Judge) -> None:
        self._problem = problem
        self._judge = judge
        self._prepared = prepare(problem, whole=True)
        self._kernel: Kernel | None = None
        self.runner = ""
        self.widened = 0
        self.made = 0
        self.starts = 0

    @property
    def kernel(self) -> Kernel:
        assert self._kernel is not None
        return self._kernel

    # ------------------------------------------------------------ the beginning

    def begin(self) -> tuple[State, Arrival] | None:
        self._make_kernel()
        self.made, self.starts = self.kernel.tally().generated, self.kernel.distinct
        for note in self.kernel.notes():
            state = self.state(note.words)
            seen = self._judge.arrive(None, state)
            if not seen.violated:
                raise disagreement("an initial state")
            return state, seen
        return None

    def _make_kernel(self) -> None:
        """The initial states, in shapes that hold them all."""
        while True:
            self.close()
            self._prepared.begin_code()
            self._kernel = kernel = self._prepared.kernel()
            kernel.open_states = (1 << len(self._prepared.properties)) - 1
            if kernel.begin() is not Status.TROUBLE:
                break
            try:
                self._prepared = after_initial_trouble(self._prepared)
            except FailedStepError as failure:
                raise BrokenError(failure.diagnostic) from None
            self.widened += 1
        self.runner = kernel.name
        self._names = [label.name for label in kernel.plan.labels]

    def start(self, number: int) -> Place:
        return self.kernel.state(number)

    # ------------------------------------------------------------ walking

    def moves(self, way: list[Place]) -> list[Move]:
        while (steps := self.kernel.steps(way[-1])) is None:
            self._widen(way)
        names = self._names
        return [Move(names[rule], words, not failed, permitted) for rule, words, failed, permitted in steps]

    def _widen(self, way: list[Place]) -> None:
        """Makes room for the successors of the last place. It is where the walk stands that changes its
        form: all other walks are over."""
        states = [self.state(place) for place in way]
        try:
            trace = trace_along(self._problem.program, states)
            self._prepared = after_trouble(self._prepared, [trace])
        except FailedStepError as failure:
            raise BrokenError(failure.diagnostic) from None
        self.widened += 1
        self._make_kernel()
        self.kernel.notes()
        way[:] = [self._prepared.packed(state) for state in states]

    def arrive(self, way: list[Place], move: Move) -> Arrival:
        _, failed, outside = self.kernel.verdicts(move.place)
        unclear = outside > 1 or (not outside and move.permitted is None)
        if move.clean and not failed and not unclear:
            return Arrival(inside=not outside and bool(move.permitted))
        seen = self._judge.arrive(self.state(way[-1]), self.state(move.place))
        if not seen.violated:
            raise disagreement("what is wrong with a step")
        return seen

    def links(self, place: Place, among: Set[Place]) -> Iterator[Place]:
        for step in self.kernel.steps(place) or ():
            if step.permitted and step.words in among:
                yield step.words

    def state(self, place: Place) -> State:
        return self._prepared.decoded(place)

    def close(self) -> None:
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None
