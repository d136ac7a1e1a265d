"""What one worker of a search has for itself."""

from __future__ import annotations

from struct import Struct

from aioformal.native.kernel import Note, Successor
from aioformal.native.llvm_runtime import entry_size, form_of, own_words
from aioformal.native.llvm_tree import ALLOWED
from aioformal.native.memory import (
    DEGREES,
    LOG_ENTRIES,
    LOG_EXTRA,
    MOST_PASSED,
    RECENT,
    Block,
    Event,
    Own,
)
from aioformal.native.plan import Plan

RULE = ALLOWED - 1
"""The bits of `info` that are the number of the transition."""


class Worker:
    """The numbers and the buffers of one worker."""

    def __init__(self, plan: Plan, capacity: int) -> None:
        self._entry = entry_size(plan)
        self._words = plan.layout.words
        self._own_words = own_words(plan)
        self._rows = Struct(f"={self._entry}Q")
        self._log_words = plan.layout.words + LOG_EXTRA
        transitions = max(1, len(plan.labels))
        self.numbers = Block(len(Own) * 8)
        self.fired = Block(transitions * 8)
        self.found = Block(transitions * 8)
        self.degrees = Block(DEGREES * 8)
        self.log = Block(LOG_ENTRIES * self._log_words * 8)
        self.recent = Block(RECENT * 8 if form_of(plan).recalls else 0)
        # No state is this word.
        self.recent.write(0, b"\xff" * self.recent.size)
        self.passed = Block(MOST_PASSED * 16 if self.recent.size else 0)
        self.buffer = Block(capacity * self._entry * 8)
        own = self.numbers.words
        own[Own.FIRED], own[Own.FOUND] = self.fired.address, self.found.address
        own[Own.DEGREES], own[Own.LOG] = self.degrees.address, self.log.address
        own[Own.RECENT], own[Own.PASSED] = self.recent.address, self.passed.address
        own[Own.BUFFER], own[Own.CAPACITY] = self.buffer.address, capacity

    def enlarge(self) -> None:
        """A buffer of twice the size. The present one must be empty."""
        capacity = self.numbers.words[Own.CAPACITY] * 2
        larger = Block(capacity * self._entry * 8)
        self.buffer.free()
        self.buffer = larger
        self.numbers.words[Own.BUFFER] = self.buffer.address
        self.numbers.words[Own.CAPACITY] = capacity

    def notes(self, words: int) -> list[Note]:
        found: list[Note] = []
        for n in range(self.numbers.words[Own.LOGGED]):
            line = self.log.words[n * self._log_words : (n + 1) * self._log_words]
            event, mask, parent, rule = line[words:]
            found.append(Note(Event(event), mask, parent - 1 if parent else None, rule, tuple(line[:words])))
        self.numbers.words[Own.LOGGED] = 0
        return found

    def steps(self, count: int) -> list[Successor]:
        """The first steps in the buffer."""
        info, own = self._words + 2, self._own_words
        rows = self._rows.iter_unpack(self.image(count))
        allowed = {0: False, ALLOWED: True}
        return [
            Successor(row[info] & RULE, row[own], row[info + 1], allowed.get(row[info] & ~RULE))
            for row in rows
        ]

    def image(self, count: int) -> bytes:
        """The same as they lie in memory."""
        return self.buffer.read(0, count * self._entry * 8)

    def free(self) -> None:
        blocks = (self.numbers, self.fired, self.found, self.degrees, self.log, self.recent, self.passed)
        for block in (*blocks, self.buffer):
            block.free()

    @property
    def unused(self) -> tuple[int, int]:
        """The numbers, from the first up to the second, that it was given and has given to no state."""
        return self.numbers.words[Own.NEXT], self.numbers.words[Own.UNTIL]
