"""A plan run as machine code, by one worker or several."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping

from aioformal.ir.node import Term
from aioformal.native.conversion import compile_conversion
from aioformal.native.dump import fill, rows, unexpanded
from aioformal.native.kernel import Note, Successor, Tally, total
from aioformal.native.layout import Packed
from aioformal.native.machine_code import Code, compile_plan, text_of
from aioformal.native.memory import (
    BUFFER,
    CHUNK,
    DEGREES,
    FIRST_TABLE,
    MOST_LOADED,
    RESERVED,
    SHARED_NUMBERS,
    Block,
    Chunks,
    Own,
    Shared,
    Status,
    most_urgent,
)
from aioformal.native.numbering import without_gaps
from aioformal.native.plan import Plan
from aioformal.native.worker import Worker

NUMBERS = (1 << 32) - 1 - (1 << 16)
"""States that can be numbered."""


class LlvmKernel:
    """See `kernel.Kernel`. The code is compiled fast first; `optimize` makes better code, which takes
    seconds, and may be called from another thread."""

    name = "machine code"

    def __init__(self, plan: Plan, workers: int = 1) -> None:
        self.plan = plan
        self.optimizing = False
        """Whether `optimize` was asked for."""
        self._words = plan.layout.words
        self._text = text_of(plan)
        self._code: Code = compile_plan(plan, 0, self._text)
        self.compiling_seconds = self._code.seconds
        self._kept: list[Code] = []
        self._shared = Block(SHARED_NUMBERS * 8)
        self.chunks = Chunks(self._words)
        self._table = Block(FIRST_TABLE * 8)
        self._workers = [Worker(plan, BUFFER) for _ in range(workers)]
        self.memory = sys.maxsize
        self._refusal: BaseException | None = None
        self._stopped: list[Status] = []
        self._scratch = Block(max(self._words, 3) * 8)
        self._verdicts = (ctypes.c_uint64 * 3)()
        self.chunks.extend()
        shared = self._shared.words
        shared[Shared.TABLE], shared[Shared.TABLE_MASK] = self._table.address, FIRST_TABLE - 1
        shared[Shared.STATES] = self.chunks.state_directory.address
        shared[Shared.PARENTS] = self.chunks.parent_directory.address
        # While initial states are made there is no way back to here but by a call.
        self._grow_callback = ctypes.CFUNCTYPE(None)(self._grow_or_stop)
        address = ctypes.cast(self._grow_callback, ctypes.c_void_p).value
        shared[Shared.GROW] = address or 0
        self._set_limit()

    # ------------------------------------------------------------ switches

    @property
    def open_states(self) -> int:
        return self._shared.words[Shared.OPEN_STATES]

    @open_states.setter
    def open_states(self, mask: int) -> None:
        self._shared.words[Shared.OPEN_STATES] = mask

    @property
    def open_steps(self) -> int:
        return self._shared.words[Shared.OPEN_STEPS]

    @open_steps.setter
    def open_steps(self, mask: int) -> None:
        self._shared.words[Shared.OPEN_STEPS] = mask

    @property
    def checks_deadlock(self) -> bool:
        return bool(self._shared.words[Shared.DEADLOCK])

    @checks_deadlock.setter
    def checks_deadlock(self, yes: bool) -> None:
        self._shared.words[Shared.DEADLOCK] = int(yes)

    # ------------------------------------------------------------ running

    def optimize(self, level: int = 2) -> None:
        """Replaces the code by better code, from the next run on."""
        code = compile_plan(self.plan, level, self._text)
        # The code before may be running right now: it must stay.
        self._kept.append(self._code)
        self._code = code

    def begin(self) -> Status:
        worker = self._workers[0]
        worker.numbers.words[Own.BEGINNING] = 1
        try:
            status = Status(self._code.begin(self._shared.address, worker.numbers.address))
        finally:
            worker.numbers.words[Own.BEGINNING] = 0
        refusal, self._refusal = self._refusal, None
        if refusal is not None:
            raise refusal
        return status

    def _grow_or_stop(self) -> None:
        """Called from machine code, which no exception can pass: where there is no room, it is told to
        let go of all further states. What else is raised here is raised by `begin`."""
        try:
            if self.bytes_used + self.growth > self.memory:
                raise MemoryError
            self.grow()
        except BaseException as refusal:
            self._refusal = None if isinstance(refusal, MemoryError) else refusal
            own = self._workers[0].numbers.words
            own[Own.STATUS], own[Own.CAPACITY] = Status.FULL, 0

    def enter_level(self, first: int, end: int) -> None:
        self._shared.words[Shared.CURSOR] = first
        self._shared.words[Shared.END] = end
        for worker in self._workers:
            worker.numbers.words[Own.LOW] = worker.numbers.words[Own.HIGH] = 0

    def run(self, most: int) -> Status:
        """The statuses of several workers are answered one at a time, the most urgent first."""
        self._shared.words[Shared.STOP] = 0
        self._in_parallel(lambda worker: self._go(worker, most // len(self._workers) or 1))
        for worker in self._workers:
            if worker.numbers.words[Own.STATUS] == Status.OVERFLOW:
                worker.numbers.words[Own.STATUS] = 0
                worker.enlarge()
                self._set_limit()
        return most_urgent(self._stopped)

    def _go(self, worker: Worker, most: int) -> Status:
        code = self._code
        return Status(code.run(self._shared.address, worker.numbers.address, most))

    def _in_parallel(self, work: Callable[[Worker], Status]) -> None:
        found: list[Status | None] = [None] * len(self._workers)

        def do(position: int) -> None:
            found[position] = work(self._workers[position])

        def stop() -> None:
            if found[0] is None:
                self._shared.words[Shared.STOP] = 1

        self._beside_each_other(do, stop)
        self._stopped = [status for status in found if status is not None]

    def _beside_each_other(self, do: Callable[[int], None], stop: Callable[[], None] | None = None) -> None:
        """Calls a function for the position of every worker, each in a thread, and `stop` when the first
        has come back."""
        others = [threading.Thread(target=do, args=(n,)) for n in range(1, len(self._workers))]
        for thread in others:
            thread.start()
        try:
            do(0)
        finally:
            # Whatever interrupts this thread: nobody may look at memory that others still write.
            if stop is not None:
                stop()
            for thread in others:
                thread.join()

    def notes(self) -> list[Note]:
        return [note for worker in self._workers for note in worker.notes(self._words)]

    def _troubled(self) -> Worker:
        return next(w for w in self._workers if w.numbers.words[Own.STATUS] == Status.TROUBLE)

    @property
    def at(self) -> int:
        return self._troubled().numbers.words[Own.LOW]

    @property
    def trouble(self) -> int:
        return self._troubled().numbers.words[Own.DETAIL]

    @property
    def position(self) -> int:
        own, shared = self._workers[0].numbers.words, self._shared.words
        if own[Own.LOW] < own[Own.HIGH]:
            return own[Own.LOW]
        # States are taken by the dozen, so the cursor goes beyond the end.
        return min(shared[Shared.CURSOR], shared[Shared.END])

    # ------------------------------------------------------------ room

    def _set_limit(self) -> None:
        """How many states may be there before a buffer is emptied once more by every worker."""
        used, of = MOST_LOADED
        slots = self._shared.words[Shared.TABLE_MASK] + 1
        room = min(self.chunks.capacity, slots * used // of) - self._buffered
        self._shared.words[Shared.LIMIT] = max(0, room)

    @property
    def growth(self) -> int:
        """Bytes that `grow` would add at its worst moment, if it has to do anything."""
        slots = self._shared.words[Shared.TABLE_MASK] + 1
        table = slots * 8 if self._crowded(slots) else 0
        missing = self.distinct + self._buffered + 1 - self.chunks.capacity
        return table + max(0, -(-missing // CHUNK)) * self.chunks.bytes_per_chunk

    def _crowded(self, slots: int) -> bool:
        used, of = MOST_LOADED
        return slots * used // of - self._buffered <= self.distinct

    @property
    def _buffered(self) -> int:
        return sum(worker.numbers.words[Own.CAPACITY] + RESERVED for worker in self._workers)

    def grow(self) -> None:
        """Makes room for more states; after `run` said FULL."""
        while self.chunks.capacity - self._buffered <= self.distinct:
            self.chunks.extend()
        slots = self._shared.words[Shared.TABLE_MASK] + 1
        if self._crowded(slots):
            self._new_table(slots * 2)
        self._set_limit()

    def _new_table(self, slots: int) -> None:
        # The states are all there to make a table of: the old one need not lie beside the new one.
        self._table.free()
        self._table = Block(slots * 8)
        self._shared.words[Shared.TABLE] = self._table.address
        self._shared.words[Shared.TABLE_MASK] = slots - 1
        code, count, parts = self._code, self.distinct, len(self._workers)

        def enter(part: int) -> None:
            code.rehash(self._shared.address, count * part // parts, count * (part + 1) // parts)

        self._beside_each_other(enter)

    # ------------------------------------------------------------ what is known

    def tally(self) -> Tally:
        own = [worker.numbers.words for worker in self._workers]
        return Tally(
            self.distinct,
            sum(numbers[Own.GENERATED] for numbers in own),
            sum(numbers[Own.EXPANDED] for numbers in own),
            total([w.fired.words[: len(self.plan.labels)] for w in self._workers]),
            total([w.found.words[: len(self.plan.labels)] for w in self._workers]),
            total([w.degrees.words[:DEGREES] for w in self._workers]),
        )

    @property
    def distinct(self) -> int:
        self._close_gaps()
        return self._shared.words[Shared.DISTINCT]

    def _close_gaps(self) -> None:
        """Takes back what numbers the workers have left. Nothing refers yet to a state that is renumbered:
        only states of levels before are expanded. One call does it all, so no interrupt can tear it."""
        if not any(worker.numbers.words[Own.UNTIL] for worker in self._workers):
            return
        given = self._shared.words[Shared.DISTINCT]
        distinct, moves = without_gaps(given, [worker.unused for worker in self._workers])
        pairs = (ctypes.c_uint64 * (2 * len(moves) or 1))(*(number for move in moves for number in move))
        workers = (ctypes.c_uint64 * len(self._workers))(*(w.numbers.address for w in self._workers))
        self._code.renumber(
            self._shared.address,
            ctypes.addressof(workers),
            len(workers),
            ctypes.addressof(pairs),
            len(moves),
            distinct,
        )

    @property
    def bytes_used(self) -> int:
        chunks = len(self.chunks.states) * self.chunks.bytes_per_chunk
        return self._table.size + chunks + sum(worker.buffer.size for worker in self._workers)

    def state(self, number: int) -> Packed:
        return self.chunks.state(number)

    def parent(self, number: int) -> int | None:
        return self.chunks.parent(number)

    def successors(self, words: Packed) -> list[tuple[int, Packed]] | None:
        steps = self.steps(words)
        return None if steps is None else [(step.rule, step.words) for step in steps]

    def steps(self, words: Packed) -> list[Successor] | None:
        count = self._looked(words)
        return None if count is None else self._workers[0].steps(count)

    def image(self, words: Packed) -> bytes | None:
        count = self._looked(words)
        return None if count is None else self._workers[0].image(count)

    def _looked(self, words: Packed) -> int | None:
        """How many steps out of a state the first worker has in its buffer now; None where an obligation
        fires."""
        worker = self._workers[0]
        own = worker.numbers.words
        while True:
            self._scratch.words[: self._words] = words
            status = self._code.look(self._shared.address, worker.numbers.address, self._scratch.address)
            count, own[Own.BUFFERED], own[Own.STATUS] = own[Own.BUFFERED], 0, 0
            if status != Status.OVERFLOW:
                return None if status == Status.TROUBLE else count
            worker.enlarge()
            self._set_limit()

    def representative(self, words: Packed) -> Packed:
        self._scratch.words[: self._words] = words
        self._code.represent(self._scratch.address, 1)
        return tuple(self._scratch.words[: self._words])

    def verdicts(self, words: Packed) -> tuple[int, int, int]:
        self._scratch.words[: self._words] = words
        out = self._verdicts
        self._code.test(self._scratch.address, ctypes.addressof(out))
        return out[0], out[1], out[2]

    def digest(self) -> str:
        return f"{self._code.digest(self._shared.address, self.distinct):016x}"

    # ------------------------------------------------------------ another layout

    def relaid(self, plan: Plan, terms: Mapping[str, Term]) -> LlvmKernel:
        """See `kernel.Kernel`. Old memory is given back while new memory is filled."""
        new = LlvmKernel(plan, len(self._workers))
        new.open_states, new.open_steps = self.open_states, self.open_steps
        new.checks_deadlock, new.memory = self.checks_deadlock, self.memory
        new._take_over(self, compile_conversion(self.plan.layout, plan.layout, terms))
        self.close()
        return new

    def _take_over(self, old: LlvmKernel, convert: Callable[[int, int, int], None]) -> None:
        shared, before = self._shared.words, old._shared.words
        chunks = old.chunks
        for number in range(len(chunks.states)):
            if number:
                self.chunks.extend()
            count = min(CHUNK, max(0, old.distinct - number * CHUNK))
            convert(chunks.states[number].address, self.chunks.states[number].address, count)
            if self.plan.symmetry is not None:
                # What stands for a state depends on where its slots lie.
                self._code.represent(self.chunks.states[number].address, count)
            chunks.states[number].free()
            self.chunks.adopt_parents(number, chunks.parents[number])
        chunks.states, chunks.parents = [], []
        old._table.free()
        shared[Shared.DISTINCT] = old.distinct
        for at in (Shared.CURSOR, Shared.END):
            shared[at] = before[at]
        for mine, theirs in zip(self._workers, old._workers, strict=True):
            mine.numbers.words[Own.LOW] = theirs.numbers.words[Own.LOW]
            mine.numbers.words[Own.HIGH] = theirs.numbers.words[Own.HIGH]
        self._new_table(before[Shared.TABLE_MASK] + 1)
        self._set_limit()

    # ------------------------------------------------------------ on the way to a file and back

    def unexpanded(self) -> list[tuple[int, int]]:
        numbers = [worker.numbers.words for worker in self._workers]
        return unexpanded(self._shared.words, numbers)

    def rows(self, first: int, end: int) -> Iterator[tuple[bytes, bytes]]:
        return rows(self.chunks, first, end)

    def refill(self, blocks: Iterable[tuple[bytes, bytes]]) -> None:
        self._shared.words[Shared.DISTINCT] = fill(self.chunks, blocks)
        slots = FIRST_TABLE
        while self._crowded(slots):
            slots *= 2
        while self.chunks.capacity - self._buffered <= self.distinct:
            self.chunks.extend()
        self._new_table(slots)
        self._set_limit()

    def close(self) -> None:
        for worker in self._workers:
            worker.free()
        for block in (self._shared, self._table, self._scratch):
            block.free()
        self.chunks.free()
        self._workers = []
