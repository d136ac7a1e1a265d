"""States, steps and checks: how actions put the next state together, and what can be asked of a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Concatenate, Generic, NamedTuple, ParamSpec

from aioformal.pymodule.runtime.state import State
from aioformal.pymodule.runtime.values import EvaluationError, Value, eq, fail, members, plain, show

VARIABLES: tuple[str, ...] = tuple(field.name for field in fields(State))

P = ParamSpec("P")


class Successor(NamedTuple):
    """A step out of a state: the action, its arguments by name, and where it leads."""

    action: str
    arguments: dict[str, Value]
    state: State

    def __str__(self) -> str:
        inner = ", ".join(f"{name} = {show(value)}" for name, value in self.arguments.items())
        return f"{self.action}({inner})" if inner else self.action


class NextState(State):
    """The next state while an action puts it together: an attribute for each variable that has a value.

    Whoever is given one may change it; who follows several ways from it takes copies. It also knows the name
    of the step: the last action that was entered before the first conjunct, and `bound`, the names that
    \\E has bound on the way.
    """

    __slots__ = ("action", "arguments", "bound", "wanted")
    action: str
    arguments: dict[str, Value] | None
    bound: dict[str, Value]
    wanted: str | None

    def __init__(self, wanted: str | None = None) -> None:
        set_attribute = object.__setattr__
        set_attribute(self, "action", "")
        set_attribute(self, "arguments", None)
        set_attribute(self, "bound", {})
        set_attribute(self, "wanted", wanted)

    def __getattr__(self, name: str) -> Any:
        if name not in VARIABLES:
            raise AttributeError(name)
        fail("eval.unassigned", f"the value of {name} is needed before it has one")

    def copy(self) -> NextState:
        """The same so far."""
        made = NextState(self.wanted)
        made.__dict__.update(self.__dict__)
        made.named(self.action, self.arguments, self.bound)
        return made

    def named(self, action: str, arguments: dict[str, Value] | None, bound: dict[str, Value]) -> None:
        """What the step is called."""
        set_attribute = object.__setattr__
        set_attribute(self, "action", action)
        set_attribute(self, "arguments", arguments)
        set_attribute(self, "bound", bound)

    def where(self, /, **bound: Value) -> NextState:
        """A copy for one choice of \\E."""
        made = self.copy()
        made.named(self.action, self.arguments, {**self.bound, **bound})
        return made

    def gives(self, name: str, value: Value) -> bool:
        """x' = value: gives x its next value, or tests the one that it has."""
        known = self.__dict__
        if name in known:
            return eq(known[name], value)
        known[name] = plain(value)
        return True

    def keeps(self, s: State, *names: str) -> bool:
        """UNCHANGED <<x, y>>."""
        return all(self.gives(name, getattr(s, name)) for name in names)

    def chooses(self, name: str, the_set: Value) -> Iterator[NextState]:
        """x' \\in S: a copy for each member."""
        if name in self.__dict__:
            if any(eq(self.__dict__[name], value) for value in members(the_set)):
                yield self
            return
        for value in members(the_set):
            made = self.copy()
            made.__dict__[name] = value
            yield made

    def complete(self) -> State:
        """The state, when the action has come to its end. Raises eval.unassigned."""
        missing = [name for name in VARIABLES if name not in self.__dict__]
        if missing:
            fail("eval.unassigned", f"{', '.join(missing)}: no value after {self.action or 'Init'}")
        made = State.__new__(State)
        made.__dict__.update(self.__dict__)
        return made

    def step(self) -> Successor:
        """The step that is complete."""
        arguments = self.bound if self.arguments is None else self.arguments
        return Successor(self.action, arguments, self.complete())


def in_turn(
    n: NextState, values: Sequence[Value], step: Callable[[NextState, Value], Iterator[NextState]]
) -> Iterator[NextState]:
    """\\A x \\in S : A: one after the other for all members."""
    if not values:
        yield n
        return
    for following in step(n, values[0]):
        yield from in_turn(following, values[1:], step)


def shown_argument(argument: Any) -> Any:
    """An argument for the name of a step, also where it is put off and has no value."""
    try:
        return argument() if callable(argument) else argument
    except EvaluationError:
        return "?"


class Action(Generic[P]):
    """An action of the specification. Called with a state and its parameters, it yields where it leads.

    `reaches`: the names that a step through it can have.
    """

    def __init__(
        self,
        name: str,
        body: Callable[Concatenate[State, NextState, P], Iterator[NextState]],
        parameters: tuple[str, ...],
        reaches: frozenset[str],
    ) -> None:
        self.name = name
        self.body = body
        self.parameters = parameters
        self.reaches = reaches
        self.__doc__ = body.__doc__

    def __call__(self, s: State, *arguments: P.args, **named: P.kwargs) -> Iterator[State]:
        for n in self.within(s, NextState(), *arguments, **named):
            yield n.complete()

    def within(self, s: State, n: NextState, *arguments: P.args, **named: P.kwargs) -> Iterator[NextState]:
        """Goes on from `n`; the step is called what it was called before."""
        before = n.action, n.arguments, n.bound
        for following in self.body(s, n, *arguments, **named):
            following.named(*before)
            yield following

    def into(self, s: State, n: NextState, *arguments: P.args, **named: P.kwargs) -> Iterator[NextState]:
        """Goes on from `n`; the step is called by this action, or by what it chooses."""
        if n.wanted is None or n.wanted in self.reaches:
            given: dict[str, Any] = dict(zip(self.parameters, arguments, strict=False))
            shown: dict[str, Value] = {name: shown_argument(one) for name, one in given.items()}
            n.named(self.name, shown if self.parameters else None, n.bound)
            yield from self.body(s, n, *arguments, **named)


def action(
    name: str, *parameters: str, reaches: str = ""
) -> Callable[[Callable[Concatenate[State, NextState, P], Iterator[NextState]]], Action[P]]:
    """Marks an action: its name in the specification, its parameters, and the names of its steps."""

    def mark(body: Callable[Concatenate[State, NextState, P], Iterator[NextState]]) -> Action[P]:
        made = Action(name, body, parameters, frozenset(reaches.split() or [name]))
        ACTIONS[name] = made
        return made

    return mark


ACTIONS: dict[str, Action[...]] = {}
"""Every action, by its name in the specification."""


@dataclass(frozen=True)
class Check:
    """A part of a property. `kind`: initial (a state at the beginning), invariant (every state) or step
    (two states that follow each other)."""

    name: str
    kind: str
    holds: Callable[..., bool]
    place: str
    reads: tuple[str, ...] = ()
    """The variables that it looks at."""
