"""Values as bytes: the same in every process, different for different values."""

from __future__ import annotations

from hashlib import blake2b

from aioformal.value.fault import ValueFault
from aioformal.value.values import Bool, Function, LazyFunction, LazySet, ModelValue, State, Value

_REMEMBERED_VALUES = 1 << 16
_known: dict[Value, bytes] = {}


def digest(state: State) -> int:
    """A 128-bit digest of a state: BLAKE2b of its canonical encoding.

    Sums of digests modulo 2**128 make an order-independent digest of a set of states.
    """
    hashed = blake2b(b"".join(map(encode_value, state)), digest_size=16)
    return int.from_bytes(hashed.digest(), "big")


def encode_value(value: Value) -> bytes:
    """The canonical encoding: prefix-free, equal for equal values only, whatever their rule.

    Raises `ValueFault` eval.infinite for a function with an infinite domain.
    """
    known = _known.get(value)
    if known is None:
        if len(_known) >= _REMEMBERED_VALUES:
            _known.clear()
        known = _known[value] = _encode(value)
    return known


def _encode(value: Value) -> bytes:
    if isinstance(value, Bool):
        return b"T" if value else b"F"
    if isinstance(value, int):
        return _packed(b"i", value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))
    if isinstance(value, str):
        return _packed(b"s", value.encode("utf-8", "surrogatepass"))
    if isinstance(value, ModelValue):
        return _packed(b"m", value.name.encode())
    if isinstance(value, Function):
        pairs = (encode_value(key) + encode_value(result) for key, result in value.mapping.items())
        return _gathered(b"f", sorted(pairs))
    return _encode_set(value)


def _encode_set(value: frozenset[Value] | LazySet | LazyFunction) -> bytes:
    if isinstance(value, LazyFunction):
        raise ValueFault("eval.infinite", f"a function on {value.domain.text()} has no digest")
    if isinstance(value, LazySet):
        if not value.is_small():
            return _packed(b"r", value.text().encode())
        value = value.freeze()
    return _gathered(b"{", sorted(map(encode_value, value)))


def _packed(tag: bytes, content: bytes) -> bytes:
    return tag + len(content).to_bytes(4, "big") + content


def _gathered(tag: bytes, items: list[bytes]) -> bytes:
    return tag + len(items).to_bytes(4, "big") + b"".join(items)
