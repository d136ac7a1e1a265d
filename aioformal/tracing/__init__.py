"""Does some behaviour of the specification explain this log?

A `Log` is JSON Lines, or a trace in the Informal Trace Format. A `TraceMap` says which of its events are
steps of which actions; without one, events are called as the specification calls things. Events may leave out
parameters and variables, and steps may go unlogged; times may only say of some events which came first.

`explain` follows all ways in which the log can be explained (`search`), in machine code where that can be
done, and answers with the behaviour that it found, replayed on the reference semantics, or with where it
came to an end, and what the specification would have allowed there.
"""

from aioformal.tracing.behaviour import Sink
from aioformal.tracing.bpftrace import render_bpftrace
from aioformal.tracing.explain import Progress, explain, limits_of
from aioformal.tracing.log import Log
from aioformal.tracing.map_document import MapDocument, parse_map
from aioformal.tracing.map_reader import read_map
from aioformal.tracing.result import Explained, LoggedStep, Outcome, Unexplained
from aioformal.tracing.search import Limits
from aioformal.tracing.template import render_template
from aioformal.tracing.text import render_outcome
from aioformal.tracing.trace_map import PLAIN, TraceMap
from aioformal.tracing.vocabulary import Vocabulary

__all__ = [
    "PLAIN",
    "Explained",
    "Limits",
    "Log",
    "LoggedStep",
    "MapDocument",
    "Outcome",
    "Progress",
    "Sink",
    "TraceMap",
    "Unexplained",
    "Vocabulary",
    "explain",
    "limits_of",
    "parse_map",
    "read_map",
    "render_bpftrace",
    "render_outcome",
    "render_template",
]
