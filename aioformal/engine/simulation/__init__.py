"""Random walks: no proof, and no search that could run out of memory.

From an initial state that is drawn, a walk takes one drawn step after the other, judging every state and
every step that it takes, until there is no step inside the constraints or it is as long as asked for. What
the generator draws depends on the seed alone, and what there is to draw from on the specification and the
properties: the same seed gives the same walks everywhere.

A violation ends the run. It is cut short by way of the states that its walk has met, which need not make
it a shortest one.
"""

from aioformal.engine.simulation.engine import NAME, Simulation, Walking

__all__ = ["NAME", "Simulation", "Walking"]
