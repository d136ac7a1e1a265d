"""Bounded model checking: all behaviours of 0 steps, of 1 step, of 2 steps, ...

Biere, Cimatti, Clarke, Zhu: Symbolic Model Checking without BDDs (TACAS 1999), with one incremental
solver over all depths (Een, Sorensson: Temporal Induction by Incremental SAT Solving, BMC 2003).
"""

from __future__ import annotations

from collections.abc import Iterator

from aioformal.engine.bounded import BoundedSearch
from aioformal.engine.clock import Clock, StoppedError
from aioformal.engine.protocol import Budget, Event, Problem

DEFAULT_DEPTH = 20


class Bmc:
    """Finds the shortest violation of every property, up to `Budget.depth` steps, or else `DEFAULT_DEPTH`.
    What it does not find violated holds up to the depth that it came to."""

    @property
    def name(self) -> str:
        return "bmc"

    def check(self, problem: Problem, budget: Budget) -> Iterator[Event]:
        """See `protocol.Engine`. Raises `DiagnosticError` encode.unsupported when the model cannot be
        encoded, and check.evidence when encoding and reference semantics disagree."""
        search = BoundedSearch(problem, Clock(self.name, budget))
        last = DEFAULT_DEPTH if budget.depth is None else budget.depth
        try:
            yield from search.start()
            for depth in range(last + 1):
                if not search.open:
                    break
                yield from search.look(depth)
        except StoppedError as stop:
            yield from search.close(stop.reason)
            if stop.fault is not None:
                yield stop.fault
        else:
            yield from search.close("nothing was looked at")
