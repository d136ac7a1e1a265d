"""What an engine is: a name, and one method that yields progress and findings.

Engines never print and never read options. Closing the iterator cancels the run.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeAlias

from msgspec import Struct, field

from aioformal.concrete import Program, compile_model
from aioformal.diagnostic import Diagnostic
from aioformal.evidence.verdict import Exploration, Fault, Finding, Walks
from aioformal.resolve.model import Model, Property
from aioformal.value.values import State

if TYPE_CHECKING:
    from aioformal.encode import Encoding, Shapes


class Symbolic(Struct):
    """The shapes found so far and the encoding made with them; None before they are first asked for."""

    shapes: Shapes | None = None
    encoding: Encoding | None = None


class Problem(Struct, frozen=True, dict=True):
    """A model and the properties that this run is about. Later stages are made when first asked for.

    `deadlock` says whether the run is to look for states without a successor. `probes` say that something
    never comes about; no run is about them, but a search that looks at all states says which it has never
    seen come about.
    """

    model: Model
    properties: tuple[Property, ...]
    deadlock: bool = True
    probes: tuple[Property, ...] = ()

    @cached_property
    def program(self) -> Program:
        return compile_model(self.model)

    @cached_property
    def symbolic(self) -> Symbolic:
        return Symbolic()

    def encoding(self) -> Encoding:
        """The model as a transition system, in the widest shapes that were needed so far.

        Raises `DiagnosticError` encode.unsupported where that cannot be done.
        """
        from aioformal.encode import encode_model, infer_shapes

        made = self.symbolic
        if made.shapes is None:
            made.shapes = infer_shapes(self.model, self.program)
        if made.encoding is None:
            made.encoding = encode_model(self.model, made.shapes, self.properties)
        return made.encoding

    def widen(self, state: State) -> bool:
        """Make room for a state in the shapes. Whether that took anything: if so, the next `encoding`
        is a new one, and every state that had a place has one in it."""
        from aioformal.encode import widen_shapes

        made = self.symbolic
        if made.shapes is None:
            raise ValueError("there are no shapes to widen yet")
        if made.shapes.contains(state):
            return False
        made.shapes, made.encoding = widen_shapes(made.shapes, state), None
        return True


class Budget(Struct, frozen=True):
    """`depth`: steps to look ahead, None for the engine's own choice. `deadline` in
    `time.monotonic()` seconds, None for no limit."""

    depth: int | None = None
    deadline: float | None = None
    started: float = field(default_factory=time.monotonic)

    def exhausted(self) -> bool:
        return self.deadline is not None and time.monotonic() >= self.deadline

    def elapsed(self) -> float:
        return time.monotonic() - self.started

    @contextmanager
    def unhurried(self) -> Generator[None]:
        """What is done herein is brought to its end, even when the budget is exhausted meanwhile."""
        yield

    def remaining(self) -> float | None:
        """Seconds left, at least 0; None for no limit."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())


class Progress(Struct, frozen=True):
    """A sign of life, at most a few times a second. Counts are None where they mean nothing. Of random
    walks, `depth` is how far they go and `generated` the steps so far."""

    engine: str
    depth: int
    seconds: float
    distinct: int | None = None
    generated: int | None = None
    queue: int | None = None
    property: str | None = None
    memory: int | None = None
    """Bytes."""
    walks: int | None = None


class Reached(Struct, frozen=True):
    """How far the properties that are still open have been looked at: no behaviour of so many steps
    violates them. Said as soon as it is known, since an engine may be ended without a last word; what it
    says of a property at its end replaces this."""

    engine: str
    depths: Mapping[str, int]
    seconds: float


class Remark(Struct, frozen=True):
    """Something that the user should know about how an answer came about."""

    diagnostic: Diagnostic


class Untriggered(Struct, frozen=True):
    """The probes that hold in all that a complete search has judged, by name. Those of `unseen` were not
    looked at."""

    probes: frozenset[str]
    unseen: int = 0


Event: TypeAlias = Progress | Reached | Finding | Fault | Exploration | Walks | Remark | Untriggered


class Engine(Protocol):
    @property
    def name(self) -> str: ...

    def check(self, problem: Problem, budget: Budget) -> Iterator[Event]:
        """Judge every property of the problem: one `Finding` each (and one named "deadlock" where
        that is asked for and the engine can tell), in any order. A `Fault` ends the run."""
        ...
