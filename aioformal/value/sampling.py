"""Module Randomization: subsets drawn at random, the same in every run and every process.

What is drawn depends on the arguments alone (they seed Python's generator), so these operators are
functions, as TLA+ wants it, and a counterexample can be replayed.
"""

from __future__ import annotations

from random import Random

from aioformal.value.compare import require_set
from aioformal.value.digest import encode_value
from aioformal.value.fault import ValueFault
from aioformal.value.format import brief
from aioformal.value.sets import members
from aioformal.value.values import Value


def subset(count: Value, the_set: Value) -> frozenset[Value]:
    """`RandomSubset(count, the_set)`: so many members. Raises `ValueFault` eval.partial where there are
    fewer."""
    pool = tuple(members(require_set(the_set, "RandomSubset")))
    wanted = _count(count, "RandomSubset")
    if wanted > len(pool):
        raise ValueFault("eval.partial", f"RandomSubset: {wanted} members of a set of {len(pool)}")
    return frozenset(_generator("RandomSubset", wanted, frozenset(pool)).sample(pool, wanted))


def set_of_subsets(count: Value, average: Value, the_set: Value) -> frozenset[Value]:
    """`RandomSetOfSubsets(count, average, the_set)`: `count` subsets, or fewer where some are equal; each
    member is in each of them with probability average / Cardinality(the_set)."""
    pool = tuple(members(require_set(the_set, "RandomSetOfSubsets")))
    draws, wanted = _count(count, "RandomSetOfSubsets"), _count(average, "RandomSetOfSubsets")
    if wanted > len(pool):
        message = f"RandomSetOfSubsets: {wanted} members on average of a set of {len(pool)}"
        raise ValueFault("eval.partial", message)
    chance = _generator("RandomSetOfSubsets", draws, wanted, frozenset(pool))
    return frozenset(
        frozenset(member for member in pool if chance.random() * len(pool) < wanted) for _ in range(draws)
    )


def _count(value: Value, operator: str) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueFault("eval.kind", f"{operator} needs a natural number, not {brief(value)}")
    return value


def _generator(operator: str, *arguments: Value) -> Random:
    return Random(b"".join(map(encode_value, (operator, *arguments))))
