"""The graph of all steps, in machine code.

An action of which fairness speaks is encoded as if it were the next-state action, and its transitions stand
beside those of the model in one kernel: where a step of the action leads, and that there is none, is read
off what the kernel makes of a state. Other atoms are claims about states and steps, two for each, that it is
true and that it is not: where it has no value, both fail. What words cannot say is evaluated by the reference
semantics.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing

from aioformal.engine.explicit.letters import Letters
from aioformal.engine.explicit.preparation import Prepared
from aioformal.engine.liveness.atoms import Atoms
from aioformal.engine.liveness.graph import Graph
from aioformal.engine.liveness.judging import OutOfTimeError, UnjudgedError
from aioformal.engine.protocol import Budget, Event
from aioformal.native.kernel import Kernel
from aioformal.native.runners import Runner
from aioformal.resolve.model import Model
from aioformal.value.values import State

BETWEEN_LOOKS = 512
"""States between two looks at the clock."""

MOST_STATES = 20_000_000
"""Beyond that the graph does not fit into a few gigabytes."""

CONFIRMED = 64
"""States whose letters the reference semantics confirms."""

Sign = Callable[[], Event | None]


class Grounds:
    """What one search has kept. Its kernel is asked for states only."""

    def __init__(
        self, prepared: Prepared, kernel: Kernel, initial: int, budget: Budget, runner: Runner, sign: Sign
    ) -> None:
        self._prepared = prepared
        self._kernel = kernel
        self._initial = initial
        self._budget = budget
        self._runner: Runner = runner
        self._sign = sign

    def state(self, number: int) -> State:
        return self._prepared.decoded(self._kernel.state(number))

    def graph(self, model: Model, atoms: Atoms) -> Generator[Event, None, Graph]:
        """See `liveness.judging.Grounds`."""
        count = self._kernel.distinct
        if count > MOST_STATES:
            raise UnjudgedError(f"the graph of {count:,} states does not fit into memory")
        numbers = {self._kernel.state(number): number for number in range(count)}
        graph = Graph(tuple(range(self._initial)))
        with closing(Letters(self._prepared, model, atoms, self._runner)) as letters:
            confirmed = set(_spread(count))
            for number, words in enumerate(numbers):
                if number % BETWEEN_LOOKS == 0:
                    yield from self._look()
                now, steps = letters.of(words)
                if number in confirmed:
                    letters.confirm(words, now, steps)
                kept = [
                    (numbers[after], now | letter)
                    for after, (letter, permitted) in steps.items()
                    if permitted and after in numbers
                ]
                graph.add(kept, now | letters.unchanged)
        return graph

    def _look(self) -> Iterator[Event]:
        if self._budget.exhausted():
            raise OutOfTimeError
        said = self._sign()
        if said is not None:
            yield said


def _spread(count: int) -> Iterator[int]:
    """Some numbers from all over a range."""
    return ((turn * 2_654_435_761) % count for turn in range(min(CONFIRMED, count)))
