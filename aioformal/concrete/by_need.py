"""Recursive functions while their values are computed.

`f[x \\in S] == e` is a table of its values, each computed when it is first asked for. That is not enough
where the value at x is a function itself, and one of its values needs another one:

    f[x \\in S] == [y \\in T |-> IF y = 0 THEN x ELSE f[x][y - 1]]

So if the value at x is asked for while it is computed, everything begins anew, and function constructors
that make up the result stay rules (`ByNeed`): what `f[a][b]` and `DOMAIN f[a]` ask for is computed alone. A
rule is no value. It is only ever asked by these two, and becomes a `Function` for everybody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

from aioformal.value.compare import contains, require_set
from aioformal.value.fault import ValueFault
from aioformal.value.format import brief, format_value
from aioformal.value.functions import apply_function, domain_of
from aioformal.value.order import ordered
from aioformal.value.sets import is_small, members
from aioformal.value.values import Function, LazyFunction, LazySet, Value, canonical


class ByNeed:
    """`[x \\in domain |-> rule(x)]`, value by value."""

    __slots__ = ("_found", "_rule", "_whole", "domain")

    def __init__(self, domain: Value, rule: Callable[[Value], Reached]) -> None:
        self.domain = require_set(domain, "a function's domain")
        self._rule = rule
        self._found: dict[Value, Reached] = {}
        self._whole: Value | None = None

    def at(self, argument: Value) -> Reached:
        """The value at an argument. Raises `ValueFault` eval.domain for one outside the domain."""
        if argument not in self._found:
            if not contains(argument, self.domain):
                message = f"{brief(argument)} is not in the domain {brief(self.domain)}"
                raise ValueFault("eval.domain", message)
            self._found[argument] = kept(self._rule(argument))
        return self._found[argument]

    def whole(self) -> Value:
        """The function as a value."""
        if self._whole is None:
            if isinstance(self.domain, LazySet) and not is_small(self.domain):
                self._whole = LazyFunction(self.domain, lambda argument: whole(self.at(argument)))
            else:
                self._whole = Function({key: whole(self.at(key)) for key in members(self.domain)})
        return self._whole


Reached: TypeAlias = "Value | ByNeed"
"""What a recursive function is at an argument, while it is computed."""


def kept(reached: Reached) -> Reached:
    """In the form in which it may become part of a value, if it is one."""
    return reached if isinstance(reached, ByNeed) else canonical(reached)


def whole(reached: Reached) -> Value:
    return reached.whole() if isinstance(reached, ByNeed) else reached


class _AskedWithinItself(Exception):  # noqa: N818
    """The value at an argument is needed to compute it, if it is computed as a whole."""

    def __init__(self, of: Growing) -> None:
        super().__init__()
        self.of = of


class Growing:
    """A recursive function whose values are perhaps not to be computed as wholes."""

    __slots__ = ("_at_once", "_by_need", "_found", "_is_by_need", "_under_way", "function")

    def __init__(
        self, function: LazyFunction, at_once: Callable[[Value], Value], by_need: Callable[..., Reached]
    ) -> None:
        self.function = function
        function.rule = self.value
        self._at_once = at_once
        self._by_need = by_need
        self._is_by_need = False
        self._under_way: set[Value] = set()
        self._found: dict[Value, Reached] = {}

    def value(self, argument: Value) -> Value:
        """The value at a member of the domain."""
        if self._is_by_need:
            return whole(self._reach(argument))
        if argument in self._under_way:
            raise _AskedWithinItself(self)
        self._under_way.add(argument)
        try:
            return canonical(self._at_once(argument))
        except _AskedWithinItself as asked:
            if asked.of is not self or len(self._under_way) > 1:
                raise
            self._is_by_need = True
        finally:
            self._under_way.discard(argument)
        return whole(self._reach(argument))

    def reached(self, path: tuple[Value, ...]) -> Reached:
        """What stands at the end of a path."""
        if not self.function.domain.contains(path[0]):
            return apply_function(self.function, path[0])
        reached = self._reach(path[0])
        for step in path[1:]:
            reached = reached.at(step) if isinstance(reached, ByNeed) else apply_function(reached, step)
        return reached

    def _reach(self, argument: Value) -> Reached:
        if argument not in self._found:
            self._found[argument] = kept(self._by_need(self, argument))
        return self._found[argument]


def asked(own: Growing, *path: Value) -> Value:
    """`f[a][b]...` in the definition of `f`."""
    return whole(own.reached(path))


def asked_domain(own: Growing, *path: Value) -> Value:
    """`DOMAIN f[a]...` in the definition of `f`."""
    reached = own.reached(path)
    return reached.domain if isinstance(reached, ByNeed) else domain_of(reached)


class _Domain(LazySet):
    """An enumerated set in the form that `LazyFunction` wants its domain in."""

    __slots__ = ("inner",)

    def __init__(self, inner: frozenset[Value]) -> None:
        self.inner = inner

    @property
    def parts(self) -> tuple[object, ...]:
        return (self.inner,)

    @property
    def size(self) -> int:
        return len(self.inner)

    def contains(self, value: Value) -> bool:
        return contains(value, self.inner)

    def generate(self) -> Iterator[Value]:
        return iter(ordered(self.inner))

    def text(self) -> str:
        return format_value(self.inner)


def recursive_function(
    domain: Value,
    rule: Callable[..., Value],
    by_need: Callable[..., Reached] | None,
    *arguments: object,
) -> Value:
    """`f[x \\in domain] == rule(..., f, x)`: values are computed on need and remembered. `by_need`: the same
    with results that may be rules again, if there is such a thing; it is given the `Growing` for `f`."""
    place = _Domain(domain) if isinstance(domain, frozenset) else domain
    if not isinstance(place, LazySet):
        raise ValueFault("eval.kind", f"a function's domain must be a set, not {brief(domain)}")
    function = LazyFunction(place, _nothing)
    if by_need is None:
        function.rule = partial(_ruled, rule, (*arguments, function))
    else:
        Growing(function, partial(rule, *arguments, function), partial(by_need, *arguments))
    if not place.is_small():
        return function
    return Function({key: function.at(key) for key in place.members()})


def _nothing(argument: Value) -> Value:
    return argument


def _ruled(rule: Callable[..., Value], arguments: tuple[object, ...], argument: Value) -> Value:
    return canonical(rule(*arguments, argument))
