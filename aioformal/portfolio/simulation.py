"""One run of random walks, in this process and with nothing beside it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from aioformal.engine.protocol import Event, Problem
from aioformal.engine.simulation import Simulation, Walking
from aioformal.portfolio.ledger import Ledger, Outcome
from aioformal.portfolio.stop import Stop, StoppableBudget


def simulate(problem: Problem, walking: Walking, on_event: Callable[[Event], None], stop: Stop) -> Outcome:
    """Walks until something is violated or enough was walked. Raises `EvidenceError` when what was found
    does not replay. A KeyboardInterrupt ends the run with what is known."""
    budget = StoppableBudget(walking.depth, stop=stop)
    ledger = Ledger(problem, on_event)
    try:
        with closing(Simulation(walking).check(problem, budget)) as events:
            for event in events:
                ledger.record(event)
    except KeyboardInterrupt:
        stop.set("interrupt")
    return ledger.close(stop.reason)
