"""What a checker counts and remembers while it runs: `TLCGet`, `TLCSet`, and `Trace` of TLCExt.

These operators are no functions of their arguments. Whoever runs a specification says here how far it
has come before something is evaluated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager

from msgspec import Struct, field

from aioformal.value.fault import ValueFault
from aioformal.value.format import brief
from aioformal.value.values import TRUE, Bool, Function, Value

COUNTED = ("distinct", "generated", "queue", "diameter")


def _nothing() -> Mapping[str, int]:
    return {}


def _nothing_known() -> Mapping[Value, Value]:
    return {}


def _no_trace() -> Sequence[Value]:
    return ()


class Registers(Struct):
    """`level`: the number of the state that is looked at, 1 for an initial one; `counts` gives what is
    `COUNTED`; `trace` gives records, the states that led to this one, and it; `config` gives how the
    specification is run."""

    level: int = 0
    counts: Callable[[], Mapping[str, int]] = _nothing
    trace: Callable[[], Sequence[Value]] = _no_trace
    config: Callable[[], Mapping[Value, Value]] = _nothing_known
    kept: dict[Value, Value] = field(default_factory=dict[Value, Value])
    started: float = field(default_factory=time.monotonic)

    @contextmanager
    def elsewhere(self) -> Generator[None]:
        """What is done herein may look at other states, and remembers nothing."""
        before, kept = (self.level, self.counts, self.trace), dict(self.kept)
        try:
            yield
        finally:
            self.level, self.counts, self.trace = before
            self.kept.clear()
            self.kept.update(kept)

    def clear(self) -> None:
        """Forgets everything: another specification runs."""
        self.level, self.counts, self.trace, self.config = 0, _nothing, _no_trace, _nothing_known
        self.kept.clear()
        self.started = time.monotonic()


REGISTERS = Registers()
"""The process has one set, as it runs one specification at a time."""


def get(key: Value) -> Value:
    """`TLCGet(key)`. Raises `ValueFault` eval.partial where nothing was set, eval.unsupported for what is
    not counted."""
    if not isinstance(key, str):
        if key in REGISTERS.kept:
            return REGISTERS.kept[key]
        raise ValueFault("eval.partial", f"TLCGet({brief(key)}): nothing was set there with TLCSet")
    found = _named().get(key)
    if found is not None:
        return found
    if key == "stats":
        return Function(dict(_named()))
    if key == "config":
        return Function(dict(REGISTERS.config()))
    if key in REGISTERS.kept:
        return REGISTERS.kept[key]
    raise ValueFault("eval.unsupported", f"TLCGet({brief(key)}) is not counted here")


def get_or_default(key: Value, default: Value) -> Value:
    """`TLCGetOrDefault(key, default)`."""
    return REGISTERS.kept.get(key, default)


def put(key: Value, value: Value) -> Bool:
    """`TLCSet(key, value)`: remembers it, is TRUE. Raises `ValueFault` eval.unsupported for orders to
    the checker, as `TLCSet("exit", TRUE)`."""
    if key in ("exit", "pause"):
        raise ValueFault(
            "eval.unsupported", f"TLCSet({brief(key)}, ..) gives an order that is not taken here"
        )
    REGISTERS.kept[key] = value
    return TRUE


def trace() -> Value:
    """`Trace`: the sequence of states up to this one."""
    return Function(dict(enumerate(REGISTERS.trace(), 1)))


def _named() -> Mapping[Value, Value]:
    counts = REGISTERS.counts()
    seconds = int(time.monotonic() - REGISTERS.started)
    return {
        "level": REGISTERS.level,
        "duration": seconds,
        **{name: counts[name] for name in COUNTED if name in counts},
    }
