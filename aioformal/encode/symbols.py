"""Symbolic values: what an expression is worth when the state is made of terms.

| TLA+                     | symbolic                                                              |
| ------------------------ | --------------------------------------------------------------------- |
| any value that is known  | `Const`                                                               |
| a boolean, an integer    | `SymBool`, `SymInt`: one term                                         |
| a finite set             | `SymSet`: elements, each with the condition under which it is in      |
| function, record, tuple  | `SymFun`: known keys, each with a presence condition and a value      |
| one of several values    | `SymUnion`: guarded alternatives, exclusive and exhaustive            |
| a set known by its rule  | `SymInterval`, `SymPowerSet`, ...: membership tests and sources       |
| no value                 | `UNDEFINED`: an obligation says that evaluation does not get here     |

An atom (string, model value) that is not known is a `SymUnion` of `Const`; read from a slot it also carries
that slot's own term (`native`). A sequence is a `SymFun` on 1..n whose presence conditions decrease. Guards
hold under the path condition that the value was made under; nothing is said about them outside of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias, final

from msgspec import Struct

from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.value.values import FALSE, TRUE, Bool, Function, LazyFunction, LazySet, ModelValue, Value


class Const(Struct, frozen=True, eq=False):
    value: Value


class SymBool(Struct, frozen=True, eq=False):
    term: Term


class SymInt(Struct, frozen=True, eq=False):
    term: Term


class SymSet(Struct, frozen=True, eq=False):
    """The elements whose guard is true. Two elements may be equal; `Const` elements never are."""

    elements: tuple[tuple[Sym, Term], ...]


class Slot(Struct, frozen=True, eq=False):
    """A function's value at one key, meaningful where `present`."""

    present: Term
    value: Sym


class SymFun(Struct, frozen=True, eq=False):
    """`is_sequence`: the keys are 1..n and presence at i + 1 implies presence at i."""

    slots: Mapping[Value, Slot]
    is_sequence: bool = False


class Native(Struct, frozen=True, eq=False):
    """An enumeration term, and the values its members stand for."""

    term: Term
    universe: tuple[Value, ...]


class SymUnion(Struct, frozen=True, eq=False):
    """Exactly one guard is true. No alternative is a union; no two are equal constants."""

    alternatives: tuple[tuple[Term, Sym], ...]
    native: Native | None = None


class SymInterval(Struct, frozen=True, eq=False):
    lo: Sym
    hi: Sym


class SymPowerSet(Struct, frozen=True, eq=False):
    base: Sym


class SymFunctionSet(Struct, frozen=True, eq=False):
    domain: Sym
    range: Sym


class SymRecordSet(Struct, frozen=True, eq=False):
    """Functions with exactly these keys: record sets and Cartesian products."""

    fields: Mapping[Value, Sym]


class SymIntegers(Struct, frozen=True, eq=False):
    """Int, or with `lo` the integers from there on (Nat)."""

    lo: int | None


class SymSequenceSet(Struct, frozen=True, eq=False):
    element: Sym


class SymEither(Struct, frozen=True, eq=False):
    """The union of sets of which one at least is known by its rule only."""

    parts: tuple[Sym, ...]


class SymFilter(Struct, frozen=True, eq=False):
    """The members of `base` that a test keeps; the test reports its own failures."""

    base: Sym
    keep: Callable[[Sym], Term]


class SymLazyFun(Struct, frozen=True, eq=False):
    """A function known by its rule: recursive ones, and those with an infinite domain.

    `rule` gives the value at a known argument, `whole` the function with all its slots.
    """

    domain: Sym
    rule: Callable[[Value], Sym]
    whole: Callable[[], Sym]


@final
class Undefined:
    """The value of an expression whose evaluation fails. Anything may be put in its place."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED = Undefined()

RuleSet: TypeAlias = (
    SymInterval
    | SymPowerSet
    | SymFunctionSet
    | SymRecordSet
    | SymIntegers
    | SymSequenceSet
    | SymEither
    | SymFilter
)
Sym: TypeAlias = Const | SymBool | SymInt | SymSet | SymFun | SymUnion | SymLazyFun | RuleSet | Undefined

SYM_TRUE = Const(TRUE)
SYM_FALSE = Const(FALSE)
EMPTY_SET = Const(frozenset())


def truth_value(term: Term) -> Sym:
    """A boolean term as a symbolic value, known if it is."""
    if term is ir.true:
        return SYM_TRUE
    return SYM_FALSE if term is ir.false else SymBool(term)


def integer_value(term: Term) -> Sym:
    if term.is_constant:
        assert isinstance(term.payload, int)
        return Const(term.payload)
    return SymInt(term)


def set_value(elements: list[tuple[Sym, Term]]) -> Sym:
    """A set of guarded elements: impossible ones dropped, equal constants joined, known if all is."""
    guards: dict[Value, Term] = {}
    others: list[tuple[Sym, Term]] = []
    for element, guard in elements:
        if guard is ir.false or isinstance(element, Undefined):
            continue
        if isinstance(element, Const):
            known = guards.get(element.value)
            guards[element.value] = guard if known is None else ir.or_(known, guard)
        else:
            others.append((element, guard))
    if not others and all(guard is ir.true for guard in guards.values()):
        return Const(frozenset(guards))
    return SymSet((*((Const(value), guard) for value, guard in guards.items()), *others))


def fun_value(slots: Mapping[Value, Slot], is_sequence: bool = False) -> Sym:
    """A function of the slots that can be present, known if all of it is."""
    live = {key: slot for key, slot in slots.items() if slot.present is not ir.false}
    known: dict[Value, Value] = {}
    for key, slot in live.items():
        if slot.present is not ir.true or not isinstance(slot.value, Const):
            return SymFun(live, is_sequence or _is_tuple(live))
        known[key] = slot.value.value
    return Const(Function(known))


def _is_tuple(slots: Mapping[Value, Slot]) -> bool:
    return all(slots[i].present is ir.true if i in slots else False for i in range(1, len(slots) + 1))


def tuple_value(elements: list[Sym]) -> Sym:
    return fun_value({i: Slot(ir.true, e) for i, e in enumerate(elements, 1)}, is_sequence=True)


def alternatives_of(sym: Sym) -> tuple[tuple[Term, Sym], ...]:
    """What a value can be, each with its guard."""
    return sym.alternatives if isinstance(sym, SymUnion) else ((ir.true, sym),)


def kind_of(sym: Sym) -> str:
    """The kind of a value that is no union: the words are those of the diagnostics."""
    match sym:
        case Const(value=value):
            return kind_of_value(value)
        case SymBool():
            return "boolean"
        case SymInt():
            return "integer"
        case SymFun() | SymLazyFun():
            return "function"
        case SymUnion() | Undefined():
            return "value"
        case _:
            return "set"


def kind_of_value(value: Value) -> str:
    match value:
        case Bool():
            return "boolean"
        case int():
            return "integer"
        case str():
            return "string"
        case ModelValue():
            return "model value"
        case Function() | LazyFunction():
            return "function"
        case frozenset() | LazySet():
            return "set"
