"""A plan run as Python source: the twin of `LlvmKernel`, for machines without llvmlite and for debugging.

It numbers the same states in the same order as one worker in machine code does.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from aioformal.ir.node import Term
from aioformal.native.kernel import Note, Tally
from aioformal.native.layout import Packed
from aioformal.native.memory import CHUNK, DEGREES, Event, Status
from aioformal.native.plan import Plan
from aioformal.native.python_kept import Keeper, functions_in
from aioformal.native.python_tree import conversion_source, source_of

WORD = (1 << 64) - 1
MULTIPLIER = -7046029254386353131
FINAL = -49064778989728563
BYTES_A_STATE = 200
"""About what a state takes as a tuple in a dictionary and a list."""

Emitted: TypeAlias = "tuple[int, int, Any, Any, int, Packed]"
"""Rule, failed properties, allowed, unclear, ways, words."""


class InterpretedKernel:
    """See `kernel.Kernel`."""

    name = "interpreted"

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.text = source_of(plan)
        functions = functions_in(self.text)
        self._initial: Callable[[Any, Any], None] = functions["initial"]
        self._step: Callable[[Any, Any, Packed], None] = functions["step"]
        self._judge: Callable[[Packed], int] = functions["judge"]
        self._judge_first: Callable[[Packed], int] = functions["judge_first"]
        self._place: Callable[[Packed], int] = functions["place"]
        self._keeper = Keeper(plan)
        self.open_states = self.open_steps = 0
        self.checks_deadlock = False
        self.growth = 0
        self.memory = 0
        self.optimizing = True
        self.at = self.trouble = 0
        self.position = self._end = 0
        self._numbers: dict[Packed, int] = {}
        self._states: list[Packed] = []
        self._parents: list[int | None] = []
        self._notes: list[Note] = []
        self._generated = self._expanded = 0
        self._fired = [0] * len(plan.labels)
        self._found = [0] * len(plan.labels)
        self._degrees = [0] * DEGREES

    # ------------------------------------------------------------ running

    def begin(self) -> Status:
        emitted, troubles = self._emitted(self._initial)
        for one in emitted:
            self._arrive(one, None, self._judge_first)
            self._generated += one[4]
        if troubles:
            self.trouble = troubles[0]
        return Status.TROUBLE if troubles else Status.PAUSED

    def enter_level(self, first: int, end: int) -> None:
        self.position, self._end = first, end

    def run(self, most: int) -> Status:
        for _ in range(most):
            if self.position >= self._end:
                return Status.LEVEL
            number = self.position
            words = self._states[number]
            emitted, troubles = self._emitted(self._step, words)
            if troubles:
                self.at, self.trouble = number, troubles[0]
                return Status.TROUBLE
            self.position += 1
            self._expand(number, words, emitted)
            if self._notes:
                return Status.HALTED
        return Status.PAUSED

    def _emitted(self, function: Callable[..., None], *arguments: Packed) -> tuple[list[Emitted], list[int]]:
        emitted: list[Emitted] = []
        troubles: list[int] = []

        def out(rule: int, failed: int, allowed: Any, unclear: Any, ways: int, words: Packed) -> None:
            emitted.append((rule, failed, allowed, unclear, ways, words))
            if self._keeper.may_fail and allowed and self._place(words) == 0:
                trouble = self._keeper.trouble(self.representative(words))
                troubles.extend(() if trouble is None else (trouble,))

        function(out, troubles.append, *arguments)
        return emitted, troubles

    def _expand(self, number: int, words: Packed, emitted: list[Emitted]) -> None:
        self._expanded += 1
        new = 0
        for one in emitted:
            self._generated += one[4]
            self._fired[one[0]] += one[4]
            if self._arrive(one, number, self._judge):
                new += 1
                self._found[one[0]] += 1
        self._degrees[min(new, DEGREES - 1)] += 1
        if not emitted and self.checks_deadlock:
            self.checks_deadlock = False
            self._notes.append(Note(Event.DEADLOCK, 1, number, 0, words))

    def _arrive(self, one: Emitted, parent: int | None, judge: Callable[[Packed], int]) -> bool:
        """Takes note of a state and of the step to it. Whether it is new."""
        rule, failed, allowed, unclear, _, words = one
        bad = failed & self.open_steps
        if bad:
            self.open_steps &= ~bad
            self._notes.append(Note(Event.STEP, bad, parent, rule, words))
        place = self._place(words)
        if place > 1 or (place == 0 and unclear):
            self._notes.append(Note(Event.UNCLEAR, 0, parent, rule, words))
            return False
        inside = place == 0 and bool(allowed)
        kept = self.representative(words) if inside else words
        key = self._keeper.key(kept) if inside else words
        if inside and key in self._numbers:
            return False
        if inside:
            self._numbers[key] = len(self._states)
            self._states.append(kept)
            self._parents.append(parent)
        if self.open_states and (bad := judge(words) & self.open_states):
            self.open_states &= ~bad
            self._notes.append(Note(Event.STATE, bad, parent, rule, words))
        return inside

    def grow(self) -> None:
        """Lists grow by themselves."""

    def optimize(self) -> None:
        """There is no better code."""

    # ------------------------------------------------------------ what is known

    def notes(self) -> list[Note]:
        found, self._notes = self._notes, []
        return found

    def tally(self) -> Tally:
        return Tally(
            len(self._states),
            self._generated,
            self._expanded,
            tuple(self._fired),
            tuple(self._found),
            tuple(self._degrees),
        )

    @property
    def distinct(self) -> int:
        return len(self._states)

    @property
    def bytes_used(self) -> int:
        return len(self._states) * BYTES_A_STATE

    def state(self, number: int) -> Packed:
        return self._states[number]

    def parent(self, number: int) -> int | None:
        return self._parents[number]

    def successors(self, words: Packed) -> list[tuple[int, Packed]] | None:
        emitted, troubles = self._emitted(self._step, words)
        return None if troubles else [(one[0], one[5]) for one in emitted]

    def representative(self, words: Packed) -> Packed:
        return self._keeper.representative(words)

    def verdicts(self, words: Packed) -> tuple[int, int, int]:
        return self._judge_first(words), self._judge(words), self._place(words)

    def digest(self) -> str:
        return f"{sum(map(hash_of, map(self._keeper.key, self._states))) & WORD:016x}"

    # ------------------------------------------------------------ another layout

    def relaid(self, plan: Plan, terms: Mapping[str, Term]) -> InterpretedKernel:
        """See `kernel.Kernel`."""
        new = InterpretedKernel(plan)
        convert = functions_in(conversion_source(self.plan.layout, plan.layout, terms))["convert"]
        new._states = [new.representative(convert(words)) for words in self._states]
        new._number()
        new._parents = self._parents
        new.open_states, new.open_steps = self.open_states, self.open_steps
        new.checks_deadlock = self.checks_deadlock
        new.position, new._end = self.position, self._end
        self.close()
        return new

    # ------------------------------------------------------------ to a file and back

    def unexpanded(self) -> list[tuple[int, int]]:
        return [(self.position, self._end)] if self.position < self._end else []

    def rows(self, first: int, end: int) -> Iterator[tuple[bytes, bytes]]:
        while first < end:
            last = min(end, (first // CHUNK + 1) * CHUNK)
            states = (word for words in self._states[first:last] for word in words)
            parents = (0 if parent is None else parent + 1 for parent in self._parents[first:last])
            yield array("Q", states).tobytes(), array("I", parents).tobytes()
            first = last

    def refill(self, blocks: Iterable[tuple[bytes, bytes]]) -> None:
        size = self.plan.layout.words
        for states, parents in blocks:
            words = array("Q", states)
            self._states += [tuple(words[n : n + size]) for n in range(0, len(words), size)]
            self._parents += [parent - 1 if parent else None for parent in array("I", parents)]
        self._number()

    def _number(self) -> None:
        self._numbers = {self._keeper.key(words): number for number, words in enumerate(self._states)}

    def close(self) -> None:
        """Lets go of all states."""
        self._states, self._parents, self._numbers = [], [], {}


def hash_of(words: Packed) -> int:
    """The hash of `runtime.ll`."""
    last = 0
    for word in words:
        mixed = (word ^ last) * MULTIPLIER & WORD
        last = mixed ^ mixed >> 32
    final = last * FINAL & WORD
    return final ^ final >> 29
