"""Terms are hash-consed: the same operator on the same arguments is the same object.

So terms compare by identity, a term is a graph rather than a tree, and every walk over terms keeps a
table of what it has seen. Terms are made only through the constructors of `ir.term`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Literal, TypeAlias, final
from weakref import WeakValueDictionary

from aioformal.ir.sort import BOOL, Sort, int_sort

Op: TypeAlias = Literal[
    "constant",
    "state",
    "next",
    "input",
    "bound",
    "not",
    "and",
    "or",
    "ite",
    "eq",
    "le",
    "add",
    "neg",
    "mul",
    "div",
    "mod",
    "first",
]
Payload: TypeAlias = bool | int | str | None


SUPPORT_BITS = 192

_LEAVES = frozenset({"state", "next", "input", "bound"})


@final
class Term:
    """`payload` is the value of a constant, or the name of a `state`, `next`, `input` or `bound` variable.
    `support` has a bit for every variable below; different variables may share one.
    `denial` is the negation, where one was made; `free` the variables that are free in a `first`, where that
    was asked."""

    __slots__ = ("__weakref__", "args", "denial", "free", "op", "payload", "sort", "support")
    op: Op
    args: tuple[Term, ...]
    sort: Sort
    payload: Payload
    support: int
    denial: Term | None
    free: tuple[Term, ...] | None

    def __init__(self, op: Op, args: tuple[Term, ...], sort: Sort, payload: Payload) -> None:
        self.op = op
        self.args = args
        self.sort = sort
        self.payload = payload
        self.denial = None
        self.free = None
        support = 0
        for arg in args:
            support |= arg.support
        self.support = support if op not in _LEAVES else 1 << hash((op, payload)) % SUPPORT_BITS

    @property
    def is_constant(self) -> bool:
        return self.op == "constant"

    @property
    def is_variable(self) -> bool:
        """Of a step; not one that is bound within a term."""
        return self.op == "state" or self.op == "next" or self.op == "input"

    @property
    def name(self) -> str:
        """The name of a variable."""
        assert isinstance(self.payload, str)
        return self.payload

    def __repr__(self) -> str:
        return f"<{self.op} {self.payload}>" if not self.args else f"<{self.op} of {len(self.args)}>"


# Weak, so that a long session forgets the terms of models it no longer looks at.
_known: WeakValueDictionary[object, Term] = WeakValueDictionary()


def compound(op: Op, args: tuple[Term, ...], sort: Sort) -> Term:
    """The one term of this form. The sort must follow from `op` and `args`."""
    key = (op, args)
    term = _known.get(key)
    if term is None:
        term = Term(op, args, sort, None)
        _known[key] = term
    return term


def leaf(op: Op, payload: Payload, sort: Sort) -> Term:
    """The one constant or variable of this sort; the sort keeps `True` and `1` apart."""
    key = (op, payload, sort)
    term = _known.get(key)
    if term is None:
        term = Term(op, (), sort, payload)
        _known[key] = term
    return term


remembered = lru_cache(1 << 15)
"""For functions that fold terms: three of four answers that an encoding asks for, it has asked for shortly
before. Only so many are kept, because they keep their terms."""

true = leaf("constant", True, BOOL)
false = leaf("constant", False, BOOL)


def integer(value: int) -> Term:
    """An integer constant; its sort is the interval of just that value."""
    if isinstance(value, bool):
        raise TypeError("a truth value is no integer")
    return leaf("constant", value, int_sort(value, value))


one = integer(1)


def postorder(
    roots: Iterable[Term], below: Callable[[Term], Sequence[Term]] = attrgetter("args")
) -> Iterator[Term]:
    """Every term below the roots once, arguments first. Iterates, so depth is no limit. What is `below` a
    term are its arguments, or else."""
    seen: set[Term] = set()
    for root in roots:
        stack: list[tuple[Term, bool]] = [(root, False)]
        while stack:
            term, ready = stack.pop()
            if ready:
                yield term
            elif term not in seen:
                seen.add(term)
                stack.append((term, True))
                stack.extend((arg, False) for arg in reversed(below(term)) if arg not in seen)


def operands(term: Term) -> Sequence[Term]:
    """The terms whose values decide a term's: its arguments, or of `first` the variables that are free in
    it."""
    if term.op != "first":
        return term.args
    if term.free is None:
        *bound, condition, value = term.args
        term.free = tuple([leaf for leaf in leaves((condition, value)) if leaf not in bound])
    return term.free


def leaves(roots: Iterable[Term]) -> list[Term]:
    """The variables of all kinds that are free in terms."""
    return [term for term in postorder(roots, operands) if term.op in _LEAVES]
