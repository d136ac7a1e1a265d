"""Folds over symbolic sets and sequences: what is left out leaves the value so far as it is."""

from __future__ import annotations

from collections.abc import Sequence

from aioformal.encode import logic, sequences
from aioformal.encode.choice import if_else
from aioformal.encode.scope import Operator, Scope
from aioformal.encode.symbols import Const, Sym, SymFun
from aioformal.encode.translator import Translator
from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.syntax import ast


def fold_members(t: Translator, args: Sequence[ast.Expr], scope: Scope) -> Sym:
    """`FoldMembers(op, base, S)`: the members in canonical order, the first one innermost."""
    operator = t.operator(args[0], scope)
    folded = t.value(args[1], scope)
    for value, guard in logic.members_in_order(t, t.value(args[2], scope)):
        folded = _where(t, guard, operator, (Const(value), folded), folded)
    return folded


def fold_left(t: Translator, args: Sequence[ast.Expr], scope: Scope) -> Sym:
    """`FoldLeft(op, base, s)`."""
    operator = t.operator(args[0], scope)
    base = t.value(args[1], scope)

    def fold(sequence: SymFun) -> Sym:
        folded = base
        for slot in sequence.slots.values():
            folded = _where(t, slot.present, operator, (folded, slot.value), folded)
        return folded

    return sequences.on_sequence(t.path, t.value(args[2], scope), "FoldLeft", fold)


def fold_right(t: Translator, args: Sequence[ast.Expr], scope: Scope) -> Sym:
    """`FoldRight(op, s, base)`."""
    operator = t.operator(args[0], scope)
    base = t.value(args[2], scope)

    def fold(sequence: SymFun) -> Sym:
        folded = base
        for slot in reversed(tuple(sequence.slots.values())):
            folded = _where(t, slot.present, operator, (slot.value, folded), folded)
        return folded

    return sequences.on_sequence(t.path, t.value(args[1], scope), "FoldRight", fold)


def _where(t: Translator, guard: Term, operator: Operator, args: tuple[Sym, Sym], otherwise: Sym) -> Sym:
    if guard is ir.false:
        return otherwise
    with t.path.under(guard):
        return if_else(guard, t.call(operator, args), otherwise)
