"""Does some behaviour of the specification explain this log?"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from aioformal.concrete import Program
from aioformal.diagnostic import DiagnosticError, Note, error
from aioformal.engine.protocol import Problem
from aioformal.tracing.behaviour import ProgramReplayer, Settler, Sink
from aioformal.tracing.failure import confirm, confirm_choices, count_text, describe
from aioformal.tracing.ground import Ground, InterpretedGround, UnsolvedGround, make_ground, unbounded
from aioformal.tracing.log import Log
from aioformal.tracing.matching import Matcher
from aioformal.tracing.names import Pools
from aioformal.tracing.open_ground import OpenGround
from aioformal.tracing.opening import opened
from aioformal.tracing.order import Window, by_earliest_time
from aioformal.tracing.readers import MappedReader, PlainReader
from aioformal.tracing.result import Explained, Outcome, Unexplained
from aioformal.tracing.search import Limits, Search, TooManyWorldsError
from aioformal.tracing.solving import GivenUpError
from aioformal.tracing.trace_map import PLAIN, TraceMap
from aioformal.tracing.vocabulary import Vocabulary


class Progress(Struct, frozen=True):
    """So many events are explained, in so many ways at the moment."""

    events: int
    worlds: int


def explain(
    problem: Problem,
    log: Log,
    trace_map: TraceMap = PLAIN,
    limits: Limits | None = None,
    sink: Sink | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Outcome:
    """Looks for a behaviour that explains all events of a log. It is replayed on the reference semantics, and
    given to `sink` link by link, as soon as it is settled.

    Raises `DiagnosticError` log.*, file.*, eval.* and check.evidence.
    """
    model = unbounded(problem.model)
    plain = Problem(model, (), deadlock=False)
    with _Run(plain, log, trace_map, limits or limits_of(trace_map), sink) as run:
        return run.outcome(on_progress)


def limits_of(trace_map: TraceMap, unlogged: int | None = None) -> Limits:
    """What a map, or a number that was given for it, says about unlogged steps. Without a map all actions
    may go unlogged, if a number is given."""
    limit = unlogged if unlogged is not None else trace_map.limit
    if trace_map.rules is None:
        return Limits(unlogged or 0, None if unlogged else frozenset())
    return Limits(limit if trace_map.unlogged else 0, trace_map.unlogged)


class _Run:
    def __init__(
        self, problem: Problem, log: Log, trace_map: TraceMap, limits: Limits, sink: Sink | None
    ) -> None:
        self.program: Program = problem.program
        words = Vocabulary(self.program)
        reader = PlainReader(words) if trace_map.rules is None else MappedReader(trace_map, words)
        events = log.events(reader)
        if trace_map.clock is not None:
            events = by_earliest_time(events, trace_map.window)
        pools = Pools(trace_map.pools, trace_map.fixed)
        self.matcher = Matcher(pools)
        self.limits = limits
        ground = _ground(problem, pools)
        self.settler = Settler(
            ground if isinstance(ground, OpenGround) else ProgramReplayer(self.program), sink
        )
        self.search = Search(
            ground,
            Window(events),
            self.matcher,
            limits,
            lambda: InterpretedGround(self.program),
            pools.begin(),
        )

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.search.ground.close()

    @property
    def ground(self) -> Ground:
        return self.search.ground

    def outcome(self, on_progress: Callable[[Progress], None]) -> Outcome:
        search = self.search
        search.begin()
        try:
            while not search.finished:
                if not search.worlds or not search.advance():
                    return self._unexplained()
                self.settler.settle(search.worlds, self.ground.state)
                on_progress(Progress(search.explained, len(search.worlds)))
        except TooManyWorldsError:
            return self._too_many()
        except DiagnosticError as failure:
            raise with_progress(failure, search.explained) from None
        self.settler.finish(search.shortest, self.ground.state)
        return Explained(
            search.explained,
            self.settler.steps,
            self.settler.unlogged,
            search.most,
            len({world.key.place for world in search.worlds}),
            self.ground.runner,
        )

    def _unexplained(self) -> Unexplained:
        search, limits = self.search, self.limits
        left_out = search.ground.left_out
        if not search.worlds and left_out is None:
            raise error("check.nothing", "no state satisfies the initial predicate, so there is no behaviour")
        failure = self._described()
        if left_out is not None:
            return replace(failure, cut=left_out.why, hint=left_out.hint)
        if search.cut is None:
            if isinstance(search.ground, OpenGround):
                confirm_choices(search, search.ground)
            else:
                confirm(search, self.program)
            return failure
        where = f"before event {search.cut:,} of the log"
        cut = f"{where}, more unlogged steps were possible than the {limits.unlogged:,} that were looked at"
        return replace(failure, cut=cut, hint=f"--unlogged {max(1, 2 * limits.unlogged)} looks further")

    def _too_many(self) -> Unexplained:
        cut = f"there are more than {self.limits.worlds:,} ways to explain the log up to here"
        hint = "log more: a variable or a parameter that tells them apart; or allow fewer unlogged steps"
        return replace(self._described(), cut=cut, hint=hint)

    def _described(self) -> Unexplained:
        """Where the search stands, once the behaviour that leads there is replayed."""
        failure = describe(self.search, self.settler, self.program)
        if self.search.worlds:
            self.settler.finish(self.search.shortest, self.ground.state)
        return failure


def _ground(problem: Problem, pools: Pools) -> Ground:
    """With a solver, for a model that chooses among integers without an end."""
    without_end = opened(problem.program)
    if without_end is None:
        return make_ground(problem)
    try:
        return OpenGround(without_end, pools)
    except GivenUpError as reason:
        return UnsolvedGround(problem.program, without_end.undecided(str(reason)))


def with_progress(failure: DiagnosticError, explained: int) -> DiagnosticError:
    """An error that ends a search, with how far it had come."""
    first, *others = failure.diagnostics
    if not first.code.startswith("log.") or not explained:
        return failure
    note = Note(f"{count_text(explained, 'event')} before it {'is' if explained == 1 else 'are'} explained")
    return DiagnosticError([replace(first, notes=(*first.notes, note)), *others])
