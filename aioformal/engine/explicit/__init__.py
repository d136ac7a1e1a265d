"""Breadth-first search over all reachable states, packed into words and in machine code.

What is counted, and what is judged where, is what `engine.reference` says of itself.
"""

from aioformal.engine.explicit.engine import Explicit, Settings

__all__ = ["Explicit", "Settings"]
