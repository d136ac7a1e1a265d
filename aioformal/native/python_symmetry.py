"""The state that stands for all its images, as Python functions: the twin of `llvm_symmetry`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any

from aioformal.ir.node import Term
from aioformal.ir.reduction import Exchange, Move, Symmetry
from aioformal.ir.sort import BOOL
from aioformal.native.layout import Layout, Packed
from aioformal.native.python_terms import HELPERS, TermWriter
from aioformal.native.python_tree import begun, function


def symmetry_source(layout: Layout, symmetry: Symmetry) -> str:
    """`move0(words)`, ... and `columns0(words)`, ...: the columns of the neighbours of an exchange."""
    moves = [_move(n, layout, move) for n, move in enumerate(symmetry.moves)]
    columns = [_columns(n, layout, exchange) for n, exchange in enumerate(symmetry.exchanges)]
    return "\n".join((HELPERS, *moves, *columns))


def _move(number: int, layout: Layout, move: Move) -> str:
    writer = begun(layout, move.values())
    writer.put(f"return {writer.packed(move)}")
    return function(f"move{number}", writer)


def _columns(number: int, layout: Layout, exchange: Exchange) -> str:
    """Truth values become 0 and 1: that is how they are compared."""
    writer = begun(layout, (*exchange.left, *exchange.right))
    left, right = (
        ", ".join([_number(writer, term) for term in side]) for side in (exchange.left, exchange.right)
    )
    writer.put(f"return ({left},), ({right},)")
    return function(f"columns{number}", writer)


def _number(writer: TermWriter, term: Term) -> str:
    return f"bool({writer.value(term)})" if term.sort is BOOL else writer.value(term)


class Canonizer:
    """`functions` are those of `symmetry_source`."""

    def __init__(self, symmetry: Symmetry, functions: Mapping[str, Any]) -> None:
        self._symmetry = symmetry
        count = range(len(symmetry.exchanges))
        self._moves: list[Callable[[Packed], Packed]] = [
            functions[f"move{n}"] for n in range(len(symmetry.moves))
        ]
        self._columns: list[Callable[[Packed], tuple[Any, Any]]] = [functions[f"columns{n}"] for n in count]

    def __call__(self, words: Packed) -> Packed:
        symmetry = self._symmetry
        words = self._sorted(words)
        tied = any(left == right for left, right in self._neighbours(words))
        if not symmetry.always_walks and not tied:
            return words
        way = accumulate(symmetry.walk, lambda now, step: self._moves[step](now), initial=words)
        return min(now for now in way if not self._disordered(now))

    def _neighbours(self, words: Packed) -> list[tuple[Any, Any]]:
        return [columns(words) for columns in self._columns]

    def _disordered(self, words: Packed) -> bool:
        return any(left > right for left, right in self._neighbours(words))

    def _sorted(self, words: Packed) -> Packed:
        while self._disordered(words):
            for exchange, columns in zip(self._symmetry.exchanges, self._columns, strict=True):
                left, right = columns(words)
                if left > right:
                    words = self._moves[exchange.move](words)
        return words
