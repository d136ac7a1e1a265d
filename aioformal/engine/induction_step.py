"""The step of a k-induction: k good states in a row, wherever they come from, are followed by a good one.

**Why this proves the claims.** Let C be a set of claims and N the statement that nothing goes wrong in
a state: no obligation of a step from it fires (so all its successors fit their shapes and have values)
and the constraints have values. The step looks at sequences s_0 .. s_k of assignments to the
variables, each within its sort, where s_0 .. s_(k-1) satisfy CONSTRAINT and the steps between them
ACTION_CONSTRAINT (only then are they expanded), all of C, and N; it shows C and N of s_k and of the step
to it, which need not satisfy either. The base shows C and N of all behaviours of less than k steps.
Then every reachable state satisfies C and N. For suppose not, and take a shortest behaviour s_0 .. s_n
whose last state or last step violates C or N. The states before satisfy C and N, each being reached in
less steps. N of s_0 .. s_(n-1) says that s_1 .. s_n are represented faithfully: they are assignments
within the sorts, and the formula of the step describes how each came about. By the base n >= k; so the
last k + 1 states are a sequence that the step looks at, and contradict what it has shown. To assume N
only for the inputs that each step happens to choose is to assume less, which is sound.

**Different states.** Of s_0 .. s_(n-1) no two are equal: cutting out what lies between them would give a
shorter violation. So the step may assume the same of s_0 .. s_(k-1), but not of s_k: a violating step
may lead back. Sheeran, Singh, Stalmarck: Checking Safety Properties Using Induction and a SAT-Solver
(FMCAD 2000).

**Which set C.** Claims that fail the step are dropped until the rest stands by itself: the greatest
inductive subset, as in Flanagan, Leino: Houdini, an Annotation Assistant for ESC/Java (FME 2001). It
contains every claim that is inductive by itself or with the help of others.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping

from msgspec import Struct

from aioformal.engine.claim import Claim, Failure, trouble
from aioformal.engine.clock import Clock
from aioformal.engine.protocol import Problem, Progress
from aioformal.engine.unrolling import Unrolling, admission, denial, different
from aioformal.engine.witness import static_trace
from aioformal.evidence.verdict import Trace
from aioformal.ir.term import false, not_
from aioformal.solve.protocol import Answer, At

TROUBLE = "@trouble"
NOT_INDUCTIVE = "it does not follow from itself and the other properties by induction over {} steps"
NOT_SAFE = "induction over {} steps cannot exclude that a step leaves the shapes, or has no value"


class Obstacle(Struct, frozen=True):
    """Why a claim is not shown: with `trace`, by a sequence of states that need not be reachable."""

    reason: str
    trace: Trace | None = None


class InductionStep:
    """The sequences of k + 1 states for k = 1, 2, ..., in one solver. `obstacles` says of each claim
    that was dropped what was in its way the last time."""

    def __init__(self, problem: Problem, clock: Clock) -> None:
        self._problem = problem
        self._clock = clock
        self._encoding = problem.encoding()
        self._unrolling = Unrolling(self._encoding.system)
        self._trouble = trouble(self._unrolling.relation)
        self.obstacles: dict[str, Obstacle] = {}

    def inductive(self, claims: Mapping[str, Claim], k: int) -> Generator[Progress, None, dict[str, Claim]]:
        """The greatest subset of the claims that is inductive at k; none if N does not follow from it."""
        while self._unrolling.frames < k:
            self._extend()
        left = dict(claims)
        while dropped := (yield from self._failing(left, k)):
            if TROUBLE in dropped:
                self.obstacles.update(dict.fromkeys(left, dropped[TROUBLE]))
                return {}
            self.obstacles.update(dropped)
            left = {name: claim for name, claim in left.items() if name not in dropped}
        return left

    def _extend(self) -> None:
        """Append a state; the one before it satisfies N and differs from all earlier ones."""
        for fact in assumptions(self._unrolling, self._trouble, self._unrolling.frames):
            self._unrolling.solver.add(fact)
        self._unrolling.extend()

    def _failing(self, claims: Mapping[str, Claim], k: int) -> Generator[Progress, None, dict[str, Obstacle]]:
        """Claims that k states with all claims do not enforce, or `TROUBLE`; none if they enforce all."""
        good = [fact for claim in claims.values() for fact in hypotheses(claim, k)]
        failures = {name: claim.fails(k) for name, claim in claims.items()}
        for name, failure in (*failures.items(), (TROUBLE, self._trouble.at(k))):
            if failure.term is false:
                continue
            answer = yield from self._clock.ask(self._unrolling.solver, [*good, failure], name)
            if answer is Answer.UNKNOWN:
                why = self._unrolling.solver.why_unknown()
                return {name: Obstacle(f"the solver could not decide the induction step: {why}")}
            if answer is Answer.SAT:
                return self._broken(name, failures, k)
        return {}

    def _broken(self, name: str, failures: Mapping[str, At], k: int) -> dict[str, Obstacle]:
        """The claims that the last assignment breaks."""
        trace = static_trace(self._problem, self._encoding, self._unrolling, k)
        if name == TROUBLE:
            return {TROUBLE: Obstacle(NOT_SAFE.format(k), trace)}
        broken = [n for n, failure in failures.items() if n == name or self._unrolling.holds(failure)]
        return {n: Obstacle(NOT_INDUCTIVE.format(k), trace) for n in broken}


def hypotheses(claim: Claim, k: int) -> list[At]:
    """That a claim holds in the first k states of a sequence, the first of which need not be initial."""
    return [At(not_(claim.always), 0), *(denial(claim.fails(i)) for i in range(1, k))]


def assumptions(unrolling: Unrolling, troubled: Failure, frame: int) -> list[At]:
    """What every state but the last of a sequence satisfies besides the claims. That it is not in trouble
    is said twice: of the step that made it, and of the choices that the step from it makes."""
    apart = [different(unrolling.system, earlier, frame) for earlier in range(frame)]
    well = [denial(troubled.at(frame)), denial(At(troubled.first, frame))]
    return [*admission(unrolling.system, frame), *well, *apart]
