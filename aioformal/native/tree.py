"""The tree of decisions that one step, or the making of initial states, goes through.

What is computed in it are terms of `ir`, over the state before the step and over variables that loops
bind. Both runners read this one tree. What a term `first` looks for is a small tree of loops of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from aioformal.ir.node import Term, false, one, operands


class Switch(Struct, frozen=True):
    """Goes on where the value of an integer or enumeration `slot` leads; nowhere for other values."""

    slot: Term
    cases: tuple[tuple[int, Tree], ...]


class When(Struct, frozen=True):
    condition: Term
    body: Tree


class Loop(Struct, frozen=True):
    """The body for every value of an input, the least first."""

    variable: Term
    least: int
    greatest: int
    body: Tree


class Emit(Struct, frozen=True):
    """A step of rule number `rule` to the state given by `updates`; other slots keep their values.

    `failed` maps the number of a property about steps to the condition that the step violates it;
    `allowed` is what ACTION_CONSTRAINT says of the step, `unclear` where it has no value;
    `ways` is how often the step counts as generated.
    """

    rule: int
    updates: Mapping[str, Term]
    failed: Mapping[int, Term]
    allowed: Term
    unclear: Term = false
    ways: Term = one


class Trouble(Struct, frozen=True):
    """Some step cannot be made with what is known: `number` tells which obligation fires, or is the first of
    several that are tested together."""

    number: int


class Answer(Struct, frozen=True):
    """What is looked for is found: it is worth `value`, and nothing more is looked at."""

    value: Term


Tree: TypeAlias = Switch | When | Loop | Emit | Trouble | Answer | tuple["Tree", ...]
"""A tuple is gone through in order."""


def parameters_of(term: Term) -> list[Term]:
    """What a function that looks for a term `first` has to be given beside the words of the state."""
    return [leaf for leaf in operands(term) if leaf.op != "state"]
