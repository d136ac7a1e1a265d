"""What TLA+ values are in a generated module.

Booleans are objects of their own, since in Python True == 1. Sets are frozensets, or a `Rule` where they are
infinite or not worth listing. Functions, records and tuples are one class. Python's `==` is right wherever
TLA+ gives an answer; `eq` refuses where it gives none.
"""

from __future__ import annotations

import inspect
import linecache
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeAlias, final

SOURCES: dict[str, str] = {}
"""The files of the specification: name -> where it is, seen from the folder of this module."""

LIMIT = 1 << 22
"""No set with more members is ever listed."""


class EvaluationError(Exception):
    """An expression has no value. `place` is FILE:LINE in the specification; `code` is stable."""

    def __init__(self, code: str, message: str, place: str) -> None:
        super().__init__(f"{place}: {message} [{code}]" if place else f"{message} [{code}]")
        self.code = code
        self.message = message
        self.place = place


def fail(code: str, message: str) -> NoReturn:
    """Raises an `EvaluationError` whose traceback ends in the specification, at the line that failed."""
    definition, file, line = calling_place()
    error = EvaluationError(code, message, f"{file}:{line}" if file else "")
    if not file:
        raise error
    path = Path(__file__).parent / SOURCES.get(file, file)
    raising = compile("\n" * (line - 1) + "raise error", str(path), "exec").replace(co_name=definition)
    exec(raising, {"error": error})
    raise error


PLACE = re.compile(r"# ([^\s:]*):(\d+)$")
HEADER = re.compile(r"(?:def|class) (\w+)")


def calling_place() -> tuple[str, str, int]:
    """The definition under way, with the file and the line of the specification; "" and 0 outside of any.

    Comments of the generated code say where each line comes from.
    """
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("SOURCES") is SOURCES:
        lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)[: frame.f_lineno]
        above = [found for text in reversed(lines) if (found := PLACE.search(text))]
        header = next((found for text in reversed(lines) if (found := HEADER.match(text))), None)
        if above and header is not None:
            file = next((found[1] for found in above if found[1]), "")
            return header[1], file, int(above[0][2])
        frame = frame.f_back
    return "", "", 0


@final
class Bool:
    """TRUE or FALSE; there is no third."""

    __slots__ = ("truth",)

    def __init__(self, truth: bool) -> None:
        self.truth = truth

    def __bool__(self) -> bool:
        return self.truth

    def __repr__(self) -> str:
        return "TRUE" if self.truth else "FALSE"

    def __reduce__(self) -> str:
        return repr(self)


TRUE = Bool(True)
FALSE = Bool(False)


@final
class ModelValue:
    """A value that equals only itself. One object per name."""

    __slots__ = ("name",)
    known: dict[str, ModelValue] = {}  # noqa: RUF012
    name: str

    def __new__(cls, name: str) -> ModelValue:
        if name not in cls.known:
            cls.known[name] = super().__new__(cls)
            cls.known[name].name = name
        return cls.known[name]

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[type[ModelValue], tuple[str]]:
        return ModelValue, (self.name,)


@final
class Function:
    """A function, record or tuple: `f[x]`, `r["field"]`, `t[1]`."""

    __slots__ = ("key", "mapping")

    def __init__(self, mapping: Mapping[Value, Value]) -> None:
        self.mapping = mapping
        self.key = 0

    def __getitem__(self, argument: Value) -> Value:
        return at(self, argument)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Function) and hash(self) == hash(other) and self.mapping == other.mapping

    def __hash__(self) -> int:
        self.key = self.key or hash(frozenset(self.mapping.items())) or 1
        return self.key

    def __repr__(self) -> str:
        return show(self)

    def __reduce__(self) -> tuple[type[Function], tuple[dict[Value, Value]]]:
        return Function, (dict(self.mapping),)


@final
class RuleFunction:
    """A function on an infinite domain, or one that is defined by itself: values are found on need."""

    __slots__ = ("domain", "found", "rule")

    def __init__(self, domain: Value, rule: Callable[[Value], Value]) -> None:
        self.domain = domain
        self.rule = rule
        self.found: dict[Value, Value] = {}

    def __repr__(self) -> str:
        return show(self)


class Rule(ABC):
    """A set that is known by its rule: SUBSET S, Nat, 1..n."""

    __slots__ = ("listed",)
    listed: frozenset[Value]

    @abstractmethod
    def has(self, value: Value) -> bool:
        """Whether the value is a member."""

    @abstractmethod
    def count(self) -> int | None:
        """How many members there are; None: infinitely many, or nobody can say."""

    @abstractmethod
    def each(self) -> Iterator[Value]:
        """The members in order."""

    @abstractmethod
    def __repr__(self) -> str: ...

    def is_small(self) -> bool:
        count = self.count()
        return count is not None and count <= LIMIT

    def freeze(self) -> frozenset[Value]:
        try:
            return self.listed
        except AttributeError:
            self.listed = frozenset(members(self))
            return self.listed

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Rule):
            if self.is_small() and other.is_small():
                return self.freeze() == other.freeze()
            return self is other or repr(self) == repr(other)
        return self.is_small() and self.freeze() == other

    def __hash__(self) -> int:
        return hash(self.freeze()) if self.is_small() else hash("large set")


Value: TypeAlias = "Bool | int | str | ModelValue | frozenset[Value] | Rule | Function | RuleFunction"


def boolean(truth: bool) -> Bool:
    """A Python truth value as a TLA+ value."""
    return TRUE if truth else FALSE


def truth(value: Value) -> bool:
    """A TLA+ Boolean as a Python truth value."""
    if value is TRUE or value is FALSE:
        return value is TRUE
    fail("eval.kind", f"a Boolean is needed here, not {show(value)}")


def plain(value: Value) -> Value:
    """The form in which a value is kept in others and in states: small sets are listed."""
    return value.freeze() if isinstance(value, Rule) and value.is_small() else value


# ---------------------------------------------------------------- equality


def kind(value: Value) -> str | None:
    """Values of different kinds do not compare; a model value (None) compares with all."""
    if isinstance(value, ModelValue):
        return None
    for name, classes in KINDS.items():
        if isinstance(value, classes):
            return name
    return "set"


KINDS: dict[str, Any] = {"Boolean": Bool, "integer": int, "string": str, "function": (Function, RuleFunction)}


def eq(a: Value, b: Value) -> bool:
    """a = b, an error where TLA+ does not say: 1 = "a"."""
    if a is b or a == b:
        return True
    if differ(a, b):
        return False
    fail("eval.kind", f"{show(a)} cannot be compared with {show(b)}")


def differ(a: Value, b: Value) -> bool:
    """Whether two values are different, whatever TLA+ leaves open."""
    one = kind(a)
    if one is None or kind(b) is None:
        return a is not b
    if one != kind(b):
        return False
    if isinstance(a, Function) and isinstance(b, Function):
        return functions_differ(a.mapping, b.mapping)
    if isinstance(a, frozenset | Rule) and isinstance(b, frozenset | Rule):
        return a != b and sets_differ(a, b)
    if one == "function":
        fail("eval.infinite", f"cannot tell whether {show(a)} and {show(b)} are equal")
    return a != b


def functions_differ(a: Mapping[Value, Value], b: Mapping[Value, Value]) -> bool:
    if a.keys() != b.keys():
        return sets_differ(frozenset(a), frozenset(b))
    return any(a[key] != b[key] and differ(a[key], b[key]) for key in a)


def sets_differ(a: frozenset[Value] | Rule, b: frozenset[Value] | Rule) -> bool:
    """Whether two sets that are not the same are different for sure."""
    large = [one for one in (a, b) if isinstance(one, Rule) and not one.is_small()]
    if len(large) == 2:
        fail("eval.infinite", f"cannot tell whether {show(a)} and {show(b)} are the same set")
    if large or len(members(a)) != len(members(b)):
        return True
    one, other = frozenset(members(a)), frozenset(members(b))
    kinds = {kind(value) for value in one}, {kind(value) for value in other}
    if kinds[0] == kinds[1] and not kinds[0] & {"set", "function"}:
        return True
    return is_strange(one - other, other) or is_strange(other - one, one)


def is_strange(some: Iterable[Value], others: Iterable[Value]) -> bool:
    """Whether one of some values surely differs from all the others."""
    return any(all(differ(value, other) for other in others) for value in some)


# ---------------------------------------------------------------- order, and how values look


def order(value: Value) -> tuple[Any, ...]:
    """The key of the canonical order, in which CHOOSE looks and everything is shown."""
    match value:
        case Bool():
            return 0, value.truth
        case int():
            return 1, value
        case str():
            return 2, value
        case ModelValue():
            return 3, value.name
        case Function(mapping=mapping):
            keys = sorted(mapping, key=order)
            return 5, len(keys), tuple(map(order, keys)), tuple(order(mapping[k]) for k in keys)
        case RuleFunction():
            fail("eval.infinite", f"{show(value)} cannot be put in order")
        case Rule() if not value.is_small():
            return 6, repr(value)
        case _:
            listed = members(value)
            return 4, len(listed), tuple(map(order, listed))


def show(value: Value) -> str:
    """A value as TLA+ writes it."""
    match value:
        case str():
            return f'"{value}"'
        case frozenset():
            return f"{{{', '.join(map(show, sorted(value, key=order)))}}}"
        case RuleFunction():
            return f"[x \\in {show(value.domain)} |-> ...]"
        case Function(mapping=mapping) if all(i in mapping for i in range(1, len(mapping) + 1)):
            return f"<<{', '.join(show(mapping[i]) for i in range(1, len(mapping) + 1))}>>"
        case Function(mapping=mapping) if all(isinstance(k, str) and k.isidentifier() for k in mapping):
            return f"[{', '.join(f'{k} |-> {show(v)}' for k, v in mapping.items())}]"
        case Function(mapping=mapping):
            pairs = (f"{show(k)} :> {show(mapping[k])}" for k in sorted(mapping, key=order))
            return f"({' @@ '.join(pairs)})"
        case _:
            return repr(value)


# ---------------------------------------------------------------- what everything else needs


def members(the_set: Value) -> tuple[Value, ...]:
    """The members of a set in canonical order."""
    if isinstance(the_set, frozenset):
        known = ORDERED.get(the_set)
        if known is None:
            if len(ORDERED) > 1 << 14:
                ORDERED.clear()
            known = ORDERED[the_set] = tuple(sorted(the_set, key=order))
        return known
    if not isinstance(the_set, Rule):
        fail("eval.kind", f"only a set can be enumerated, not {show(the_set)}")
    count = the_set.count()
    if count is None:
        fail("eval.infinite", f"{show(the_set)} cannot be enumerated")
    if count > LIMIT:
        fail("eval.too-large", f"{show(the_set)} has {count} members; at most {LIMIT} can be enumerated")
    return tuple(the_set.each())


ORDERED: dict[frozenset[Value], tuple[Value, ...]] = {}


def at(function: Value, *arguments: Value) -> Value:
    """f[a]; with more arguments f[a][b], and for records f[a].b."""
    for argument in arguments:
        if isinstance(function, Function):
            try:
                function = function.mapping[argument]
            except KeyError:
                outside(function, argument)
        elif isinstance(function, RuleFunction):
            function = value_of_rule(function, argument)
        else:
            fail("eval.kind", f"{show(function)} is applied to {show(argument)}, but is no function")
    return function


def value_of_rule(function: RuleFunction, argument: Value) -> Value:
    if argument not in function.found:
        if not contains(argument, function.domain):
            outside(function, argument)
        function.found[argument] = plain(function.rule(argument))
    return function.found[argument]


def outside(function: Value, argument: Value) -> NoReturn:
    fail("eval.domain", f"{show(argument)} is not in the domain of {show(function)}")


def contains(value: Value, the_set: Value) -> bool:
    """value \\in the_set."""
    if isinstance(the_set, Rule):
        return the_set.has(value)
    if not isinstance(the_set, frozenset):
        fail("eval.kind", f"{show(the_set)} is no set: nothing can be a member of it")
    if value in the_set:
        return True
    simple = kind(value)
    for member in the_set:
        if kind(member) == simple and simple not in ("set", "function"):
            return False
        if not differ(value, member):
            fail("eval.kind", f"{show(value)} cannot be compared with {show(member)}")
    return False
