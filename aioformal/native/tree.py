"""The tree of decisions that one step, or the making of initial states, goes through.

What is computed in it are terms of `ir`, over the state before the step and over inputs that loops
bind. Both runners read this one tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from aioformal.ir.node import Term, false, one


@dataclass(frozen=True, slots=True)
class Switch:
    """Goes on where the value of an integer or enumeration `slot` leads; nowhere for other values."""

    slot: Term
    cases: tuple[tuple[int, Tree], ...]


@dataclass(frozen=True, slots=True)
class When:
    condition: Term
    body: Tree


@dataclass(frozen=True, slots=True)
class Loop:
    """The body for every value of an input, the least first."""

    variable: Term
    least: int
    greatest: int
    body: Tree


@dataclass(frozen=True, slots=True)
class Emit:
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


@dataclass(frozen=True, slots=True)
class Trouble:
    """The step cannot be made with what is known: `number` tells which obligation fires."""

    number: int


Tree: TypeAlias = Switch | When | Loop | Emit | Trouble | tuple["Tree", ...]
"""A tuple is gone through in order."""
