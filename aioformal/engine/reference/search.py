"""The search itself, level by level."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping

from msgspec import Struct, field

from aioformal.concrete import EvaluationError, Trace
from aioformal.concrete.naming import action_names
from aioformal.diagnostic import Diagnostic, Severity
from aioformal.engine.behaviour import trace_along
from aioformal.engine.liveness.judging import NOT_ALL_SEEN, Liveness, is_temporal
from aioformal.engine.protocol import Budget, Event, Problem, Progress, Remark, Untriggered
from aioformal.engine.reference.expand import Expander
from aioformal.engine.reference.judge import JudgingError, Panel, constraint_panel, naming, panel_of
from aioformal.engine.reference.probing import Probing
from aioformal.engine.reference.step_graph import Grounds
from aioformal.engine.reference.store import Node, Packed, Store
from aioformal.engine.reference.way import Way, asks_about_itself
from aioformal.engine.unused import unused_reductions
from aioformal.evidence.verdict import (
    Coverage,
    Exhaustive,
    Exploration,
    Fault,
    Finding,
    Holds,
    Proved,
    SearchDetails,
    Unknown,
    Verdict,
    Violated,
)
from aioformal.resolve.model import PartKind, Property

NAME = "explicit-reference"
DEADLOCK = "deadlock"
BETWEEN_LOOKS = 64
"""States between two looks at the clock."""

RARELY = (100_000, 50, 100)
"""Thresholds of Python's garbage collector while searching."""

BETWEEN_SIGNS = 0.25
"""Seconds between two signs of life."""

MOST_DEGREES = 63
"""States that lead to so many new ones, or to more, are counted together."""

REGISTERS_MATTER = (
    "TLCGet, TLCSet and Trace are about the search, and a state is looked at once, when it is first reached"
)


class TooManyStatesError(Exception):
    """There are more states than the search was told to look at."""


class Reference:
    """The engine. It keeps nothing between runs. With `most`, more states than that end the search by
    `TooManyStatesError`."""

    name = NAME

    def __init__(self, most: int | None = None) -> None:
        self._most = most

    def check(self, problem: Problem, budget: Budget) -> Iterator[Event]:
        """Judges every property on all reachable states; see the package for what is counted."""
        yield from unused_reductions(problem.model)
        if problem.program.is_volatile:
            yield Remark(Diagnostic("run.registers", REGISTERS_MATTER, severity=Severity.WARNING))
        yield from _Search(problem, budget, self._most).run()


class _Faulted(Exception):  # noqa: N818
    """The specification cannot be evaluated; the run ends."""

    def __init__(self, diagnostic: Diagnostic, trace: Trace | None) -> None:
        super().__init__(diagnostic.message)
        self.fault = Fault(diagnostic, trace, NAME)


class _Counts(Struct):
    initial: int = 0
    generated: int = 0
    depth: int = 0
    """Level that is being expanded, or that was reached last."""
    expanded: int = 0
    taken: Counter[str] = field(default_factory=Counter[str])
    found: Counter[str] = field(default_factory=Counter[str])
    """States that an action was the first to find."""
    degrees: Counter[int] = field(default_factory=Counter[int])
    signed: float = field(default_factory=time.monotonic)


class _Search:
    def __init__(self, problem: Problem, budget: Budget, most: int | None) -> None:
        self.problem = problem
        self.most = most
        self.program = problem.program
        self.budget = budget
        self.store = Store(problem.model.flat.variables)
        self.parents: dict[Packed, Packed | None] = {}
        """Every state that was kept, with the one that it was first reached from."""
        self.counts = _Counts()
        self.said: list[Event] = []
        """Findings that have not been passed on yet."""
        self.way = Way(problem.model.variables, self.store, self.parents, self._counted)
        if self.program.is_volatile:
            self.way.watch()
        self._make_tests(problem)

    def _make_tests(self, problem: Problem) -> None:
        program, store, model = self.program, self.store, problem.model
        self.open = dict(enumerate(problem.properties))
        """The properties that no violation was found of so far, by number."""
        self.deadlock = problem.deadlock and model.next is not None
        properties = problem.properties
        self.initially = panel_of(program, store, properties, [PartKind.INITIAL, PartKind.ALWAYS])
        self.always = panel_of(program, store, properties, [PartKind.ALWAYS])
        self.steps = panel_of(program, store, properties, [PartKind.STEP])
        self.probing = Probing(program, store, problem.probes)
        self.constraint = constraint_panel(program, store, model.constraints, PartKind.ALWAYS)
        self.step_constraint = constraint_panel(program, store, model.action_constraints, PartKind.STEP)

    def run(self) -> Iterator[Event]:
        # What a search keeps has no cycles: looking for some among it would cost a tenth of the time.
        thresholds = gc.get_threshold()
        gc.set_threshold(*RARELY)
        try:
            yield from self._levels()
        except _Faulted as faulted:
            yield from self.said
            yield faulted.fault
            yield self._exploration(complete=False)
        finally:
            gc.set_threshold(*thresholds)

    # ------------------------------------------------------------ levels

    def _levels(self) -> Iterator[Event]:
        level = self._initial()
        counts, last = self.counts, self.budget.depth
        while level and counts.depth != last and not self._settled:
            found: list[Packed] = []
            completed = yield from self._expand_level(level, found)
            if not completed:
                yield from self._close(counts.depth, counts.depth - 1)
                return
            level = found
            counts.depth += bool(level)
        if not level:
            yield from self._close_complete()
            return
        seen = self._deadlocks_of_last(level)
        yield from self._close(counts.depth, counts.depth if seen else counts.depth - 1)

    def _initial(self) -> list[Packed]:
        level: list[Packed] = []
        try:
            self.way.arrive(1, None, None)
            self.expander = Expander(self.program, self.store)
            for packed in self.expander.initial():
                if self.most is not None and len(self.parents) > self.most:
                    raise TooManyStatesError
                self.counts.generated += 1
                self.counts.initial += 1
                if packed in self.parents:
                    continue
                node = Node(packed, self.store)
                self.way.arrive(1, packed, None)
                if self._allows(self.constraint, node, node, None):
                    self.parents[packed] = None
                    level.append(packed)
                self._judge(self.initially, node, node, None)
                self.probing.begin(node)
        except EvaluationError as problem:
            raise _Faulted(problem.diagnostics[0], None) from None
        return level

    def _expand_level(self, level: list[Packed], found: list[Packed]) -> Generator[Event, None, bool]:
        """Expands every state of a level. Returns whether it came to the end."""
        for position, packed in enumerate(level):
            if position % BETWEEN_LOOKS == 0:
                yield from self._sign(len(level) - position + len(found))
                if self.budget.exhausted():
                    return False
            if self.most is not None and len(self.parents) > self.most:
                raise TooManyStatesError
            self._expand(packed, found)
            if self.said:
                yield from self._pass_on()
                if self._settled:
                    return False
        return True

    def _expand(self, packed: Packed, found: list[Packed]) -> None:
        node = Node(packed, self.store)
        self.way.arrive(self.counts.depth + 1, packed, None)
        successors = self._successors(node)
        counts, before = self.counts, len(found)
        counts.generated += len(successors)
        if not successors and self.deadlock:
            self._is_deadlock(packed)
        for name, successor in successors:
            counts.taken[name] += 1
            known = len(found)
            self._arrive(node, Node(successor, self.store), found)
            counts.found[name] += len(found) - known
        counts.expanded += 1
        counts.degrees[min(len(found) - before, MOST_DEGREES)] += 1

    def _arrive(self, node: Node, after: Node, found: list[Packed]) -> None:
        """Takes note of a successor, and judges it and the step to it, in the model or not."""
        packed, successor = node.packed, after.packed
        is_known = successor in self.parents
        level = self.counts.depth + 1
        self.way.arrive(level + 1, successor, packed)
        inside = is_known or self.constraint is None or self._allows(self.constraint, after, after, packed)
        # As in TLC: ACTION_CONSTRAINT is asked about every step but those out of CONSTRAINT.
        if inside and self.step_constraint is not None:
            self.way.arrive(level, packed, None)
            inside = self._allows(self.step_constraint, node, after, packed)
        if not is_known:
            if inside:
                self.parents[successor] = packed
                found.append(successor)
            self.way.arrive(level + 1, successor, packed)
            self._judge(self.always, after, after, packed)
            self.probing.arrive(after)
        if not self.steps.is_idle:
            self.way.arrive(level, packed, None)
            self._judge(self.steps, node, after, packed)
        self.probing.step(node, after)

    def _successors(self, node: Node) -> list[tuple[str, Packed]]:
        try:
            return self.expander.successors(node)
        except EvaluationError as problem:
            raise _Faulted(problem.diagnostics[0], self._trace(node.packed)) from None

    def _deadlocks_of_last(self, level: list[Packed]) -> bool:
        """Whether the states that are not expanded any more could all be looked at for a deadlock."""
        for position, packed in enumerate(level):
            if position % BETWEEN_LOOKS == 0 and self.budget.exhausted():
                return False
            if self.deadlock and not self._successors(Node(packed, self.store)):
                self._is_deadlock(packed)
        return True

    def _is_deadlock(self, packed: Packed) -> None:
        self.deadlock = False
        self._say(DEADLOCK, Violated(self._trace(packed)))

    # ------------------------------------------------------------ tests

    def _allows(self, constraint: Panel | None, node: Node, after: Node, parent: Packed | None) -> bool:
        """Whether a state, or a step to it, is inside a constraint."""
        if constraint is None:
            return True
        try:
            return not constraint.violated(node, after)
        except JudgingError as error:
            trace = self._trace_to(after.packed, parent)
            raise _Faulted(error.problem.diagnostics[0], trace) from None

    def _judge(self, panel: Panel, node: Node, after: Node, parent: Packed | None) -> None:
        try:
            violated = panel.violated(node, after)
        except JudgingError as error:
            diagnostic = naming(error.problem, self.problem.properties[error.owner])
            raise _Faulted(diagnostic, self._trace_to(after.packed, parent)) from None
        for number in violated:
            self._is_violated(number, self._trace_to(after.packed, parent))

    def _is_violated(self, number: int, trace: Trace) -> None:
        for panel in (self.initially, self.always, self.steps):
            panel.dismiss(number)
        self._say(self.open.pop(number).name, Violated(trace))

    # ------------------------------------------------------------ traces

    def _way_to(self, packed: Packed) -> list[Packed]:
        """The way on which a state was first reached: there is no shorter one."""
        states: list[Packed] = []
        here: Packed | None = packed
        while here is not None:
            states.append(here)
            here = self.parents[here]
        return states[::-1]

    def _trace(self, packed: Packed) -> Trace:
        return self._trace_of(self._way_to(packed))

    def _trace_to(self, packed: Packed, parent: Packed | None) -> Trace:
        """A trace whose last step leads to a state that need not have been kept."""
        return self._trace_of([*([] if parent is None else self._way_to(parent)), packed])

    def _trace_of(self, packed: list[Packed]) -> Trace:
        return trace_along(self.program, tuple(map(self.store.unpack, packed)))

    def _counted(self) -> Mapping[str, int]:
        counts, distinct = self.counts, len(self.parents)
        left = distinct - counts.expanded
        return {
            "distinct": distinct,
            "generated": counts.generated,
            "queue": left,
            "diameter": counts.depth + 1,
        }

    # ------------------------------------------------------------ what is said

    @property
    def _settled(self) -> bool:
        """Whether nothing is left to find out."""
        asked = bool(self.problem.properties) or self.problem.deadlock
        return asked and not self.open and not self.deadlock

    def _say(self, name: str, verdict: Verdict) -> None:
        self.said.append(Finding(name, verdict, NAME, self.budget.elapsed()))

    def _pass_on(self) -> Iterator[Event]:
        said, self.said = self.said, []
        yield from said

    def _sign(self, waiting: int) -> Iterator[Event]:
        now = time.monotonic()
        if now - self.counts.signed < BETWEEN_SIGNS:
            return
        self.counts.signed = now
        counts = self.counts
        seconds = self.budget.elapsed()
        yield Progress(NAME, counts.depth, seconds, len(self.parents), counts.generated, waiting)

    def _close_complete(self) -> Iterator[Event]:
        counts = self.counts
        proof: Verdict = Proved(
            Exhaustive(len(self.parents), counts.generated, counts.depth, self.store.digest(self.parents))
        )
        if asks_about_itself(self.program, self.problem.properties):
            proof = Unknown(f"nothing violates it in this search, which proves nothing: {REGISTERS_MATTER}")
        temporal = [prop for prop in self.open.values() if is_temporal(prop)]
        for prop in self.open.values():
            if prop not in temporal:
                self._say(prop.name, proof)
        if self.deadlock:
            self._say(DEADLOCK, proof)
        yield from self._pass_on()
        try:
            yield from self._judge_temporal(temporal, proof)
        except KeyboardInterrupt:
            yield self._exploration(complete=True)
            raise
        if self.problem.probes and not self.program.is_volatile:
            yield Untriggered(self.probing.untriggered)
        yield self._exploration(complete=True)

    def _judge_temporal(self, temporal: list[Property], proof: Verdict) -> Iterator[Event]:
        """What is about whole behaviours, on the graph of all steps."""
        if isinstance(proof, Proved):
            states = list(map(self.store.unpack, self.parents))
            initial = sum(parent is None for parent in self.parents.values())
            sign = lambda: next(self._sign(0), None)  # noqa: E731
            grounds = Grounds(states, initial, self.budget, sign)
            yield from Liveness(self.problem, self.budget, NAME).judge(temporal, proof, grounds)
            return
        for prop in temporal:
            yield Finding(prop.name, proof, NAME, self.budget.elapsed())

    def _close(self, depth: int, deadlock_depth: int) -> Iterator[Event]:
        """The end of a search that did not see everything."""
        for prop in self.open.values():
            open_end = Unknown(prop.unjudged or NOT_ALL_SEEN)
            self._say(prop.name, open_end if is_temporal(prop) else Holds(depth))
        if self.deadlock and deadlock_depth >= 0:
            self._say(DEADLOCK, Holds(deadlock_depth))
        yield from self._pass_on()
        yield self._exploration(complete=False)

    def _exploration(self, *, complete: bool) -> Exploration:
        counts, distinct = self.counts, len(self.parents)
        names = dict.fromkeys((*action_names(self.program), *counts.taken))
        details = SearchDetails(
            runner="reference semantics",
            workers=1,
            state_bits=None,
            memory=None,
            left=distinct - counts.expanded,
            coverage=tuple(Coverage(name, counts.taken[name], counts.found[name]) for name in names),
            out_degrees=tuple(counts.degrees[n] for n in range(MOST_DEGREES + 1)),
            confirmed=0,
            widened=0,
        )
        return Exploration(counts.initial, distinct, counts.generated, counts.depth, complete, details)
