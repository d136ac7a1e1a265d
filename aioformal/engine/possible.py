"""`_POSSIBLE P`: some reachable state satisfies P, or, of an action, some step.

Engines judge the opposite, that every state or step satisfies ~P (`resolve/bind.py`): a counterexample to
that is what was asked for, and its proof is what is wrong.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from aioformal.engine.protocol import Event
from aioformal.evidence.verdict import (
    Blame,
    Finding,
    Holds,
    Proved,
    Reached,
    Trace,
    Unknown,
    Verdict,
    Violated,
)
from aioformal.resolve.model import Model, PartKind, Property, PropertyKind

EventT = TypeVar("EventT", bound=Event)


def as_asked(model: Model, event: EventT) -> EventT:
    """What an engine says of a predicate's opposite, as an answer to whether the predicate is possible."""
    if not isinstance(event, Finding):
        return event
    prop = model.property_named(event.property)
    if prop is None or prop.kind is not PropertyKind.POSSIBLE:
        return event
    return replace(event, verdict=_turned(prop, event.verdict))


def _turned(prop: Property, verdict: Verdict) -> Verdict:
    match verdict:
        case Violated(trace):
            return Proved(Reached(trace))
        case Proved():
            return Violated(
                Trace((), (), ()), Blame(f"some {_place(prop)} satisfies {prop.name}", 1, prop.span)
            )
        case Holds(depth):
            steps = "1 step" if depth == 1 else f"{depth} steps"
            what = "step" if _is_action(prop) else "state"
            return Unknown(f"no {what} within {steps} satisfies it", "look farther: --depth N")
        case _:
            return verdict


def _is_action(prop: Property) -> bool:
    return any(part.kind is PartKind.STEP for part in prop.parts)


def _place(prop: Property) -> str:
    return "step between reachable states" if _is_action(prop) else "reachable state"
