"""Watching a run: events one at a time, against the set of states that the specification may be in."""

from __future__ import annotations

from aioformal.pymodule.runtime.state import State


class Monitor:
    def __init__(self, initial_states, successors, checks) -> None:
        self.initial_states = initial_states
