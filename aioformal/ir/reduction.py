"""What lets one state stand for several: a symmetry of the states, or a view of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from aioformal.ir.node import Term
from aioformal.ir.system import Obligation, StateVariable

Move: TypeAlias = Mapping[str, Term]
"""A permutation of states: the slots that it changes, in terms of the slots before."""


class Exchange(Struct, frozen=True):
    """Two neighbours, which move number `move` exchanges: it turns the values of `left` into those of
    `right`, in their order, and back."""

    move: int
    left: tuple[Term, ...]
    right: tuple[Term, ...]


class Symmetry(Struct, frozen=True):
    """How the state that stands for all its images is found.

    First the neighbours of every chain in `chains` are exchanged until none has a greater `left` than
    `right`: this sorts a chain. Then, if some two are equal (or `always_walks`), the moves of `walk` are
    made one after the other; of the states on the way in which all chains are sorted, the least stands
    for all. Words are compared as numbers without sign, the first word first. `partial`: states that are
    images of each other may be stood for by different ones.
    """

    moves: tuple[Move, ...]
    chains: tuple[tuple[Exchange, ...], ...] = ()
    walk: tuple[int, ...] = ()
    always_walks: bool = False
    partial: bool = False

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        return tuple(exchange for chain in self.chains for exchange in chain)


class View(Struct, frozen=True):
    """States are told apart by `terms` alone, which gives the `variables` of the view; `obligations`
    are what can go wrong."""

    variables: tuple[StateVariable, ...]
    terms: Mapping[str, Term]
    obligations: tuple[Obligation, ...] = ()
