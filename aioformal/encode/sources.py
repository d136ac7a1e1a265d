"""Sets as sources of elements: enumerating a symbolic set, and splitting a value into known values.

`SIZE_LIMIT` bounds what one step may unroll. Beyond it the encoding is refused, never cut short.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from aioformal.diagnostic import DiagnosticError
from aioformal.encode.choice import as_int, as_set
from aioformal.encode.path import Path
from aioformal.encode.shapes import ordered
from aioformal.encode.symbols import (
    Const,
    Slot,
    Sym,
    SymBool,
    SymEither,
    SymFilter,
    SymFun,
    SymFunctionSet,
    SymInt,
    SymIntegers,
    SymInterval,
    SymPowerSet,
    SymRecordSet,
    SymSequenceSet,
    SymSet,
    SymUnion,
    Undefined,
    fun_value,
    kind_of,
    set_value,
)
from aioformal.ir import term as ir
from aioformal.ir.sort import IntSort
from aioformal.ir.term import Term
from aioformal.value import products, sets
from aioformal.value.values import FALSE, TRUE, Function, LazySet, Value

SIZE_LIMIT = 4096
KNOWN_LIMIT = 1 << 16
"""Known sets may have more members: what is said of each of them mostly folds away."""

Element = tuple[Sym, Term]


def rule_of(container: Sym) -> Sym:
    """A known set that is kept as a rule, in symbolic form; every other value as it is."""
    if not isinstance(container, Const):
        return container
    match container.value:
        case sets.Interval(low=low, high=high):
            return SymInterval(Const(low), Const(high))
        case sets.Integers(low=low):
            return SymIntegers(low)
        case sets.PowerSet(base=base):
            return SymPowerSet(Const(base))
        case sets.Sequences(base=base):
            return SymSequenceSet(Const(base))
        case products.FunctionSet(domain=domain, range=range_):
            return SymFunctionSet(Const(domain), Const(range_))
        case products.RecordSet(fields=fields):
            return SymRecordSet({name: Const(values) for name, values in fields.items()})
        case products.TupleSet(components=components):
            return SymRecordSet({i: Const(values) for i, values in enumerate(components, 1)})
        case _:
            return container


def known_set(sym: Sym) -> Value | None:
    """The value of a set that does not depend on the state; None of any other."""
    match sym:
        case Const(value=frozenset() | LazySet() as value):
            return value
        case SymInterval(lo=Const(value=int() as low), hi=Const(value=int() as high)):
            return sets.Interval(low, high)
        case SymIntegers(lo=lo):
            return sets.Integers(lo)
        case SymPowerSet(base=base):
            return _of_known((base,), sets.PowerSet)
        case SymSequenceSet(element=element):
            return _of_known((element,), sets.Sequences)
        case SymFunctionSet(domain=domain, range=range_):
            return _of_known((domain, range_), products.FunctionSet)
        case SymRecordSet(fields=fields) if is_tuple(fields):
            return _of_known(tuple(fields.values()), lambda *parts: products.TupleSet(parts))
        case SymRecordSet(fields=fields):
            names = [name for name in fields if isinstance(name, str)]
            return _of_known(
                tuple(fields.values()), lambda *p: products.RecordSet(dict(zip(names, p, strict=True)))
            )
        case _:
            return None


def _of_known(parts: Sequence[Sym], make: Callable[..., LazySet]) -> Value | None:
    known = [known_set(part) for part in parts]
    return None if any(value is None for value in known) else make(*known)


def elements_of_set(path: Path, container: Sym) -> list[Element]:
    """The elements of a set with the conditions under which they are in: known ones first, in order.

    A failure is reported for what is no set, or infinite. Raises encode.unsupported beyond `SIZE_LIMIT`.
    """
    known = known_set(container)
    if isinstance(known, LazySet) and known.is_small() and (known.size or 0) <= KNOWN_LIMIT:
        return [(Const(value), ir.true) for value in known.members()]
    match rule_of(container):
        case Undefined():
            return []
        case SymUnion(alternatives=alternatives):
            return _of_alternatives(path, alternatives)
        case SymInterval() as interval:
            return _interval(path, interval)
        case SymPowerSet(base=base):
            return _subsets(path, elements_of_set(path, base))
        case SymFunctionSet() as functions:
            return _functions(path, functions)
        case SymRecordSet(fields=fields):
            return _products(path, {key: elements_of_set(path, values) for key, values in fields.items()})
        case SymEither(parts=parts):
            return [element for part in parts for element in elements_of_set(path, part)]
        case SymFilter(base=base, keep=keep):
            return _filtered(path, elements_of_set(path, base), keep)
        case SymIntegers() | SymSequenceSet():
            path.fail(ir.true, "eval.infinite", "an infinite set would have to be enumerated")
            return []
        case other:
            return _finite(path, other)


def _finite(path: Path, sym: Sym) -> list[Element]:
    if kind_of(sym) != "set":
        path.fail(ir.true, "eval.kind", f"a set is needed here, not a {kind_of(sym)}")
        return []
    if isinstance(sym, Const) and isinstance(sym.value, LazySet):
        path.fail(ir.true, "eval.infinite", f"{sym.value.text()} would have to be enumerated")
        return []
    elements = as_set(sym).elements
    known = {e.value: (e, guard) for e, guard in elements if isinstance(e, Const)}
    others = [(e, guard) for e, guard in elements if not isinstance(e, Const)]
    return [*(known[value] for value in ordered(known)), *others]


def _of_alternatives(path: Path, alternatives: Iterable[tuple[Term, Sym]]) -> list[Element]:
    found: list[Element] = []
    for guard, alternative in alternatives:
        with path.under(guard):
            elements = elements_of_set(path, alternative)
        found.extend((element, ir.and_(guard, inside)) for element, inside in elements)
    return found


def _filtered(path: Path, elements: list[Element], keep: Callable[[Sym], Term]) -> list[Element]:
    found: list[Element] = []
    for element, guard in elements:
        with path.under(guard):
            kept = keep(element)
        # Folding does not see that a conjunction excludes its own negation; recursion over a set that
        # gets smaller comes to its end by it.
        if kept is not ir.false and kept is not ir.not_(guard):
            found.append((element, ir.and_(guard, kept)))
            bounded(path, len(found), "a set filter")
    return found


def bounded(path: Path, size: int, what: str, most: int = SIZE_LIMIT) -> None:
    """Refuse to unroll more than that."""
    if size > most:
        raise path.unsupported(f"{what} would have to be unrolled {size} times (at most {most})")


def _interval(path: Path, interval: SymInterval) -> list[Element]:
    lo, hi = as_int(interval.lo), as_int(interval.hi)
    least, greatest = int_range(lo).lo, int_range(hi).hi
    if least is None or greatest is None:
        raise path.unsupported("an interval with an unbounded end would have to be enumerated")
    bounded(path, greatest - least + 1, "an interval")
    numbers = {i: ir.integer(i) for i in range(least, greatest + 1)}
    return [(Const(i), ir.and_(ir.le(lo, n), ir.le(n, hi))) for i, n in numbers.items()]


def int_range(term: Term) -> IntSort:
    assert isinstance(term.sort, IntSort)
    return term.sort


def _subsets(path: Path, elements: list[Element]) -> list[Element]:
    """Every subset of the universe, guarded by: all that it takes is there."""
    bounded(path, 1 << min(len(elements), 64), "SUBSET")
    path.spend(1 << len(elements))
    found: list[Element] = []
    for choice in range(1 << len(elements)):
        taken = [element for i, element in enumerate(elements) if choice >> i & 1]
        found.append((set_value([(e, ir.true) for e, _ in taken]), ir.and_(*(guard for _, guard in taken))))
    return found


def _functions(path: Path, functions: SymFunctionSet) -> list[Element]:
    domain = elements_of_set(path, functions.domain)
    values = elements_of_set(path, functions.range)
    if any(guard is not ir.true or not isinstance(key, Const) for key, guard in domain):
        raise path.unsupported("the functions on a set that depends on the state would have to be enumerated")
    return _products(path, {key.value: values for key, _ in domain if isinstance(key, Const)})


def _products(path: Path, fields: Mapping[Value, list[Element]]) -> list[Element]:
    size = 1
    for values in fields.values():
        size *= len(values)
        bounded(path, size, "a set of functions")
    path.spend(size)
    found: list[Element] = []
    for choice in product(*fields.values()):
        slots = {key: Slot(ir.true, value) for key, (value, _) in zip(fields, choice, strict=True)}
        found.append((fun_value(slots, is_tuple(fields)), ir.and_(*(guard for _, guard in choice))))
    return found


def is_tuple(keys: Iterable[Value]) -> bool:
    """Whether keys are 1..n, in order."""
    return all(key == i for i, key in enumerate(keys, 1))


# ---------------------------------------------------------------- splitting a value


def known_values(path: Path, sym: Sym) -> dict[Value, Term]:
    """The known values that a value can have, each with its condition.

    Raises encode.unsupported where they are infinite or more than `SIZE_LIMIT`.
    """
    match sym:
        case Undefined():
            return {}
        case Const(value=value):
            return {value: ir.true}
        case SymBool(term=term):
            return {TRUE: term, FALSE: ir.not_(term)}
        case SymInt(term=term):
            return _integers(path, term)
        case SymUnion(alternatives=alternatives):
            return _united(path, [(guard, known_values(path, s)) for guard, s in alternatives])
        case SymFun(slots=slots):
            return _known_functions(path, slots)
        case _:
            return _known_sets(path, elements_of_set(path, sym))


def _integers(path: Path, term: Term) -> dict[Value, Term]:
    values = int_range(term)
    if values.lo is None or values.hi is None:
        raise path.unsupported("an integer without bounds would have to be split into its values")
    bounded(path, values.hi - values.lo + 1, "an integer")
    return {i: ir.eq(term, ir.integer(i)) for i in range(values.lo, values.hi + 1)}


def _united(path: Path, options: list[tuple[Term, dict[Value, Term]]]) -> dict[Value, Term]:
    found: dict[Value, Term] = {}
    for guard, values in options:
        for value, inner in values.items():
            condition = ir.and_(guard, inner)
            if condition is not ir.false:
                known = found.get(value)
                found[value] = condition if known is None else ir.or_(known, condition)
    bounded(path, len(found), "a value")
    return found


def _known_functions(path: Path, slots: Mapping[Value, Slot]) -> dict[Value, Term]:
    partial: dict[Value, Term] = {Function({}): ir.true}
    for key, slot in slots.items():
        absent = {} if slot.present is ir.true else {None: ir.not_(slot.present)}
        values = {v: ir.and_(slot.present, g) for v, g in known_values(path, slot.value).items()}
        options: dict[Value | None, Term] = {**absent, **values}
        bounded(path, len(partial) * len(options), "a function")
        path.spend(len(partial) * len(options))
        partial = dict(_extended(partial, key, options))
    return partial


def _extended(
    partial: dict[Value, Term], key: Value, options: dict[Value | None, Term]
) -> Iterable[tuple[Value, Term]]:
    for function, condition in partial.items():
        assert isinstance(function, Function)
        for value, guard in options.items():
            both = ir.and_(condition, guard)
            if both is not ir.false:
                yield (function if value is None else Function({**function.mapping, key: value})), both


def _known_sets(path: Path, elements: list[Element]) -> dict[Value, Term]:
    guards = _united(path, [(guard, known_values(path, element)) for element, guard in elements])
    partial: dict[Value, Term] = {frozenset(): ir.true}
    for value, guard in guards.items():
        bounded(path, len(partial) * 2, "a set")
        path.spend(len(partial) * 2)
        split: dict[Value, Term] = {}
        for taken, condition in partial.items():
            assert isinstance(taken, frozenset)
            split[taken] = ir.and_(condition, ir.not_(guard))
            split[taken | {value}] = ir.and_(condition, guard)
        partial = {s: c for s, c in split.items() if c is not ir.false}
    return partial


def listed(path: Path, sym: Sym) -> Sym:
    """A finite set with its elements split into known values; any other value as it is."""
    if not isinstance(sym, SymSet) or all(isinstance(e, Const) for e, _ in sym.elements):
        return sym
    guards = _united(path, [(guard, known_values(path, e)) for e, guard in sym.elements])
    return set_value([(Const(value), guard) for value, guard in guards.items()])


def split(path: Path, elements: Iterable[Element]) -> list[Element] | None:
    """Elements split into known values, each of them once; None where these are too many."""
    try:
        guards = _united(path, [(guard, known_values(path, e)) for e, guard in elements])
    except DiagnosticError:
        return None
    return [(Const(value), guard) for value, guard in guards.items()]


# ---------------------------------------------------------------- how many elements


def most_elements(path: Path, container: Sym) -> int | None:
    """An upper bound on what `elements_of_set` would list, None where the set may be infinite."""
    match rule_of(container):
        case SymIntegers() | SymSequenceSet():
            return None
        case SymInterval(lo=lo, hi=hi):
            least, greatest = int_range(as_int(lo)).lo, int_range(as_int(hi)).hi
            return None if least is None or greatest is None else max(0, greatest - least + 1)
        case SymPowerSet(base=base):
            return _power(2, most_elements(path, base))
        case SymFunctionSet(domain=domain, range=range_):
            values = most_elements(path, range_)
            return None if values is None else _power(values, most_elements(path, domain))
        case SymRecordSet(fields=fields):
            return _product([most_elements(path, values) for values in fields.values()])
        case SymEither(parts=parts):
            return _sum([most_elements(path, part) for part in parts])
        case SymFilter(base=base):
            return most_elements(path, base)
        case SymUnion(alternatives=alternatives):
            return _sum([most_elements(path, one) for _, one in alternatives])
        case Const(value=LazySet()):
            return None
        case other:
            return len(as_set(other).elements) if kind_of(other) == "set" else 0


def _power(base: int, exponent: int | None) -> int | None:
    """Saturates: what counts is only whether it is a lot."""
    return None if exponent is None else min(base ** min(exponent, 64), 1 << 64)


def _sum(sizes: list[int | None]) -> int | None:
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


def _product(sizes: list[int | None]) -> int | None:
    known = [size for size in sizes if size is not None]
    return math.prod(known) if len(known) == len(sizes) else None
