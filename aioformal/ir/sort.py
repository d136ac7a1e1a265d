"""The sorts of terms: truth values, integers with an interval, and small enumerations.

An integer's sort carries an interval that its value never leaves; `None` stands for an infinite end.
For a variable the interval is a promise that the transition system must keep (see `ir.system`), for
any other term it follows from the arguments.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct


class BoolSort(Struct, frozen=True):
    def __str__(self) -> str:
        return "Bool"


class IntSort(Struct, frozen=True):
    """The integers from `lo` to `hi`, both included."""

    lo: int | None
    hi: int | None

    def __post_init__(self) -> None:
        if self.lo is not None and self.hi is not None and self.lo > self.hi:
            raise ValueError(f"empty interval {self.lo}..{self.hi}")

    @property
    def finite(self) -> bool:
        return self.lo is not None and self.hi is not None

    def includes(self, other: IntSort) -> bool:
        """Whether every integer of `other` is one of this sort."""
        return (self.lo is None or (other.lo is not None and other.lo >= self.lo)) and (
            self.hi is None or (other.hi is not None and other.hi <= self.hi)
        )

    def __str__(self) -> str:
        if self.lo is None and self.hi is None:
            return "Int"
        return f"{'-oo' if self.lo is None else self.lo}..{'oo' if self.hi is None else self.hi}"


class EnumSort(Struct, frozen=True):
    """`size` different things, numbered from 0. Only equality means something on them."""

    size: int

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError("an enumeration has at least one member")

    def __str__(self) -> str:
        return f"Enum({self.size})"


Sort: TypeAlias = BoolSort | IntSort | EnumSort
BOOL = BoolSort()


@lru_cache(maxsize=1 << 16)
def int_sort(lo: int | None, hi: int | None) -> IntSort:
    """`IntSort(lo, hi)`, shared: terms make them by the ten thousand."""
    return IntSort(lo, hi)


def admits(sort: Sort, value: bool | int) -> bool:
    """Whether a Python value is one of the sort's. `True` is no integer."""
    if isinstance(sort, BoolSort):
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if isinstance(sort, EnumSort):
        return 0 <= value < sort.size
    return (sort.lo is None or sort.lo <= value) and (sort.hi is None or value <= sort.hi)


def least_of(sort: Sort) -> int:
    """The least value of a sort that has one, as a number. Raises `ValueError` for any other."""
    if isinstance(sort, IntSort):
        if sort.lo is None:
            raise ValueError(f"{sort} has no least value")
        return sort.lo
    return 0


def cardinality(sort: Sort) -> int | None:
    """How many values a sort has; None for infinitely many."""
    if isinstance(sort, BoolSort):
        return 2
    if isinstance(sort, EnumSort):
        return sort.size
    return None if sort.lo is None or sort.hi is None else sort.hi - sort.lo + 1
