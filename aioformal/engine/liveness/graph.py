"""The graph of all steps between reachable states, with the truth of every atom on each."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from aioformal.engine.liveness.atoms import Atom, AtomKind
from aioformal.syntax import ast

BYTES_PER_EDGE = 8


class Graph(Struct):
    """`initial`: numbers of states. The steps out of state n are those from `offsets[n]` up to
    `offsets[n + 1]`: where they lead, and their letters as positions in `alphabet`. A letter is a mask of
    the atoms that are true. The first step of each state is the one that changes nothing: a
    search that takes it first finds the shorter counterexample."""

    initial: tuple[int, ...]
    offsets: array[int] = field(default_factory=lambda: array("Q", [0]))
    targets: array[int] = field(default_factory=lambda: array("I"))
    letters: array[int] = field(default_factory=lambda: array("I"))
    alphabet: list[int] = field(default_factory=list[int])
    _positions: dict[int, int] = field(default_factory=dict[int, int])

    def add(self, steps: Iterable[tuple[int, int]], stuttering: int) -> None:
        """The next state, by its steps: pairs of a state's number and a letter; and the letter of the step
        that changes nothing."""
        number = len(self)
        self._append(number, stuttering)
        for target, letter in dict.fromkeys(steps):
            if target != number or letter != stuttering:
                self._append(target, letter)
        self.offsets.append(len(self.targets))

    def _append(self, target: int, letter: int) -> None:
        position = self._positions.get(letter)
        if position is None:
            position = self._positions[letter] = len(self.alphabet)
            self.alphabet.append(letter)
        self.targets.append(target)
        self.letters.append(position)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def steps(self, number: int) -> Iterator[tuple[int, int]]:
        """Where steps lead, and the positions of their letters."""
        for edge in range(self.offsets[number], self.offsets[number + 1]):
            yield self.targets[edge], self.letters[edge]


def stuttering(atoms: Iterable[Atom]) -> int:
    """The actions that are true of a step that changes nothing, as a mask: `[A]_v` is, `<<A>>_v` is not."""
    return sum(
        1 << number
        for number, atom in enumerate(atoms)
        if atom.kind is AtomKind.STEP and _stutters(atom.formula)
    )


def _stutters(formula: ast.Expr) -> bool:
    while isinstance(formula, ast.Let):
        formula = formula.body
    return isinstance(formula, ast.ActionBox)
