"""Joining symbolic values: one of several, each under its guard.

Guards are exclusive and, under the path condition, exhaustive. So the last of a list needs no test, and what
a value is where no guard holds is free to choose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from aioformal.encode.path import Path
from aioformal.encode.symbols import (
    UNDEFINED,
    Const,
    Native,
    Slot,
    Sym,
    SymBool,
    SymFun,
    SymInt,
    SymLazyFun,
    SymSet,
    SymUnion,
    Undefined,
    fun_value,
    integer_value,
    set_value,
    truth_value,
)
from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.value.values import Bool, Function, ModelValue, Value, elements_of, is_sequence

Guarded = tuple[Term, Sym]


def over(path: Path, sym: Sym, operation: Callable[[Sym], Sym]) -> Sym:
    """Apply an operation to each alternative of a value, under its guard."""
    if isinstance(sym, Undefined):
        return UNDEFINED
    if not isinstance(sym, SymUnion):
        return operation(sym)
    results: list[Guarded] = []
    for guard, alternative in sym.alternatives:
        with path.under(guard):
            results.append((guard, operation(alternative)))
    return choose(results)


def if_else(condition: Term, a: Sym, b: Sym) -> Sym:
    if condition is ir.true or a is b:
        return a
    return b if condition is ir.false else choose([(condition, a), (ir.not_(condition), b)])


def choose(options: Iterable[Guarded]) -> Sym:
    """The value whose guard holds."""
    live: list[Guarded] = [(g, s) for g, s in options if g is not ir.false and not isinstance(s, Undefined)]
    if not live:
        return UNDEFINED
    if all(s is live[0][1] for _, s in live):
        return live[0][1]
    groups: dict[object, list[Guarded]] = {}
    for guard, sym in _flat(live):
        groups.setdefault(_group(sym), []).append((guard, sym))
    if len(groups) == 1:
        return _join(next(iter(groups.values())))
    joined = tuple([(ir.or_(*[g for g, _ in group]), _join(group)) for group in groups.values()])
    return SymUnion(joined, _native(live))


def union_of(guards: dict[Value, Term]) -> Sym:
    """One of several known values."""
    return choose((guard, Const(value)) for value, guard in guards.items())


def _flat(options: Iterable[Guarded]) -> Iterable[Guarded]:
    for guard, sym in options:
        if isinstance(sym, SymUnion):
            yield from ((ir.and_(guard, inner), alternative) for inner, alternative in sym.alternatives)
        else:
            yield guard, sym


def _group(sym: Sym) -> object:
    """Values of one group become one alternative; an atom and a rule set stand alone."""
    match sym:
        case Const(value=str() | ModelValue() as value):
            return ("atom", value)
        case SymBool() | Const(value=Bool()):
            return "boolean"
        case SymInt() | Const(value=int()):
            return "integer"
        case SymSet() | Const(value=frozenset()):
            return "set"
        case SymFun() | Const(value=Function()):
            return "function"
        case Const(value=value):
            return ("rule", value)
        case _:
            return ("rule", id(sym))


def _join(group: list[Guarded]) -> Sym:
    first = group[0][1]
    if len(group) == 1 or all(_same(first, s) for _, s in group):
        return first
    match first:
        case SymBool() | Const(value=Bool()):
            return truth_value(select([(g, as_bool(s)) for g, s in group]))
        case SymInt() | Const(value=int()):
            return integer_value(select([(g, as_int(s)) for g, s in group]))
        case SymSet() | Const(value=frozenset()):
            return _join_sets([(g, as_set(s)) for g, s in group])
        case SymFun() | Const(value=Function()):
            return _join_functions([(g, as_fun(s)) for g, s in group])
        case _:
            return first


def _same(a: Sym, b: Sym) -> bool:
    if isinstance(a, Const) and isinstance(b, Const):
        return a.value == b.value
    return a is b


def select(options: Sequence[tuple[Term, Term]]) -> Term:
    """A term as a chain of if-then-else; equal terms share one test."""
    guards: dict[Term, Term] = {}
    for guard, term in options:
        known = guards.get(term)
        guards[term] = guard if known is None else ir.or_(known, guard)
    pairs = list(guards.items())
    result = pairs[-1][0]
    for term, guard in reversed(pairs[:-1]):
        result = ir.ite(guard, term, result)
    return result


def as_bool(sym: Sym) -> Term:
    if isinstance(sym, SymBool):
        return sym.term
    assert isinstance(sym, Const)
    return ir.boolean(bool(sym.value))


def as_int(sym: Sym) -> Term:
    if isinstance(sym, SymInt):
        return sym.term
    assert isinstance(sym, Const)
    assert isinstance(sym.value, int)
    return ir.integer(sym.value)


def as_set(sym: Sym) -> SymSet:
    if isinstance(sym, SymSet):
        return sym
    assert isinstance(sym, Const)
    assert isinstance(sym.value, frozenset)
    return SymSet(tuple((Const(value), ir.true) for value in sym.value))


def as_fun(sym: Sym) -> SymFun:
    if isinstance(sym, SymFun):
        return sym
    if isinstance(sym, SymLazyFun):
        return as_fun(sym.whole())
    assert isinstance(sym, Const)
    function = sym.value
    assert isinstance(function, Function)
    if is_sequence(function):
        elements = enumerate(elements_of(function), 1)
        return SymFun({i: Slot(ir.true, Const(v)) for i, v in elements}, is_sequence=True)
    return SymFun({key: Slot(ir.true, Const(value)) for key, value in function.mapping.items()})


def _join_sets(group: list[tuple[Term, SymSet]]) -> Sym:
    constants: dict[Value, list[Term | None]] = {}
    others: list[tuple[Sym, Term]] = []
    for index, (guard, sym) in enumerate(group):
        for element, inside in sym.elements:
            if isinstance(element, Const):
                column = constants.setdefault(element.value, [None] * len(group))
                column[index] = inside
            else:
                others.append((element, ir.and_(guard, inside)))
    guards = [guard for guard, _ in group]
    known = [
        (Const(value), select([(g, inside or ir.false) for g, inside in zip(guards, column, strict=True)]))
        for value, column in constants.items()
    ]
    return set_value([*known, *others])


def _join_functions(group: list[tuple[Term, SymFun]]) -> Sym:
    keys = dict.fromkeys(key for _, fun in group for key in fun.slots)
    slots = {key: _join_slots([(guard, fun.slots.get(key)) for guard, fun in group]) for key in keys}
    return fun_value(slots, all(fun.is_sequence for _, fun in group))


def _join_slots(group: list[tuple[Term, Slot | None]]) -> Slot:
    present = select([(g, ir.false if slot is None else slot.present) for g, slot in group])
    return Slot(present, choose([(g, slot.value) for g, slot in group if slot is not None]))


def _native(options: list[Guarded]) -> Native | None:
    """One enumeration term for the whole choice, if all options speak of the same universe."""
    universe = next((s.native.universe for _, s in options if isinstance(s, SymUnion) and s.native), None)
    if universe is None:
        return None
    terms: list[tuple[Term, Term]] = []
    for guard, sym in options:
        term = native_term(sym, universe)
        if term is None:
            return None
        terms.append((guard, term))
    return Native(select(terms), universe)


def native_term(sym: Sym, universe: tuple[Value, ...]) -> Term | None:
    """A value as a term of the enumeration that stands for a universe, if it is one already."""
    if isinstance(sym, SymUnion) and sym.native is not None and sym.native.universe == universe:
        return sym.native.term
    if isinstance(sym, Const) and isinstance(sym.value, str | ModelValue) and sym.value in universe:
        return ir.enum(universe.index(sym.value), len(universe))
    return None
