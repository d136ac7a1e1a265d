"""Where the slots of a state lie in 64-bit words. No slot lies across two words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct

from aioformal.ir.sort import BOOL, EnumSort, IntSort, Sort
from aioformal.ir.system import StateVariable

WORD = 64
LARGEST = 62
"""Bits of the widest slot: sums and differences of two of them still are 64-bit numbers."""

Packed: TypeAlias = tuple[int, ...]
"""The words of a state, each from 0 to 2**64 - 1."""


class TooWideError(ValueError):
    """A slot has more values than a word can tell apart."""


class Field(Struct, frozen=True):
    """`width` bits from bit `shift` of word `word` hold the slot's value less `least`."""

    name: str
    sort: Sort
    word: int
    shift: int
    width: int
    least: int

    @property
    def mask(self) -> int:
        """The bits of the field, at the low end of a word."""
        return (1 << self.width) - 1


class Layout(Struct, frozen=True, dict=True):
    """The fields in the order of the slots, and how many words they take (one at least)."""

    fields: tuple[Field, ...]
    words: int

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}

    @property
    def bits(self) -> int:
        return sum(field.width for field in self.fields)

    def pack(self, slots: Mapping[str, bool | int]) -> Packed:
        """The words of a state. Every value must be of its slot's sort."""
        words = [0] * self.words
        for field in self.fields:
            words[field.word] |= (int(slots[field.name]) - field.least) << field.shift
        return tuple(words)

    def unpack(self, words: Sequence[int]) -> dict[str, bool | int]:
        """The slots of a state."""
        found: dict[str, bool | int] = {}
        for field in self.fields:
            value = (words[field.word] >> field.shift & field.mask) + field.least
            found[field.name] = bool(value) if field.sort is BOOL else value
        return found


def size_of(name: str, sort: Sort) -> tuple[int, int]:
    """The least value of a sort and the bits that tell its values apart. Raises `TooWideError`."""
    if sort is BOOL:
        return 0, 1
    if isinstance(sort, EnumSort):
        return 0, (sort.size - 1).bit_length()
    assert isinstance(sort, IntSort)
    if sort.lo is None or sort.hi is None:
        raise TooWideError(f"{name} has no least or no greatest value")
    width = (sort.hi - sort.lo).bit_length()
    if width > LARGEST or sort.lo.bit_length() > LARGEST or sort.hi.bit_length() > LARGEST:
        raise TooWideError(f"the values of {name} take more than {LARGEST} bits")
    return sort.lo, width


def layout_of(variables: Iterable[StateVariable]) -> Layout:
    """Puts every slot into the first word that has room for it. Raises `TooWideError`."""
    used: list[int] = []
    fields: list[Field] = []
    for variable in variables:
        least, width = size_of(variable.name, variable.sort)
        word = next((w for w, bits in enumerate(used) if bits + width <= WORD), len(used))
        if word == len(used):
            used.append(0)
        fields.append(Field(variable.name, variable.sort, word, used[word], width, least))
        used[word] += width
    return Layout(tuple(fields), max(1, len(used)))
