"""Watching a run: events one at a time, against the states that the specification may be in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from aioformal.pymodule.runtime.behaviour import ACTIONS, VARIABLES, Check, Successor
from aioformal.pymodule.runtime.state import State
from aioformal.pymodule.runtime.values import Bool, EvaluationError, Function, ModelValue, Value, show

MOST_STATES = 1000
MOST_REMEMBERED = 1 << 16


class Broken(Exception):  # noqa: N818
    """A rule is broken, or an event is none that the specification allows. `rule`: its name, or the action's;
    `event`: how many events there were; `steps`: those that matter, as (number, text)."""

    def __init__(self, rule: str, event: int, why: str, steps: Iterable[tuple[int, str]]) -> None:
        self.rule = rule
        self.event = event
        self.steps = tuple(steps)
        lines = "".join(f"\n  {number:>6}  {text}" for number, text in self.steps)
        super().__init__(f"{why}{lines}")


def same(value: Value, given: object) -> bool:
    """Whether a TLA+ value is what Python says: True is TRUE, "c1" also the model value c1, a dict a function
    or a record, a list or tuple a sequence, a set a set."""
    match value:
        case Bool():
            return given is value or given is value.truth
        case ModelValue():
            return given is value or given == value.name
        case int():
            return type(given) is int and given == value
        case Function(mapping=mapping):
            items = items_of(given)
            return value == given if items is None else same_all([*mapping.items()], items)
        case frozenset() if isinstance(given, set | frozenset):
            return value == given or same_all([*value], [*cast("set[object]", given)])
        case _:
            return bool(value == given)


def items_of(given: object) -> list[tuple[object, object]] | None:
    """Arguments and values of what is a function in TLA+."""
    if isinstance(given, dict):
        return [*cast("dict[object, object]", given).items()]
    return [*enumerate(cast("list[object]", given), 1)] if isinstance(given, list | tuple) else None


def same_all(values: Sequence[Any], given: Sequence[object]) -> bool:
    """Whether each is the same as one of the others, and the other way round; pairs count as wholes."""
    return (
        len(values) == len(given)
        and all(any(same_item(a, b) for a in values) for b in given)
        and all(any(same_item(a, b) for b in given) for a in values)
    )


def same_item(value: Any, given: object) -> bool:
    if isinstance(value, tuple):
        return all(map(same, cast("tuple[Value, ...]", value), cast("tuple[object, ...]", given)))
    return same(value, given)


def native(value: Value) -> Any:
    """A TLA+ value in Python's own terms, as `same` takes them: a model value by its name. A function that is
    in a set stays what it is: a dict can be in none."""
    match value:
        case Bool():
            return value.truth
        case ModelValue():
            return value.name
        case frozenset():
            return frozenset(map(native_member, value))
        case Function(mapping=mapping) if all(i in mapping for i in range(1, len(mapping) + 1)):
            return tuple(native(mapping[i]) for i in range(1, len(mapping) + 1))
        case Function(mapping=mapping):
            return {native(key): native(one) for key, one in mapping.items()}
        case _:
            return value


def native_member(value: Value) -> Any:
    found = native(value)
    try:
        hash(found)
    except TypeError:
        return value
    return found


def text_of(action: str, arguments: Mapping[str, object]) -> str:
    inner = ", ".join(f"{name} = {_shown(value)}" for name, value in arguments.items())
    return f"{action}({inner})" if inner else action


def _shown(value: Any) -> str:
    try:
        return show(value)
    except TypeError:
        return repr(value)


Changes = Mapping[str, tuple[int, Successor]]
"""For each variable the event that changed it last: its number and its step."""

PLAIN_TYPES = frozenset((str, int, ModelValue))
"""Types whose values are equal only if they are the same to a specification."""


def exactly(given: object) -> object:
    """What an argument is remembered by: Python takes True and 1 for equal, and a specification does not.
    Raises `TypeError` where it cannot be remembered."""
    if type(given) in PLAIN_TYPES:
        return given
    if isinstance(given, tuple):
        return tuple, *map(exactly, cast("tuple[object, ...]", given))
    if isinstance(given, frozenset):
        return frozenset, frozenset(map(exactly, cast("frozenset[object]", given)))
    hash(given)
    return type(given), given


@dataclass(frozen=True, slots=True)
class Outcome:
    """A way to explain an event: the step, where it leads, the variables that it changes, and the checks that
    it breaks."""

    step: Successor
    position: Position
    changed: tuple[str, ...]
    broken: tuple[Check, ...]


class Position:
    """A state that a run may be in, and what is known of events there. There is one of each state, so that a
    position is as good as its state and need not be compared value by value."""

    __slots__ = ("outcomes", "state")

    def __init__(self, state: State) -> None:
        self.state = state
        self.outcomes: dict[tuple[object, ...], list[Outcome]] = {}


class Monitor:
    """Follows a run through the specification.

    Where an event leaves something open (arguments that are not given, a choice that has no name), all states
    that explain the events so far are kept, at most `most`. A rule is broken if it is broken however the
    events are explained. After it has raised `Broken`, a monitor stays where it was before the event.
    """

    def __init__(
        self,
        initial_states: Callable[[], Iterator[State]],
        successors: Callable[[State, str | None], Iterator[Successor]],
        checks: tuple[Check, ...],
        most: int = MOST_STATES,
    ) -> None:
        self.successors = successors
        self.initial = [check for check in checks if check.kind == "initial"]
        self.invariants = [check for check in checks if check.kind == "invariant"]
        self.steps = [check for check in checks if check.kind == "step"]
        self.most = most
        self.events = 0
        self.remembered = 0
        self.positions: dict[State, Position] = {}
        self.possible: dict[Position, Changes] = {}
        self._begin(initial_states)

    def _begin(self, initial_states: Callable[[], Iterator[State]]) -> None:
        broken: list[Check] = []
        for state in initial_states():
            found = [check for check in (*self.initial, *self.invariants) if not check.holds(state)]
            broken += found
            if not found:
                self._keep(self.possible, self._position(state), {})
        if not self.possible:
            rule = broken[0].name if broken else "Init"
            place = f" ({broken[0].place})" if broken else ""
            raise Broken(rule, 0, f"{rule} is false of every initial state{place}", ())

    @property
    def states(self) -> tuple[State, ...]:
        """The states that the specification may be in now."""
        return tuple([position.state for position in self.possible])

    def step(self, action: str, /, **arguments: object) -> None:
        """An event: an action, with the arguments that are known. Raises `Broken`."""
        if self.remembered >= MOST_REMEMBERED:
            self._forget()
        number = self.events + 1
        key = self._key(action, arguments)
        found: dict[Position, Changes] = {}
        broken: list[tuple[Check, Changes, Successor]] = []
        for position, changes in self.possible.items():
            outcomes = position.outcomes.get(key)
            if outcomes is None:
                outcomes = self._outcomes(position, key, action, arguments)
            for outcome in outcomes:
                if outcome.broken:
                    broken.append((outcome.broken[0], changes, outcome.step))
                elif outcome.position not in found:
                    event = number, outcome.step
                    changes_then: Changes = {**changes, **dict.fromkeys(outcome.changed, event)}
                    self._keep(found, outcome.position, changes_then)
        if not found:
            self._complain(number, action, arguments, broken)
        self.events = number
        self.possible = found

    def observe(self, state: State | None = None, /, **variables: object) -> None:
        """What was seen of the state: a whole one, or some variables. Raises `Broken` if it cannot be."""
        whole = {} if state is None else {name: getattr(state, name) for name in VARIABLES}
        given: dict[str, object] = {**whole, **variables}
        for name in given.keys() - set(VARIABLES):
            raise ValueError(f"no variable is called {name}; there are {', '.join(VARIABLES)}")
        found = {
            position: changes
            for position, changes in self.possible.items()
            if all(same(getattr(position.state, name), value) for name, value in given.items())
        }
        if not found:
            self._misfit(given)
        self.possible = found

    # ------------------------------------------------------------ what explains an event

    def _key(self, action: str, arguments: Mapping[str, object]) -> tuple[object, ...]:
        """What an event is remembered by; nothing where one of its arguments has no hash."""
        for value in arguments.values():
            if type(value) not in PLAIN_TYPES:
                try:
                    return action, *[(name, exactly(one)) for name, one in arguments.items()]
                except TypeError:
                    return ()
        return action, *arguments.items()

    def _outcomes(
        self, position: Position, key: tuple[object, ...], action: str, arguments: Mapping[str, object]
    ) -> list[Outcome]:
        found = list(self._explain(position.state, action, arguments))
        if key:
            position.outcomes[key] = found
            self.remembered += 1
        return found

    def _position(self, state: State) -> Position:
        known = self.positions.get(state)
        if known is None:
            known = self.positions[state] = Position(state)
            self.remembered += 1
        return known

    def _forget(self) -> None:
        """Begins anew to remember, with the states that are possible now."""
        self.remembered = 0
        self.positions.clear()
        self.possible = {self._position(old.state): changes for old, changes in self.possible.items()}

    def _explain(self, state: State, action: str, arguments: Mapping[str, object]) -> Iterator[Outcome]:
        if action not in ACTIONS:
            raise ValueError(f"no action is called {action}; there are {', '.join(sorted(ACTIONS))}")
        parameters = ACTIONS[action].parameters
        if parameters and not arguments.keys() <= set(parameters):
            others = ", ".join(sorted(arguments.keys() - set(parameters)))
            raise ValueError(f"{action} has no parameter {others}; it has {', '.join(parameters)}")
        seen: set[State] = set()
        unknown: list[set[str]] = []
        for step in self.successors(state, action):
            strangers = arguments.keys() - step.arguments.keys()
            unknown.append(strangers)
            fits = not strangers and all(same(step.arguments[n], value) for n, value in arguments.items())
            if fits and step.state not in seen:
                seen.add(step.state)
                after = self._position(step.state)
                yield Outcome(
                    step, after, _changed(state, step.state), tuple(self._broken(state, step.state))
                )
        for name in sorted(set[str].intersection(*unknown)) if unknown else ():
            raise ValueError(f"no step of {action} has a parameter {name} here")

    def _broken(self, before: State, after: State) -> Iterator[Check]:
        yield from (check for check in self.steps if not check.holds(before, after))
        yield from (check for check in self.invariants if not check.holds(after))

    def _keep(self, found: dict[Position, Changes], position: Position, changes: Changes) -> None:
        if len(found) >= self.most:
            raise OverflowError(f"the events leave more than {self.most} states open: say more of them")
        found[position] = changes

    # ------------------------------------------------------------ what went wrong

    def _complain(
        self,
        number: int,
        action: str,
        arguments: Mapping[str, object],
        broken: list[tuple[Check, Changes, Successor]],
    ) -> None:
        event = text_of(action, arguments)
        if broken:
            check, changes, step = broken[0]
            steps = _steps(changes, check.reads or VARIABLES)
            why = f"{check.name} ({check.place}) is broken by event {number}"
            raise Broken(check.name, number, why, [*steps, (number, str(step))])
        position, changes = next(iter(self.possible.items()))
        why = f"event {number}, {event}, is no step that the specification allows here"
        why += self._alternatives(position.state)
        raise Broken(action, number, why, [*_steps(changes, VARIABLES)[-8:], (number, event)])

    def _alternatives(self, state: State) -> str:
        """What is allowed in a state; nothing where one of its steps has no value: nobody asked for that."""
        try:
            allowed = sorted({step.action for step in self.successors(state, None)})
        except EvaluationError:
            return ""
        return f"; it allows {', '.join(allowed) or 'nothing'}"

    def _misfit(self, given: Mapping[str, object]) -> None:
        position, changes = next(iter(self.possible.items()))
        state = position.state
        wrong = [name for name, value in given.items() if not same(getattr(state, name), value)]
        parts = [f"{n} = {show(getattr(state, n))}, not {_shown(given[n])}" for n in wrong[:4]]
        why = f"after event {self.events} the specification has {'; '.join(parts) or 'no such state'}"
        raise Broken("observe", self.events, why, _steps(changes, wrong or VARIABLES))


def _changed(before: State, after: State) -> tuple[str, ...]:
    return tuple(name for name in VARIABLES if getattr(before, name) != getattr(after, name))


def _steps(changes: Changes, names: Iterable[str]) -> list[tuple[int, str]]:
    """The events that changed some variables last, in order."""
    events = dict(changes[name] for name in names if name in changes)
    return [(number, str(step)) for number, step in sorted(events.items())]
