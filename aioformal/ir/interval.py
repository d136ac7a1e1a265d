"""Interval arithmetic on integer sorts. `None` is minus infinity as `lo`, plus infinity as `hi`.

Division and remainder are total here: 0 when the divisor is not positive.
"""

from __future__ import annotations

from aioformal.ir.sort import IntSort, int_sort


def union(a: IntSort, b: IntSort) -> IntSort:
    """The smallest interval that covers both."""
    lo = None if a.lo is None or b.lo is None else min(a.lo, b.lo)
    hi = None if a.hi is None or b.hi is None else max(a.hi, b.hi)
    return int_sort(lo, hi)


def disjoint(a: IntSort, b: IntSort) -> bool:
    return below(a, b) or below(b, a)


def below(a: IntSort, b: IntSort) -> bool:
    """Whether every member of `a` is less than every member of `b`."""
    return a.hi is not None and b.lo is not None and a.hi < b.lo


def not_above(a: IntSort, b: IntSort) -> bool:
    """Whether every member of `a` is at most every member of `b`."""
    return a.hi is not None and b.lo is not None and a.hi <= b.lo


def plus(a: IntSort, b: IntSort) -> IntSort:
    lo = None if a.lo is None or b.lo is None else a.lo + b.lo
    hi = None if a.hi is None or b.hi is None else a.hi + b.hi
    return int_sort(lo, hi)


def negated(a: IntSort) -> IntSort:
    return int_sort(None if a.hi is None else -a.hi, None if a.lo is None else -a.lo)


def times(a: IntSort, b: IntSort) -> IntSort:
    if _is_zero(a) or _is_zero(b):
        return int_sort(0, 0)
    if a.lo is not None and a.hi is not None and b.lo is not None and b.hi is not None:
        products = (a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi)
        return int_sort(min(products), max(products))
    return _times_unbounded(a, b)


def _is_zero(a: IntSort) -> bool:
    return a.lo == 0 and a.hi == 0


def _times_unbounded(a: IntSort, b: IntSort) -> IntSort:
    """Signs decide what is left to say when an end is infinite."""
    if _not_negative(a) and _not_negative(b):
        return int_sort((a.lo or 0) * (b.lo or 0), None)
    if _not_positive(a) and _not_positive(b):
        return int_sort((a.hi or 0) * (b.hi or 0), None)
    if _not_negative(a) and _not_positive(b):
        return int_sort(None, (a.lo or 0) * (b.hi or 0))
    if _not_positive(a) and _not_negative(b):
        return int_sort(None, (a.hi or 0) * (b.lo or 0))
    return int_sort(None, None)


def _not_negative(a: IntSort) -> bool:
    return a.lo is not None and a.lo >= 0


def _not_positive(a: IntSort) -> bool:
    return a.hi is not None and a.hi <= 0


def quotient(a: IntSort, b: IntSort) -> IntSort:
    """Floor division; the extreme quotients stand at the ends of `a`, over the least or greatest
    positive divisor."""
    least = max(b.lo, 1) if b.lo is not None else 1
    if b.hi is not None and b.hi < 1:
        return int_sort(0, 0)
    lo = None if a.lo is None else _lowest(a.lo, least, b.hi)
    hi = None if a.hi is None else _highest(a.hi, least, b.hi)
    found = int_sort(lo, hi)
    return found if _positive(b) else union(found, int_sort(0, 0))


def _lowest(lo: int, least: int, greatest: int | None) -> int:
    if lo < 0:
        return lo // least
    return 0 if greatest is None else lo // greatest


def _highest(hi: int, least: int, greatest: int | None) -> int:
    if hi >= 0:
        return hi // least
    return -1 if greatest is None else hi // greatest


def remainder(a: IntSort, b: IntSort) -> IntSort:
    """Between 0 and the greatest divisor less one; `a` itself where it is below every divisor."""
    if b.hi is not None and b.hi < 1:
        return int_sort(0, 0)
    if _not_negative(a) and _positive(b) and below(a, b):
        return a
    bounds = (a.hi if _not_negative(a) else None, None if b.hi is None else b.hi - 1)
    return int_sort(0, min((bound for bound in bounds if bound is not None), default=None))


def _positive(a: IntSort) -> bool:
    return a.lo is not None and a.lo >= 1
