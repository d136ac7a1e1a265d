"""States on their way from memory to a file, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ctypes import Array, c_uint64

from aioformal.native.memory import CHUNK, CHUNK_BITS, Chunks, Own, Shared

PARENT = 4
"""Bytes of a parent's number."""


def rows(chunks: Chunks, first: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """See `kernel.Kernel.rows`."""
    size = chunks.words * 8
    while first < end:
        number, start = first >> CHUNK_BITS, first & (CHUNK - 1)
        count = min(CHUNK - start, end - first)
        states = chunks.states[number].read(start * size, count * size)
        yield states, chunks.parents[number].read(start * PARENT, count * PARENT)
        first += count


def fill(chunks: Chunks, blocks: Iterable[tuple[bytes, bytes]]) -> int:
    """Puts blocks into chunks, the first of which is there already. How many states there are."""
    total = 0
    for number, (states, parents) in enumerate(blocks):
        if number == len(chunks.states):
            chunks.extend()
        chunks.states[number].write(0, states)
        chunks.parents[number].write(0, parents)
        total += len(parents) // PARENT
    return total


def unexpanded(shared: Array[c_uint64], workers: Iterable[Array[c_uint64]]) -> list[tuple[int, int]]:
    """What workers have taken and not done, and what nobody has taken."""
    taken = [(own[Own.LOW], own[Own.HIGH]) for own in workers]
    ranges = [*sorted(taken), (shared[Shared.CURSOR], shared[Shared.END])]
    return [(low, high) for low, high in ranges if low < high]
