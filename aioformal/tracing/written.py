"""A behaviour as JSON Lines: one state a line, in the Informal Trace Format, with the step that led to it.

The file is itself a log, and explained by the specification without a map.
"""

from __future__ import annotations

import json
from typing import TextIO

from aioformal.concrete.behaviour import Trace
from aioformal.report.itf import trace_to_itf
from aioformal.tracing.result import LoggedStep
from aioformal.value.values import State

KEPT_META = ("modelValues", "ambiguousModelValues")


class BehaviourWriter:
    """A sink for behaviours. `#meta` of a state says which line of the log its step is, if it was logged."""

    def __init__(self, file: TextIO, variables: tuple[str, ...]) -> None:
        self._file = file
        self._variables = variables
        self._last: State | None = None
        self._index = 0

    def take(self, link: LoggedStep) -> None:
        """Writes a link; one that is no step says nothing new."""
        if self._last is None:
            trace = Trace(self._variables, (link.state,), ())
        elif link.action is not None:
            trace = Trace(self._variables, (self._last, link.state), (link.action,))
        else:
            return
        document = trace_to_itf(trace)
        state = document["states"][-1]
        state["#meta"] |= {"index": self._index}
        state["#meta"] |= {key: document["#meta"][key] for key in KEPT_META if key in document["#meta"]}
        if link.event is not None:
            state["#meta"]["line"] = link.event.line
        self._file.write(json.dumps(state, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._last = link.state
        self._index += 1
