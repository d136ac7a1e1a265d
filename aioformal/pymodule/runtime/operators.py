"""Arithmetic, functions, sequences, and what is put off until it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cmp_to_key
from itertools import permutations as arrangements
from typing import Any, Generic, NoReturn, TypeAlias, TypeVar

from aioformal.pymodule.runtime.sets import (
    Interval,
    choose,
    is_small,
    make_set,
    parts_of,
    require_set,
)
from aioformal.pymodule.runtime.values import (
    Bool,
    Function,
    RuleFunction,
    Value,
    boolean,
    contains,
    eq,
    fail,
    members,
    plain,
    show,
    truth,
)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Lazy(Generic[T_co]):
    """What a LET defines, or an argument: evaluated at most once, and only if needed."""

    __slots__ = ("known", "rule")

    def __init__(self, rule: Callable[[], T_co]) -> None:
        self.rule = rule
        self.known: list[T_co] = []

    def __call__(self) -> T_co:
        if not self.known:
            self.known.append(self.rule())
        return self.known[0]


# ---------------------------------------------------------------- integers


def integers(operator: str, *values: Value) -> NoReturn:
    culprit = next(value for value in values if not isinstance(value, int))
    fail("eval.kind", f"{operator} needs integers, not {show(culprit)}")


def plus(a: Value, b: Value) -> int:
    """a + b."""
    return a + b if isinstance(a, int) and isinstance(b, int) else integers("+", a, b)


def minus(a: Value, b: Value) -> int:
    """a - b."""
    return a - b if isinstance(a, int) and isinstance(b, int) else integers("-", a, b)


def mult(a: Value, b: Value) -> int:
    """a * b."""
    return a * b if isinstance(a, int) and isinstance(b, int) else integers("*", a, b)


def neg(a: Value) -> int:
    """-a."""
    return -a if isinstance(a, int) else integers("-", a)


def power(a: Value, b: Value) -> int:
    """a ^ b."""
    if not isinstance(a, int) or not isinstance(b, int):
        integers("^", a, b)
    if b < 0 or a == b == 0:
        fail("eval.partial", f"{a}^({b}) has no value")
    if abs(a) > 1 and b * a.bit_length() > 1 << 15:
        fail("eval.too-large", f"{a} to the power of {b} is too large a number")
    return int(a**b)


def div(a: Value, b: Value) -> int:
    """a \\div b, rounded down."""
    if not isinstance(a, int) or not isinstance(b, int):
        integers("\\div", a, b)
    return a // b if b else fail("eval.partial", f"{a} is divided by zero")


def mod(a: Value, b: Value) -> int:
    """a % b, for b > 0."""
    if not isinstance(a, int) or not isinstance(b, int):
        integers("%", a, b)
    return a % b if b > 0 else fail("eval.partial", f"{a} % {b}: the divisor must be positive")


def lt(a: Value, b: Value) -> bool:
    """a < b."""
    return a < b if isinstance(a, int) and isinstance(b, int) else integers("<", a, b)


def le(a: Value, b: Value) -> bool:
    """a <= b."""
    return a <= b if isinstance(a, int) and isinstance(b, int) else integers("<=", a, b)


def gt(a: Value, b: Value) -> bool:
    """a > b."""
    return a > b if isinstance(a, int) and isinstance(b, int) else integers(">", a, b)


def ge(a: Value, b: Value) -> bool:
    """a >= b."""
    return a >= b if isinstance(a, int) and isinstance(b, int) else integers(">=", a, b)


def to(a: Value, b: Value) -> Interval:
    """a..b."""
    return Interval(a, b) if isinstance(a, int) and isinstance(b, int) else integers("..", a, b)


# ---------------------------------------------------------------- functions


def function(domain: Value, rule: Callable[[Value], Value]) -> Value:
    """[x \\in domain |-> rule(x)]."""
    require_set(domain, "a function's domain")
    if not is_small(domain):
        return RuleFunction(domain, rule)
    return Function({key: plain(rule(key)) for key in members(domain)})


def recursive_function(domain: Value, rule: Callable[[Value, Value], Value]) -> Value:
    """f[x \\in domain] == rule(f, x). Values that are functions are computed as wholes."""
    under_way: set[Value] = set()

    def of_itself(argument: Value) -> Value:
        if argument in under_way:
            fail("eval.recursion", f"the value at {show(argument)} is needed to compute it")
        under_way.add(argument)
        try:
            return rule(made, argument)
        finally:
            under_way.discard(argument)

    made = RuleFunction(domain, of_itself)
    if not is_small(domain):
        return made
    for key in members(domain):
        if key not in made.found:
            made.found[key] = plain(made.rule(key))
    return Function({key: made.found[key] for key in members(domain)})


def spread(size: int, rule: Callable[..., T]) -> Callable[[Value], T]:
    """A rule for the components of a tuple as one for the tuple."""
    return lambda value: rule(*parts_of(value, size))


def record(**fields: Value) -> Function:
    """[a |-> 1, b |-> 2]."""
    return Function({name: plain(value) for name, value in fields.items()})


def seq(*elements: Value) -> Function:
    """<<a, b, c>>."""
    return Function(dict(enumerate(map(plain, elements), 1)))


Update: TypeAlias = "tuple[tuple[Value, ...], Value | Callable[[Value], Value]]"


def updated(f: Value, *updates: Update) -> Value:
    """[f EXCEPT ![a].b = e, ...]: a path, and a new value, or what the old one (@) becomes."""
    for path, change in updates:
        f = changed(f, path, change)
    return f


def changed(f: Value, path: Sequence[Value], change: Value | Callable[[Value], Value]) -> Value:
    """Outside its domain nothing of a function changes, as TLA+ defines it."""
    if not path:
        return change(f) if callable(change) else change
    argument = path[0]
    if isinstance(f, Function):
        if argument not in f.mapping:
            return f
        return Function({**f.mapping, argument: plain(changed(f.mapping[argument], path[1:], change))})
    if not isinstance(f, RuleFunction):
        fail("eval.kind", f"EXCEPT needs a function, not {show(f)}")
    if not contains(argument, f.domain):
        return f
    old = f
    value = plain(changed(value_at(old, argument), path[1:], change))
    return RuleFunction(f.domain, lambda key: value if eq(key, argument) else value_at(old, key))


def value_at(f: RuleFunction, argument: Value) -> Value:
    if argument not in f.found:
        f.found[argument] = plain(f.rule(argument))
    return f.found[argument]


def domain_of(f: Value) -> Value:
    """DOMAIN f."""
    if isinstance(f, RuleFunction):
        return f.domain
    if not isinstance(f, Function):
        fail("eval.kind", f"DOMAIN needs a function, not {show(f)}")
    return frozenset(f.mapping)


def maps(argument: Value, value: Value) -> Function:
    """argument :> value."""
    return Function({plain(argument): plain(value)})


def merged(left: Value, right: Value) -> Function:
    """left @@ right: where both are defined, left counts."""
    if not isinstance(left, Function) or not isinstance(right, Function):
        culprit = right if isinstance(left, Function) else left
        fail("eval.kind", f"@@ needs functions with finite domains, not {show(culprit)}")
    both = {**right.mapping, **left.mapping}
    make_set(both)
    return Function(both)


def permutations(the_set: Value) -> Value:
    """Permutations(S)."""
    keys = members(the_set)
    if len(keys) > 10:
        fail("eval.too-large", f"a set of {len(keys)} elements has too many permutations")
    return frozenset(Function(dict(zip(keys, images, strict=True))) for images in arrangements(keys))


# ---------------------------------------------------------------- sequences


def elements(value: Value, operator: str) -> list[Value]:
    """The elements of a sequence in order."""
    if isinstance(value, Function):
        positions = range(1, len(value.mapping) + 1)
        if all(i in value.mapping for i in positions):
            return [value.mapping[i] for i in positions]
    return fail("eval.kind", f"{operator} needs a sequence, not {show(value)}")


def length(s: Value) -> int:
    """Len(s)."""
    return len(s) if isinstance(s, str) else len(elements(s, "Len"))


def head(s: Value) -> Value:
    """Head(s)."""
    listed = elements(s, "Head")
    return listed[0] if listed else fail("eval.partial", "Head of the empty sequence")


def tail(s: Value) -> Value:
    """Tail(s)."""
    if s == "" or s == Function({}):
        fail("eval.partial", "Tail of the empty sequence")
    return s[1:] if isinstance(s, str) else seq(*elements(s, "Tail")[1:])


def append(s: Value, element: Value) -> Function:
    """Append(s, e)."""
    return seq(*elements(s, "Append"), element)


def concat(s: Value, t: Value) -> Value:
    """s \\o t."""
    if isinstance(s, str) and isinstance(t, str):
        return s + t
    return seq(*elements(s, "\\o"), *elements(t, "\\o"))


def sub_seq(s: Value, first: Value, last: Value) -> Value:
    """SubSeq(s, first, last)."""
    whole = s if isinstance(s, str) else elements(s, "SubSeq")
    if not isinstance(first, int) or not isinstance(last, int):
        integers("SubSeq", first, last)
    if first <= last and (first < 1 or last > len(whole)):
        fail("eval.domain", f"SubSeq from {first} to {last} leaves the {len(whole)} elements of {show(s)}")
    part = whole[first - 1 : last] if first <= last else whole[:0]
    return part if isinstance(part, str) else seq(*part)


def select_seq(s: Value, test: Callable[[Value], Value]) -> Value:
    """SelectSeq(s, Test)."""
    return seq(*(one for one in elements(s, "SelectSeq") if truth(test(one))))


def sort_seq(s: Value, less: Callable[[Value, Value], Value]) -> Value:
    """SortSeq(s, Less): a stable sort."""

    def compare(a: Value, b: Value) -> int:
        return -1 if truth(less(a, b)) else int(truth(less(b, a)))

    return seq(*sorted(elements(s, "SortSeq"), key=cmp_to_key(compare)))


# ---------------------------------------------------------------- the rest


def asserted(condition: bool, message: Value) -> bool:
    """Assert(condition, message)."""
    return condition or fail("eval.assert", message if isinstance(message, str) else show(message))


def unsupported(message: str) -> NoReturn:
    fail("eval.unsupported", message)


def no_case() -> NoReturn:
    fail("eval.partial", "no guard of the CASE is true, and it has no OTHER")


def random_element(the_set: Value) -> Value:
    """RandomElement(S): always the same."""
    return choose(the_set, lambda _: True)


def both(a: Value, b: Value) -> Bool:
    """/\\ where an operator is handed over."""
    return boolean(truth(a) and truth(b))


def either(a: Value, b: Value) -> Bool:
    """\\/ where an operator is handed over."""
    return boolean(truth(a) or truth(b))


def implies(a: Value, b: Value) -> Bool:
    """=> where an operator is handed over."""
    return boolean(not truth(a) or truth(b))


def is_any(found: Iterable[Any]) -> bool:
    """ENABLED A: whether the enumeration of A finds anything."""
    return next(iter(found), None) is not None
