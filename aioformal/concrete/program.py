"""A model that can be run: states, steps, predicates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple, TypeAlias

from msgspec import Struct, field

from aioformal.concrete.action import Enumeration
from aioformal.concrete.behaviour import ActionLabel
from aioformal.concrete.candidates import Candidates
from aioformal.concrete.clause import Clause, Scoped, Test, reads_of, shapes_of
from aioformal.concrete.compiler import Compiler
from aioformal.concrete.context import Context, Env, Partial, Whole
from aioformal.concrete.facts import Analysis
from aioformal.concrete.fault import RETRIED, evaluation_error
from aioformal.concrete.initial import FIRST, in_parts
from aioformal.concrete.instances import Effect, Guard, Instance, Outcome, Site, Sites, choices_of
from aioformal.concrete.path import Item, Label, Leaf, Point, chain_of
from aioformal.concrete.writer import Writer
from aioformal.resolve.model import Model
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.nesting import make_room
from aioformal.value.values import State, Value

Predicate: TypeAlias = Callable[[State], bool]
StepPredicate: TypeAlias = Callable[[State, State], bool]


class Step(NamedTuple):
    """A step out of a state: what it is called, and where it leads."""

    label: ActionLabel
    state: State


class Program:
    """Runs a model. Everything may raise `EvaluationError`; nothing is compiled before it is asked for."""

    def __init__(self, model: Model) -> None:
        make_room()
        self.model = model
        self.variables = model.variables
        self.analysis = analysis = Analysis(model.flat.definitions, model.variables)
        self._fast = Compiler(model, analysis, careful=False)
        self._careful = Compiler(model, analysis, careful=True)
        self._entries: dict[tuple[int, str], Callable[..., Any]] = {}

    # ------------------------------------------------------------ expressions

    def predicate(self, expr: ast.Expr) -> Predicate:
        """A state predicate. Raises eval.kind, when called, if the value is not Boolean."""
        return self._entry(expr, ("s",), as_condition=True)

    def step_predicate(self, expr: ast.Expr, subscript: ast.Expr | None = None) -> StepPredicate:
        """The action `expr`, or `[expr]_subscript`."""
        if subscript is not None:
            key = (id(expr), f"box {id(subscript)}")
            known = self._entries.get(key)
            if known is None:
                box = ast.ActionBox(expr.span, expr, subscript)
                known = self._entries[key] = self._entry(box, ("s", "n"), as_condition=True)
            return known
        return self._entry(expr, ("s", "n"), as_condition=True)

    def evaluate(self, expr: ast.Expr, state: State | None = None, next_state: State | None = None) -> Value:
        """The value of an expression; constant if no state is given."""
        if state is None:
            return self._entry(expr, (), as_condition=False)()
        if next_state is None:
            return self._entry(expr, ("s",), as_condition=False)(state)
        return self._entry(expr, ("s", "n"), as_condition=False)(state, next_state)

    def evaluate_in(
        self,
        expr: ast.Expr,
        env: Env,
        values: Mapping[str, Value],
        state: State | None,
        next_state: State | None = None,
    ) -> Value:
        """The value of an expression among bound names; `values` are given by Python parameter."""
        self._fast.keep(env)
        frames = (*(["s"] if state is not None else []), *(["n"] if next_state is not None else []))
        key = (id(expr), f"{id(env)} {frames}")
        known = self._entries.get(key)
        if known is None:
            make = partial(_compile_entry, expr, frames, False, env=env, header=tuple(values))
            known = self._entries[key] = self.guarded(make, expr.span)
        states = (one for one in (state, next_state) if one is not None)
        return known(*values.values(), *states)

    def clauses(self, formula: ast.Expr, *, is_step: bool = False) -> list[Clause]:
        """The clauses of a state predicate, or of an action, in the order in which the formula would
        come to them. It holds if all of them do."""
        frames = ("s", "n") if is_step else ("s",)
        found: list[tuple[tuple[int, ...], Clause]] = []
        for shape in shapes_of(self._fast, formula):
            parts = (*shape.premises, shape.conclusion)
            tests = [self._scoped_test(part, shape.header, frames) for part in parts]
            for place, values in shape.instances():
                *premises, conclusion = (test(values) for test in tests)
                found.append((place, Clause(tuple(premises), conclusion)))
        return [clause for _, clause in sorted(found, key=lambda pair: pair[0])]

    def _scoped_test(
        self, scoped: Scoped, header: tuple[str, ...], frames: tuple[str, ...]
    ) -> Callable[[Mapping[str, Value]], Test]:
        make = partial(_compile_entry, scoped.expr, frames, True, env=scoped.env, header=header)
        function = self.guarded(make, scoped.expr.span)
        return lambda values: Test(
            partial(function, *values.values()), reads_of(self._fast, (scoped,), values)
        )

    def _entry(self, expr: ast.Expr, frames: tuple[str, ...], *, as_condition: bool) -> Callable[..., Any]:
        key = (id(expr), f"{frames} {as_condition}")
        known = self._entries.get(key)
        if known is None:
            self._fast.keep(expr)
            make = partial(_compile_entry, expr, frames, as_condition)
            known = self._entries[key] = self.guarded(make, expr.span)
        return known

    def guarded(self, make: Callable[[Compiler], str], span: Span | None) -> Callable[..., Any]:
        """The fast variant of a function, and the careful one where that breaks off."""
        function = self._linked(self._fast, make)
        careful: list[Callable[..., Any]] = []

        def call(*arguments: Any) -> Any:
            try:
                return function(*arguments)
            except RETRIED:
                if not careful:
                    careful.append(self._linked(self._careful, make))
                return self._carefully(careful[0], arguments, span)

        return call

    def _linked(self, compiler: Compiler, make: Callable[[Compiler], str]) -> Callable[..., Any]:
        name = make(compiler)
        compiler.link()
        return compiler.globals[name]

    def _carefully(self, function: Callable[..., Any], arguments: tuple[Any, ...], span: Span | None) -> Any:
        try:
            return function(*arguments)
        except RETRIED as fault:
            names = {**self._fast.definition_of, **self._careful.definition_of}
            problem = evaluation_error(fault, names, span)
            if problem is None:
                raise
        raise problem

    @cached_property
    def is_volatile(self) -> bool:
        """Whether a step, or what is checked, depends on more than states: on TLCGet and the like."""
        return any(self.analysis.of(formula).volatile for formula in self.model.formulas)

    # ------------------------------------------------------------ behaviour

    @cached_property
    def instances(self) -> tuple[Instance, ...]:
        """The next-state action, disjunct by disjunct. Empty if the model has none."""
        return tuple(self._make_instances())

    @cached_property
    def _candidates(self) -> Candidates:
        return Candidates(self.instances, remembers=not self.is_volatile)

    @cached_property
    def _sites(self) -> Sites:
        return Sites(self._fast)

    @cached_property
    def _site_list(self) -> list[Site]:
        action, history = self.model.next, self.model.history
        beside = () if history is None else (history.step,)
        return [] if action is None else self._sites.of(action, self._outer_label(action, "Next"), beside)

    def _outer_label(self, action: ast.Expr, default: str) -> Label:
        name = action.name if isinstance(action, ast.Name) else default
        return Label(name, action.span)

    def _make_instances(self) -> Iterator[Instance]:
        compiled = [_compile_site(self._sites, site) for site in self._site_list]
        self._fast.link()
        known = self._fast.globals
        for code in compiled:
            for chosen in choices_of(code.site):
                yield Instance(
                    self._effect(code.effect, chosen),
                    {v: _need(known[name], chosen, v) for v, name in code.needs.items()},
                    self._guard(code, chosen),
                )

    def _guard(self, code: SiteCode, chosen: tuple[Value, ...]) -> Guard | None:
        if code.guard is None:
            return None
        guard = code.guard
        holds = partial(_holds, self._fast.globals[guard.name], chosen)
        values = dict(zip(code.site.header, chosen, strict=True))
        return Guard(holds, reads_of(self._fast, guard.tests, values), self._effect(guard.effect, chosen))

    def _effect(self, code: EffectCode, chosen: tuple[Value, ...]) -> Effect:
        run = self._run(self._fast.globals[code.name], code.careful(self), chosen, code.site.label.span)
        return Effect(run, tuple(sorted(code.reads)))

    def careful_site(self, site: Site) -> Callable[[], Callable[..., Any]]:
        """The careful function of a site, made when it is first needed."""
        known: list[Callable[..., Any]] = []

        def function() -> Callable[..., Any]:
            if not known:
                known.append(self._linked(self._careful, lambda c: Sites(c).compile(site)[0]))
            return known[0]

        return function

    def _run(
        self,
        fast: Callable[..., None],
        careful: Callable[[], Callable[..., Any]],
        chosen: tuple[Value, ...],
        span: Span | None,
    ) -> Callable[[State], list[Outcome]]:
        def run(state: State) -> list[Outcome]:
            found: list[Outcome] = []
            try:
                fast(found.append, *chosen, state)
            except RETRIED:
                found.clear()
                self._carefully(careful(), (found.append, *chosen, state), span)
            return found

        return run

    def successors(self, state: State) -> Iterator[Step]:
        """Every step that the next-state action allows, as often as TLC generates it."""
        for instance in self._candidates.of(state):
            for leaf, arguments, values in instance.effect.run(state):
                new = list(state)
                for index, value in zip(leaf.variables, values, strict=True):
                    new[index] = value
                yield Step(label_of(leaf, arguments), tuple(new))

    def initial_states(self) -> Iterator[State]:
        """Every state that Init allows, as often as TLC generates it."""
        if self.model.init is None:
            return
        first = None if self.is_volatile else FIRST
        for _, _, values in in_parts(self._initial, first):
            yield values

    @cached_property
    def _initial(self) -> Callable[[list[Outcome]], None]:
        init = self.model.init
        assert init is not None
        fast, careful = self._linked(self._fast, self._compile_initial), self._compile_initial

        def run(found: list[Outcome]) -> None:
            try:
                fast(found.append)
            except RETRIED:
                found.clear()
                self._carefully(self._linked(self._careful, careful), (found.append,), init.span)

        return run

    def _compile_initial(self, c: Compiler) -> str:
        init, history, name = self.model.init, self.model.history, c.fresh("initial")
        assert init is not None
        writer = Writer()
        context = Context({}, Partial(len(c.index)), None)
        label = self._outer_label(init, "Init")
        beside = [] if history is None else [Item(history.init, {})]
        Enumeration(c, initial=True).step(init, Point(context, label, chain_of(beside)), writer)
        c.function(name, ("out",), writer.lines)
        return name

    # ------------------------------------------------------------ a second reading

    def is_initial(self, state: State) -> bool:
        """Init as a predicate: no assignment, no enumeration."""
        init, history = self.model.init, self.model.history
        begins = init is not None and self.predicate(init)(state)
        return begins and (history is None or self.predicate(history.init)(state))

    def is_step(self, state: State, next_state: State) -> bool:
        """The next-state action as a predicate on two states: no assignment, no enumeration."""
        action, history = self.model.next, self.model.history
        steps = action is not None and self.step_predicate(action)(state, next_state)
        return steps and (history is None or self.step_predicate(history.step)(state, next_state))

    # ------------------------------------------------------------ constraints

    def satisfies_constraints(self, state: State) -> bool:
        """Whether every CONSTRAINT holds."""
        return all(self.predicate(formula)(state) for formula in self.model.constraints)

    def satisfies_action_constraints(self, state: State, next_state: State) -> bool:
        """Whether every ACTION_CONSTRAINT holds."""
        return all(
            self.step_predicate(formula)(state, next_state) for formula in self.model.action_constraints
        )


def _compile_entry(
    expr: ast.Expr,
    frames: tuple[str, ...],
    as_condition: bool,
    c: Compiler,
    env: Env | None = None,
    header: tuple[str, ...] = (),
) -> str:
    name = c.fresh("entry")
    now = Whole("s") if "s" in frames else None
    following = Whole("n") if "n" in frames else None
    writer = Writer()
    c.tail(expr, Context(env or {}, now, following), writer, as_condition)
    c.function(name, (*header, *frames), writer.lines)
    return name


class EffectCode(Struct, frozen=True):
    """The function of a disjunct, by name, and what it reads."""

    site: Site
    name: str
    reads: frozenset[int]
    _careful: list[Callable[[], Callable[..., Any]]] = field(
        default_factory=list[Callable[[], Callable[..., Any]]]
    )

    def careful(self, program: Program) -> Callable[[], Callable[..., Any]]:
        """The careful function, one for all instances."""
        if not self._careful:
            self._careful.append(program.careful_site(self.site))
        return self._careful[0]


class GuardCode(Struct, frozen=True):
    """The function of the tests that are made beforehand, and what is left after them."""

    name: str
    tests: Sequence[Scoped]
    effect: EffectCode


class SiteCode(Struct, frozen=True):
    """What was made for a disjunct."""

    site: Site
    effect: EffectCode
    needs: Mapping[int, str]
    guard: GuardCode | None


def _compile_site(sites: Sites, site: Site) -> SiteCode:
    effect = _compile_effect(sites, site)
    walk = sites.walk(site)
    needs = {v: name for v in sorted(effect.reads) if (name := sites.compile_need(walk, site, v)) is not None}
    # Nobody asks needs about a disjunct that reads nothing: what they would see fail is not seen.
    tests = walk.guards if effect.reads else None
    if not tests:
        return SiteCode(site, effect, needs, None)
    rest = _compile_effect(sites, sites.without(tests, site))
    return SiteCode(site, effect, needs, GuardCode(sites.compile_guard(tests, site), tests, rest))


def _compile_effect(sites: Sites, site: Site) -> EffectCode:
    return EffectCode(site, *sites.compile(site))


def _need(test: Callable[..., bool], chosen: tuple[Value, ...], at: int) -> Callable[[Value], bool | None]:
    return lambda value: _holds(test, chosen, {at: value})


def _holds(function: Callable[..., bool], chosen: tuple[Value, ...], state: object) -> bool | None:
    """A test that fails says nothing: the action itself then says what is wrong."""
    try:
        return function(*chosen, state)
    except RETRIED:
        return None


def label_of(leaf: Leaf, arguments: tuple[Value | None, ...]) -> ActionLabel:
    """The label of an outcome; an argument that has no value is left out."""
    pairs = zip(leaf.arguments, arguments, strict=True)
    return ActionLabel(leaf.name, tuple((name, v) for name, v in pairs if v is not None), leaf.span)


def compile_model(model: Model) -> Program:
    """The program of a model. Raises nothing: what cannot be evaluated fails when it is."""
    return Program(model)
