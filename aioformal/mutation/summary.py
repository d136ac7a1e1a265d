"""What all outcomes come to: the score, the survivors, and which of them are explained."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from aioformal.mutation.judging import Fate, Outcome
from aioformal.mutation.mutant import Mutant


class Summary(Struct, frozen=True, dict=True):
    """`outcomes`: by the numbers of mutants; some are missing where a run was broken off. `asked`: the
    numbers that were to be judged. `explained`: reasons by the names of mutants."""

    mutants: tuple[Mutant, ...]
    asked: tuple[int, ...]
    outcomes: Mapping[int, Outcome]
    explained: Mapping[str, str]

    def of(self, fate: Fate) -> list[int]:
        """The mutants of a fate, in the order of the source."""
        return sorted(n for n, outcome in self.outcomes.items() if outcome.fate is fate)

    @cached_property
    def survivors(self) -> list[int]:
        """Those that nobody noticed, and that nobody explains."""
        open_ones = sorted((*self.of(Fate.SURVIVED), *self.of(Fate.UNDECIDED)))
        return [n for n in open_ones if self.mutants[n].name not in self.explained]

    @cached_property
    def explained_survivors(self) -> list[int]:
        return [n for n in self.of(Fate.SURVIVED) if self.mutants[n].name in self.explained]

    @cached_property
    def stale(self) -> list[str]:
        """Explanations of what was judged and did not survive, or of no mutant at all."""
        alive = {self.mutants[n].name for n in self.of(Fate.SURVIVED)}
        judged = {self.mutants[n].name for n in self.outcomes}
        names = {mutant.name for mutant in self.mutants}
        return [
            name for name in self.explained if name not in alive and (name in judged or name not in names)
        ]

    @property
    def noticeable(self) -> int:
        """Mutants that change something and can be evaluated."""
        return sum(len(self.of(fate)) for fate in (Fate.KILLED, Fate.SURVIVED, Fate.UNDECIDED))

    @property
    def score(self) -> float | None:
        """The part of them that is noticed, from 0 to 1; an explained survivor counts as unnoticed. None
        where there is none."""
        return len(self.of(Fate.KILLED)) / self.noticeable if self.noticeable else None

    @property
    def left_to_library(self) -> int:
        """How many mistakes in modules of the library are not asked for, where all others are."""
        asked = set(self.asked)
        left = [mutant for number, mutant in enumerate(self.mutants) if number not in asked]
        return len(left) if all(mutant.in_library for mutant in left) else 0

    @property
    def complete(self) -> bool:
        return len(self.outcomes) == len(self.asked)

    def killers(self) -> list[tuple[str, int, list[int]]]:
        """What noticed first, how many mutants, and in how many steps each; steps are those of
        counterexamples."""
        found: dict[str, list[Outcome]] = {}
        for number in self.of(Fate.KILLED):
            outcome = self.outcomes[number]
            found.setdefault((outcome.by or "").partition(": ")[0], []).append(outcome)
        rows = [(by, len(all_), [o.steps for o in all_ if o.steps is not None]) for by, all_ in found.items()]
        return sorted(rows, key=lambda row: (-row[1], row[0]))
