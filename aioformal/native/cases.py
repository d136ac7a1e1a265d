"""Large conditions, taken apart by the values of one slot.

What an action does often depends on where a process stands: its guard is then a long choice among the
values of a program counter, of which one is of interest at a time.
"""

from __future__ import annotations

from msgspec import Struct

from aioformal.ir.node import Term, false, postorder
from aioformal.ir.term import substitute
from aioformal.native.conditions import member, with_constant

LARGE = 64
"""Terms from which on a condition may be worth taking apart."""

FEWEST_VALUES = 3
"""Values that a slot is compared with, if it is to decide."""

MOST_WORK = 20_000
"""Terms that may be looked at for all values together."""

GROWTH = 1.5
"""How much longer all cases together may be than the condition. They may be taken apart again."""


class Cases(Struct, frozen=True):
    """What is left of a condition where a slot has certain values, and where it has none of them."""

    slot: Term
    of: dict[int, Term]
    otherwise: Term


def by_cases(condition: Term) -> Cases | None:
    """None where that would not be worth it: where some case would be more than half of the condition, or all
    of them much longer."""
    terms = list(postorder([condition]))
    if len(terms) < LARGE:
        return None
    compared: dict[Term, dict[int, Term]] = {}
    for term in terms:
        found = with_constant(term)
        if found is not None and found[0].op == "state":
            compared.setdefault(found[0], {})[found[1]] = term
    slot = max(compared, key=lambda slot: len(compared[slot]), default=None)
    if slot is None or not FEWEST_VALUES <= len(compared[slot]) <= MOST_WORK // len(terms):
        return None
    otherwise = substitute([condition], dict.fromkeys(compared[slot].values(), false))[0]
    cases = {value: substitute([condition], {slot: member(slot, value)})[0] for value in compared[slot]}
    sizes = [sum(1 for _ in postorder([case])) for case in (otherwise, *cases.values())]
    if max(sizes) > len(terms) // 2 or sum(sizes) > GROWTH * len(terms):
        return None
    return Cases(slot, cases, otherwise)
