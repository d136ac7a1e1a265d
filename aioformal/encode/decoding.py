"""From the slots of an assignment to the value they hold: `slots.read` for slots whose contents are known.

Searches decode states by the thousand, so this is done by functions made once for each shape, and not by way
of symbolic values. `tests/unit/encode/test_decoding.py` holds both against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aioformal.encode.shapes import (
    KINDS,
    AtomShape,
    BoolShape,
    Entry,
    FunShape,
    IntShape,
    SeqShape,
    SetShape,
    Shape,
    UnionShape,
)
from aioformal.encode.slots import Overlay, key_path, member_path, overlaid, tags_of, union_path
from aioformal.value.values import FALSE, TRUE, Function, Value

Slots = Mapping[str, bool | int]
Read = Callable[[Slots], Value]


def reader(shape: Shape, path: str) -> Read:
    """What reads the value of a shape whose slots begin with `path`. Slots it does not use are ignored."""
    match shape:
        case BoolShape():
            return lambda slots: TRUE if slots[path] else FALSE
        case IntShape():
            return lambda slots: int(slots[path])
        case AtomShape():
            universe = shape.ordered
            return lambda slots: universe[slots[path]]
        case SetShape():
            bits = [(member, member_path(path, member)) for member in shape.ordered]
            return lambda slots: frozenset([member for member, bit in bits if slots[bit]])
        case FunShape():
            return _function(shape, path)
        case SeqShape():
            return _sequence(shape, path)
        case UnionShape():
            return _union(shape, path)


def _function(shape: FunShape, path: str) -> Read:
    entries = [(e.key, _presence(e, path), reader(e.shape, key_path(path, e.key))) for e in shape.entries]

    def read(slots: Slots) -> Value:
        return Function({key: at(slots) for key, bit, at in entries if bit is None or slots[bit]})

    return read


def _presence(entry: Entry, path: str) -> str | None:
    """The slot that says whether a key is there, None where it always is."""
    return f"{key_path(path, entry.key)}?" if entry.optional else None


def _sequence(shape: SeqShape, path: str) -> Read:
    length = f"{path}#"
    elements = [(i, reader(shape.element, f"{path}[{i}]")) for i in range(1, shape.max_len + 1)]
    return lambda slots: Function({i: at(slots) for i, at in elements[: slots[length]]})


def _union(shape: UnionShape, path: str) -> Read:
    kinds: dict[Overlay, Read] = {
        (KINDS[type(one)],): reader(one, union_path(path, one)) for one in overlaid(shape)
    }
    tag = f"{path}!"
    alternatives = [kinds[t] if isinstance(t, tuple) else _always(t) for t in tags_of(shape)]
    return lambda slots: alternatives[slots[tag]](slots)


def _always(value: Value) -> Read:
    return lambda _: value
