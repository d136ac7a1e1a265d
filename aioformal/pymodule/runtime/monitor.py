"""Watching a run: events one at a time, against the states that the specification may be in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from aioformal.pymodule.runtime.behaviour import ACTIONS, VARIABLES, Check, Successor
from aioformal.pymodule.runtime.state import State
from aioformal.pymodule.runtime.values import Bool, Function, ModelValue, Value, show

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
    """Whether each is the same as one of the others; pairs count as wholes."""
    return len(values) == len(given) and all(any(same_item(a, b) for a in values) for b in given)


def same_item(value: Any, given: object) -> bool:
    if isinstance(value, tuple):
        return all(map(same, cast("tuple[Value, ...]", value), cast("tuple[object, ...]", given)))
    return same(value, given)


def native(value: Value) -> Any:
    """A TLA+ value in Python's own terms, as `same` takes them: a model value by its name."""
    match value:
        case Bool():
            return value.truth
        case ModelValue():
            return value.name
        case frozenset():
            return frozenset(map(native, value))
        case Function(mapping=mapping) if all(i in mapping for i in range(1, len(mapping) + 1)):
            return tuple(native(mapping[i]) for i in range(1, len(mapping) + 1))
        case Function(mapping=mapping):
            return {native(key): native(one) for key, one in mapping.items()}
        case _:
            return value


def text_of(action: str, arguments: Mapping[str, object]) -> str:
    inner = ", ".join(f"{name} = {_shown(value)}" for name, value in arguments.items())
    return f"{action}({inner})" if inner else action


def _shown(value: Any) -> str:
    try:
        return show(value)
    except TypeError:
        return repr(value)


Changes = Mapping[str, tuple[int, str]]
"""For each variable the event that changed it last: its number and its text."""


@dataclass(frozen=True)
class Outcome:
    """A way to explain an event: the step, the variables that it changes, and the checks that it breaks."""

    step: Successor
    changed: tuple[str, ...]
    broken: tuple[Check, ...]


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
        self.remembered: dict[tuple[object, ...], list[Outcome]] = {}
        self.possible: dict[State, Changes] = {}
        self._begin(initial_states)

    def _begin(self, initial_states: Callable[[], Iterator[State]]) -> None:
        broken: list[Check] = []
        for state in initial_states():
            found = [check for check in (*self.initial, *self.invariants) if not check.holds(state)]
            broken += found
            if not found:
                self._keep(self.possible, state, {})
        if not self.possible:
            rule = broken[0].name if broken else "Init"
            place = f" ({broken[0].place})" if broken else ""
            raise Broken(rule, 0, f"{rule} is false of every initial state{place}", ())

    @property
    def states(self) -> tuple[State, ...]:
        """The states that the specification may be in now."""
        return tuple(self.possible)

    def step(self, action: str, **arguments: object) -> None:
        """An event: an action, with the arguments that are known. Raises `Broken`."""
        found: dict[State, Changes] = {}
        broken: list[tuple[Check, Changes, Successor]] = []
        number = self.events + 1
        for state, changes in self.possible.items():
            for outcome in self._outcomes(state, action, arguments):
                if outcome.broken:
                    broken.append((outcome.broken[0], changes, outcome.step))
                    continue
                if outcome.changed:
                    event = number, str(outcome.step)
                    changes_then: Changes = {**changes, **dict.fromkeys(outcome.changed, event)}
                else:
                    changes_then = changes
                self._keep(found, outcome.step.state, changes_then)
        if not found:
            self._complain(number, action, arguments, broken)
        self.events = number
        self.possible = found

    def observe(self, state: State | None = None, **variables: object) -> None:
        """What was seen of the state: a whole one, or some variables. Raises `Broken` if it cannot be."""
        given = {name: getattr(state, name) for name in VARIABLES} if state is not None else dict(variables)
        for name in given.keys() - set(VARIABLES):
            raise ValueError(f"no variable is called {name}; there are {', '.join(VARIABLES)}")
        found = {
            one: changes
            for one, changes in self.possible.items()
            if all(same(getattr(one, name), value) for name, value in given.items())
        }
        if not found:
            self._misfit(given)
        self.possible = found

    # ------------------------------------------------------------ what explains an event

    def _outcomes(self, state: State, action: str, arguments: Mapping[str, object]) -> list[Outcome]:
        try:
            key = state, action, *arguments.items()
            known = self.remembered.get(key)
        except TypeError:
            return list(self._explain(state, action, arguments))
        if known is None:
            if len(self.remembered) >= MOST_REMEMBERED:
                self.remembered.clear()
            known = self.remembered[key] = list(self._explain(state, action, arguments))
        return known

    def _explain(self, state: State, action: str, arguments: Mapping[str, object]) -> Iterator[Outcome]:
        if action not in ACTIONS:
            raise ValueError(f"no action is called {action}; there are {', '.join(sorted(ACTIONS))}")
        parameters = ACTIONS[action].parameters
        if parameters and not arguments.keys() <= set(parameters):
            unknown = ", ".join(sorted(arguments.keys() - set(parameters)))
            raise ValueError(f"{action} has no parameter {unknown}; it has {', '.join(parameters)}")
        seen: set[State] = set()
        for step in self.successors(state, action):
            self._require_parameters(step, arguments)
            fits = all(same(step.arguments[name], value) for name, value in arguments.items())
            if fits and step.state not in seen:
                seen.add(step.state)
                yield Outcome(step, _changed(state, step.state), tuple(self._broken(state, step.state)))

    def _require_parameters(self, step: Successor, arguments: Mapping[str, object]) -> None:
        for name in arguments.keys() - step.arguments.keys():
            known = ", ".join(step.arguments) or "no parameters"
            raise ValueError(f"{step.action} has no parameter {name}; it has {known}")

    def _broken(self, before: State, after: State) -> Iterator[Check]:
        yield from (check for check in self.steps if not check.holds(before, after))
        yield from (check for check in self.invariants if not check.holds(after))

    def _keep(self, found: dict[State, Changes], state: State, changes: Changes) -> None:
        if state not in found and len(found) >= self.most:
            raise OverflowError(f"the events leave more than {self.most} states open: say more of them")
        found.setdefault(state, changes)

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
        state, changes = next(iter(self.possible.items()))
        allowed = sorted({step.action for step in self.successors(state, None)})
        why = f"event {number}, {event}, is no step that the specification allows here"
        why += f"; it allows {', '.join(allowed) or 'nothing'}"
        raise Broken(action, number, why, [*_steps(changes, VARIABLES)[-8:], (number, event)])

    def _misfit(self, given: Mapping[str, object]) -> None:
        state, changes = next(iter(self.possible.items()))
        wrong = [name for name, value in given.items() if not same(getattr(state, name), value)]
        parts = [f"{n} = {show(getattr(state, n))}, not {_shown(given[n])}" for n in wrong[:4]]
        why = f"after event {self.events} the specification has {'; '.join(parts) or 'no such state'}"
        raise Broken("observe", self.events, why, _steps(changes, wrong or VARIABLES))


def _changed(before: State, after: State) -> tuple[str, ...]:
    return tuple(name for name in VARIABLES if getattr(before, name) != getattr(after, name))


def _steps(changes: Changes, names: Iterable[str]) -> list[tuple[int, str]]:
    """The events that changed some variables last, in order."""
    return sorted({changes[name] for name in names if name in changes})
