"""Which engines judge which property, in which process, and what their answers come to together.

The explicit engine runs in this process. The symbolic engines run in a second one: a solver call
cannot be interrupted from Python, a process always can be ended.
"""

from aioformal.portfolio.engines import AUTO, ENGINE_NAMES
from aioformal.portfolio.ledger import Outcome
from aioformal.portfolio.race import Request, run
from aioformal.portfolio.stop import Stop, StopReason

__all__ = ["AUTO", "ENGINE_NAMES", "Outcome", "Request", "Stop", "StopReason", "run"]
