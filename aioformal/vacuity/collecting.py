"""The probes of properties: what must come about for each of their parts to matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.concrete import EvaluationError, Program
from aioformal.concrete.choices import conjuncts, defined_by, disjuncts
from aioformal.concrete.condition import builtin_key
from aioformal.concrete.facts import Analysis
from aioformal.ordering import construct
from aioformal.ordering.context import level_of
from aioformal.resolve.model import Definition, Level, PartKind, Property, PropertyKind, PropertyPart
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.vacuity.entering import entered
from aioformal.vacuity.frames import START, Way
from aioformal.value.values import FALSE

MOST_PARTS = 20_000
"""Parts of formulas that are looked at: definitions may unfold to more than anybody would wait for."""

LIBRARY_MARK = "<"
"""What the name of a source that is no file begins with."""

Kind: TypeAlias = Literal["premise", "cause", "denial", "domain", "condition", "otherwise"]
"""`P` of `P => Q`; of `P ~> Q`; of `~P \\/ Q`; of a quantifier; of a branch taken where a condition is
true, or where none is."""


class Probe(Struct, frozen=True):
    """Something that must come about for a part of the property `of` to matter. `claim`: a property of its
    own that says that it never does. `expr`: the premise, the quantifier, the condition, or the branch;
    `around`: the way to it. `within`: names of probes, of which one must come about for this one to be of
    interest; of the empty set none need."""

    claim: Property
    of: str
    kind: Kind
    expr: ast.Expr
    around: Way
    within: frozenset[str]

    @property
    def name(self) -> str:
        return self.claim.name

    @property
    def part(self) -> PartKind:
        """What it is about: initial states, all states, or steps."""
        return self.claim.parts[0].kind


class Probes(Struct, frozen=True):
    """`complete`: every part was looked at."""

    probes: tuple[Probe, ...] = ()
    complete: bool = True

    @property
    def claims(self) -> tuple[Property, ...]:
        return tuple(probe.claim for probe in self.probes)


def probes_of(program: Program, properties: Iterable[Property]) -> Probes:
    """The probes of invariants and action properties, except what the constants alone switch off, as in
    `Fixed => ...` with `Fixed = FALSE`: that is what such constants are for. Ordering rules are not looked
    into: they have triggers of their own."""
    collector = _Collector(program)
    for prop in properties:
        if prop.rule is None and not prop.hidden and prop.kind is not PropertyKind.POSSIBLE:
            collector.property(prop)
    return collector.collected()


class _Found(Struct):
    """One probe, which several ways may lead to."""

    of: str
    kind: Kind
    part: PartKind
    expr: ast.Expr
    around: Way
    formulas: list[ast.Expr] = field(default_factory=list[ast.Expr])
    within: set[str] = field(default_factory=set[str])
    is_free: bool = False
    """Whether it is within no other on one of the ways."""

    def probe(self, name: str) -> Probe:
        span = self.expr.span
        claim = construct.negation(construct.disjunction(span, self.formulas))
        parts = (PropertyPart(self.part, claim),)
        prop = Property(name, PropertyKind.PROBE, parts, span, hidden=True)
        within = frozenset[str]() if self.is_free else frozenset(self.within)
        return Probe(prop, self.of, self.kind, self.expr, self.around, within)


class _Place(Struct, frozen=True):
    """Where a formula stands. `asserted`: the property says that it is true here. `within`: the innermost
    probe around it. `entered`: the definitions around it."""

    way: Way = START
    asserted: bool = True
    within: str | None = None
    entered: tuple[str, ...] = ()

    def given(self, conditions: list[ast.Expr], facts: Analysis) -> _Place:
        """Where these conditions are true."""
        return replace(self, way=self.way.given(conditions, facts))

    def changing(self, subscript: ast.Expr) -> _Place:
        """Where the step changes the subscript."""
        return replace(self, way=self.way.changing(subscript))

    @property
    def doubted(self) -> _Place:
        """The place of a part that may be false."""
        return replace(self, asserted=False)


class _TooManyError(Exception):
    """There are more parts than are looked at."""


class _Collector:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._facts = program.analysis
        self._definitions = program.model.flat.definitions
        self._found: dict[str, _Found] = {}
        self._allowed: dict[ast.Expr, bool] = {}
        self._parts = self._entered = 0
        self._complete = True
        self._prop = ""
        self._kind = PartKind.ALWAYS

    def property(self, prop: Property) -> None:
        """Takes in what a property says of states and steps."""
        self._prop = prop.name
        for part in prop.parts:
            temporal = part.kind is PartKind.TEMPORAL
            self._kind = PartKind.ALWAYS if temporal else part.kind
            walk = self._temporal if temporal else self._walk
            place = _Place()
            if part.subscript is not None:
                place = place.changing(part.subscript)
            try:
                walk(part.formula, place)
            except (RecursionError, _TooManyError):
                self._complete = False

    def collected(self) -> Probes:
        return Probes(tuple(found.probe(name) for name, found in self._found.items()), self._complete)

    def _temporal(self, expr: ast.Expr, place: _Place) -> None:
        """Of what is about whole behaviours only what must come about for `P ~> Q` to say anything."""
        match expr:
            case ast.Label(body=body):
                self._temporal(body, place)
            case ast.Quantifier(kind="\\A", bounds=bounds, body=body) if all(b.domain for b in bounds):
                self._temporal(body, replace(place, way=place.way.choosing(bounds, self._facts)))
            case ast.Junction(kind="/\\", items=items):
                for item in items:
                    self._temporal(item, place)
            case ast.Apply(args=args) if (key := builtin_key(expr)) is not None:
                if key == "~>" and level_of(args[0], self._definitions) < Level.TEMPORAL:
                    self._add("cause", args[0], place, place.given(conjuncts(args[0]), self._facts).way)
                for arg in args if key in ("[]", "/\\") else ():
                    self._temporal(arg, place)
            case _:
                definition = defined_by(expr, self._definitions)
                if definition is not None:
                    args = expr.args if isinstance(expr, ast.Apply) else ()
                    self._definition(definition, args, place, self._temporal)

    # ------------------------------------------------------------ parts

    def _walk(self, expr: ast.Expr, place: _Place) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise _TooManyError
        match expr:
            case ast.Label(body=body):
                self._walk(body, place)
            case ast.Let(units=units, body=body):
                self._walk(body, replace(place, way=place.way.naming(units, self._facts)))
            case ast.Quantifier():
                self._quantifier(expr, place)
            case ast.If():
                self._branches([(expr.condition, expr.then)], expr.otherwise, place)
            case ast.Case(arms=arms, other=other):
                self._branches([(arm.guard, arm.value) for arm in arms], other, place)
            case ast.ActionBox(action=action, subscript=subscript):
                self._walk(action, place.changing(subscript))
            case ast.ActionAngle(action=action):
                self._walk(action, place)
            case ast.Junction() | ast.Apply() | ast.Name():
                self._connective(expr, place)
            case _:
                pass

    def _connective(self, expr: ast.Expr, place: _Place) -> None:
        key = expr.kind if isinstance(expr, ast.Junction) else builtin_key(expr)
        rule = _CONNECTIVES.get(key or "")
        if rule is not None:
            rule(self, expr, place)
        elif (definition := defined_by(expr, self._definitions)) is not None:
            args = expr.args if isinstance(expr, ast.Apply) else ()
            self._definition(definition, args, place, self._walk)

    def _definition(
        self,
        definition: Definition,
        args: tuple[ast.Expr, ...],
        place: _Place,
        walk: Callable[[ast.Expr, _Place], None],
    ) -> None:
        """Those of the library are not looked into: whoever uses them did not write them."""
        is_library = definition.span.source.name.startswith(LIBRARY_MARK)
        if definition.recursive or is_library or definition.key in place.entered:
            return
        self._entered += 1
        body = entered(definition, args, self._entered)
        if body is not None:
            walk(body, replace(place, entered=(*place.entered, definition.key)))

    def _conjunction(self, expr: ast.Expr, place: _Place) -> None:
        """Where all conjuncts are true, none is a condition of the next."""
        before: list[ast.Expr] = []
        for part in conjuncts(expr):
            self._walk(part, place if place.asserted else place.given(before, self._facts))
            before.append(part)

    def _disjunction(self, expr: ast.Expr, place: _Place) -> None:
        """Each part comes to be asked where those before it are false, and only the last has to be true then.
        `~P \\/ Q` is an implication."""
        *others, last = disjuncts(expr)
        for part in others:
            self._walk(part, place.doubted)
            if builtin_key(part) == "~":
                premise = _operands(part)[0]
                reached = place.given(conjuncts(premise), self._facts)
                place = replace(reached, within=self._add("denial", premise, place, reached.way))
            else:
                place = place.given([construct.negation(part)], self._facts)
        self._walk(last, place)

    def _implication(self, expr: ast.Expr, place: _Place) -> None:
        premise, conclusion = _operands(expr)
        reached = place.given(conjuncts(premise), self._facts)
        within = self._add("premise", premise, place, reached.way)
        self._walk(premise, replace(place.doubted, within=within))
        self._walk(conclusion, replace(reached, within=within))

    def _negation(self, expr: ast.Expr, place: _Place) -> None:
        self._walk(_operands(expr)[0], place.doubted)

    def _equivalence(self, expr: ast.Expr, place: _Place) -> None:
        for part in _operands(expr):
            self._walk(part, place.doubted)

    def _quantifier(self, expr: ast.Quantifier, place: _Place) -> None:
        if any(bound.domain is None for bound in expr.bounds) or expr.kind not in ("\\A", "\\E"):
            return
        way = place.way.choosing(expr.bounds, self._facts)
        inner = replace(place, way=way, asserted=place.asserted and expr.kind == "\\A")
        # A set that something is asserted to be in has a member.
        if expr.kind == "\\A" or not place.asserted:
            inner = replace(inner, within=self._add("domain", expr, place, way))
        self._walk(expr.body, inner)

    def _branches(self, arms: list[tuple[ast.Expr, ast.Expr]], other: ast.Expr | None, place: _Place) -> None:
        """As in a CASE the first arm whose guard is true is taken."""
        rest = place
        for condition, value in arms:
            taken = rest.given(conjuncts(condition), self._facts)
            within = self._add("condition", condition, place, taken.way)
            self._walk(condition, replace(rest.doubted, within=within))
            self._walk(value, replace(taken, within=within))
            rest = rest.given([construct.negation(condition)], self._facts)
        if other is not None:
            within = self._add("otherwise", other, place, rest.way)
            self._walk(other, replace(rest, within=within))

    # ------------------------------------------------------------ probes

    def _add(self, kind: Kind, expr: ast.Expr, place: _Place, reached: Way) -> str | None:
        """The probe that the way is come to its end; that which is around it where the constants decide."""
        span = expr.span
        if not self._is_allowed(reached, span) or self._is_settled(reached, place.way):
            return place.within
        name = f"{kind} {self._prop} {self._kind.value} {span.source.name} {span.start} {span.end}"
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = _Found(self._prop, kind, self._kind, expr, place.way)
        found.formulas.append(reached.reached(span))
        if place.within is None:
            found.is_free = True
        else:
            found.within.add(place.within)
        return name

    def _is_settled(self, reached: Way, before: Way) -> bool:
        """Whether the constants alone decide all that is new."""
        new = reached.frames[len(before.frames) :]
        return all(getattr(frame, "constant", False) for frame in new)

    def _is_allowed(self, way: Way, span: Span) -> bool:
        """Whether the constants let anything come here."""
        formula = way.allowed(span)
        if isinstance(formula, ast.Boolean):
            return formula.value
        known = self._allowed.get(formula)
        if known is None:
            try:
                known = self._program.evaluate(formula) is not FALSE
            except EvaluationError:
                known = True
            self._allowed[formula] = known
        return known


def _operands(expr: ast.Expr) -> tuple[ast.Expr, ...]:
    assert isinstance(expr, ast.Apply)
    return expr.args


_Rule: TypeAlias = Callable[[_Collector, ast.Expr, _Place], None]
_CONNECTIVES: dict[str, _Rule] = {
    "/\\": _Collector._conjunction,  # pyright: ignore[reportPrivateUsage]
    "\\/": _Collector._disjunction,  # pyright: ignore[reportPrivateUsage]
    "=>": _Collector._implication,  # pyright: ignore[reportPrivateUsage]
    "~": _Collector._negation,  # pyright: ignore[reportPrivateUsage]
    "<=>": _Collector._equivalence,  # pyright: ignore[reportPrivateUsage]
}
