"""A search that is saved, stopped at will, and gone on with. What tests of checkpoints share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import field

from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget, Event, Problem, Remark
from aioformal.evidence.verdict import Exploration, Finding, Violated
from aioformal.resolve.model import Model
from tests.unit.concrete.specs import model_of

TEXT = """
VARIABLES a, b, c, d
Init == a = 0 /\\ b = 0 /\\ c \\in 0..2 /\\ d = {}
A == a < 14 /\\ a' = a + 1 /\\ UNCHANGED <<b, c, d>>
B == b < 50 /\\ b' = b + 3 /\\ UNCHANGED <<a, c, d>>
C == c < 14 /\\ c' = c + 1 /\\ d' = d \\cup {c % 3} /\\ UNCHANGED <<a, b>>
D == a = 14 /\\ b > 40 /\\ c < 14 /\\ a' = 0 /\\ UNCHANGED <<b, c, d>>
Next == A \\/ B \\/ C \\/ D
Early == a + b < 9
Late == ~(a = 14 /\\ b > 46 /\\ c = 14)
Fine == a <= 14
Slow == [][a' # 12]_a
"""
CONFIG = "INVARIANTS Early Late Fine\nPROPERTY Slow\n"
"""Shapes are left on the way (b takes more bits than a first look shows), and there is a deadlock."""


LOOKS_TO_GET_READY = 6
"""How often a new search looks at its budget before it expands the first state, where the initial states
leave their shapes once."""


class Countdown(Budget, frozen=True):
    """A budget that is exhausted, or that something happens to, at the n-th look at it."""

    looks: int = 1 << 60
    then: Callable[[], bool] = lambda: True
    seen: list[int] = field(default_factory=lambda: [0])

    def exhausted(self) -> bool:
        self.seen[0] += 1
        return self.seen[0] >= self.looks and self.then()


def model(text: str = TEXT, config: str = CONFIG) -> Model:
    return model_of(text, f"INIT Init\nNEXT Next\n{config}")


def run(
    folder: Path | None = None,
    *,
    resume: bool = False,
    looks: int = 1 << 60,
    then: Callable[[], bool] = lambda: True,
    text: str = TEXT,
    config: str = CONFIG,
    depth: int | None = None,
    said: list[Event] | None = None,
    **settings: Any,
) -> list[Event]:
    """All events of a search of which every run of the kernel is saved. They are in `said`, too, when it
    is raised out of. Looks are counted from the first state that is expanded."""
    made = model(text, config)
    problem = Problem(made, made.properties, True)
    after = looks if resume else looks + LOOKS_TO_GET_READY
    chosen = {"small": 0, "every": 0.0, **settings}
    engine = Explicit(Settings(checkpoint=folder, resume=resume, **chosen))
    events: list[Event] = [] if said is None else said
    for event in engine.check(problem, Countdown(depth=depth, looks=after, then=then)):
        events.append(event)
    return events


def exploration(events: list[Event]) -> Exploration:
    return next(event for event in events if isinstance(event, Exploration))


def remarks(events: list[Event]) -> list[str]:
    return [event.diagnostic.code for event in events if isinstance(event, Remark)]


def outcome(events: list[Event], *, traces: bool = True) -> object:
    """All that must be the same, however often the search was interrupted."""
    seen = exploration(events)
    assert seen.details is not None
    found = {e.property: e.verdict for e in events if isinstance(e, Finding)}
    verdicts = {
        name: (verdict.trace if traces else verdict.trace.depth) if isinstance(verdict, Violated) else verdict
        for name, verdict in found.items()
    }
    # Which of two workers is the first to find a state is chance.
    taken = [c if traces else (c.action, c.taken) for c in seen.details.coverage]
    degrees = seen.details.out_degrees if traces else None
    return seen, verdicts, taken, degrees, seen.details.left
