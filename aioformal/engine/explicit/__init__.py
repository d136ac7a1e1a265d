"""Breadth-first search over all reachable states, on the reference semantics.

Counts are TLC's: every initial state and every successor is generated, duplicates included; a state
outside CONSTRAINT is generated and its invariants are checked, but it is not stored. `depth` is the
number of steps to the farthest state; TLC prints the number of states on that path, which is one more.
A step that ACTION_CONSTRAINT forbids is generated and otherwise no step. SYMMETRY and VIEW are not
used: the search is over the states themselves, which decides the same properties with larger counts.
"""

from aioformal.engine.explicit.search import Explicit

__all__ = ["Explicit"]
