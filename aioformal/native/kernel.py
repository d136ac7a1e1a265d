"""What a runner of a plan is: the state of a search, and how it goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from aioformal.ir.node import Term
from aioformal.native.layout import Packed
from aioformal.native.memory import Event, Status
from aioformal.native.plan import Plan


class Note(Struct, frozen=True):
    """Something that was noticed of a state, on the step of transition `rule` from the kept state
    number `parent` (None: the state is an initial one). For a deadlock, `words` are the parent itself."""

    event: Event
    mask: int
    parent: int | None
    rule: int
    words: Packed


class Tally(Struct, frozen=True):
    """Counts so far. `fired` and `found` are by transition: how often it was taken, and how many states
    were first found by it. `degrees[n]` is the number of states that led to n new ones (the last entry:
    or more)."""

    distinct: int
    generated: int
    expanded: int
    fired: tuple[int, ...]
    found: tuple[int, ...]
    degrees: tuple[int, ...]


class Successor(NamedTuple):
    """A step by transition `rule`. `failed`: the properties of steps that fail in it, as a mask.
    `permitted`: whether ACTION_CONSTRAINT allows it, None where that has no value."""

    rule: int
    words: Packed
    failed: int
    permitted: bool | None


class Kernel(Protocol):
    """Searches the states of a plan level by level. States are numbered in the order of arrival."""

    plan: Plan
    name: str
    """What executes it, as reports show it."""

    optimizing: bool
    """Whether `optimize` was asked for already, or would gain nothing."""

    compiling_seconds: float
    """What making the first code took."""

    memory: int
    """Bytes that `begin` may take; later the caller looks at `growth` before it lets the kernel `grow`."""

    @property
    def open_states(self) -> int:
        """The properties of states that are still looked at, as a mask."""
        ...

    @open_states.setter
    def open_states(self, mask: int) -> None: ...

    @property
    def open_steps(self) -> int: ...

    @open_steps.setter
    def open_steps(self, mask: int) -> None: ...

    @property
    def checks_deadlock(self) -> bool: ...

    @checks_deadlock.setter
    def checks_deadlock(self, yes: bool) -> None: ...

    def optimize(self) -> None:
        """Makes better code for later runs. May be called beside a run, from another thread."""
        ...

    def begin(self) -> Status:
        """Makes the initial states. PAUSED when done; TROUBLE where an obligation fires; FULL where the
        memory does not hold them all: then what is there can only be counted."""
        ...

    def enter_level(self, first: int, end: int) -> None:
        """The states from `first` up to `end` are expanded next."""
        ...

    def run(self, most: int) -> Status:
        """Expands up to `most` states."""
        ...

    def grow(self) -> None:
        """Makes room for more states; after `run` said FULL. After a MemoryError the kernel can be read
        and saved, but not run."""
        ...

    @property
    def growth(self) -> int:
        """Bytes that `grow` may add."""
        ...

    def notes(self) -> list[Note]:
        """What was noticed since the last call."""
        ...

    @property
    def at(self) -> int:
        """The number of the state in which the last run stopped for TROUBLE."""
        ...

    @property
    def trouble(self) -> int:
        """The number of the obligation that fires there."""
        ...

    @property
    def position(self) -> int:
        """The number of the first state that is not expanded, between two runs with one worker."""
        ...

    def tally(self) -> Tally: ...

    @property
    def distinct(self) -> int: ...

    @property
    def bytes_used(self) -> int: ...

    def state(self, number: int) -> Packed: ...

    def parent(self, number: int) -> int | None: ...

    def successors(self, words: Packed) -> list[tuple[int, Packed]] | None:
        """The steps out of any state, each with its transition; None where an obligation fires."""
        ...

    def representative(self, words: Packed) -> Packed:
        """The state that is kept for any state: itself, if the plan has no symmetry."""
        ...

    def steps(self, words: Packed) -> list[Successor] | None:
        """`successors` with all that is known of them."""
        ...

    def image(self, words: Packed) -> object:
        """All that `steps` says, in a form that only serves to be compared, and fast: where kernels of one
        kind and of one layout give equal images, `steps` is equal. None where an obligation fires."""
        ...

    def verdicts(self, words: Packed) -> tuple[int, int, int]:
        """Properties that fail in any state: as an initial one, as a later one; and CONSTRAINT: 0 inside,
        1 outside, more where it has no value."""
        ...

    def digest(self) -> str:
        """A digest of the set of states, hexadecimal; it depends on the layout, not on the order."""
        ...

    def relaid(self, plan: Plan, terms: Mapping[str, Term]) -> Kernel:
        """The same search for a plan with another layout, at the same place. `terms` gives each new slot
        in terms of the old ones. Counts other than `distinct` begin anew; this kernel is closed."""
        ...

    def unexpanded(self) -> list[tuple[int, int]]:
        """The ranges of numbers of the level that are not expanded, in the order of their turn; between
        two runs."""
        ...

    def rows(self, first: int, end: int) -> Iterator[tuple[bytes, bytes]]:
        """The words of a range of states, and the numbers of their parents plus one, as they lie in
        memory: 64 and 32 bits each, in blocks that end where `memory.CHUNK` divides the number."""
        ...

    def refill(self, blocks: Iterable[tuple[bytes, bytes]]) -> None:
        """Takes in what `rows` gave, from state 0 on, instead of `begin`."""
        ...

    def close(self) -> None:
        """Gives all memory back."""
        ...


def total(rows: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Sums by column."""
    return tuple(map(sum, zip(*rows, strict=True)))
