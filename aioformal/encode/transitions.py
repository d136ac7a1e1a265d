"""Init and Next as the initial rules and transitions of the system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from aioformal.encode.beside import Remembering
from aioformal.encode.events import Events
from aioformal.encode.free import Summaries
from aioformal.encode.leaf import Leaf, Way
from aioformal.encode.obligations import escape_of, inputs_of, obligations_of
from aioformal.encode.path import Failure
from aioformal.encode.scope import Frame
from aioformal.encode.shapes import Shapes
from aioformal.encode.slots import write
from aioformal.encode.symbols import Sym
from aioformal.encode.translator import Translator
from aioformal.encode.walk import Walker
from aioformal.ir import term as ir
from aioformal.ir.system import Initial, Input, Label, Obligation, Transition
from aioformal.ir.term import Term
from aioformal.syntax import ast
from aioformal.value.values import Value

MOST_STEPS = 3_000_000
"""Steps that Init or Next may take: about a minute, and a hundred times as many as any specification
here needs."""


class ActionEncoder:
    """`now` holds the value of every variable in the state before a step. With `counting`, rules say how
    often what they make counts as generated."""

    def __init__(
        self, translator: Translator, shapes: Shapes, now: Mapping[str, Sym], *, counting: bool = False
    ) -> None:
        self._counting = counting
        self._t = translator
        self._shapes = shapes
        self._now = now
        self._summaries = Summaries(translator.model)
        self._history = history = translator.model.history
        self._remembering: Remembering | None = None
        self.events: Events | None = None
        hidden = () if history is None else history.variables
        self.own = [name for name in shapes if name not in hidden]
        """The variables that Next gives a value."""

    def transitions(self, action: ast.Expr, most: int | None = None) -> tuple[Transition, ...]:
        """Next, in at most so many steps. What goes wrong where no step is possible is kept by a transition
        that is never taken."""
        with self._t.limited(MOST_STEPS if most is None else most):
            return self._transitions(action)

    def _transitions(self, action: ast.Expr) -> tuple[Transition, ...]:
        walker = Walker(self._t, self._summaries, counting=self._counting)
        way = Way(Label(_name_of(action), span=action.span))
        leaves = walker.walk(action, {}, Leaf((), Frame(self._now), way))
        if self._history is not None:
            self.events = Events(self._t, self._shapes, self._now, walker.entered)
            self._remembering = Remembering(self._t, self._shapes, self._now, self._history, self.events)
        made = [self._transition(walker, leaf) for leaf in leaves]
        found = _by_label([*walker.found, *((way.label, failure) for failure in self._t.path.take())])
        complete = [_with_failures(t, found.pop(_key(t.label), [])) for t in made if t is not None]
        left = [Transition(Label(name, args), ir.false, {}) for name, args in found]
        return (*complete, *(_with_failures(t, found[_key(t.label)]) for t in left))

    def _transition(self, walker: Walker, leaf: Leaf) -> Transition | None:
        if not self._is_complete(walker, leaf):
            return None
        changed = {v: sym for v, sym in leaf.frame.next.items() if sym is not self._now[v]}
        terms, escapes = self._written(walker, leaf, changed)
        if self._remembering is not None:
            more, further = self._remembering.updates(leaf, terms)
            walker.found.extend((leaf.way.label, failure) for failure in self._t.path.take())
            terms, escapes = {**terms, **more}, (*escapes, *further)
        updates = {name: term for name, term in terms.items() if not _is_old(name, term)}
        inputs = _inputs(leaf, [*updates.values(), *(o.condition for o in escapes)])
        return Transition(leaf.way.label, leaf.guard, updates, inputs, escapes, leaf.ways)

    def initial(self, formula: ast.Expr) -> tuple[Initial, ...]:
        """Init, in which there is one state only and every variable gets its value."""
        with self._t.limited(MOST_STEPS):
            return self._rules(formula)

    def _rules(self, formula: ast.Expr) -> tuple[Initial, ...]:
        walker = Walker(self._t, self._summaries, counting=self._counting)
        leaves = self._initial_leaves(walker, formula)
        made = [self._rule(walker, leaf) for leaf in leaves]
        failures = [failure for _, failure in walker.found] + list(self._t.path.take())
        rules = [rule for rule in made if rule is not None]
        return _with_initial_failures(rules, obligations_of(failures))

    def initial_leaves(self, formula: ast.Expr) -> list[Leaf]:
        """The ways through Init, with the values that they give; no shapes are needed for that."""
        with self._t.limited(MOST_STEPS):
            return self._initial_leaves(Walker(self._t, self._summaries), formula)

    def _initial_leaves(self, walker: Walker, formula: ast.Expr) -> list[Leaf]:
        way = Way(Label(_name_of(formula), span=formula.span))
        self._t.initializing = True
        try:
            leaves = walker.walk(formula, {}, Leaf((), Frame({}), way))
            if self._history is None:
                return leaves
            # What is remembered begins beside everything that can be the beginning.
            return [end for leaf in leaves for end in walker.walk(self._history.init, {}, leaf.closed())]
        finally:
            self._t.initializing = False

    def _rule(self, walker: Walker, leaf: Leaf) -> Initial | None:
        if not self._is_complete(walker, leaf):
            return None
        terms, escapes = self._written(walker, leaf, leaf.frame.next)
        inputs = _inputs(leaf, [*terms.values(), *(o.condition for o in escapes)])
        return Initial(leaf.guard, terms, inputs, escapes, leaf.ways)

    def _is_complete(self, walker: Walker, leaf: Leaf) -> bool:
        """Whether every variable has a value; the failure is reported where one has none."""
        expected = self._shapes if self._t.initializing else self.own
        missing = [name for name in expected if name not in leaf.frame.next]
        if missing:
            names = ", ".join(missing)
            span = leaf.way.label.span
            message = f"{leaf.way.label.name} leaves {names} without a value"
            walker.found.append((leaf.way.label, Failure(leaf.guard, "eval.unassigned", message, span)))
        return not missing

    def _written(
        self, walker: Walker, leaf: Leaf, values: Mapping[str, Sym]
    ) -> tuple[dict[str, Term], tuple[Obligation, ...]]:
        """The slots of new values, and the obligations that they fit."""
        terms: dict[str, Term] = {}
        escapes: list[Obligation] = []
        for variable, value in values.items():
            with self._t.path.under(*leaf.guards):
                written = write(self._t.path, self._shapes[variable], variable, value)
            terms.update(written.terms)
            escape = escape_of(variable, self._shapes[variable], written.escapes)
            if escape is not None:
                escapes.append(escape)
        walker.found.extend((leaf.way.label, failure) for failure in self._t.path.take())
        return terms, tuple(escapes)


Key = tuple[str, tuple[tuple[str, Value], ...]]


def _is_old(slot: str, term: Term) -> bool:
    """Whether a slot keeps the value that it has."""
    return term.op == "state" and term.payload == slot


def _key(label: Label) -> Key:
    return label.name, label.arguments


def _by_label(found: Sequence[tuple[Label, Failure]]) -> dict[Key, list[Failure]]:
    by_label: dict[Key, list[Failure]] = {}
    for label, failure in found:
        by_label.setdefault(_key(label), []).append(failure)
    return by_label


def _inputs(leaf: Leaf, terms: Sequence[Term]) -> tuple[Input, ...]:
    return tuple(dict.fromkeys((*leaf.inputs, *inputs_of(terms))))


def _with_failures(transition: Transition, failures: Sequence[Failure]) -> Transition:
    obligations = (*transition.obligations, *obligations_of(failures))
    inputs = (*transition.inputs, *inputs_of(o.condition for o in obligations))
    return replace(transition, inputs=tuple(dict.fromkeys(inputs)), obligations=obligations)


def _with_initial_failures(rules: list[Initial], failures: tuple[Obligation, ...]) -> tuple[Initial, ...]:
    """Failures of Init belong to its first rule, or to one that makes no state."""
    if not failures:
        return tuple(rules)
    first = rules[0] if rules else Initial(ir.false, {})
    inputs = dict.fromkeys((*first.inputs, *inputs_of(o.condition for o in failures)))
    with_failures = replace(first, inputs=tuple(inputs), obligations=(*first.obligations, *failures))
    return (with_failures, *rules[1:])


def _name_of(formula: ast.Expr) -> str:
    return formula.name if isinstance(formula, ast.Name) else "Next"
