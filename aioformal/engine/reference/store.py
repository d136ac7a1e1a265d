"""States as tuples of small numbers: each variable's values are numbered as they come up."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from hashlib import blake2b
from typing import TypeAlias

from aioformal.concrete import EvaluationError
from aioformal.concrete.clause import Read
from aioformal.diagnostic import Diagnostic
from aioformal.resolve.model import VariableDeclaration
from aioformal.value.digest import encode_value
from aioformal.value.fault import ValueFault
from aioformal.value.values import Function, State, Value

Packed: TypeAlias = tuple[int, ...]
"""A state by the numbers of its variables' values."""

MODULUS = 1 << 128


class Store:
    """The numbering. Equal states have equal packed forms."""

    def __init__(self, variables: tuple[VariableDeclaration, ...]) -> None:
        self._declarations = variables
        self._columns: list[dict[Value, Column]] = [{} for _ in variables]
        self.numbers: list[dict[Value, int]] = [{} for _ in variables]
        self.values: list[list[Value]] = [[] for _ in variables]
        self._encodings: list[list[bytes]] = [[] for _ in variables]
        self._recent: Packed = ()
        self._recent_state: State = ()
        self._older: Packed = ()
        self._older_state: State = ()

    def number(self, variable: int, value: Value) -> int:
        """The number of a value of a variable, a new one if need be.

        Raises `EvaluationError` for a value that cannot be told from others: `[n \\in Nat |-> n]`.
        """
        known = self.numbers[variable]
        number = known.get(value)
        if number is None:
            self._encodings[variable].append(self._encoded(variable, value))
            number = known[value] = len(known)
            self.values[variable].append(value)
            for column in self._columns[variable].values():
                column.add(value)
        return number

    def _encoded(self, variable: int, value: Value) -> bytes:
        try:
            return encode_value(value)
        except ValueFault as fault:
            declaration = self._declarations[variable]
            message = f"the value of {declaration.name} cannot be part of a state: {fault.message}"
            raise EvaluationError(Diagnostic(fault.code, message, declaration.span)) from None

    def column(self, variable: int, at: Value) -> list[int]:
        """For each number of a variable's value, a number for what that value maps `at` to."""
        known = self._columns[variable].get(at)
        if known is None:
            known = self._columns[variable][at] = Column(at)
            for value in self.values[variable]:
                known.add(value)
        return known.parts

    def pack(self, state: State) -> Packed:
        return tuple([self.number(variable, value) for variable, value in enumerate(state)])

    def unpack(self, packed: Packed) -> State:
        """The state. The last two are remembered: a state and a successor are asked for many times."""
        if packed is self._recent:
            return self._recent_state
        if packed is self._older:
            return self._older_state
        self._older, self._older_state = self._recent, self._recent_state
        self._recent = packed
        self._recent_state = tuple([v[number] for v, number in zip(self.values, packed, strict=True)])
        return self._recent_state

    def digest(self, states: Iterable[Packed]) -> str:
        """The sum of the states' digests (`value.digest.digest`) modulo 2**128, in hexadecimal."""
        encodings = self._encodings
        total = 0
        for state in states:
            parts = [known[number] for known, number in zip(encodings, state, strict=True)]
            total += int.from_bytes(blake2b(b"".join(parts), digest_size=16).digest(), "big")
        return f"{total % MODULUS:032x}"


class Node:
    """A state in both forms; the values are looked up when first needed."""

    __slots__ = ("_state", "_store", "packed")

    def __init__(self, packed: Packed, store: Store) -> None:
        self.packed = packed
        self._store = store
        self._state: State | None = None

    @property
    def state(self) -> State:
        if self._state is None:
            self._state = self._store.unpack(self.packed)
        return self._state


class Column:
    """The numbering of one part of a variable's values; `parts` grows with the variable's values."""

    def __init__(self, at: Value) -> None:
        self.at = at
        self.parts: list[int] = []
        self._numbers: dict[Value, int] = {}
        self._strange = 0

    def add(self, value: Value) -> None:
        part = value.mapping.get(self.at) if isinstance(value, Function) else None
        if part is None:
            # No such part: evaluation will fail, and no answer is shared with other values.
            self._strange -= 1
            self.parts.append(self._strange)
        else:
            self.parts.append(self._numbers.setdefault(part, len(self._numbers)))


Key: TypeAlias = Callable[[Packed, Packed], Hashable]
"""What a test depends on, as a function of the packed states before and after a step."""


def key_of(store: Store, reads: Sequence[Read]) -> Key:
    """A function that takes the numbers of some reads out of two packed states."""
    names: dict[str, object] = {}
    text = key_text(store, reads, names)
    return eval(f"lambda s, n: {text}", names)


def key_text(store: Store, reads: Sequence[Read], names: dict[str, object]) -> str:
    """Python text for the numbers of some reads in the packed states `s` and `n`. What it needs is
    added to `names`."""
    parts: list[str] = []
    for read in reads:
        text = f"{'n' if read.primed else 's'}[{read.variable}]"
        if read.at is not None:
            name = f"column{len(names)}"
            names[name] = store.column(read.variable, read.at)
            text = f"{name}[{text}]"
        parts.append(text)
    return parts[0] if len(parts) == 1 else f"({''.join(part + ', ' for part in parts)})"
