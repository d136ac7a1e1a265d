"""The product of a graph of steps and an automaton: the ways in which behaviours can violate a formula."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, field

from aioformal.engine.liveness.automaton import Automaton
from aioformal.engine.liveness.conditions import Condition, marks_of
from aioformal.engine.liveness.graph import Graph

BETWEEN_LOOKS = 4_096
"""Nodes between two looks at the clock."""

Look = Callable[[], None]
"""Called now and then; may raise to end it all."""


class Marks(Struct, frozen=True):
    """The conditions, by bit, that make their request on a step, and those that are answered by it. Promises
    of the automaton are conditions, too, that ask at every step."""

    asked: int
    answered: int


class Product(Struct):
    """Nodes are numbered in the order of their distance from the initial ones. Of steps only those are kept
    among nodes where the automaton can stay for ever; those of node n are from `offsets[n]` on."""

    graph: Graph
    states: array[int] = field(default_factory=lambda: array("I"))
    """The state of each node."""
    parents: array[int] = field(default_factory=lambda: array("I"))
    """The node before each, plus one; 0 for the first ones."""
    offsets: array[int] = field(default_factory=lambda: array("Q", [0]))
    targets: array[int] = field(default_factory=lambda: array("I"))
    marks: array[int] = field(default_factory=lambda: array("I"))
    """Positions in `kinds`."""
    kinds: list[Marks] = field(default_factory=list[Marks])
    constant: int = 0
    """The conditions that ask at every step."""

    def __len__(self) -> int:
        return len(self.states)

    def steps(self, node: int) -> Iterator[tuple[int, Marks]]:
        for edge in range(self.offsets[node], self.offsets[node + 1]):
            yield self.targets[edge], self.kinds[self.marks[edge]]

    def way_to(self, node: int) -> list[int]:
        """The states on a shortest way to a node, itself included."""
        found: list[int] = []
        here = node + 1
        while here:
            found.append(self.states[here - 1])
            here = self.parents[here - 1]
        return found[::-1]


class Multiplier:
    """Makes the product. `look` is called now and then."""

    def __init__(
        self, graph: Graph, automaton: Automaton, conditions: Sequence[Condition], look: Look
    ) -> None:
        self._graph = graph
        self._automaton = automaton
        self._conditions = conditions
        self._look = look
        self._keeping = automaton.keeping
        self._marks: dict[Marks, int] = {}
        self._moves: list[dict[int, list[tuple[int, int | None]]]] = [{} for _ in automaton.transitions]

    def product(self) -> Product:
        graph, made = self._graph, Product(self._graph)
        width = len(self._automaton.transitions)
        numbers = array("I", bytes(4 * len(graph) * width))
        """By state and mode, the node's number plus one; 0 for none yet."""
        modes = array("H")
        """The automaton's state at each node."""
        states, parents, targets, marks = made.states, made.parents, made.targets, made.marks
        offsets, ends, letters = graph.offsets, graph.targets, graph.letters
        for state in graph.initial:
            numbers[state * width] = len(states) + 1
            states.append(state)
            parents.append(0)
            modes.append(0)
        node = 0
        while node < len(states):
            if node % BETWEEN_LOOKS == 0:
                self._look()
            state, mode = states[node], modes[node]
            moves_of = self._moves[mode]
            for edge in range(offsets[state], offsets[state + 1]):
                letter = letters[edge]
                moves = moves_of.get(letter)
                if moves is None:
                    moves = moves_of[letter] = self._moves_on(mode, letter)
                for after, mark in moves:
                    key = ends[edge] * width + after
                    there = numbers[key]
                    if not there:
                        states.append(ends[edge])
                        parents.append(node + 1)
                        modes.append(after)
                        there = numbers[key] = len(states)
                    if mark is not None:
                        targets.append(there - 1)
                        marks.append(mark)
            made.offsets.append(len(targets))
            node += 1
        made.kinds = list(self._marks)
        made.constant = self._marks_of(0, 0).asked & self._marks_of(-1, 0).asked
        return made

    def _moves_on(self, mode: int, letter: int) -> list[tuple[int, int | None]]:
        """Where the automaton goes on a letter, with the marks of such a step, None where it cannot stay."""
        mask = self._graph.alphabet[letter]
        moves: list[tuple[int, int | None]] = []
        for transition in self._automaton.transitions[mode]:
            if transition.reads(mask):
                mark = None
                if mode in self._keeping and transition.target in self._keeping:
                    marks = self._marks_of(mask, transition.postponed)
                    mark = self._marks.setdefault(marks, len(self._marks))
                moves.append((transition.target, mark))
        return moves

    def _marks_of(self, letter: int, postponed: int) -> Marks:
        asked, answered = marks_of(self._conditions, letter)
        first, every = len(self._conditions), (1 << len(self._automaton.promises)) - 1
        return Marks(asked | every << first, answered | (every & ~postponed) << first)
