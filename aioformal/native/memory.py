"""Memory that machine code and Python share: mapped when asked for, and given back when let go."""

from __future__ import annotations

import ctypes
import errno
import mmap
from contextlib import suppress
from enum import IntEnum

CHUNK_BITS = 18
CHUNK = 1 << CHUNK_BITS
"""States in a chunk. A chunk never moves, so growing copies nothing."""

MOST_CHUNKS = 1 << (32 - CHUNK_BITS)

HUGE = 1 << 21
"""From this size on the system is asked for large pages: a hash table is read all over."""


LINE = 16
"""Numbers that processors fetch together, with the neighbour that they fetch ahead."""


class Shared(IntEnum):
    """What all workers see: the position of each 64-bit number. What workers write all the time lies by
    itself: a processor that reads what lies beside it would wait for the other's writing each time."""

    TABLE = 0
    TABLE_MASK = 1
    STATES = 2
    PARENTS = 3
    END = 4
    LIMIT = 5
    STOP = 6
    OPEN_STATES = 7
    OPEN_STEPS = 8
    DEADLOCK = 9
    GROW = 10
    DISTINCT = LINE
    CURSOR = 2 * LINE


SHARED_NUMBERS = 3 * LINE


class Own(IntEnum):
    """What one worker has for itself: the position of each 64-bit number."""

    BUFFER = 0
    CAPACITY = 1
    BUFFERED = 2
    LOW = 3
    HIGH = 4
    GENERATED = 5
    STATUS = 6
    DETAIL = 7
    EXPANDED = 8
    FIRED = 9
    FOUND = 10
    LOG = 11
    LOGGED = 12
    DEGREES = 13
    BEGINNING = 14
    NEXT = 15
    UNTIL = 16
    RECENT = 17
    PASSED = 18
    PASSED_OVER = 19


class Status(IntEnum):
    """Why a run came back. PAUSED: it has done as much as it was asked to. LEVEL: nothing is left to
    expand. FULL: more room is needed. HALTED: there is a note, or another worker came back. TROUBLE: an
    obligation fires in the state `Own.LOW`. OVERFLOW: it has more successors than the buffer holds."""

    PAUSED = 0
    LEVEL = 1
    FULL = 2
    HALTED = 3
    TROUBLE = 4
    OVERFLOW = 5


_URGENCY = (Status.TROUBLE, Status.OVERFLOW, Status.FULL, Status.HALTED, Status.PAUSED, Status.LEVEL)
"""A worker that halted because another came back has nothing to say itself."""


def most_urgent(statuses: list[Status]) -> Status:
    """What is answered first of what several workers say."""
    return min(statuses, key=_URGENCY.index)


class Event(IntEnum):
    """What an entry of the log is about: properties of a state, or of a step, that fail (a mask); a state
    without a successor; a state of which CONSTRAINT has no value."""

    STATE = 0
    STEP = 1
    DEADLOCK = 2
    UNCLEAR = 3


ENTRY_EXTRA = 5
"""Numbers in the buffer for each emitted state, beside its words: hash, parent, info, failed, ways."""

LOG_EXTRA = 4
"""Numbers in the log beside a state's words: event, mask, parent, rule."""

RESERVED = 64
"""Numbers that a worker gets at once for the states it finds: with single ones, workers would wait for each
other all the time, and for the memory of states that lie side by side."""

LOG_ENTRIES = 256

FIRST_TABLE = 1 << 16
"""Slots of the first table of states."""

BUFFER = 1 << 12
"""Successors that a worker's buffer holds at first."""

MOST_LOADED = (5, 8)
"""The table grows when this part of its slots is taken."""

RECENT = 1 << 15
"""Kept states that a worker remembers: as many as fit where a processor has them at hand."""

MOST_PASSED = 128
"""Steps out of one state to remembered states that need no place in the buffer: each takes two numbers until
the state has all its successors."""

DEGREES = 64
"""Counters of states by how many new states they led to; the last one counts all from there on."""


class Block:
    """Zeroed memory of `size` bytes at `address`. Raises MemoryError where the system has no more."""

    def __init__(self, size: int) -> None:
        self.size = max(size, mmap.PAGESIZE)
        self._map = _mapped(self.size)
        if self.size >= HUGE and hasattr(mmap, "MADV_HUGEPAGE"):
            self._map.madvise(mmap.MADV_HUGEPAGE)
        self.words = (ctypes.c_uint64 * (self.size // 8)).from_buffer(self._map)
        self.address = ctypes.addressof(self.words)

    def free(self) -> None:
        """Gives the memory back at once. The block must not be used after it, but may be freed again."""
        if hasattr(self, "words"):
            del self.words
            # A traceback may hold on to the words: then the memory goes with the last of those who do.
            with suppress(BufferError):
                self._map.close()

    def read(self, offset: int, size: int) -> bytes:
        """Bytes of the block."""
        return self._map[offset : offset + size]

    def write(self, offset: int, data: bytes) -> None:
        self._map[offset : offset + len(data)] = data


def _mapped(size: int) -> mmap.mmap:
    try:
        if hasattr(mmap, "MAP_ANONYMOUS"):
            # What is mapped shared, as Python does by itself, gets no large pages.
            return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        return mmap.mmap(-1, size)
    except OSError as refused:
        if refused.errno == errno.ENOMEM:
            raise MemoryError(f"{size} bytes") from None
        raise


class Chunks:
    """States and the numbers of their parents, chunk by chunk, with directories of the addresses."""

    def __init__(self, words: int) -> None:
        self.words = words
        self.state_directory = Block(MOST_CHUNKS * 8)
        self.parent_directory = Block(MOST_CHUNKS * 8)
        self.states: list[Block] = []
        self.parents: list[Block] = []

    @property
    def capacity(self) -> int:
        """How many states there is room for."""
        return len(self.states) * CHUNK

    @property
    def bytes_per_chunk(self) -> int:
        return CHUNK * (8 * self.words + 4)

    def extend(self) -> None:
        """Makes room for another chunk of states."""
        number = len(self.states)
        self.states.append(Block(CHUNK * self.words * 8))
        self.parents.append(Block(CHUNK * 4))
        self.state_directory.words[number] = self.states[-1].address
        self.parent_directory.words[number] = self.parents[-1].address

    def adopt_parents(self, number: int, block: Block) -> None:
        """Takes over a chunk of parents from elsewhere, in place of the one that is there."""
        self.parents[number].free()
        self.parents[number] = block
        self.parent_directory.words[number] = block.address

    def state(self, number: int) -> tuple[int, ...]:
        """The words of a state."""
        start = (number & (CHUNK - 1)) * self.words
        return tuple(self.states[number >> CHUNK_BITS].words[start : start + self.words])

    def parent(self, number: int) -> int | None:
        """The number of the state that a state was first reached from; None for an initial one."""
        offset = (number & (CHUNK - 1)) * 4
        found = int.from_bytes(self.parents[number >> CHUNK_BITS].read(offset, 4), "little")
        return found - 1 if found else None

    def free(self) -> None:
        for block in (*self.states, *self.parents, self.state_directory, self.parent_directory):
            block.free()
        self.states, self.parents = [], []
