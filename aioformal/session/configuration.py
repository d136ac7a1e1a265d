"""What `TLCGet("config")` says: how the specification is run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aioformal.resolve.model import Model
from aioformal.value.values import FALSE, TRUE, Value

if TYPE_CHECKING:
    from aioformal.session.session import Options


def how_it_runs(model: Model, options: Options) -> Mapping[Value, Value]:
    """The fields of TLC's record that mean something here. What says where TLC is installed, or which
    polynomial its fingerprints have, is not among them. As in TLC, a seed is a string, and no limit is -1."""
    walking = options.walking
    found: dict[Value, Value] = {
        "mode": "bfs" if walking is None else "simulate",
        "deadlock": TRUE if model.check_deadlock else FALSE,
        "worker": options.workers,
    }
    if walking is not None:
        traces = -1 if walking.walks is None else walking.walks
        found |= {"depth": walking.depth, "traces": traces, "seed": str(walking.seed), "sched": "random"}
    return found
