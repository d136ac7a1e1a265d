"""A plan run as Python source: the twin of machine code, which it follows state by state.

Successors wait until there are `WAITING` of them or the run comes back, as they do there. So what happens,
happens in the same order, down to the states at which a run stops.
"""

from __future__ import annotations

import gc
import sys
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import TypeAlias

from aioformal.ir.node import Term
from aioformal.native.kernel import Note, Successor, Tally
from aioformal.native.layout import Packed
from aioformal.native.memory import BUFFER, CHUNK, DEGREES, LOG_ENTRIES, Event, Status
from aioformal.native.plan import Plan
from aioformal.native.python_kept import Keeper, compiled
from aioformal.native.python_tree import DENIED, UNCLEAR, conversion_source, source_of

WAITING = 64
"""Successors from which on they are looked up, between two states."""

ROOM = 1 << 16
"""States that there is room for at first, and that room is made for at a time."""

RULE = (1 << 32) - 1
WORD = (1 << 64) - 1
MULTIPLIER = -7046029254386353131 & WORD
FINAL = -49064778989728563 & WORD

Entry: TypeAlias = tuple[Packed, int, int, int, int]
"""Words, the number of the state before plus one, rule, violated properties of steps, ways."""


class _NoRoomError(Exception):
    """More initial states than the memory holds."""


class InterpretedKernel:
    """See `kernel.Kernel`. It has one worker. `text` is the source that it executes."""

    name = "interpreted"

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.text = source_of(plan)
        self.open_states = 0
        self.open_steps = 0
        self.checks_deadlock = False
        self.at = 0
        self.trouble = 0
        self.memory = sys.maxsize
        self.optimizing = True
        self.compiling_seconds = 0.0
        functions = compiled(self.text)
        self._initial: Callable[..., None] = functions["initial"]
        self._step: Callable[..., int | None] = functions["step"]
        self._judge: Callable[..., int] = functions["judge"]
        self._judge_first: Callable[..., int] = functions["judge_first"]
        self._place: Callable[..., int] = functions["place"]
        self._keeper = Keeper(plan)
        self._states: list[Packed] = []
        self._parents: dict[Packed, int] = {}
        self._waiting: list[Entry] = []
        self._notes: list[Note] = []
        self._position = self._end = 0
        self._limit = ROOM
        self._beginning = self._stopping = False
        self._generated = self._expanded = 0
        self._fired = [0] * len(plan.labels)
        self._found = [0] * len(plan.labels)
        self._degrees = [0] * DEGREES

    # ------------------------------------------------------------ running

    def begin(self) -> Status:
        """See `kernel.Kernel`. Initial states are made to the end, whatever fires."""
        fired: list[int] = []
        self._beginning = True
        try:
            with _no_collection():
                self._initial(partial(self._put_first, fired), fired.append)
                self._flush()
        except _NoRoomError:
            return Status.FULL
        finally:
            self._beginning = False
        if not fired:
            return Status.PAUSED
        self.at, self.trouble = 0, fired[0]
        return Status.TROUBLE

    def _put_first(self, fired: list[int], entry: Entry) -> None:
        trouble = self._trouble_of((entry,))
        fired.extend(() if trouble is None else (trouble,))
        self._waiting.append(entry)
        if len(self._waiting) == BUFFER:
            self._flush()
            if self.distinct > self._limit:
                self._grow_within_memory()

    def _grow_within_memory(self) -> None:
        if self.bytes_used + self.growth > self.memory:
            raise _NoRoomError
        self.grow()

    def optimize(self) -> None:
        """There is no better code."""

    def enter_level(self, first: int, end: int) -> None:
        self._position, self._end = first, end

    def run(self, most: int) -> Status:
        self._stopping = False
        with _no_collection():
            status = self._expand(self._position + max(1, most))
            self._flush()
        return status

    def _expand(self, until: int) -> Status:
        """Expands states up to number `until`, or to the end of the level."""
        step, states, waiting = self._step, self._states, self._waiting
        put, may_fail = waiting.append, self._keeper.may_fail
        before = 0
        for number in range(self._position, min(until, self._end)):
            if self._stopping:
                return Status.HALTED
            if len(states) > self._limit:
                return Status.FULL
            fires = step(put, number + 1, *states[number])
            if fires is None and may_fail:
                fires = self._trouble_of(waiting[before:])
            if fires is not None:
                # What it made before does not count.
                del waiting[before:]
                self.at, self.trouble = number, fires
                return Status.TROUBLE
            self._position = number + 1
            before = self._account(len(waiting) > before, number)
        if self._stopping:
            return Status.HALTED
        return Status.PAUSED if self._position == until else Status.LEVEL

    def _trouble_of(self, entries: Iterable[Entry]) -> int | None:
        """The obligation that fires while it is found out whether states are known."""
        if self._keeper.may_fail:
            for words, _, info, _, _ in entries:
                if info < DENIED and not self._place(*words):
                    trouble = self._keeper.trouble(self.representative(words))
                    if trouble is not None:
                        return trouble
        return None

    def _account(self, has_successors: bool, number: int) -> int:
        """Counts an expanded state. The number of successors that wait."""
        self._expanded += 1
        if not has_successors:
            self._degrees[0] += 1
            if self.checks_deadlock:
                self.checks_deadlock = False
                self._log(Event.DEADLOCK, 1, number + 1, 0, self._states[number])
        if len(self._waiting) >= WAITING:
            self._flush()
        return len(self._waiting)

    # ------------------------------------------------------------ arrival

    def _flush(self) -> None:
        """Takes note of all states that wait, and of the steps to them."""
        parents, fired, counts = self._parents, self._fired, not self._beginning
        whole = self.plan.view is None
        last = new = generated = 0
        for words, at, info, failed, ways in self._waiting:
            generated += ways
            if at != last:
                self._degree(last, new)
                last, new = at, 0
            if counts:
                fired[info & RULE] += ways
            if failed & self.open_steps:
                self.open_steps ^= self._report(Event.STEP, failed & self.open_steps, at, info, words)
            # A state that was kept is inside of CONSTRAINT.
            known = whole and info < DENIED and words in parents
            if not known and self._arrives(words, at, info):
                new += 1
        self._degree(last, new)
        self._generated += generated
        self._waiting.clear()

    def _arrives(self, words: Packed, at: int, info: int) -> bool:
        """Keeps a state if it is new, and inside of the constraints."""
        place = self._place(*words)
        if place > 1 or (not place and info >= UNCLEAR):
            self._log(Event.UNCLEAR, 0, at, info, words)
            return False
        inside = not place and info < DENIED
        if inside:
            kept = self.representative(words)
            key = self._keeper.key(kept)
            if key in self._parents:
                return False
            self._parents[key] = at
            self._states.append(kept)
            if not self._beginning:
                self._found[info & RULE] += 1
        if self.open_states:
            judge = self._judge_first if self._beginning else self._judge
            failed = judge(*words) & self.open_states
            if failed:
                self.open_states ^= self._report(Event.STATE, failed, at, info, words)
        return inside

    def _degree(self, parent: int, new: int) -> None:
        if parent:
            self._degrees[min(new, DEGREES - 1)] += 1

    def _report(self, event: Event, failed: int, at: int, info: int, words: Packed) -> int:
        """What is reported is closed."""
        self._log(event, failed, at, info, words)
        return failed

    def _log(self, event: Event, mask: int, at: int, info: int, words: Packed) -> None:
        if len(self._notes) < LOG_ENTRIES:
            self._notes.append(Note(event, mask, at - 1 if at else None, info & RULE, words))
            self._stopping = True

    def notes(self) -> list[Note]:
        found, self._notes = self._notes, []
        return found

    # ------------------------------------------------------------ room

    def grow(self) -> None:
        self._limit = self.distinct + ROOM

    @property
    def growth(self) -> int:
        """Bytes that `grow` makes room for: so many more states, and a dictionary that doubles."""
        return ROOM * self._bytes_per_state + sys.getsizeof(self._parents)

    @property
    def bytes_used(self) -> int:
        tables = sys.getsizeof(self._parents) + sys.getsizeof(self._states)
        return tables + self.distinct * self._bytes_per_state

    @property
    def _bytes_per_state(self) -> int:
        """A tuple and its words, none of them shared, and the number of the state before."""
        words = self.plan.layout.words
        return sys.getsizeof((WORD,) * words) + (words + 1) * sys.getsizeof(WORD)

    # ------------------------------------------------------------ what is known

    @property
    def position(self) -> int:
        return self._position

    @property
    def distinct(self) -> int:
        return len(self._states)

    def tally(self) -> Tally:
        counted = (self._fired, self._found, self._degrees)
        return Tally(self.distinct, self._generated, self._expanded, *map(tuple[int, ...], counted))

    def state(self, number: int) -> Packed:
        return self._states[number]

    def parent(self, number: int) -> int | None:
        before = self._parents[self._keeper.key(self._states[number])]
        return before - 1 if before else None

    def successors(self, words: Packed) -> list[tuple[int, Packed]] | None:
        steps = self.steps(words)
        return None if steps is None else [(step.rule, step.words) for step in steps]

    def steps(self, words: Packed) -> list[Successor] | None:
        made: list[Entry] = []
        if self._step(made.append, 0, *words) is not None or self._trouble_of(made) is not None:
            return None
        return [
            Successor(info & RULE, after, failed, None if info >= UNCLEAR else info < DENIED)
            for after, _, info, failed, _ in made
        ]

    def image(self, words: Packed) -> list[Successor] | None:
        return self.steps(words)

    def representative(self, words: Packed) -> Packed:
        return self._keeper.representative(words)

    def verdicts(self, words: Packed) -> tuple[int, int, int]:
        return self._judge_first(*words), self._judge(*words), self._place(*words)

    def digest(self) -> str:
        """The same as that of machine code."""
        return f"{sum(map(_hash, map(self._keeper.key, self._states))) & WORD:016x}"

    # ------------------------------------------------------------ another layout

    def relaid(self, plan: Plan, terms: Mapping[str, Term]) -> InterpretedKernel:
        """See `kernel.Kernel`."""
        new = InterpretedKernel(plan)
        new.open_states, new.open_steps = self.open_states, self.open_steps
        new.checks_deadlock, new.memory = self.checks_deadlock, self.memory
        new._take_over(self, conversion_source(self.plan.layout, plan.layout, terms))
        self.close()
        return new

    def _take_over(self, old: InterpretedKernel, source: str) -> None:
        convert = compiled(source)["convert"]
        self._states = [self.representative(convert(*words)) for words in old._states]
        befores = map(old._parents.__getitem__, map(old._keeper.key, old._states))
        self._parents = dict(zip(map(self._keeper.key, self._states), befores, strict=True))
        self._position, self._end, self._limit = old._position, old._end, old._limit

    # ------------------------------------------------------------ on the way to a file and back

    def unexpanded(self) -> list[tuple[int, int]]:
        return [(self._position, self._end)] if self._position < self._end else []

    def rows(self, first: int, end: int) -> Iterator[tuple[bytes, bytes]]:
        while first < end:
            last = min(end, (first // CHUNK + 1) * CHUNK)
            states = self._states[first:last]
            parents = map(self._parents.__getitem__, map(self._keeper.key, states))
            yield array("Q", chain.from_iterable(states)).tobytes(), array("I", parents).tobytes()
            first = last

    def refill(self, blocks: Iterable[tuple[bytes, bytes]]) -> None:
        size = self.plan.layout.words
        for states, parents in blocks:
            words = iter(array("Q", states))
            kept = list(zip(*[words] * size, strict=True))
            self._parents.update(zip(map(self._keeper.key, kept), array("I", parents), strict=True))
            self._states += kept
        self._limit = self.distinct + ROOM

    def close(self) -> None:
        self._states, self._parents = [], {}
        self._waiting, self._notes = [], []


@contextmanager
def _no_collection() -> Generator[None]:
    """A search makes no cycles, and looking for them in millions of states takes longer than all else."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _hash(words: Packed) -> int:
    last = 0
    for word in words:
        last = (word ^ last) * MULTIPLIER & WORD
        last ^= last >> 32
    last = last * FINAL & WORD
    return last ^ last >> 29
