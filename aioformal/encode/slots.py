"""Slots: how a shape becomes scalar variables, and values move between the two.

A variable `v` of a record shape has the slots `v.field`; of a function `v[key]`; `?` after a path is the
presence bit of an optional key, `#` a sequence's length, `!` the alternative of a union, `{m}` the bit of a
member.

Slots that a value does not use are zero: equal values have equal slots. What does not fit is never cut off:
`write` says under which condition a value is outside of the shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from msgspec import Struct, field

from aioformal.encode.choice import Guarded, as_bool, as_fun, as_int, as_set, choose, native_term
from aioformal.encode.path import Path
from aioformal.encode.relations import equal, presence, sequence_condition
from aioformal.encode.shapes import (
    KINDS,
    AtomShape,
    BoolShape,
    FunShape,
    IntShape,
    SeqShape,
    SetShape,
    Shape,
    UnionShape,
)
from aioformal.encode.sources import elements_of_set
from aioformal.encode.symbols import (
    Const,
    Native,
    Slot,
    Sym,
    SymLazyFun,
    SymUnion,
    Undefined,
    alternatives_of,
    fun_value,
    integer_value,
    kind_of,
    set_value,
    truth_value,
)
from aioformal.ir import term as ir
from aioformal.ir.sort import BOOL, EnumSort, IntSort, Sort, int_sort
from aioformal.ir.term import Term
from aioformal.value.format import format_value
from aioformal.value.values import Value

Make = Callable[[str, Sort], Term]
"""Makes the term of a slot: a state, next or input variable."""


def key_path(path: str, key: Value) -> str:
    if isinstance(key, str) and key.isidentifier():
        return f"{path}.{key}"
    return f"{path}[{format_value(key)}]"


@lru_cache(maxsize=1 << 12)
def member_path(path: str, member: Value) -> str:
    """The bit of a member of a set; members may be long, and are written for every update."""
    return f"{path}{{{format_value(member)}}}"


def sort_of_integers(shape: IntShape) -> Sort:
    return int_sort(shape.lo, shape.hi)


def zero(sort: Sort) -> Term:
    """What an unused slot holds: the number nearest to 0, the first member, FALSE."""
    if sort is BOOL:
        return ir.false
    if isinstance(sort, EnumSort):
        return ir.enum(0, sort.size)
    assert isinstance(sort, IntSort)
    lowest = 0 if sort.lo is None else max(sort.lo, 0)
    return ir.integer(lowest if sort.hi is None else min(lowest, sort.hi))


Overlay = tuple[str]
"""The tag of a kind that has slots beside the tag."""


def tags_of(union: UnionShape) -> tuple[Value | Overlay, ...]:
    """The members of a union's tag: each atom, and each other kind."""
    tags: list[Value | Overlay] = []
    for shape in union.alternatives:
        tags.extend(shape.ordered if isinstance(shape, AtomShape) else ((KINDS[type(shape)],),))
    return tuple(tags)


# ---------------------------------------------------------------- the slots of a shape


def slots_of(shape: Shape, path: str) -> Iterator[tuple[str, Sort]]:
    """Name and sort of every slot, in a fixed order."""
    match shape:
        case BoolShape():
            yield path, BOOL
        case IntShape():
            yield path, sort_of_integers(shape)
        case AtomShape():
            yield path, EnumSort(len(shape.values))
        case SetShape():
            yield from ((member_path(path, m), BOOL) for m in shape.ordered)
        case FunShape():
            yield from _function_slots(shape, path)
        case SeqShape():
            yield f"{path}#", int_sort(0, shape.max_len)
            for i in range(1, shape.max_len + 1):
                yield from slots_of(shape.element, f"{path}[{i}]")
        case UnionShape():
            yield f"{path}!", EnumSort(len(tags_of(shape)))
            for alternative in overlaid(shape):
                yield from slots_of(alternative, union_path(path, alternative))


def _function_slots(shape: FunShape, path: str) -> Iterator[tuple[str, Sort]]:
    for entry in shape.entries:
        inner = key_path(path, entry.key)
        if entry.optional:
            yield f"{inner}?", BOOL
        yield from slots_of(entry.shape, inner)


def overlaid(union: UnionShape) -> list[Shape]:
    """The alternatives that need slots beside the tag."""
    return [s for s in union.alternatives if not isinstance(s, AtomShape)]


def union_path(path: str, alternative: Shape) -> str:
    return f"{path}!{KINDS[type(alternative)]}"


# ---------------------------------------------------------------- reading


def read(shape: Shape, path: str, make: Make) -> Sym:
    """The symbolic value that the slots of a shape hold."""
    match shape:
        case BoolShape():
            return truth_value(make(path, BOOL))
        case IntShape():
            return integer_value(make(path, sort_of_integers(shape)))
        case AtomShape():
            return _read_atom(shape.ordered, make(path, EnumSort(len(shape.values))))
        case SetShape():
            return set_value([(Const(m), make(member_path(path, m), BOOL)) for m in shape.ordered])
        case FunShape():
            return _read_function(shape, path, make)
        case SeqShape():
            return _read_sequence(shape, path, make)
        case UnionShape():
            return _read_union(shape, path, make)


def _read_atom(universe: tuple[Value, ...], term: Term) -> Sym:
    guards = [(ir.eq(term, ir.enum(i, len(universe))), Const(value)) for i, value in enumerate(universe)]
    live = tuple((guard, value) for guard, value in guards if guard is not ir.false)
    return live[0][1] if len(live) == 1 else SymUnion(live, Native(term, universe))


def _read_function(shape: FunShape, path: str, make: Make) -> Sym:
    slots: dict[Value, Slot] = {}
    for entry in shape.entries:
        inner = key_path(path, entry.key)
        present = make(f"{inner}?", BOOL) if entry.optional else ir.true
        slots[entry.key] = Slot(present, read(entry.shape, inner, make))
    tuple_like = all(e.key == i and not e.optional for i, e in enumerate(shape.entries, 1))
    return fun_value(slots, is_sequence=tuple_like)


def _read_sequence(shape: SeqShape, path: str, make: Make) -> Sym:
    length = make(f"{path}#", int_sort(0, shape.max_len))
    slots: dict[Value, Slot] = {}
    for i in range(1, shape.max_len + 1):
        slots[i] = Slot(ir.le(ir.integer(i), length), read(shape.element, f"{path}[{i}]", make))
    return fun_value(slots, is_sequence=True)


def _read_union(shape: UnionShape, path: str, make: Make) -> Sym:
    tags = tags_of(shape)
    tag = make(f"{path}!", EnumSort(len(tags)))
    values = {s: read(s, union_path(path, s), make) for s in overlaid(shape)}
    by_tag: dict[Value | Overlay, Sym] = {(KINDS[type(s)],): value for s, value in values.items()}
    for atoms in shape.alternatives:
        if isinstance(atoms, AtomShape):
            by_tag.update((value, Const(value)) for value in atoms.values)
    guards = [ir.eq(tag, ir.enum(i, len(tags))) for i in range(len(tags))]
    return choose((guard, by_tag[t]) for guard, t in zip(guards, tags, strict=True))


# ---------------------------------------------------------------- writing


class Written(Struct):
    """The terms of a value's slots, and the conditions under which the value is outside of the shape."""

    terms: dict[str, Term] = field(default_factory=dict[str, Term])
    escapes: list[Term] = field(default_factory=list[Term])

    def put(self, name: str, term: Term, here: Term, sort: Sort) -> None:
        """Set a slot; zero where the value is not `here`."""
        self.terms[name] = ir.ite(here, term, zero(sort))

    def escape(self, *conditions: Term) -> None:
        condition = ir.and_(*conditions)
        if condition is not ir.false:
            self.escapes.append(condition)


def write(path: Path, shape: Shape, name: str, sym: Sym) -> Written:
    """The slots of a value."""
    written = Written()
    Writer(path, written).write(shape, name, sym, ir.true)
    return written


class Writer:
    """`here` is the condition under which a value is really there; elsewhere its slots are zero."""

    def __init__(self, path: Path, written: Written) -> None:
        self._path = path
        self._written = written

    def write(self, shape: Shape, name: str, sym: Sym, here: Term) -> None:
        if here is ir.false or isinstance(sym, Undefined):
            for slot, sort in slots_of(shape, name):
                self._written.terms[slot] = zero(sort)
        elif isinstance(shape, UnionShape):
            self._union(shape, name, sym, here)
        elif isinstance(shape, AtomShape):
            self._atom(shape, name, sym, here)
        else:
            self._of_kind(shape, name, self._only(sym, KINDS[type(shape)], here), here)

    def _only(self, sym: Sym, kind: str, here: Term) -> Sym:
        """The alternative of one kind; the others are outside of the shape."""
        found: list[Guarded] = []
        for guard, one in alternatives_of(sym):
            if kind_of(one) == kind:
                found.append((guard, one))
            else:
                self._written.escape(here, guard)
        return self._as_one(found)

    def _as_one(self, options: list[Guarded]) -> Sym:
        """Values of one kind as one value. Those that rules give, such as `1..n`, stand alone in a choice."""
        if len(options) == 1 and not isinstance(options[0][1], SymLazyFun):
            return options[0][1]
        return choose([(guard, self._laid_out(guard, one)) for guard, one in options])

    def _laid_out(self, guard: Term, sym: Sym) -> Sym:
        with self._path.under(guard):
            if kind_of(sym) == "set":
                return set_value(elements_of_set(self._path, sym))
            return as_fun(sym) if kind_of(sym) == "function" else sym

    def _of_kind(self, shape: Shape, name: str, sym: Sym, here: Term) -> None:
        if isinstance(sym, Undefined):
            self.write(shape, name, sym, here)
            return
        match shape:
            case BoolShape():
                self._written.put(name, as_bool(sym), here, BOOL)
            case IntShape():
                self._integer(shape, name, as_int(sym), here)
            case SetShape():
                self._set(shape, name, sym, here)
            case FunShape():
                self._function(shape, name, sym, here)
            case SeqShape():
                self._sequence(shape, name, sym, here)
            case _:
                raise TypeError(f"no slots for {shape}")

    def _integer(self, shape: IntShape, name: str, term: Term, here: Term) -> None:
        if shape.lo is not None:
            self._written.escape(here, ir.lt(term, ir.integer(shape.lo)))
        if shape.hi is not None:
            self._written.escape(here, ir.lt(ir.integer(shape.hi), term))
        self._written.put(name, term, here, sort_of_integers(shape))

    def _atom(self, shape: AtomShape, name: str, sym: Sym, here: Term) -> None:
        universe = shape.ordered
        sort = EnumSort(len(universe))
        term = native_term(sym, universe)
        if term is None:
            inside, outside = _sorted_out(sym, universe)
            self._written.escape(here, outside)
            term = _chain([(guard, ir.enum(i, len(universe))) for i, guard in inside.items()], zero(sort))
        self._written.put(name, term, here, sort)

    def _set(self, shape: SetShape, name: str, sym: Sym, here: Term) -> None:
        elements = as_set(set_value(elements_of_set(self._path, sym))).elements
        known = {e.value: guard for e, guard in elements if isinstance(e, Const)}
        others = [(e, guard) for e, guard in elements if not isinstance(e, Const)]
        for value in known.keys() - shape.universe:
            self._written.escape(here, known[value])
        equals = {value: [ir.and_(g, self._equals(e, value)) for e, g in others] for value in shape.ordered}
        for value in shape.ordered:
            bit = ir.or_(known.get(value, ir.false), *equals[value])
            self._written.put(member_path(name, value), bit, here, BOOL)
        for i, (_, guard) in enumerate(others):
            self._written.escape(here, guard, *(ir.not_(equals[value][i]) for value in shape.ordered))

    def _equals(self, element: Sym, value: Value) -> Term:
        with self._path.isolated():
            return equal(self._path, element, Const(value))

    def _function(self, shape: FunShape, name: str, sym: Sym, here: Term) -> None:
        fun = as_fun(sym)
        for key in fun.slots.keys() - shape.keys:
            self._written.escape(here, fun.slots[key].present)
        for entry in shape.entries:
            inner = key_path(name, entry.key)
            present = presence(fun, entry.key)
            if entry.optional:
                self._written.put(f"{inner}?", present, here, BOOL)
            else:
                self._written.escape(here, ir.not_(present))
            self._slot(entry.shape, inner, fun.slots.get(entry.key), here)

    def _sequence(self, shape: SeqShape, name: str, sym: Sym, here: Term) -> None:
        fun = as_fun(sym)
        self._written.escape(here, ir.not_(sequence_condition(fun)))
        for key in fun.slots:
            if not (isinstance(key, int) and 1 <= key <= shape.max_len):
                self._written.escape(here, fun.slots[key].present)
        length = ir.integer(0)
        for i in range(1, shape.max_len + 1):
            length = ir.ite(presence(fun, i), ir.integer(i), length)
        self._written.put(f"{name}#", length, here, int_sort(0, shape.max_len))
        for i in range(1, shape.max_len + 1):
            self._slot(shape.element, f"{name}[{i}]", fun.slots.get(i), here)

    def _slot(self, shape: Shape, name: str, slot: Slot | None, here: Term) -> None:
        if slot is None:
            self.write(shape, name, Undefined(), ir.false)
        else:
            self.write(shape, name, slot.value, ir.and_(here, slot.present))

    def _union(self, shape: UnionShape, name: str, sym: Sym, here: Term) -> None:
        tags = tags_of(shape)
        sort = EnumSort(len(tags))
        by_kind = {KINDS[type(s)]: s for s in overlaid(shape)}
        tag_options: list[tuple[Term, Term]] = []
        chosen: dict[str, list[Guarded]] = {}
        for guard, one in alternatives_of(sym):
            tag, kind = _tag_of(one, tags)
            if tag is None:
                self._written.escape(here, guard)
                continue
            tag_options.append((guard, ir.enum(tag, len(tags))))
            if kind is not None:
                chosen.setdefault(kind, []).append((guard, one))
        self._written.put(f"{name}!", _chain(tag_options, zero(sort)), here, sort)
        for kind, alternative in by_kind.items():
            of_kind = chosen.get(kind, [])
            held = ir.and_(here, ir.or_(*(guard for guard, _ in of_kind)))
            self.write(alternative, union_path(name, alternative), self._as_one(of_kind), held)


def _sorted_out(sym: Sym, universe: tuple[Value, ...]) -> tuple[dict[int, Term], Term]:
    """The guards of the members of a universe by index, and the condition of being none of them."""
    inside: dict[int, Term] = {}
    outside: list[Term] = []
    for guard, one in alternatives_of(sym):
        if isinstance(one, Const) and one.value in universe:
            inside[universe.index(one.value)] = guard
        else:
            outside.append(guard)
    return inside, ir.or_(*outside)


def _tag_of(sym: Sym, tags: tuple[Value | Overlay, ...]) -> tuple[int | None, str | None]:
    """The index of a value's tag, None if it has none, and its kind if it needs slots beside the tag."""
    kind = kind_of(sym)
    if kind in ("string", "model value"):
        assert isinstance(sym, Const)
        return (tags.index(sym.value) if sym.value in tags else None), None
    return (tags.index((kind,)) if (kind,) in tags else None), kind


def _chain(options: list[tuple[Term, Term]], default: Term) -> Term:
    """The term whose guard holds; the last guard is tested too where another may be missing."""
    result = options[-1][1] if options else default
    for guard, term in reversed(options[:-1]):
        result = ir.ite(guard, term, result)
    return result
