"""Breadth-first search over all reachable states, on the reference semantics.

Counts are TLC's: every initial state and every successor is generated, duplicates included. A successor
that lies outside CONSTRAINT, or behind a step that ACTION_CONSTRAINT forbids, is generated, and it and the
step to it are judged as all others are; but it is not stored. `depth` is the number of steps to the
farthest state; TLC prints the number of states on that path, which is one more. SYMMETRY and VIEW are not
used: the search is over the states themselves, which decides the same properties with larger counts.
"""

from aioformal.engine.reference.search import Reference, TooManyStatesError

__all__ = ["Reference", "TooManyStatesError"]
