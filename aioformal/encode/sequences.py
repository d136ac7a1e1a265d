"""The operators of Sequences on symbolic sequences.

A sequence is a function on 1..n whose presence conditions decrease, so its length is how many are true.
"""

from __future__ import annotations

from collections.abc import Callable

from aioformal.encode.choice import as_fun, choose, if_else, over
from aioformal.encode.numbers import as_integer
from aioformal.encode.path import Path
from aioformal.encode.relations import presence, sequence_condition
from aioformal.encode.symbols import (
    UNDEFINED,
    Slot,
    Sym,
    SymFun,
    fun_value,
    integer_value,
    kind_of,
    tuple_value,
)
from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.value.values import Value


def on_sequence(path: Path, sym: Sym, operator: str, use: Callable[[SymFun], Sym]) -> Sym:
    """Apply something to a sequence; a failure where the value is none."""

    def one(sequence: Sym) -> Sym:
        if kind_of(sequence) == "string":
            raise path.unsupported(f"{operator} of a string that depends on the state")
        if kind_of(sequence) != "function":
            path.fail(ir.true, "eval.kind", f"{operator} needs a sequence, not a {kind_of(sequence)}")
            return UNDEFINED
        fun = as_fun(sequence)
        fits = sequence_condition(fun)
        path.fail(ir.not_(fits), "eval.kind", f"{operator} needs a sequence, not any other function")
        with path.under(fits):
            return use(_positions(fun))

    return over(path, sym, one)


def _positions(fun: SymFun) -> SymFun:
    """Only the keys 1..n: what else there is cannot be present in a sequence."""
    last = 0
    while last + 1 in fun.slots:
        last += 1
    return SymFun({i: fun.slots[i] for i in range(1, last + 1)}, is_sequence=True)


def length_of(fun: SymFun) -> Term:
    """The number of elements of a sequence on `_positions`."""
    length = ir.integer(0)
    for i in range(1, len(fun.slots) + 1):
        length = ir.ite(presence(fun, i), ir.integer(i), length)
    return length


def length(path: Path, sym: Sym) -> Sym:
    return on_sequence(path, sym, "Len", lambda s: integer_value(length_of(s)))


def head(path: Path, sym: Sym) -> Sym:
    def first(sequence: SymFun) -> Sym:
        path.fail(ir.not_(presence(sequence, 1)), "eval.partial", "Head of the empty sequence")
        return sequence.slots[1].value if 1 in sequence.slots else UNDEFINED

    return on_sequence(path, sym, "Head", first)


def tail(path: Path, sym: Sym) -> Sym:
    def rest(sequence: SymFun) -> Sym:
        path.fail(ir.not_(presence(sequence, 1)), "eval.partial", "Tail of the empty sequence")
        if 1 not in sequence.slots:
            return UNDEFINED
        slots: dict[Value, Slot] = {i: sequence.slots[i + 1] for i in range(1, len(sequence.slots))}
        return fun_value(slots, is_sequence=True)

    return on_sequence(path, sym, "Tail", rest)


def append(path: Path, sym: Sym, element: Sym) -> Sym:
    return on_sequence(path, sym, "Append", lambda s: _appended(s, element))


def _appended(sequence: SymFun, element: Sym) -> Sym:
    slots: dict[Value, Slot] = {}
    before = ir.true
    for i in range(1, len(sequence.slots) + 2):
        old = sequence.slots.get(i)
        value = element if old is None else if_else(old.present, old.value, element)
        slots[i] = Slot(before, value)
        before = presence(sequence, i)
    return fun_value(slots, is_sequence=True)


def concatenation(path: Path, a: Sym, b: Sym) -> Sym:
    return on_sequence(path, a, "\\o", lambda s: on_sequence(path, b, "\\o", lambda r: _joined(s, r)))


def _joined(left: SymFun, right: SymFun) -> Sym:
    lengths = [_has_length(left, n) for n in range(len(left.slots) + 1)]
    slots: dict[Value, Slot] = {}
    for i in range(1, len(left.slots) + len(right.slots) + 1):
        options = [(presence(left, i), left.slots[i].value)] if i in left.slots else []
        for n, here in enumerate(lengths[:i]):
            if i - n in right.slots:
                slot = right.slots[i - n]
                options.append((ir.and_(here, slot.present), slot.value))
        slots[i] = Slot(ir.or_(*(guard for guard, _ in options)), choose(options))
    return fun_value(slots, is_sequence=True)


def _has_length(sequence: SymFun, n: int) -> Term:
    reached = ir.true if n == 0 else presence(sequence, n)
    return ir.and_(reached, ir.not_(presence(sequence, n + 1)))


def subsequence(path: Path, sym: Sym, first: Sym, last: Sym) -> Sym:
    return on_sequence(path, sym, "SubSeq", lambda s: _part(path, s, first, last))


def _part(path: Path, sequence: SymFun, first: Sym, last: Sym) -> Sym:
    lo, hi = as_integer(path, first, "SubSeq"), as_integer(path, last, "SubSeq")
    length = length_of(sequence)
    outside = ir.or_(ir.lt(lo, ir.integer(1)), ir.lt(length, hi))
    path.fail(ir.and_(ir.le(lo, hi), outside), "eval.domain", "SubSeq leaves the sequence")
    options: list[tuple[Term, Sym]] = [(ir.lt(hi, lo), tuple_value([]))]
    for start in sequence.slots:
        assert isinstance(start, int)
        here = ir.and_(ir.eq(lo, ir.integer(start)), ir.le(lo, hi))
        slots: dict[Value, Slot] = {}
        for i in range(start, len(sequence.slots) + 1):
            slots[i - start + 1] = Slot(ir.le(ir.integer(i), hi), sequence.slots[i].value)
        options.append((here, fun_value(slots, is_sequence=True)))
    return choose(options)


def selection(path: Path, sym: Sym, test: Callable[[Sym], Term]) -> Sym:
    """`SelectSeq(s, Test)`."""

    def select(sequence: SymFun) -> Sym:
        selected: Sym = tuple_value([])
        for slot in sequence.slots.values():
            with path.under(slot.present):
                taken = ir.and_(slot.present, test(slot.value))
            selected = if_else(taken, _appended(as_fun(selected), slot.value), selected)
        return selected

    return on_sequence(path, sym, "SelectSeq", select)
