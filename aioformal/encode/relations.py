"""Equality, membership and inclusion of symbolic values, across representations.

Each also says where comparing fails: values of different kinds have no answer, except that a model value
differs from everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec.structs import replace

from aioformal.encode.choice import as_bool, as_fun, as_int, native_term
from aioformal.encode.known import apply_known
from aioformal.encode.path import Failure, Path
from aioformal.encode.shapes import ordered
from aioformal.encode.sources import Element, elements_of_set, most_elements, rule_of, split
from aioformal.encode.symbols import (
    Const,
    Slot,
    Sym,
    SymEither,
    SymFilter,
    SymFun,
    SymFunctionSet,
    SymIntegers,
    SymInterval,
    SymPowerSet,
    SymRecordSet,
    SymSequenceSet,
    SymSet,
    SymUnion,
    Undefined,
    alternatives_of,
    kind_of,
    kind_of_value,
    set_value,
)
from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.value import compare, sets
from aioformal.value.fault import ValueFault
from aioformal.value.values import TRUE, Value

Guards = Mapping[Value, Term]
"""The members of a finite set, each with the condition that it is in."""


SMALL = 64
"""A rule with at most so many members is compared member by member."""


def equal(path: Path, a: Sym, b: Sym) -> Term:
    """Whether two values are equal."""
    path.spend(1)
    if isinstance(a, Undefined) or isinstance(b, Undefined):
        return ir.false
    if isinstance(a, Const) and isinstance(b, Const):
        return _equal_known(path, a, b)
    if isinstance(a, SymUnion) or isinstance(b, SymUnion):
        return _equal_unions(path, a, b)
    return _equal_alike(path, a, b) if comparable(path, a, b) else ir.false


MOST_COMPARED = 24
"""Elements of a set that are compared with each other at once."""

MOST_PAIRED = 128
"""Elements that are compared where they cannot be split into known values."""


def each_once(path: Path, elements: Sequence[Element]) -> list[Element]:
    """The elements of a set, each in only where it equals none before it. Of more than `MOST_PAIRED` that
    cannot be split into known values, doubles stay."""
    return [(element, ir.and_(guard, first)) for element, guard, first in firsts(path, elements)]


def firsts(path: Path, elements: Sequence[Element]) -> list[tuple[Sym, Term, Term]]:
    """The elements of a set, each with the condition that it is in and the one that it equals none before
    it. Doubles stay as in `each_once`."""
    with path.isolated():
        if len(elements) > MOST_COMPARED or all(isinstance(element, Const) for element, _ in elements):
            known = split(path, elements)
            if known is not None or len(elements) > MOST_PAIRED:
                return [(e, guard, ir.true) for e, guard in (elements if known is None else known)]
        found: list[tuple[Sym, Term, Term]] = []
        for position, (element, guard) in enumerate(elements):
            doubles = [ir.and_(g, equal(path, element, e)) for e, g in elements[:position]]
            found.append((element, guard, ir.and_(*map(ir.not_, doubles))))
        return found


def _equal_known(path: Path, a: Const, b: Const) -> Term:
    if a.value is b.value:
        return ir.true
    known = apply_known(path, "=", (a, b))
    return ir.boolean(isinstance(known, Const) and known.value is TRUE)


def comparable(path: Path, a: Sym, b: Sym) -> bool:
    """Whether two values (no unions) are of one kind; a failure where they may not be compared."""
    kinds = {kind_of(a), kind_of(b)}
    if len(kinds) == 1:
        return True
    if "model value" not in kinds:
        path.fail(ir.true, "eval.kind", f"a {kind_of(a)} is compared with a {kind_of(b)}")
    return False


def _equal_unions(path: Path, a: Sym, b: Sym) -> Term:
    native = _equal_natives(a, b)
    if native is not None:
        return native
    equals: list[Term] = []
    for guard, left in alternatives_of(a):
        for other, right in alternatives_of(b):
            both = ir.and_(guard, other)
            if both is not ir.false:
                with path.under(both):
                    equals.append(ir.and_(both, equal(path, left, right)))
    return ir.or_(*equals)


def _equal_natives(a: Sym, b: Sym) -> Term | None:
    """Equality of two atoms of one enumeration."""
    for owner in (a, b):
        if isinstance(owner, SymUnion) and owner.native is not None:
            left, right = (native_term(s, owner.native.universe) for s in (a, b))
            if left is not None and right is not None:
                return ir.eq(left, right)
    return None


def _equal_alike(path: Path, a: Sym, b: Sym) -> Term:
    match kind_of(a):
        case "boolean":
            return ir.iff(as_bool(a), as_bool(b))
        case "integer":
            return ir.eq(as_int(a), as_int(b))
        case "function":
            return _equal_functions(path, as_fun(a), as_fun(b))
        case _:
            return _equal_sets(path, a, b)


def _equal_functions(path: Path, a: SymFun, b: SymFun) -> Term:
    keys = ordered({*a.slots, *b.slots})
    same_domain = ir.and_(*(ir.iff(presence(a, key), presence(b, key)) for key in keys))
    _report_clash(path, _presences(a), _presences(b))
    if same_domain is ir.false:
        return ir.false
    pairs = [(a.slots[key], b.slots[key]) for key in keys if key in a.slots and key in b.slots]
    tests = [_compare_slots(path, left, right) for left, right in pairs]
    failures = [failure for _, found in tests for failure in found]
    for failure in failures:
        # Values that do not compare matter only where no other key tells the functions apart.
        undecided = [ir.or_(same, *(f.condition for f in found)) for same, found in tests]
        path.repeat((replace(failure, condition=ir.and_(same_domain, *undecided, failure.condition)),))
    return ir.and_(same_domain, *(same for same, _ in tests))


def _compare_slots(path: Path, a: Slot, b: Slot) -> tuple[Term, list[Failure]]:
    with path.isolated() as found, path.under(a.present):
        same = ir.implies(a.present, equal(path, a.value, b.value))
    return same, found


def _presences(fun: SymFun) -> dict[Value, Term]:
    return {key: slot.present for key, slot in fun.slots.items()}


def _report_clash(path: Path, a: Guards, b: Guards) -> None:
    """Two sets of one size do not compare if the members of one are integers, say, and strings those of
    the other."""
    kinds_a, kinds_b = _guards_of_kinds(a), _guards_of_kinds(b)
    clashes = [ir.and_(x, y) for k, x in kinds_a.items() for m, y in kinds_b.items() if k != m]
    if clashes:
        path.fail(ir.and_(ir.or_(*clashes), ir.eq(_size(a), _size(b))), "eval.kind", CLASH)


CLASH = "sets whose members are of different kinds are compared"


def _guards_of_kinds(members: Guards) -> dict[str, Term]:
    """For each kind but that of model values, the condition that a member is of it."""
    found: dict[str, list[Term]] = {}
    for value, guard in members.items():
        found.setdefault(kind_of_value(value), []).append(guard)
    return {kind: ir.or_(*guards) for kind, guards in found.items() if kind != "model value"}


def _size(members: Guards) -> Term:
    total = ir.integer(0)
    for guard in members.values():
        total = ir.add(total, ir.ite(guard, ir.integer(1), ir.integer(0)))
    return total


def presence(fun: SymFun, key: Value) -> Term:
    slot = fun.slots.get(key)
    return ir.false if slot is None else slot.present


def _equal_sets(path: Path, a: Sym, b: Sym) -> Term:
    known_a, known_b = _constant_guards(path, a), _constant_guards(path, b)
    if known_a is None or known_b is None:
        return ir.and_(subset(path, a, b), subset(path, b, a))
    _report_clash(path, known_a, known_b)
    keys = dict.fromkeys((*known_a, *known_b))
    return ir.and_(*(ir.iff(known_a.get(k, ir.false), known_b.get(k, ir.false)) for k in keys))


def _constant_guards(path: Path, sym: Sym) -> Guards | None:
    """The members of a finite set by value, None if one of them is symbolic or there are many."""
    size = most_elements(path, sym)
    if size is None or (size > SMALL and not isinstance(sym, Const | SymSet)):
        return None
    elements = elements_of_set(path, sym)
    guards = {element.value: guard for element, guard in elements if isinstance(element, Const)}
    return guards if len(guards) == len(elements) else None


# ---------------------------------------------------------------- membership


def member(path: Path, x: Sym, container: Sym) -> Term:
    """Whether a value is in a set."""
    path.spend(1)
    if isinstance(x, Undefined) or isinstance(container, Undefined):
        return ir.false
    if isinstance(container, SymUnion):
        return _any(path, container, lambda one: member(path, x, one))
    if kind_of(container) != "set":
        path.fail(ir.true, "eval.kind", f"\\in needs a set on its right, not a {kind_of(container)}")
        return ir.false
    if isinstance(x, Const) and isinstance(container, Const):
        return _member_known(path, x, container)
    if isinstance(x, SymUnion):
        return _any(path, x, lambda one: member(path, one, container))
    return _member(path, x, container)


def _any(path: Path, union: SymUnion, test: Callable[[Sym], Term]) -> Term:
    found: list[Term] = []
    for guard, alternative in union.alternatives:
        with path.under(guard):
            found.append(ir.and_(guard, test(alternative)))
    return ir.or_(*found)


def _member_known(path: Path, x: Const, container: Const) -> Term:
    known = apply_known(path, "\\in", (x, container))
    return ir.boolean(isinstance(known, Const) and known.value is TRUE)


def _member(path: Path, x: Sym, container: Sym) -> Term:
    rule = rule_of(container)
    match rule:
        case SymInterval() | SymIntegers():
            return _in_integers(path, x, rule)
        case SymPowerSet():
            return subset(path, x, rule.base) if _is_a(path, x, "set") else ir.false
        case SymFunctionSet():
            return _in_functions(path, as_fun(x), rule) if _is_a(path, x, "function") else ir.false
        case SymRecordSet():
            return _in_records(path, as_fun(x), rule.fields) if _is_a(path, x, "function") else ir.false
        case SymSequenceSet():
            return _in_sequences(path, as_fun(x), rule) if _is_a(path, x, "function") else ir.false
        case SymEither():
            return _in_either(path, x, rule)
        case SymFilter(base=base, keep=keep):
            inside = member(path, x, base)
            with path.under(inside):
                return ir.and_(inside, keep(x))
        case Const(value=sets.Strings()):
            return ir.boolean(_is_a(path, x, "string"))
        case Const(value=sets.Anything()):
            return ir.true
        case _:
            return _in_elements(path, x, elements_of_set(path, rule))


def _is_a(path: Path, x: Sym, kind: str) -> bool:
    found = kind_of(x)
    if found not in (kind, "model value"):
        path.fail(ir.true, "eval.kind", f"a {found} is looked for in a set of {kind}s")
    return found == kind


def _in_integers(path: Path, x: Sym, rule: SymInterval | SymIntegers) -> Term:
    occupied = ir.true if isinstance(rule, SymIntegers) else ir.le(as_int(rule.lo), as_int(rule.hi))
    with path.under(occupied):
        if not _is_a(path, x, "integer"):
            return ir.false
    term = as_int(x)
    if isinstance(rule, SymIntegers):
        return ir.true if rule.lo is None else ir.le(ir.integer(rule.lo), term)
    return ir.and_(ir.le(as_int(rule.lo), term), ir.le(term, as_int(rule.hi)))


def _in_functions(path: Path, x: SymFun, rule: SymFunctionSet) -> Term:
    domain = domain_of(x)
    same = equal(path, domain, rule.domain)
    return _all_slots(path, same, x, dict.fromkeys(x.slots, rule.range))


def _in_records(path: Path, x: SymFun, fields: Mapping[Value, Sym]) -> Term:
    same = ir.and_(
        *(presence(x, key) for key in fields),
        *(ir.not_(slot.present) for key, slot in x.slots.items() if key not in fields),
    )
    _report_clash(path, _presences(x), dict.fromkeys(fields, ir.true))
    return _all_slots(path, same, x, fields)


def _in_sequences(path: Path, x: SymFun, rule: SymSequenceSet) -> Term:
    return _all_slots(path, sequence_condition(x), x, dict.fromkeys(x.slots, rule.element))


def sequence_condition(x: SymFun) -> Term:
    """Whether a function's domain is 1..n for some n."""
    if x.is_sequence:
        return ir.true
    bad = [slot.present for key, slot in x.slots.items() if not (isinstance(key, int) and key >= 1)]
    gaps = [
        ir.and_(slot.present, ir.not_(presence(x, key - 1)))
        for key, slot in x.slots.items()
        if isinstance(key, int) and key > 1
    ]
    return ir.not_(ir.or_(*bad, *gaps))


def _all_slots(path: Path, same: Term, x: SymFun, ranges: Mapping[Value, Sym]) -> Term:
    """Whether the domain is right and every value that is there lies in its range."""
    terms = [same]
    for key in ordered(x.slots):
        slot, container = x.slots[key], ranges.get(key)
        if terms[-1] is ir.false or container is None:
            continue
        with path.under(*terms, slot.present):
            terms.append(ir.implies(slot.present, member(path, slot.value, container)))
    return ir.and_(*terms)


def _in_either(path: Path, x: Sym, rule: SymEither) -> Term:
    found: list[Term] = []
    for part in rule.parts:
        with path.under(*(ir.not_(f) for f in found)):
            found.append(member(path, x, part))
    return ir.or_(*found)


def _in_elements(path: Path, x: Sym, elements: Iterable[tuple[Sym, Term]]) -> Term:
    found: list[Term] = []
    for element, guard in elements:
        known = _same(x, element)
        if known is not None:
            path.spend(1)
            found.append(guard if known else ir.false)
            continue
        with path.under(guard, *[ir.not_(f) for f in found[-1:]]):
            found.append(ir.and_(guard, equal(path, x, element)))
    return ir.or_(*found)


def _same(a: Sym, b: Sym) -> bool | None:
    """Whether two known values are equal; None where they are not known, or do not compare."""
    if not isinstance(a, Const) or not isinstance(b, Const):
        return None
    try:
        return compare.equal(a.value, b.value)
    except ValueFault:
        return None


def subset(path: Path, a: Sym, b: Sym) -> Term:
    """Whether every element of a is in b. Raises encode.unsupported if a cannot be enumerated."""
    terms: list[Term] = []
    for element, guard in elements_of_set(path, a):
        with path.under(guard, *terms[-1:]):
            terms.append(ir.implies(guard, member(path, element, b)))
    return ir.and_(*terms)


def domain_of(x: SymFun) -> Sym:
    return set_value([(Const(key), slot.present) for key, slot in x.slots.items()])
