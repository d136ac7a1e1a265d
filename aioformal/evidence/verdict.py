"""What an engine may answer, and the evidence that it must bring along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from msgspec import Struct

from aioformal.concrete.behaviour import ActionLabel as ActionLabel
from aioformal.concrete.behaviour import Blame as Blame
from aioformal.concrete.behaviour import Trace as Trace
from aioformal.diagnostic import Diagnostic


class Exhaustive(Struct, frozen=True):
    """Every reachable state was looked at, or one that is proved to be like it.

    `digest` is a hexadecimal, order-independent digest of the set of reachable states.
    """

    distinct: int
    generated: int
    depth: int
    digest: str


class Inductive(Struct, frozen=True):
    """Base case and step of a k-induction, as SMT-LIB 2 texts that must both be unsat.

    `invariant` is the inductive statement as TLA+ text.
    """

    k: int
    invariant: str
    base: str
    step: str


class Evaluated(Struct, frozen=True):
    """A constant formula was evaluated and is true."""

    text: str


class Reached(Struct, frozen=True):
    """A behaviour whose last state is one that was asked for."""

    trace: Trace

    @property
    def depth(self) -> int:
        """Steps from the initial state."""
        return self.trace.depth


Certificate: TypeAlias = Exhaustive | Inductive | Evaluated | Reached


class Proved(Struct, frozen=True):
    """Holds on all behaviours."""

    certificate: Certificate


class Holds(Struct, frozen=True):
    """No violation within `depth` steps of an initial state. Never called proved."""

    depth: int


class Relevance(Struct, frozen=True):
    """Which steps of a counterexample matter: the others, the bystanders, can be left out together.

    `steps`: indices into `Trace.actions`, ascending. `behaviour`: what these steps alone lead to.
    `complete`: no single one of them can be left out; False where the time ran out.
    """

    steps: tuple[int, ...]
    behaviour: Trace
    complete: bool


class Violated(Struct, frozen=True):
    trace: Trace
    blame: Blame | None = None
    relevance: Relevance | None = None
    """None where nobody asked: of a false assumption."""


class Vacuous(Struct, frozen=True):
    """True only because its premise never comes about."""

    reason: str


class Unknown(Struct, frozen=True):
    """Neither: why, and what would help. `trace` may show a counterexample to induction, which is
    no counterexample to the property: its first state need not be reachable."""

    reason: str
    hint: str | None = None
    counterexample_to_induction: Trace | None = None


Verdict: TypeAlias = Proved | Holds | Violated | Vacuous | Unknown


class Finding(Struct, frozen=True):
    """One engine's verdict on one property. `seconds` is wall-clock time since the engine's start."""

    property: str
    verdict: Verdict
    engine: str
    seconds: float


class Fault(Struct, frozen=True):
    """The specification itself cannot be evaluated in a reachable state (or a step from it)."""

    diagnostic: Diagnostic
    trace: Trace | None
    engine: str
    relevance: Relevance | None = None


class Coverage(Struct, frozen=True):
    """How often an action was taken, and how many states it was the first to find."""

    action: str
    taken: int
    found: int


class SearchDetails(Struct, frozen=True):
    """How a search was done. `runner`: what executed the model. `state_bits`: those of one packed state.
    `memory`: bytes taken by states and the table of them. Both are None where nobody counts them. `left`:
    states that were found and not expanded. `out_degrees[n]`: states that led to n new ones (the last
    entry: or more). `confirmed`: states that the reference semantics has expanded once more. `widened`: how
    often a shape was left and made wider. `reduced_by`: the statements of the configuration by which one
    state stood for others."""

    runner: str
    workers: int
    state_bits: int | None
    memory: int | None
    left: int
    coverage: tuple[Coverage, ...]
    out_degrees: tuple[int, ...]
    confirmed: int
    widened: int
    reduced_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exploration:
    """What an exhaustive search has seen; `complete` when nothing is left."""

    initial_states: int
    distinct_states: int
    generated_states: int
    depth: int
    complete: bool
    details: SearchDetails | None = field(default=None, compare=False)


class Walks(Struct, frozen=True):
    """What random walks of up to `depth` steps have seen. `runner`: what executed the model. `lengths`:
    pairs of a length and how many walks had it. `taken`: how often each action was taken. `widened`: how
    often a shape was left and made wider."""

    seed: int
    walks: int
    steps: int
    depth: int
    seconds: float
    runner: str
    widened: int
    lengths: tuple[tuple[int, int], ...]
    taken: tuple[tuple[str, int], ...]
