"""What becomes of a mutant: who notices it first, or whether there is nothing to notice."""

from __future__ import annotations

import time
from collections.abc import Iterable
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from aioformal.diagnostic import Diagnostic, DiagnosticError, Severity
from aioformal.engine.explicit.preparation import Prepared, RefusedError
from aioformal.engine.explicit.search import Search
from aioformal.engine.explicit.small import small_search
from aioformal.engine.possible import as_asked
from aioformal.engine.protocol import Budget, Event, Problem
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Exploration, Fault, Finding, Violated
from aioformal.mutation.mutant import Mutant, mutated, separated
from aioformal.native.kernel import Kernel
from aioformal.native.layout import Packed
from aioformal.ordering import with_monitors
from aioformal.resolve.model import Model

WARNING = "never enabled:"
"""Before the name of an action that does not happen any more: `prove` warns of that."""

FEW = 300
"""States among which the reference semantics looks first: most mistakes show early."""


EVALUATION = "eval."
"""What the codes of evaluation errors begin with."""


class Fate(Enum):
    """`KILLED`: a property, the deadlock check, or the warning that an action never happens notices.
    `STILLBORN`: it cannot be evaluated, so nobody could have overlooked it. `EQUIVALENT`: it takes the same
    steps between the same states. `SURVIVED`: all its states were looked at, and nothing is wrong.
    `UNDECIDED`: not all of them, and as far as that went nothing is wrong."""

    KILLED = "killed"
    STILLBORN = "stillborn"
    EQUIVALENT = "equivalent"
    SURVIVED = "survived"
    UNDECIDED = "undecided"


class Outcome(Struct, frozen=True):
    """`by`: what noticed, or the code of the evaluation error. `steps`: the length of a counterexample.
    `distinct`: states that were looked at, None where none had to be."""

    fate: Fate
    by: str | None = None
    steps: int | None = None
    distinct: int | None = None


def taken_in(seen: Exploration) -> frozenset[str]:
    """The actions that happened in a search."""
    coverage = () if seen.details is None else seen.details.coverage
    return frozenset(row.action for row in coverage if row.taken)


class Subject:
    """The model whose mistakes are looked for, after a complete search of it. `memory`: bytes that the states
    of one search may take, None for most of what is free.

    Raises `DiagnosticError` mutate.violated, mutate.unfinished or the fault of the model itself: only of
    what holds can one ask whether it is held by its properties.
    """

    def __init__(self, model: Model, budget: Budget, memory: int | None = None) -> None:
        self._memory = memory
        self.model = separated(with_monitors(model))
        self.search: Search | None = None
        problem = self._problem(self.model)
        search = Search(problem, budget, memory=memory)
        try:
            seen = self._checked(search.run())
            self.search = search
        except RefusedError:
            search.close()
            seen = self._checked(Reference().check(problem, budget))
        self._taken = taken_in(seen)

    def _problem(self, model: Model) -> Problem:
        # What is hidden only asks whether a rule says anything.
        shown = tuple(prop for prop in model.properties if not prop.hidden)
        return Problem(model, shown, model.check_deadlock and model.next is not None)

    def _checked(self, events: Iterable[Event]) -> Exploration:
        seen: Exploration | None = None
        for event in events:
            match as_asked(self.model, event):
                case Finding(name, Violated()):
                    raise _refused("mutate.violated", f"{name} is violated already", VIOLATED_HINT)
                case Fault(diagnostic):
                    raise DiagnosticError(replace(diagnostic, severity=Severity.ERROR))
                case Exploration() as exploration:
                    seen = exploration
                case _:
                    pass
        if seen is None or not seen.complete:
            raise _refused("mutate.unfinished", "not all states could be looked at", UNFINISHED_HINT)
        return seen

    # ------------------------------------------------------------ one mutant

    def judge(self, mutant: Mutant, budget: Budget) -> Outcome:
        """Raises `DiagnosticError` check.evidence where two readings of the mutant differ, and nothing that a
        mistake in a specification can lead to."""
        try:
            return self._judged(self._problem(mutated(self.model, mutant)), budget)
        except DiagnosticError as refusal:
            code = refusal.diagnostics[0].code
            if not code.startswith(EVALUATION):
                raise
            return Outcome(Fate.STILLBORN, code)

    def _judged(self, problem: Problem, budget: Budget) -> Outcome:
        early = small_search(problem, budget, FEW)
        if early is not None:
            return self._outcome(early, None)
        if self.search is None:
            return self._outcome(Reference().check(problem, budget), None)
        return self._searched(problem, budget, self.search)

    def _searched(self, problem: Problem, budget: Budget, original: Search) -> Outcome:
        prepared = replace(original.prepared, problem=problem, properties=original.prepared.properties)
        try:
            if _same_system(prepared, original.prepared):
                return Outcome(Fate.EQUIVALENT)
            search = Search(problem, budget, memory=self._memory, begin_with=prepared)
            try:
                return self._outcome(search.run(), search)
            finally:
                search.close()
        except RefusedError:
            return self._outcome(Reference().check(problem, budget), None)

    def _outcome(self, events: Iterable[Event], search: Search | None) -> Outcome:
        """Stops at the first thing that is noticed."""
        for event in events:
            match as_asked(self.model, event):
                case Finding(name, Violated(trace)):
                    return Outcome(Fate.KILLED, name, trace.depth if trace.states else None)
                case Fault(diagnostic):
                    return Outcome(Fate.STILLBORN, diagnostic.code)
                case Exploration() as exploration:
                    return self._unnoticed(exploration, search)
                case _:
                    pass
        return Outcome(Fate.UNDECIDED)

    def _unnoticed(self, seen: Exploration, search: Search | None) -> Outcome:
        """Of what no property noticed."""
        distinct = seen.distinct_states
        if not seen.complete:
            return Outcome(Fate.UNDECIDED, distinct=distinct)
        never = sorted(self._taken - taken_in(seen))
        if never:
            return Outcome(Fate.KILLED, f"{WARNING} {never[0]}", distinct=distinct)
        same = search is not None and self._takes_the_same_steps(search)
        return Outcome(Fate.EQUIVALENT if same else Fate.SURVIVED, distinct=distinct)

    def _takes_the_same_steps(self, search: Search) -> bool:
        """Whether all states of the original, and no others, were found, and each has the same successors."""
        original = self.search
        if original is None or original.kernel is None or search.kernel is None:
            return False
        ours, theirs = original.kernel, search.kernel
        if ours.distinct != theirs.distinct or original.prepared.shapes != search.prepared.shapes:
            return False
        if original.prepared.reduced_by or ours.digest() != theirs.digest():
            return False
        return _initial(original) == _initial(search) and _same_steps(ours, theirs, search.budget)


def _initial(search: Search) -> set[Packed]:
    """The initial states: they come first."""
    assert search.kernel is not None
    assert search.where is not None
    return {search.kernel.state(number) for number in range(search.where.initial)}


def _same_steps(one: Kernel, other: Kernel, budget: Budget) -> bool:
    """Whether all states of the one have the same successors in both. With the same initial states, the
    same states are reached then."""
    for number in range(one.distinct):
        if number % 1_000 == 0 and budget.exhausted():
            return False
        words = one.state(number)
        image = one.image(words)
        if image is not None and image == other.image(words):
            continue
        ours, theirs = _successors(one, words), _successors(other, words)
        if ours is None or ours != theirs:
            return False
    return True


def _successors(kernel: Kernel, words: Packed) -> tuple[bool, set[Packed]] | None:
    """Whether there is a step at all, and where steps lead that change something: no property can tell
    whether a state also has a step to itself."""
    found = kernel.successors(words)
    return None if found is None else (bool(found), {after for _, after in found} - {words})


def _same_system(one: Prepared, other: Prepared) -> bool:
    """Whether both come to the same terms, so that no search could tell them apart."""
    mine, theirs = one.encoding.system, other.encoding.system
    return mine.initial == theirs.initial and mine.transitions == theirs.transitions


VIOLATED_HINT = "mutate asks whether properties that hold would notice mistakes: let `prove` succeed first"
UNFINISHED_HINT = "give it more --timeout, or smaller constants"


def _refused(code: str, message: str, hint: str) -> DiagnosticError:
    return DiagnosticError(Diagnostic(code, message, hint=hint))


def within(seconds: float | None) -> Budget:
    """A budget that begins now."""
    return Budget(None, None if seconds is None else time.monotonic() + seconds)
