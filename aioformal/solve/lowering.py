"""From terms to what solvers speak: booleans, bit vectors, and integers where there is no bound.

In a *finite* system an integer with the interval lo..hi becomes a bit vector just wide enough for the
interval: unsigned when lo >= 0, else in two's complement. No operation overflows: each is done at a
width that holds the interval of its result, and modulo that power of two the operands may be cut or
extended freely. Where some variable has no bound, all integers become mathematical integers.

`Target` is what a solver's language offers; the algorithm is written once for all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from aioformal.ir.interval import union
from aioformal.ir.sort import BoolSort, EnumSort, IntSort, Sort
from aioformal.ir.system import TransitionSystem
from aioformal.ir.term import Term, postorder

N = TypeVar("N")

_MENTIONS = {"div": 4, "mod": 2}
"""How often an operand appears in the translation, where that is more than once."""


class Format(NamedTuple):
    """How a value lies in a bit vector."""

    width: int
    signed: bool


class Target(Protocol[N]):
    """Constructors of one solver's nodes. `bits`, `integers` name the theory in the way SMT-LIB does."""

    def truth(self, value: bool) -> N: ...
    def bits(self, value: int, width: int) -> N: ...
    def whole(self, value: int) -> N: ...
    def symbol(self, variable: Term, width: int | None) -> N:
        """A variable: boolean by its sort, else a bit vector, or for `width` None an integer."""
        ...

    def apply(self, operator: str, args: Sequence[N]) -> N:
        """An SMT-LIB operator without indices: `and`, `bvadd`, `+`, `ite`, `=`..."""
        ...

    def extend(self, node: N, extra: int, signed: bool) -> N: ...
    def cut(self, node: N, width: int) -> N:
        """The lowest `width` bits."""
        ...

    def share(self, node: N, uses: int, sort: Sort, width: int | None) -> N:
        """Called for every operator's node, before it is used as many times."""
        ...


def is_finite(system: TransitionSystem) -> bool:
    """Whether every integer variable and input of the system has both bounds."""
    rules = (*system.initial, *system.transitions)
    sorts = [v.sort for v in system.variables] + [i.sort for rule in rules for i in rule.inputs]
    return all(not isinstance(sort, IntSort) or sort.finite for sort in sorts)


def format_of(sort: Sort) -> Format:
    """The narrowest format of a finite sort."""
    if isinstance(sort, EnumSort):
        return Format(max(1, (sort.size - 1).bit_length()), False)
    assert isinstance(sort, IntSort)
    assert sort.lo is not None
    assert sort.hi is not None
    if sort.lo >= 0:
        return Format(max(1, sort.hi.bit_length()), False)
    return Format(1 + max((~sort.lo).bit_length(), sort.hi.bit_length() if sort.hi > 0 else 0), True)


class Lowering(Generic[N]):
    """Translates terms, each once. `finite` chooses bit vectors for integers."""

    def __init__(self, target: Target[N], *, finite: bool) -> None:
        self._target = target
        self._finite = finite
        self._nodes: dict[Term, N] = {}
        self._resized: dict[tuple[Term, int], N] = {}

    def lower(self, root: Term) -> N:
        """The node of a term."""
        if root not in self._nodes:
            below = list(postorder((root,)))
            uses = Counter(arg for term in below for arg in term.args * _MENTIONS.get(term.op, 1))
            for term in below:
                if term not in self._nodes:
                    self._nodes[term] = self._shared(term, self._lowered(term), uses[term])
        return self._nodes[root]

    def format(self, sort: Sort) -> Format | None:
        """The format of a value of this sort; None for booleans and unbounded integers."""
        if isinstance(sort, BoolSort) or (isinstance(sort, IntSort) and not self._finite):
            return None
        return format_of(sort)

    def in_range(self, variable: Term) -> N | None:
        """That a variable is a member of its sort; None where every node of its width is one."""
        sort = variable.sort
        form = self.format(sort)
        if isinstance(sort, BoolSort):
            return None
        lo, hi = (0, sort.size - 1) if isinstance(sort, EnumSort) else (sort.lo, sort.hi)
        if form is None:
            return self._between(variable, lo, hi, "<=", self._target.whole)
        least = -(1 << form.width - 1) if form.signed else 0
        ends = (None if lo == least else lo, None if hi == least + (1 << form.width) - 1 else hi)
        order = "bvsle" if form.signed else "bvule"
        return self._between(variable, *ends, order, lambda value: self._target.bits(value, form.width))

    def _between(
        self, variable: Term, lo: int | None, hi: int | None, order: str, number: Callable[[int], N]
    ) -> N | None:
        node = self.lower(variable)
        parts: list[N] = []
        if lo is not None:
            parts.append(self._target.apply(order, [number(lo), node]))
        if hi is not None:
            parts.append(self._target.apply(order, [node, number(hi)]))
        return self._target.apply("and", parts) if len(parts) == 2 else next(iter(parts), None)

    def _shared(self, term: Term, node: N, uses: int) -> N:
        if not term.args:
            return node
        form = self.format(term.sort)
        return self._target.share(node, uses, term.sort, None if form is None else form.width)

    def _lowered(self, term: Term) -> N:
        if term.op == "constant":
            return self._constant(term)
        if term.is_variable:
            form = self.format(term.sort)
            return self._target.symbol(term, None if form is None else form.width)
        if term.op in ("not", "and", "or"):
            return self._target.apply(term.op, [self._nodes[arg] for arg in term.args])
        if term.op == "ite":
            return self._choice(term)
        if term.op in ("eq", "le"):
            return self._comparison(term)
        return self._arithmetic(term) if self._finite else self._unbounded(term)

    def _constant(self, term: Term) -> N:
        value = term.payload
        assert isinstance(value, int)
        form = self.format(term.sort)
        if form is not None:
            return self._target.bits(value, form.width)
        return self._target.truth(value) if isinstance(value, bool) else self._target.whole(value)

    def _choice(self, term: Term) -> N:
        condition, then, otherwise = term.args
        form = self.format(term.sort)
        return self._target.apply(
            "ite", [self._nodes[condition], self._at(then, form), self._at(otherwise, form)]
        )

    def _comparison(self, term: Term) -> N:
        a, b = term.args
        sort = a.sort
        if isinstance(sort, IntSort) and isinstance(b.sort, IntSort):
            sort = union(sort, b.sort)
        form = self.format(sort)
        operator = "=" if term.op == "eq" else "<=" if form is None else "bvsle" if form.signed else "bvule"
        return self._target.apply(operator, [self._at(a, form), self._at(b, form)])

    def _at(self, term: Term, form: Format | None) -> N:
        """The node of a term, brought to the width of a format."""
        return self._nodes[term] if form is None else self._resize(term, form.width)

    def _resize(self, term: Term, width: int) -> N:
        own = format_of(term.sort)
        if own.width == width:
            return self._nodes[term]
        key = (term, width)
        if key not in self._resized:
            self._resized[key] = self._resized_node(term, own, width)
        return self._resized[key]

    def _resized_node(self, term: Term, own: Format, width: int) -> N:
        if term.op == "constant":
            assert isinstance(term.payload, int)
            return self._target.bits(term.payload, width)
        if own.width < width:
            return self._target.extend(self._nodes[term], width - own.width, own.signed)
        return self._target.cut(self._nodes[term], width)

    def _arithmetic(self, term: Term) -> N:
        if term.op in ("div", "mod"):
            return self._division(term)
        operator = {"add": "bvadd", "mul": "bvmul", "neg": "bvneg"}[term.op]
        width = format_of(term.sort).width
        return self._target.apply(operator, [self._resize(arg, width) for arg in term.args])

    def _division(self, term: Term) -> N:
        """Floor division: `bvudiv` and `bvurem` where nothing is negative. Else `bvsmod`, whose result
        has the sign of the divisor, and the exact quotient of what is left, one bit wider because
        taking the remainder away may step below the least dividend."""
        a, b = term.args
        assert isinstance(a.sort, IntSort)
        assert isinstance(b.sort, IntSort)
        assert isinstance(term.sort, IntSort)
        form = format_of(union(union(a.sort, b.sort), term.sort))
        width = form.width + form.signed
        x, y = self._resize(a, width), self._resize(b, width)
        apply = self._target.apply
        if not form.signed:
            result = apply("bvudiv" if term.op == "div" else "bvurem", [x, y])
        else:
            result = apply("bvsmod", [x, y])
            if term.op == "div":
                result = apply("bvsdiv", [apply("bvadd", [x, apply("bvneg", [result])]), y])
        if b.sort.lo is None or b.sort.lo <= 0:
            zero = self._target.bits(0, width)
            divides = apply("bvsle" if form.signed else "bvule", [y, zero])
            result = apply("ite", [divides, zero, result])
        own = format_of(term.sort).width
        return result if own == width else self._target.cut(result, own)

    def _unbounded(self, term: Term) -> N:
        args = [self._nodes[arg] for arg in term.args]
        operator = {"add": "+", "mul": "*", "neg": "-", "div": "div", "mod": "mod"}[term.op]
        result = self._target.apply(operator, args)
        if term.op not in ("div", "mod"):
            return result
        zero = self._target.whole(0)
        return self._target.apply("ite", [self._target.apply("<=", [args[1], zero]), zero, result])
