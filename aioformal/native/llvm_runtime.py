"""What surrounds the specification's own functions in machine code: the buffer of successors, the
table of states, and the loop that expands one state after the other.

A state that was kept has a number, in the order of arrival; its words lie in the chunk that the number
belongs to. The table maps a hash to such a number: 32 bits of the hash beside 32 bits of number plus one,
so that a look-up reads a state only where these bits agree, and then compares all of it. So the search is
exact whatever the hash does. Successors wait in a buffer between the look-ups that they need, while the
memory for these is on its way (prefetched).

Several workers insert at once: whoever changes an empty slot to LOCKED numbers the state, writes it,
and then releases the slot. Each has numbers in stock (memory.RESERVED); gaps that this leaves are closed
by `renumber` before anybody else looks.
"""

from __future__ import annotations

from importlib import resources
from string import Template

from aioformal.native.llvm_tree import UNCLEAR, words_declared, words_named
from aioformal.native.memory import (
    CHUNK,
    CHUNK_BITS,
    ENTRY_EXTRA,
    LOG_ENTRIES,
    LOG_EXTRA,
    RESERVED,
    Event,
    Own,
    Shared,
    Status,
)

TAKEN = 64
"""States that a worker takes from the level at a time."""

WAITING = 64
"""Buffered successors from which on the buffer is emptied between two states."""

AHEAD = 32
"""States between the one whose slot is asked for and the one that is entered."""

LOCKED = 0xFFFFFFFF
MULTIPLIER = -7046029254386353131
FINAL = -49064778989728563


def runtime_of(words: int) -> str:
    """The text of the functions for states of so many words."""
    text = resources.files("aioformal.native").joinpath("runtime.ll").read_text(encoding="utf-8")
    return Template(text).substitute(_Parts(words).substitutions())


class _Parts:
    def __init__(self, words: int) -> None:
        self.words = words
        self.entry = words + ENTRY_EXTRA
        self.log = words + LOG_EXTRA

    def substitutions(self) -> dict[str, object]:
        named = words_named(self.words)
        found: dict[str, object] = {
            "words": self.words,
            "declared": words_declared(self.words),
            "passed": ", ".join(f"i64 {name}" for name in named),
            "hash": self._hash(),
            "load_entry": self._loads("%entry", "%w"),
            "load_state": self._loads("%here", "%w"),
            "store_entry": self._stores("%entry"),
            "store_state": self._stores("%place"),
            "store_log": self._stores("%line"),
            "compare": self._compare(),
            "entry_words": self.entry,
            "log_words": self.log,
            "entry_hash": self.words,
            "entry_parent": self.words + 1,
            "entry_info": self.words + 2,
            "entry_failed": self.words + 3,
            "entry_ways": self.words + 4,
            "log_event": self.words,
            "log_mask": self.words + 1,
            "log_parent": self.words + 2,
            "log_rule": self.words + 3,
            "chunk_bits": CHUNK_BITS,
            "chunk_mask": CHUNK - 1,
            "taken": TAKEN,
            "waiting": WAITING,
            "locked": LOCKED,
            "ahead": AHEAD,
            "reserved": RESERVED,
            "unclear": UNCLEAR,
            "log_entries": LOG_ENTRIES,
        }
        found.update((f"S_{field.name}", field.value) for field in Shared)
        found.update((f"K_{field.name}", field.value) for field in Own)
        found.update((f"IS_{field.name}", field.value) for field in Status)
        found.update((f"EVENT_{field.name}", field.value) for field in Event)
        return found

    def _hash(self) -> str:
        lines: list[str] = []
        last = "0"
        for n in range(self.words):
            lines += [
                f"  %x{n} = xor i64 %w{n}, {last}",
                f"  %m{n} = mul i64 %x{n}, {MULTIPLIER}",
                f"  %s{n} = lshr i64 %m{n}, 32",
                f"  %h{n} = xor i64 %m{n}, %s{n}",
            ]
            last = f"%h{n}"
        lines += [
            f"  %f1 = mul i64 {last}, {FINAL}",
            "  %f2 = lshr i64 %f1, 29",
            "  %f3 = xor i64 %f1, %f2",
            "  ret i64 %f3",
        ]
        return "\n".join(lines)

    def _loads(self, base: str, prefix: str) -> str:
        lines: list[str] = []
        for n in range(self.words):
            lines.append(f"  {prefix}{n}.p = getelementptr i64, ptr {base}, i64 {n}")
            lines.append(f"  {prefix}{n} = load i64, ptr {prefix}{n}.p")
        return "\n".join(lines)

    def _stores(self, base: str) -> str:
        name = base.lstrip("%")
        lines: list[str] = []
        for n in range(self.words):
            lines.append(f"  %{name}.{n} = getelementptr i64, ptr {base}, i64 {n}")
            lines.append(f"  store i64 %w{n}, ptr %{name}.{n}")
        return "\n".join(lines)

    def _compare(self) -> str:
        lines: list[str] = []
        for n in range(self.words):
            lines.append(f"  %old{n}.p = getelementptr i64, ptr %old, i64 {n}")
            lines.append(f"  %old{n} = load i64, ptr %old{n}.p")
            lines.append(f"  %same{n} = icmp eq i64 %old{n}, %w{n}")
        last = "%same0"
        for n in range(1, self.words):
            lines.append(f"  %all{n} = and i1 {last}, %same{n}")
            last = f"%all{n}"
        lines.append(f"  br i1 {last}, label %known, label %next")
        return "\n".join(lines)
