"""The temporal parts of properties, judged on the graph of a complete search."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.diagnostic import DiagnosticError
from aioformal.engine.behaviour import label_of_step, trace_along
from aioformal.engine.liveness.atoms import Atoms
from aioformal.engine.liveness.automaton import Automaton, TooLargeError
from aioformal.engine.liveness.components import Component, fair_components
from aioformal.engine.liveness.conditions import Condition, marks_of, split
from aioformal.engine.liveness.formula import TRUE, Temporal, both, negated
from aioformal.engine.liveness.graph import Graph
from aioformal.engine.liveness.lasso import Lasso, lasso_of
from aioformal.engine.liveness.product import Multiplier, Product
from aioformal.engine.liveness.reading import Reader, RefusedError
from aioformal.engine.protocol import Budget, Event, Problem, Progress
from aioformal.evidence.verdict import Finding, Proved, Unknown, Vacuous, Verdict, Violated
from aioformal.resolve.model import Model, PartKind, Property
from aioformal.value.values import State

RARELY = (100_000, 50, 100)
"""Thresholds of Python's garbage collector while a graph is made and searched."""

NOT_ALL_SEEN = "a part of it is about whole behaviours: those are judged when all states are known"
CUT_SHORT = "all states are known, but the run ended before all behaviours were looked at"
NO_MEMORY = "all states are known, but this machine has no memory for all steps between them"
ABOUT_THE_SEARCH = "behaviours are not judged where TLCGet and the like ask how a search came to a state"
TOO_LARGE = "its automaton has too many states: it is better said in several parts"
NONE_IS_FAIR = "no behaviour satisfies the fairness that is assumed, so that there is none to violate it"
NONE_IS_LEFT = f"{NONE_IS_FAIR}: CONSTRAINT may have cut off those that do"


class OutOfTimeError(Exception):
    """The budget is exhausted."""


class UnjudgedError(Exception):
    """The graph cannot be made, for a reason that is the message."""


class Grounds(Protocol):
    """What a complete search has seen."""

    def state(self, number: int) -> State:
        """The state of a number in the graph."""
        ...

    def graph(self, model: Model, atoms: Atoms) -> Generator[Event, None, Graph]:
        """The graph of all steps for some atoms; `model` is the search's, and knows their constants. Raises
        `UnjudgedError`, `OutOfTimeError`, and `DiagnosticError` where an atom has no value."""
        ...


class _Question(Struct, frozen=True):
    """Whether a behaviour violates one conjunct of a property: whether one satisfies its `negation`."""

    property: str
    negation: Temporal


class _Questions(Struct):
    """What is to be found out, by property; `refused`: the reasons of those that cannot be asked. `assumed`:
    what fairness leaves to automata; `dropped`: a reason for which some of it is not assumed."""

    conditions: list[Condition] = field(default_factory=list[Condition])
    assumed: Temporal = TRUE
    dropped: str | None = None
    asked: list[_Question] = field(default_factory=list[_Question])
    refused: dict[str, str] = field(default_factory=dict[str, str])


def is_temporal(prop: Property) -> bool:
    """Whether a part of a property is about whole behaviours."""
    return any(part.kind is PartKind.TEMPORAL for part in prop.parts)


class Liveness:
    """One judgement. `name`: the engine that it is a part of."""

    def __init__(self, problem: Problem, budget: Budget, name: str) -> None:
        self._problem = problem
        self._budget = budget
        self._name = name

    def judge(
        self,
        properties: Sequence[Property],
        proof: Proved,
        grounds: Grounds,
    ) -> Iterator[Event]:
        """A finding for each property, of whose other parts there is a `proof`. An interrupt is passed on
        when everything has been said."""
        waiting = {prop.name: prop for prop in properties}
        try:
            for event in self._in_peace(properties, proof, grounds):
                if not isinstance(event, Finding) or waiting.pop(event.property, None) is not None:
                    yield event
        except KeyboardInterrupt:
            yield from self._left_open(waiting, CUT_SHORT)
            raise
        except MemoryError:
            yield from self._left_open(waiting, NO_MEMORY)
        except OutOfTimeError:
            yield from self._left_open(waiting, CUT_SHORT)

    def _left_open(self, waiting: Mapping[str, Property], reason: str) -> Iterator[Event]:
        for prop in waiting.values():
            yield self._found(prop, Unknown(reason))

    def _in_peace(
        self, properties: Sequence[Property], proof: Proved, grounds: Grounds
    ) -> Generator[Event, None, None]:
        # What a graph is made of has no cycles: looking for some among it takes a fifth of the time.
        thresholds = gc.get_threshold()
        gc.set_threshold(*RARELY)
        try:
            yield from self._judged(properties, proof, grounds)
        finally:
            gc.set_threshold(*thresholds)

    def _judged(self, properties: Sequence[Property], proof: Proved, grounds: Grounds) -> Iterator[Event]:
        model = self._problem.model
        if self._asks_about_the_search():
            yield from self._left_open({prop.name: prop for prop in properties}, ABOUT_THE_SEARCH)
            return
        reader = Reader(model)
        questions = self._questions(reader, properties)
        reasons = dict(questions.refused)
        open_ = [prop for prop in properties if prop.name not in reasons]
        if open_:
            try:
                known = replace(model, constants=reader.atoms.constants_of(model))
                graph = yield from grounds.graph(known, reader.atoms)
                yield from self._answers(open_, questions, graph, proof, grounds)
            except UnjudgedError as problem:
                reasons |= {prop.name: str(problem) for prop in open_}
            except DiagnosticError as failure:
                if failure.diagnostics[0].code == "check.evidence":
                    raise
                reasons |= {prop.name: _reason(failure) for prop in open_}
        for prop in properties:
            if prop.name in reasons:
                yield self._found(prop, Unknown(reasons[prop.name]))

    def _asks_about_the_search(self) -> bool:
        program = self._problem.program
        fairness = program.model.fairness
        return program.is_volatile or any(program.analysis.of(formula).volatile for formula in fairness)

    def _questions(self, reader: Reader, properties: Sequence[Property]) -> _Questions:
        made = _Questions()
        for prop in properties:
            try:
                made.asked += _asked(reader, prop)
            except (RefusedError, DiagnosticError) as refusal:
                made.refused[prop.name] = _reason(refusal)
        assumed: list[Temporal] = []
        for formula in self._problem.model.fairness:
            try:
                assumed += [reader.formula(part) for part in reader.parts(formula)]
            except (RefusedError, DiagnosticError) as refusal:
                made.dropped = made.dropped or _reason(refusal)
        made.assumed, made.conditions = split(both(assumed))
        return made

    # ------------------------------------------------------------ answers

    def _answers(
        self,
        properties: Sequence[Property],
        questions: _Questions,
        graph: Graph,
        proof: Proved,
        grounds: Grounds,
    ) -> Iterator[Event]:
        possible: bool | None = None
        for prop in properties:
            yield self._sign(len(graph), prop.name)
            asked = [question for question in questions.asked if question.property == prop.name]
            try:
                lasso = next(filter(None, (self._lasso(one, questions, graph) for one in asked)), None)
                if lasso is None and possible is None:
                    possible = self._is_possible(questions, graph)
            except TooLargeError:
                yield self._found(prop, Unknown(TOO_LARGE))
                continue
            if lasso is not None:
                possible = True
                yield self._found(prop, self._refuted(lasso, questions, grounds))
            else:
                yield self._found(prop, proof if possible else self._vacuous())

    def _is_possible(self, questions: _Questions, graph: Graph) -> bool:
        """Whether some behaviour satisfies all that is assumed."""
        if questions.assumed == TRUE and _may_stop(graph, questions.conditions):
            return True
        return self._components(questions.assumed, questions.conditions, graph) is not None

    def _vacuous(self) -> Vacuous:
        model = self._problem.model
        return Vacuous(NONE_IS_LEFT if model.constraints or model.action_constraints else NONE_IS_FAIR)

    def _lasso(self, question: _Question, questions: _Questions, graph: Graph) -> Lasso | None:
        rest, conditions = split(both((question.negation, questions.assumed)))
        conditions = list(dict.fromkeys((*conditions, *questions.conditions)))
        found = self._components(rest, conditions, graph)
        return None if found is None else lasso_of(*found)

    def _components(
        self, formula: Temporal, conditions: Sequence[Condition], graph: Graph
    ) -> tuple[Product, Sequence[Component]] | None:
        """Where a behaviour can satisfy a formula and conditions for ever; None if nowhere."""
        automaton = Automaton(formula)
        if not automaton.keeping:
            return None
        product = Multiplier(graph, automaton, conditions, self._look).product()
        components = list(fair_components(product, self._look))
        return (product, components) if components else None

    def _refuted(self, lasso: Lasso, questions: _Questions, grounds: Grounds) -> Verdict:
        if questions.dropped is not None:
            return Unknown(f"without all of the fairness that is assumed it is violated: {questions.dropped}")
        program = self._problem.program
        trace = trace_along(program, [grounds.state(number) for number in lasso.states])
        last, first = trace.states[-1], trace.states[lasso.loop]
        closing = None if last == first else label_of_step(program, last, first)
        return Violated(replace(trace, loop=lasso.loop, closing=closing))

    def _look(self) -> None:
        if self._budget.exhausted():
            raise OutOfTimeError

    def _sign(self, states: int, prop: str) -> Progress:
        self._look()
        return Progress(self._name, 0, self._budget.elapsed(), distinct=states, property=prop)

    def _found(self, prop: Property, verdict: Verdict) -> Finding:
        return Finding(prop.name, verdict, self._name, self._budget.elapsed())


def _asked(reader: Reader, prop: Property) -> Iterator[_Question]:
    for part in prop.parts:
        if part.kind is not PartKind.TEMPORAL:
            continue
        if part.unjudged is not None:
            raise RefusedError(part.unjudged, part.formula.span)
        for conjunct in reader.parts(part.formula):
            yield _Question(prop.name, negated(reader.formula(conjunct)))


def _may_stop(graph: Graph, conditions: Sequence[Condition]) -> bool:
    """Whether it is fair to stop for ever in some state: the first step out of each changes nothing."""
    marks = [marks_of(conditions, letter) for letter in graph.alphabet]
    fair = {position for position, (asked, answered) in enumerate(marks) if not asked & ~answered}
    return any(graph.letters[graph.offsets[number]] in fair for number in range(len(graph)))


def _reason(refusal: RefusedError | DiagnosticError) -> str:
    if isinstance(refusal, RefusedError):
        return str(refusal)
    first = refusal.diagnostics[0]
    return f"{first.message} ({first.span})" if first.span is not None else first.message
