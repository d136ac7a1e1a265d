"""A search ends within the memory that it was given, with its numbers, and can go on with more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aioformal.encode import infer
from aioformal.engine.explicit import preparation
from aioformal.engine.protocol import Event
from aioformal.evidence.verdict import Finding, Unknown
from aioformal.native import memory
from aioformal.native.memory import Block
from tests.unit.engine.saved_search import exploration, outcome, remarks, run

MANY = """
VARIABLES a, b, c
Init == a = 0 /\\ b = 0 /\\ c = 0
Next == \\/ a < 99 /\\ a' = a + 1 /\\ UNCHANGED <<b, c>>
        \\/ b < 99 /\\ b' = b + 1 /\\ UNCHANGED <<a, c>>
        \\/ c < 99 /\\ c' = c + 1 /\\ UNCHANGED <<a, b>>
Fine == a < 100 /\\ b \\in 0..99 /\\ c \\in 0..99
"""
MANY_AT_FIRST = """
VARIABLES a, b
Init == a \\in 0..999 /\\ b \\in 0..999
Next == a' = 0 /\\ b' = b
Fine == a < 1000 /\\ b < 1000
"""
CONFIG = "INVARIANT Fine\n"
MEGABYTE = 1 << 20

BESIDE = 2 * MEGABYTE
"""Bytes of one kernel that do not depend on how many states there are: directories, logs, counters."""


class Peak:
    """The most bytes that blocks have had at one time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = self.most = 0
        self._living: dict[int, int] = {}
        make, free = Block.__init__, Block.free

        def counted(block: Block, size: int) -> None:
            make(block, size)
            self._living[id(block)] = block.size
            self.most = max(self.most, sum(self._living.values()))

        def given_back(block: Block) -> None:
            free(block)
            self._living.pop(id(block), None)

        monkeypatch.setattr(Block, "__init__", counted)
        monkeypatch.setattr(Block, "free", given_back)


def ran_out(events: list[Event], distinct: int) -> str:
    """The reason for which nothing is known."""
    seen = exploration(events)
    assert not seen.complete
    assert seen.distinct_states >= distinct
    reasons = {e.verdict.reason for e in events if isinstance(e, Finding) and isinstance(e.verdict, Unknown)}
    (reason,) = reasons
    assert "memory" in reason
    if seen.distinct_states:
        assert f"{seen.distinct_states:,} states" in reason
    return reason


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("megabytes", [6, 9, 13, 17])
def test_no_more_is_taken_than_was_given(
    megabytes: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    peak = Peak(monkeypatch)
    events = run(text=MANY, config=CONFIG, memory=megabytes * MEGABYTE, workers=workers)
    reason = ran_out(events, distinct=5_000)
    assert f"({megabytes}.0 MB)" in reason
    assert "not expanded" in reason
    assert peak.most <= megabytes * MEGABYTE + BESIDE


def test_a_larger_machine_goes_on(tmp_path: Path) -> None:
    first = run(tmp_path, text=MANY, config=CONFIG, memory=9 * MEGABYTE, every=3600.0)
    ran_out(first, distinct=30_000)
    assert "checkpoint.written" in remarks(first)
    again = run(tmp_path, text=MANY, config=CONFIG, memory=5 * MEGABYTE, resume=True)
    ran_out(again, distinct=exploration(first).distinct_states)
    whole = run(text=MANY, config=CONFIG)
    assert exploration(whole).distinct_states == 1_000_000
    assert outcome(run(tmp_path, text=MANY, config=CONFIG, resume=True)) == outcome(whole)


@pytest.mark.parametrize("size", [1, MEGABYTE])
def test_what_is_not_enough_for_one_state_is_said(size: int) -> None:
    ran_out(run(text=MANY, config=CONFIG, memory=size), distinct=0)


def test_the_limit_holds_for_initial_states(monkeypatch: pytest.MonkeyPatch) -> None:
    peak = Peak(monkeypatch)
    events = run(text=MANY_AT_FIRST, config=CONFIG, memory=9 * MEGABYTE)
    assert "initial" in ran_out(events, distinct=200_000)
    assert peak.most <= 9 * MEGABYTE + BESIDE
    assert exploration(run(text=MANY_AT_FIRST, config=CONFIG)).distinct_states == 1_000_000


# ---------------------------------------------------------------- a system that gives no more


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """The system gives so many large blocks and no more."""
    mapped = memory._mapped

    def limit(most: int) -> None:
        left = iter(range(most))

        def scarce(size: int) -> object:
            if size >= MEGABYTE // 4 and next(left, None) is None:
                raise MemoryError
            return mapped(size)

        monkeypatch.setattr(memory, "_mapped", scarce)

    return limit


@pytest.mark.parametrize("text", [MANY, MANY_AT_FIRST])
@pytest.mark.parametrize("blocks", [0, 1, 2, 3, 4, 5])
def test_a_system_without_memory_ends_the_search_in_order(
    blocks: int, text: str, give: Callable[[int], None]
) -> None:
    give(blocks)
    ran_out(run(text=text, config=CONFIG), distinct=0)


@pytest.mark.parametrize("blocks", [4, 5, 6])
def test_what_was_there_before_is_saved(
    blocks: int, give: Callable[[int], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(memory, "_mapped", memory._mapped)
        give(blocks)
        first = run(tmp_path, text=MANY, config=CONFIG, every=3600.0)
    monkeypatch.undo()
    ran_out(first, distinct=1_000)
    seen = exploration(run(tmp_path, text=MANY, config=CONFIG, resume=True))
    assert (seen.distinct_states, seen.complete) == (1_000_000, True)


@pytest.mark.parametrize("blocks", [3, 4, 5, 6, 7, 8])
def test_a_search_that_cannot_be_moved_counts_each_state_once(
    blocks: int, give: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wider shape needs new memory for all states."""
    monkeypatch.setattr(preparation, "QUICK", infer.Extent(1, 0, 0))
    give(blocks)
    seen = exploration(run(text=MANY, config=CONFIG))
    assert seen.details is None or seen.generated_states <= 3 * seen.distinct_states


def test_the_system_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> object:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(memory.mmap, "mmap", refuse)
    with pytest.raises(MemoryError):
        Block(4096)
