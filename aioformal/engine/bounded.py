"""Looking at all states a given number of steps away from the initial ones, depth after depth.

The base of bounded model checking and of k-induction alike. At each depth one question comes first:
can anything at all be wrong with a state here? It is asked about the steps from a layer of states
(`layers`), or else about the unrolled relation. If nothing can, that is all. Else, in this order:

1. every open claim: is there a behaviour of this length that violates it? (So the first violation
   found is a shortest one, whatever other claims do.)
2. is there a state here in which a claim or a constraint has no value?
3. is there a state here from which some step leaves its shape, or has no value? If a shape is left,
   the reference semantics says by which successors; the shapes are widened, the unrolling is built
   again, and the search goes on at the same depth. What was found at lesser depths was found of
   reachable states and stays true: no obligation fired on the way to them.
4. is there a state without a successor?

An answer at depth d rests on step 3 at all lesser depths: only then do the formulas describe every
behaviour of d steps.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from aioformal.diagnostic import Diagnostic, DiagnosticError
from aioformal.engine.claim import Claim, claim_of, constraint_failure, deadlock_claim, deadlocked, trouble
from aioformal.engine.clock import Clock, StoppedError
from aioformal.engine.layers import Layers
from aioformal.engine.protocol import Event, Problem, Progress, Reached
from aioformal.engine.unrolling import Unrolling, denial
from aioformal.engine.witness import concrete_failure, decode_trace, disagreement
from aioformal.evidence.verdict import Fault, Finding, Holds, Trace, Unknown, Verdict, Violated
from aioformal.ir.system import Obligation
from aioformal.ir.term import false, or_
from aioformal.resolve.model import PartKind, Property
from aioformal.solve.protocol import Answer, At
from aioformal.value.values import State

if TYPE_CHECKING:
    from aioformal.encode import Encoding

DEADLOCK = "deadlock"

Events: TypeAlias = Iterator[Event]


class BoundedSearch:
    """`open` holds the claims that no behaviour seen so far violates; `seen` the depth up to which each
    has been looked at, -1 for not at all."""

    def __init__(self, problem: Problem, clock: Clock) -> None:
        self.problem = problem
        self.clock = clock
        self.encoding: Encoding = problem.encoding()
        self.open: dict[str, Claim] = {}
        self.seen: dict[str, int] = {}
        self.undecided: dict[str, str] = {}
        self.generation = 0
        self.unrolling = Unrolling(self.encoding.system)
        self.layers = Layers(problem, clock)
        self._state_claims()
        self.seen = dict.fromkeys(self.open, -1)

    def start(self) -> Events:
        """Build the initial states; they too must fit their shapes."""
        yield from self._refusals()
        relation = self.unrolling.relation
        while relation.initial_obligations:
            fired = yield from self._fired(relation.initial_obligations, -1)
            if not fired:
                break
            self._initial_failure(fired)
            self._rebuild(-1)
            relation = self.unrolling.relation
        self.unrolling.begin()

    def look(self, depth: int) -> Events:
        """Everything there is to know about the states at `depth`; depths come one after the other."""
        self.clock.depth = depth
        yield from self._look(depth)
        yield self._reached()

    def _look(self, depth: int) -> Events:
        if (yield from self._layered(depth)):
            self.seen.update(dict.fromkeys(self.open, depth))
            return
        self._unroll(depth)
        if (yield from self._all_is_well(depth)):
            self.unrolling.admit(depth)
            self.seen.update(dict.fromkeys(self.open, depth))
            return
        for name in list(self.open):
            yield from self.clock.sign_of_life(name)
            yield from self._judge(name, depth)
            yield self._reached()
        yield from self._constraint_faults(depth)
        self.unrolling.admit(depth)
        yield from self._obligations(depth)
        if DEADLOCK in self.open:
            yield from self._deadlock(depth)

    def close(self, reason: str) -> Events:
        """What can be said of the claims that are still open, and of those the solver gave up on."""
        bounds = self._bounds()
        for name in self._unsettled():
            why = self.undecided.get(name, reason)
            yield self.finding(name, Holds(bounds[name]) if name in bounds else Unknown(why))

    def _unsettled(self) -> list[str]:
        return [name for name in self.seen if name in self.open or name in self.undecided]

    def _bounds(self) -> dict[str, int]:
        """The depth to which each claim without an answer holds, where that is any depth at all."""
        return {name: self.seen[name] for name in self._unsettled() if self.seen[name] >= 0}

    def _reached(self) -> Reached:
        return Reached(self.clock.engine, self._bounds(), self.clock.budget.elapsed())

    def finding(self, name: str, verdict: Verdict) -> Finding:
        return Finding(name, verdict, self.clock.engine, self.clock.budget.elapsed())

    def _layered(self, depth: int) -> Generator[Progress, None, bool]:
        """Whether the layers alone show that nothing is wrong at this depth."""
        if not self.layers.alive:
            return False
        yield from self.clock.sign_of_life(self._about())
        if depth == 0:
            yield from self.layers.begin(self.encoding)
            return False
        return (yield from self.layers.advance(self.encoding, self._failure(depth).term))

    def _unroll(self, depth: int) -> None:
        """Bring the unrolling to a depth. All states before it are admitted; that those with a layer are
        in one of the layers so far was shown, and spares the solver the states that are none."""
        while self.unrolling.frames < depth:
            self.unrolling.extend()
            frame = self.unrolling.frames
            if frame < depth:
                self.unrolling.admit(frame)
                reached = self.layers.reached(frame, self.encoding)
                if reached is not None:
                    self.unrolling.solver.add(At(reached, frame))

    def _all_is_well(self, depth: int) -> Generator[Progress, None, bool]:
        """Whether no claim fails at this depth and no step from it is in trouble."""
        about = self._about()
        yield from self.clock.sign_of_life(about)
        some = self._failure(depth)
        well = (yield from self._ask([some], about)) is Answer.UNSAT
        if well:
            self.unrolling.deny(some)
        return well

    def _about(self) -> str | None:
        """The one claim that a joint question is about."""
        return next(iter(self.open)) if len(self.open) == 1 else None

    def _failure(self, depth: int) -> At:
        """That some claim fails at a depth, or a step from there is in trouble."""
        failures = [claim.fails(depth) for claim in self.open.values()]
        failures.append(trouble(self.unrolling.relation).at(depth))
        return At(or_(*(failure.term for failure in failures)), failures[-1].frame)

    def _state_claims(self) -> None:
        """The claims of the properties that are still open, or of all at first, in the terms of the
        present encoding."""
        system = self.encoding.system
        asked = {p.name for p in self.problem.properties}
        claims = {p.name: claim_of(p, system) for p in system.properties if p.name in asked}
        dead = deadlocked(system) if self._deadlock_matters() else None
        if dead is not None:
            claims[DEADLOCK] = deadlock_claim(dead, system)
        self.open = {n: c for n, c in claims.items() if self.generation == 0 or n in self.open}

    def _deadlock_matters(self) -> bool:
        return self.problem.deadlock and self.problem.model.next is not None

    def _refusals(self) -> Events:
        """What cannot be judged here at all, with the reason."""
        reasons = dict(self.encoding.system.unsupported)
        for prop in self.problem.properties:
            if prop.name not in self.open:
                why = reasons.get(prop.name, "the symbolic engines cannot express it")
                yield self.finding(prop.name, Unknown(why))
        if self._deadlock_matters() and DEADLOCK not in self.open:
            why = "an action chooses among too many values to say in one formula that it is disabled"
            yield self.finding(DEADLOCK, Unknown(why, "the explicit engine can tell"))

    def _judge(self, name: str, depth: int) -> Events:
        claim = self.open[name]
        if name == DEADLOCK:
            return
        fails = claim.fails(depth)
        answer = yield from self._ask([fails], name)
        if answer is Answer.UNSAT:
            self._learn(name, fails, depth)
        elif answer is Answer.UNKNOWN:
            self._give_up(name)
        else:
            yield from self._failed(claim, depth)

    def _learn(self, name: str, fails: At, depth: int) -> None:
        self.unrolling.deny(fails)
        self.seen[name] = depth

    def _give_up(self, name: str) -> None:
        self.undecided[name] = f"the solver could not decide it: {self.unrolling.solver.why_unknown()}"
        del self.open[name]

    def _failed(self, claim: Claim, depth: int) -> Events:
        """A state violates the claim, or the claim has no value in it: a violation goes first."""
        faulty = claim.faulty.at(depth)
        sound = [] if claim.faulty.impossible else [denial(faulty)]
        answer = yield from self._ask([claim.violated.at(depth), *sound], claim.name)
        if answer is Answer.UNKNOWN:
            self._give_up(claim.name)
        elif answer is Answer.SAT:
            yield self._violation(claim.name, depth)
        else:
            yield from self._claim_fault(claim, depth)

    def _violation(self, name: str, depth: int) -> Finding:
        del self.open[name]
        return self.finding(name, Violated(self._trace(depth)))

    def _claim_fault(self, claim: Claim, depth: int) -> Events:
        answer = yield from self._ask([claim.faulty.at(depth)], claim.name)
        if answer is not Answer.SAT:
            self._give_up(claim.name)
            return
        trace = self._trace(depth)
        prop = next(p for p in self.problem.properties if p.name == claim.name)
        self._fail(lambda: _evaluate(self.problem, prop, trace), [], trace)

    def _constraint_faults(self, depth: int) -> Events:
        failure = constraint_failure(self.encoding.system).at(depth)
        if failure.term is false:
            return
        answer = yield from self._ask([failure])
        if answer is Answer.UNSAT:
            self.unrolling.deny(failure)
        elif answer is Answer.UNKNOWN:
            raise StoppedError(f"the solver could not decide it: {self.unrolling.solver.why_unknown()}")
        else:
            self._constraint_fault(self._trace(depth))

    def _constraint_fault(self, trace: Trace) -> None:
        program = self.problem.program

        def attempt() -> None:
            if program.satisfies_constraints(trace.states[-1]) and trace.depth:
                program.satisfies_action_constraints(*trace.states[-2:])

        system = self.encoding.system
        known = (*system.constraint_obligations, *system.action_constraint_obligations)
        self._fail(attempt, known, trace)

    def _obligations(self, depth: int) -> Events:
        """Steps from this depth: widen until none leaves its shape; one without a value ends the run."""
        while fired := (yield from self._fired(self.unrolling.relation.step_obligations, depth)):
            self._failed_step(fired, self._trace(depth))
            self._rebuild(depth)

    def _failed_step(self, fired: list[Obligation], trace: Trace) -> None:
        last, program = trace.states[-1], self.problem.program
        if _are_escapes(fired):
            self._widen(lambda: (step.state for step in program.successors(last)), fired, trace)
        else:
            self._fail(lambda: list(program.successors(last)), fired, trace)

    def _initial_failure(self, fired: list[Obligation]) -> None:
        program = self.problem.program
        if _are_escapes(fired):
            self._widen(program.initial_states, fired, None)
        else:
            self._fail(lambda: list(program.initial_states()), fired, None)

    def _deadlock(self, depth: int) -> Events:
        dead = self.open[DEADLOCK].violated.at(depth)
        answer = yield from self._ask([dead], DEADLOCK)
        if answer is Answer.SAT:
            yield self._violation(DEADLOCK, depth)
        elif answer is Answer.UNKNOWN:
            self._give_up(DEADLOCK)
        else:
            self._learn(DEADLOCK, dead, depth)

    def _fired(
        self, obligations: Iterable[Obligation], frame: int
    ) -> Generator[Progress, None, list[Obligation]]:
        """Obligations that some assignment fires together at a frame; none when nothing can fire."""
        obligations = list(obligations)
        some = At(or_(*(o.condition for o in obligations)), frame)
        if not obligations:
            return []
        answer = yield from self._ask([some])
        if answer is Answer.UNKNOWN:
            why = self.unrolling.solver.why_unknown()
            raise StoppedError(f"the solver could not decide whether a step can fail: {why}")
        if answer is Answer.UNSAT:
            self.unrolling.deny(some)
            return []
        return [o for o in obligations if self.unrolling.holds(At(o.condition, frame))]

    def _widen(
        self, states: Callable[[], Iterable[State]], fired: list[Obligation], trace: Trace | None
    ) -> None:
        """Make room for all states that the reference semantics finds here."""
        try:
            widened = [self.problem.widen(state) for state in states()]
        except DiagnosticError as failure:
            raise StoppedError(
                failure.diagnostics[0].message, self._fault(failure.diagnostics[0], trace)
            ) from None
        if not any(widened):
            raise disagreement(fired, trace)

    def _rebuild(self, depth: int) -> None:
        """Unroll the widened system up to a depth, whose state is already admitted; -1 for not at all."""
        try:
            self.encoding = self.problem.encoding()
        except DiagnosticError as refusal:
            raise StoppedError(refusal.diagnostics[0].message) from None
        self.generation += 1
        self._state_claims()
        self.unrolling = Unrolling(self.encoding.system)
        if depth >= 0:
            self.unrolling.begin()
            self.unrolling.admit(0)
            self._unroll(depth)
            if depth > 0:
                self.unrolling.admit(depth)

    def _fail(self, attempt: Callable[[], object], fired: Iterable[Obligation], trace: Trace | None) -> None:
        """End the run with the failure that the reference semantics confirms."""
        found = concrete_failure(attempt)
        if found is None:
            raise disagreement(fired, trace)
        raise StoppedError(found.message, self._fault(found, trace))

    def _fault(self, diagnostic: Diagnostic, trace: Trace | None) -> Fault:
        return Fault(diagnostic, trace, self.clock.engine)

    def _trace(self, depth: int) -> Trace:
        return decode_trace(self.problem, self.encoding, self.unrolling, depth)

    def _ask(self, assumptions: list[At], about: str | None = None) -> Generator[Progress, None, Answer]:
        return self.clock.ask(self.unrolling.solver, assumptions, about)


def _are_escapes(fired: Iterable[Obligation]) -> bool:
    return all(obligation.kind == "shape" for obligation in fired)


def _evaluate(problem: Problem, prop: Property, trace: Trace) -> None:
    """Evaluate every part of a property in the last state and step of a trace."""
    program = problem.program
    for part in prop.parts:
        if part.kind is PartKind.STEP:
            if trace.depth:
                program.step_predicate(part.formula, part.subscript)(*trace.states[-2:])
        elif part.kind is not PartKind.TEMPORAL:
            program.predicate(part.formula)(trace.states[-1])
