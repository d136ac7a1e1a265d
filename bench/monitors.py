"""Measures what an event costs that a monitor is told of, in microseconds of CPU time.

    python bench/monitors.py [--repeat N]

A run is a random walk that breaks nothing; it is told again and again, and the cheapest time counts. So
what is measured is a monitor that has seen the states before, as after the first seconds of a long run. What
the first time costs is measured apart: it is the specification that is evaluated then.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import aioformal

ROOT = Path(__file__).resolve().parent.parent
LENGTH = 2_000
OBJECTS = 500
KNOWN = 8
"""Objects that are used again and again, where instances of rules are not to be new."""

Event = tuple[str, dict[str, Any]]


def walk(spec: ModuleType, length: int, seed: int) -> list[Event]:
    """The events of a random walk that breaks nothing."""
    choose = random.Random(seed)
    state = min(spec.initial_states(), key=repr)
    events: list[Event] = []
    while len(events) < length:
        step = choose.choice([s for s in spec.successors(state) if keeps_rules(spec, state, s.state)])
        events.append((step.action, {name: spec.native(value) for name, value in step.arguments.items()}))
        state = step.state
    return events


def keeps_rules(spec: ModuleType, before: Any, after: Any) -> bool:
    kinds = {"invariant": (after,), "step": (before, after)}
    return all(check.holds(*kinds[check.kind]) for check in spec.CHECKS if check.kind in kinds)


def lives(objects: Iterable[int]) -> list[Event]:
    """What happens to kioctxs, one after the other, by the names of spec/aio_ordering.tla."""
    return [
        (name, {"c": c, "t": c} if name in ("Kills", "LetsGo") else {"c": c})
        for c in objects
        for name in (
            *("Allocates", "Kills", "Unlinks", "ReleasesQuota"),
            *("GracePeriodEnds", "PutsInitial", "LetsGo", "Frees"),
        )
    ]


def microseconds(work: Callable[[], object], events: int, repeat: int) -> float:
    best = float("inf")
    for _ in range(repeat):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best * 1e6 / events


def told(step: Callable[..., None], events: Sequence[Event]) -> None:
    for name, arguments in events:
        step(name, **arguments)


def over_states(spec: ModuleType, repeat: int) -> tuple[float, float]:
    """What an event costs when its state is known, and the first time."""
    events = walk(spec, LENGTH, 1)
    monitor = spec.monitor()
    beginning = monitor.possible

    def run() -> None:
        monitor.possible = beginning
        told(monitor.step, events)

    first = microseconds(run, len(events), 1)
    return microseconds(run, len(events), repeat), first


def over_names(spec: ModuleType, objects: Sequence[int], repeat: int) -> float:
    events = lives(objects)
    return microseconds(lambda: told(spec.events().step, events), len(events), repeat)


def of_new_instances(spec: ModuleType, repeat: int) -> float:
    """An event that begins an instance of each rule that it is one of: the dearest one."""
    events = [("Kills", {"t": c, "c": c}) for c in range(LENGTH)]
    return microseconds(lambda: told(spec.events().step, events), len(events), repeat)


def rows(repeat: int = 15) -> list[tuple[str, float]]:
    """What is measured, and microseconds an event."""
    found: list[tuple[str, float]] = []
    for name in ("aio", "aio_ordering"):
        again, first = over_states(aioformal.load(ROOT / "spec" / f"{name}.tla"), repeat)
        found += [
            (f"monitor of {name}.tla, over states", again),
            ("  with the first time in each state", first),
        ]
    spec = aioformal.load(ROOT / "spec" / "aio_ordering.tla")
    known = [number % KNOWN for number in range(OBJECTS)]
    found.append(("monitor of its rules, over names", over_names(spec, known, repeat)))
    found.append(("  of objects that are always new", over_names(spec, range(OBJECTS), repeat)))
    found.append(("  of events that begin instances", of_new_instances(spec, repeat)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=15, help="runs of each row (default 15)")
    for name, cost in rows(parser.parse_args().repeat):
        print(f"{name:42} {cost:6.2f} us an event")


if __name__ == "__main__":
    main()
