"""What TLA+ values are in Python: immutable, hashable, ordered.

| TLA+                        | Python                                                  |
| --------------------------- | ------------------------------------------------------- |
| TRUE, FALSE                 | `TRUE`, `FALSE`: the two instances of `Bool`            |
| an integer                  | `int` (never `bool`: Python's `True == 1` would mix up) |
| a string                    | `str`                                                   |
| a model value               | `ModelValue`, one object per name                       |
| a finite set                | `frozenset` of values                                   |
| a set kept as its rule      | `LazySet`: `Nat`, `SUBSET S`, `[S -> T]`, ...           |
| function, record, tuple     | `Function`: one thing, as in TLA+                       |
| a function kept as its rule | `LazyFunction`: `[x \\in Nat |-> x + 1]`                 |

Python's `==` and `hash` on these agree with TLA+ equality wherever TLA+ gives an answer: a
`LazySet` of few members equals, and hashes as, the frozenset of its members. Whether two values may
be compared at all is the business of `compare.equal`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar, TypeAlias, TypeVar, cast, final

from aioformal.value.fault import ValueFault

Form = TypeVar("Form")

ENUMERATION_LIMIT = 1 << 22
"""No set with more members is ever enumerated."""


@final
class Bool:
    """A truth value. There are two; compare them with `is`."""

    __slots__ = ("truth",)
    truth: bool

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
    """A value that equals only itself. Interned: one object per name."""

    __slots__ = ("name",)
    name: str
    _known: ClassVar[dict[str, ModelValue]] = {}

    def __new__(cls, name: str) -> ModelValue:
        known = cls._known.get(name)
        if known is None:
            known = super().__new__(cls)
            known.name = name
            known = cls._known.setdefault(name, known)
        return known

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[type[ModelValue], tuple[str]]:
        return ModelValue, (self.name,)


class LazySet(ABC):
    """A set that is known by its rule: membership without enumeration.

    A subclass gives its `parts` (the constructor's arguments, which also decide whether two sets of
    one class have the same rule), `size`, `contains`, `generate` and `text`.
    """

    __slots__ = ("_frozen",)
    _frozen: frozenset[Value]

    @property
    @abstractmethod
    def parts(self) -> tuple[object, ...]:
        """What the set was made of."""

    @property
    @abstractmethod
    def size(self) -> int | None:
        """The number of members, None for an infinite set.

        Raises `ValueFault` eval.too-large when the number cannot be found or written down.
        """

    @abstractmethod
    def contains(self, value: Value) -> bool:
        """Membership. Raises `ValueFault` eval.kind for a value that cannot be compared with members."""

    @abstractmethod
    def generate(self) -> Iterator[Value]:
        """The members in canonical order, with no regard to how many they are."""

    @abstractmethod
    def text(self) -> str:
        """The set as a TLA+ expression that names its rule."""

    @property
    def hint(self) -> str | None:
        """What to do when this set cannot be enumerated."""
        return None

    def surely_differs(self, other: LazySet) -> bool:
        """Whether this set is another one, when both are too large to enumerate and have different
        rules. Raises `ValueFault` when the rules do not tell."""
        code = "eval.infinite" if self.size is None else "eval.too-large"
        raise ValueFault(code, f"cannot tell whether {self.text()} and {other.text()} are the same set")

    def is_small(self) -> bool:
        """Whether the set may be enumerated."""
        try:
            size = self.size
        except ValueFault:
            return False
        return size is not None and size <= ENUMERATION_LIMIT

    def members(self) -> Iterator[Value]:
        """The members in canonical order. Raises `ValueFault` eval.infinite or eval.too-large."""
        size = self.size
        if size is None:
            raise ValueFault(
                "eval.infinite", f"{self.text()} is infinite and cannot be enumerated", self.hint
            )
        if size > ENUMERATION_LIMIT:
            message = f"{self.text()} has {size} members; at most {ENUMERATION_LIMIT} can be enumerated"
            raise ValueFault("eval.too-large", message, self.hint)
        return self.generate() if size else iter(())

    def freeze(self) -> frozenset[Value]:
        """The same set as a frozenset; computed once. Raises as `members` does."""
        try:
            return self._frozen
        except AttributeError:
            self._frozen = frozenset(self.members())
            return self._frozen

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if other.__class__ is frozenset:
            return self.is_small() and self.freeze() == other
        if not isinstance(other, LazySet):
            return NotImplemented
        if other.__class__ is self.__class__ and other.parts == self.parts:
            return True
        return self.is_small() and other.is_small() and self.freeze() == other.freeze()

    def __hash__(self) -> int:
        # Equal sets must hash alike, whatever their rules; of large ones not even the size is known.
        return hash(self.freeze()) if self.is_small() else hash("large set")

    def __repr__(self) -> str:
        return f"<{self.text()}>"

    def __reduce__(self) -> tuple[type[LazySet], tuple[object, ...]]:
        return self.__class__, self.parts


@final
class Function:
    """A function with a finite domain. Tuples have domain 1..n, records a domain of strings.

    `mapping` must not be changed after construction.
    """

    __slots__ = ("_form", "_hash", "_order", "mapping")
    mapping: Mapping[Value, Value]
    _form: object
    _hash: int
    _order: tuple[object, ...] | None

    def __init__(self, mapping: Mapping[Value, Value]) -> None:
        self.mapping = mapping
        self._hash = 0
        self._order = None
        self._form = None

    def __hash__(self) -> int:
        if self._hash == 0:
            self._hash = hash(frozenset(self.mapping.items())) or 1
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Function):
            return NotImplemented
        return hash(self) == hash(other) and self.mapping == other.mapping

    def order(self, make: Callable[[Function], tuple[object, ...]]) -> tuple[object, ...]:
        """The function's place in the canonical order; made once."""
        if self._order is None:
            self._order = make(self)
        return self._order

    def form(self, make: Callable[[Function], Form]) -> Form:
        """What is said of the kinds in the function (see `value.form`); made once."""
        if self._form is None:
            self._form = make(self)
        return cast("Form", self._form)

    def __repr__(self) -> str:
        inner = ", ".join(f"{k!r}: {v!r}" for k, v in self.mapping.items())
        return f"Function({{{inner}}})"

    def __reduce__(self) -> tuple[type[Function], tuple[dict[Value, Value]]]:
        # Neither cache may travel: string hashes differ from process to process.
        return Function, (dict(self.mapping),)


@final
class LazyFunction:
    """A function whose domain is infinite or too large: `rule` gives its value at a member of `domain`.

    Values are computed once per argument. Two lazy functions are equal only if they are the same
    object: `compare.equal` says of any others that it cannot tell.
    """

    __slots__ = ("_known", "domain", "rule")
    domain: LazySet
    rule: Callable[[Value], Value]
    _known: dict[Value, Value]

    def __init__(self, domain: LazySet, rule: Callable[[Value], Value]) -> None:
        self.domain = domain
        self.rule = rule
        self._known = {}

    def at(self, argument: Value) -> Value:
        """The value at a member of the domain. The caller has checked that it is one."""
        try:
            return self._known[argument]
        except KeyError:
            value = self._known[argument] = self.rule(argument)
            return value


Value: TypeAlias = "Bool | int | str | ModelValue | frozenset[Value] | LazySet | Function | LazyFunction"

SetValue: TypeAlias = "frozenset[Value] | LazySet"

State: TypeAlias = "tuple[Value, ...]"
"""The values of a model's variables, in the order of `Model.variables`."""

EMPTY_SET: frozenset[Value] = frozenset()
EMPTY_FUNCTION = Function({})
BOOLEAN: frozenset[Value] = frozenset((FALSE, TRUE))


def boolean(truth: bool) -> Bool:
    """Box a Python truth value."""
    return TRUE if truth else FALSE


def canonical(value: Value) -> Value:
    """The value with a lazy set on top replaced by the frozenset of its members, where it is small.

    Members of sets, and arguments and values of functions, are kept in this form.
    """
    if value.__class__ in _ALWAYS_CANONICAL:
        return value
    return value.freeze() if isinstance(value, LazySet) and value.is_small() else value


_ALWAYS_CANONICAL: frozenset[type] = frozenset((Bool, int, str, ModelValue, frozenset, Function))


def make_tuple(elements: Iterable[Value]) -> Function:
    """The tuple (sequence) of the given elements: a function on 1..n."""
    return Function(dict(enumerate(map(canonical, elements), 1)))


def make_record(fields: Mapping[str, Value]) -> Function:
    """The record with the given fields: a function on strings."""
    return Function({name: canonical(value) for name, value in fields.items()})


def is_sequence(value: Function) -> bool:
    """Whether a function's domain is 1..n for some n >= 0."""
    mapping = value.mapping
    if 1 not in mapping:
        return not mapping
    positions = range(1, len(mapping) + 1)
    return list(mapping) == list(positions) or all(position in mapping for position in positions)


def elements_of(sequence: Function) -> list[Value]:
    """The elements of a sequence in order."""
    mapping = sequence.mapping
    return [mapping[i] for i in range(1, len(mapping) + 1)]
