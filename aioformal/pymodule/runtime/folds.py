"""Folds, the binary digits of numbers, and subsets of a size: what community modules are made of."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from itertools import combinations
from math import comb

from aioformal.pymodule.runtime.operators import elements, record
from aioformal.pymodule.runtime.sets import make_set, require_set, size_of
from aioformal.pymodule.runtime.values import LIMIT, Value, fail, members, show


def fold_members(op: Callable[[Value, Value], Value], base: Value, the_set: Value) -> Value:
    """FoldMembers(op, base, S): the members in canonical order, the first one innermost."""
    for member in members(require_set(the_set, "a fold")):
        base = op(member, base)
    return base


def fold_left(op: Callable[[Value, Value], Value], base: Value, sequence: Value) -> Value:
    """FoldLeft(op, base, s): the first element innermost."""
    for element in elements(sequence, "FoldLeft"):
        base = op(base, element)
    return base


def fold_right(op: Callable[[Value, Value], Value], sequence: Value, base: Value) -> Value:
    """FoldRight(op, s, base): the last element innermost."""
    for element in reversed(elements(sequence, "FoldRight")):
        base = op(element, base)
    return base


def natural(value: Value, operator: str) -> int:
    if isinstance(value, int) and value >= 0:
        return value
    return fail("eval.kind", f"{operator} needs natural numbers, not {show(value)}")


def bits_of_both(a: Value, b: Value) -> int:
    """a & b."""
    return natural(a, "&") & natural(b, "&")


def bits_of_either(a: Value, b: Value) -> int:
    """a | b."""
    return natural(a, "|") | natural(b, "|")


def bits_of_one(a: Value, b: Value) -> int:
    """a ^^ b: the digits that only one of them has."""
    return natural(a, "^^") ^ natural(b, "^^")


def bits_flipped(a: Value) -> int:
    """Not(a), among the digits that a has."""
    number = natural(a, "Not")
    return number ^ ((1 << number.bit_length()) - 1)


def shifted_right(a: Value, places: Value) -> int:
    """shiftR(a, places)."""
    return natural(a, "shiftR") >> natural(places, "shiftR")


def subsets_of_size(count: Value, base: Value) -> Value:
    """kSubset(count, base): the subsets with so many members."""
    require_set(base, "kSubset")
    if not isinstance(count, int):
        return fail("eval.kind", f"kSubset needs a number of members, not {show(count)}")
    total = size_of(base)
    if total is not None and 0 <= count <= total and comb(total, count) > LIMIT:
        return fail("eval.too-large", f"a set of {total} has too many subsets of {count} members")
    return make_set(map(frozenset, combinations(members(base), count))) if count >= 0 else frozenset()


def environment() -> Value:
    """IOEnv: the environment of this process, as a record of strings."""
    return record(**dict(os.environ))


def integer_of_text(text: Value) -> int:
    """atoi(text)."""
    if isinstance(text, str) and re.fullmatch(r"[+-]?[0-9]+", text.strip()):
        return int(text)
    return fail("eval.kind", f"atoi needs the text of an integer, not {show(text)}")
