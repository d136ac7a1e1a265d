"""Steps out of a state, as fast as the specification allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, TypeVar

from msgspec.structs import replace

from aioformal.concrete import Program
from aioformal.concrete.behaviour import ActionLabel, Trace
from aioformal.diagnostic import DiagnosticError
from aioformal.engine.explicit.preparation import Prepared, RefusedError, prepare
from aioformal.engine.explicit.widening import FailedStepError, after_initial_trouble, after_trouble
from aioformal.engine.protocol import Problem
from aioformal.ir.system import Label
from aioformal.native.kernel import Kernel
from aioformal.native.memory import Status
from aioformal.resolve.model import Model
from aioformal.tracing.vocabulary import Vocabulary
from aioformal.value.values import State, Value

if TYPE_CHECKING:
    from aioformal.tracing.event import Event
    from aioformal.tracing.names import Names

Place: TypeAlias = "tuple[Any, ...]"
"""A state: as values, or as packed words."""

Found = TypeVar("Found")

WITHOUT_END = ("eval.infinite", "eval.too-large")
"""What is said where a set has too many members to be enumerated."""

MOST_KNOWN = 50_000
"""Places whose moves, or whose states, are kept in mind."""


Ahead: TypeAlias = "Callable[[int], Event | None]"
"""The log from an event on: the event itself is 0. None where it ends, or where its order is not known."""


class Move(NamedTuple):
    action: ActionLabel
    arguments: Mapping[str, Value]
    place: Place


class MovedError(Exception):
    """Places have another form now: `new` gives the new one for an old one."""

    def __init__(self, old: Prepared, new: Prepared) -> None:
        super().__init__("the shapes are wider now")
        self._old, self._new = old, new

    def new(self, place: Place) -> Place:
        return self._new.packed(self._old.decoded(place))


class LeftOut(NamedTuple):
    """Why not all steps were looked at, and what would help."""

    why: str
    hint: str


class Ground(Protocol):
    """Where a behaviour may go. Methods raise `DiagnosticError` where the specification has no value."""

    left_out: LeftOut | None
    """Once not all steps were looked at that may matter."""

    selects: bool
    """Whether there may be more states and steps than it tells of: those that explain no more of the log."""

    @property
    def runner(self) -> str: ...

    def starts(self, ahead: Ahead, names: Names) -> list[Place]:
        """The initial states, at least those from which the log ahead can go on; if there are none, some from
        which it goes on farthest."""
        ...

    def moves(self, place: Place) -> Sequence[Move]:
        """The steps out of a place. Raises `MovedError` if all places must be written anew first."""
        ...

    def steps(self, place: Place, ahead: Ahead, names: Names) -> Sequence[Move]:
        """The same, at least those that the event ahead can be, if the log goes on so; if there are none,
        some after which it goes on farthest."""
        ...

    def unlogged(self, place: Place, actions: frozenset[str] | None) -> Sequence[Move]:
        """The same, at least one of some actions (None: any) to each place that one leads to."""
        ...

    def state(self, place: Place) -> State: ...

    def close(self) -> None: ...


def unbounded(model: Model) -> Model:
    """The model without what bounds or thins a search. None of that is part of the specification: a log is
    not wrong because a CONSTRAINT ends before it does."""
    return replace(model, constraints=(), action_constraints=(), symmetry=None, view=None, properties=())


def make_ground(problem: Problem) -> Ground:
    """In machine code, or by the reference semantics where that cannot be."""
    try:
        return MachineGround(problem)
    except RefusedError:
        return InterpretedGround(problem.program)


class MachineGround:
    """A place is the packed words of a state. Everything may raise `RefusedError`."""

    left_out: LeftOut | None = None
    selects = False

    def __init__(self, problem: Problem) -> None:
        self._prepared = prepare(problem, whole=True)
        self._kernel = self._make_kernel()
        self._moves: dict[Place, list[Move]] = {}
        self._states: dict[Place, State] = {}

    @property
    def runner(self) -> str:
        return self._kernel.name

    def _make_kernel(self) -> Kernel:
        while True:
            self._prepared.begin_code()
            kernel = self._prepared.kernel()
            if kernel.begin() is not Status.TROUBLE:
                break
            kernel.close()
            try:
                self._prepared = after_initial_trouble(self._prepared)
            except FailedStepError as failure:
                raise failure.cause from None
        self._labels = [_label(label) for label in kernel.plan.labels]
        self._wordless = self._rules_without_words()
        return kernel

    def _rules_without_words(self) -> frozenset[int]:
        """The transitions whose label may lack an argument: one that depends on the state, or is chosen."""
        words = Vocabulary(self._prepared.problem.program).actions
        return frozenset(
            rule
            for rule, transition in enumerate(self._prepared.encoding.system.transitions)
            if transition.inputs
            or len(transition.label.arguments) < len(words.get(transition.label.name, ()))
        )

    def starts(self, ahead: Ahead, names: Names) -> list[Place]:  # noqa: ARG002
        return [self._kernel.state(number) for number in range(self._kernel.distinct)]

    def moves(self, place: Place) -> Sequence[Move]:
        known = self._moves.get(place)
        if known is not None:
            return known
        steps = self._kernel.steps(place)
        if steps is None:
            raise self._widened(place)
        if len(self._moves) >= MOST_KNOWN:
            self._moves.clear()
        if self._wordless and not self._wordless.isdisjoint(step.rule for step in steps):
            found = self._moves[place] = self._with_words(place)
            return found
        labels = self._labels
        found = self._moves[place] = [Move(*labels[step.rule], step.words) for step in steps]
        return found

    def steps(self, place: Place, ahead: Ahead, names: Names) -> Sequence[Move]:  # noqa: ARG002
        return self.moves(place)

    def unlogged(self, place: Place, actions: frozenset[str] | None) -> Sequence[Move]:  # noqa: ARG002
        return self.moves(place)

    def _with_words(self, place: Place) -> list[Move]:
        """The steps with all their arguments, which the reference semantics knows."""
        moves = reference_moves(self._prepared.problem.program, [self.state(place)])
        return [move._replace(place=self._prepared.packed(move.place)) for _, move in moves]

    def _widened(self, place: Place) -> MovedError:
        """Makes room for the successors of a place."""
        old = self._prepared
        trace = Trace(old.problem.program.variables, (old.decoded(place),), ())
        try:
            wider = after_trouble(old, [trace])
        except FailedStepError as failure:
            raise failure.cause from None
        _ = wider.plan  # may refuse; the places are then still those of the old one
        self._prepared = wider
        self._kernel.close()
        self._kernel = self._make_kernel()
        self._moves.clear()
        self._states.clear()
        return MovedError(old, self._prepared)

    def state(self, place: Place) -> State:
        known = self._states.get(place)
        if known is None:
            if len(self._states) >= MOST_KNOWN:
                self._states.clear()
            known = self._states[place] = self._prepared.decoded(place)
        return known

    def close(self) -> None:
        self._kernel.close()


class InterpretedGround:
    """A place is the state itself."""

    runner = "reference semantics"
    left_out: LeftOut | None
    selects = False

    def __init__(self, program: Program) -> None:
        self._program = program
        self._moves: dict[State, list[Move]] = {}
        self.left_out = None

    def starts(self, ahead: Ahead, names: Names) -> list[Place]:  # noqa: ARG002
        return list(dict.fromkeys(self._program.initial_states()))

    def moves(self, place: Place) -> Sequence[Move]:
        known = self._moves.get(place)
        if known is None:
            if len(self._moves) >= MOST_KNOWN:
                self._moves.clear()
            steps = self._program.successors(place)
            known = [Move(step.label, dict(step.label.arguments), step.state) for step in steps]
            self._moves[place] = known
        return known

    def steps(self, place: Place, ahead: Ahead, names: Names) -> Sequence[Move]:  # noqa: ARG002
        return self.moves(place)

    def unlogged(self, place: Place, actions: frozenset[str] | None) -> Sequence[Move]:  # noqa: ARG002
        return self.moves(place)

    def state(self, place: Place) -> State:
        return place

    def close(self) -> None:
        self._moves = {}


class UnsolvedGround(InterpretedGround):
    """As far as an enumeration leads where integers are chosen without an end, and no solver takes the model:
    `why`. What would have to be enumerated without an end is left out."""

    left_out: LeftOut | None

    def __init__(self, program: Program, why: str) -> None:
        super().__init__(program)
        self._why = why

    def starts(self, ahead: Ahead, names: Names) -> list[Place]:
        return self._enumerated(lambda: super(UnsolvedGround, self).starts(ahead, names), [])

    def moves(self, place: Place) -> Sequence[Move]:
        return self._enumerated(lambda: super(UnsolvedGround, self).moves(place), ())

    def _enumerated(self, enumerate_all: Callable[[], Found], nothing: Found) -> Found:
        try:
            return enumerate_all()
        except DiagnosticError as failure:
            if failure.diagnostics[0].code not in WITHOUT_END:
                raise
            hint = "give the set an end in the configuration, with the values of the log in it"
            self.left_out = self.left_out or LeftOut(self._why, hint)
            return nothing


def reference_moves(program: Program, states: Iterable[State]) -> list[tuple[State, Move]]:
    """The steps out of some states, by the reference semantics; of a state that has none that can be
    evaluated, nothing."""
    found: list[tuple[State, Move]] = []
    for state in states:
        try:
            for step in program.successors(state):
                found.append((state, Move(step.label, dict(step.label.arguments), step.state)))
        except DiagnosticError:
            continue
    return found


def _label(label: Label) -> tuple[ActionLabel, Mapping[str, Value]]:
    return ActionLabel(label.name, label.arguments, label.span), dict(label.arguments)
