"""A Hypothesis state machine made from a specification: it drives an implementation, and compares.

Needs the package `hypothesis`. An example is docs/pytest.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from os import PathLike
from types import ModuleType
from typing import Any, ClassVar, Protocol

from hypothesis import strategies
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from msgspec import Struct

from aioformal.compilation import load


class Driver(Protocol):
    """Drives an implementation: a method for each action of the specification, named like it; and `observe`.

    A method takes those of the action's parameters that it wants; about the others, and about what `\\E`
    chooses, the implementation may decide. May have `close`, which is called at the end."""

    def observe(self) -> Mapping[str, object]:
        """What can be seen of the implementation: the values of some variables of the specification."""
        ...


class Call(Struct, frozen=True):
    """An action with its arguments, in Python's own terms."""

    action: str
    arguments: tuple[tuple[str, object], ...]

    def __repr__(self) -> str:
        return f"{self.action}({', '.join(f'{name}={value!r}' for name, value in self.arguments)})"


class SpecificationMachine(RuleBasedStateMachine):
    """Takes random steps of a specification, and the same with a driver. Those of `machine` can run."""

    module: ClassVar[ModuleType]
    ignored: ClassVar[frozenset[str]]

    @staticmethod
    def make_driver() -> Driver:
        """A new driver."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.monitor: Any = self.module.monitor()
        self.driver = self.make_driver()
        self.compare()

    def calls(self) -> list[Call]:
        """What the specification allows now, in a stable order."""
        steps = (step for state in self.monitor.states for step in self.module.successors(state))
        found = dict(self.call_of(step) for step in steps if step.action not in self.ignored)
        return [found[text] for text in sorted(found)]

    def call_of(self, step: Any) -> tuple[str, Call]:
        """A step as the driver takes it, and as the specification writes that."""
        method = getattr(self.driver, step.action, None)
        if method is None:
            kind = type(self.driver).__name__
            raise TypeError(f"{kind} has no method {step.action}: write one, or put it into `ignore`")
        wanted = signature(method).parameters
        given = {name: value for name, value in step.arguments.items() if name in wanted}
        native = tuple((name, self.module.native(value)) for name, value in given.items())
        return str(step._replace(arguments=given)), Call(step.action, native)

    def compare(self) -> None:
        """Raises the module's `Broken` where the specification has no such state."""
        self.monitor.observe(**self.driver.observe())

    @precondition(lambda self: bool(self.calls()))
    @rule(data=strategies.data())
    def step(self, data: Any) -> None:
        """One step of both."""
        call: Call = data.draw(strategies.sampled_from(self.calls()), label="step")
        getattr(self.driver, call.action)(**dict(call.arguments))
        self.monitor.step(call.action, **dict(call.arguments))
        self.compare()

    def teardown(self) -> None:
        """Closes the driver, if it can be closed."""
        getattr(self.driver, "close", lambda: None)()


def machine(
    spec: ModuleType | str | PathLike[str],
    driver: Callable[[], Driver],
    *,
    config: str | PathLike[str] | None = None,
    ignore: Iterable[str] = (),
) -> type[RuleBasedStateMachine]:
    """A state machine that takes random steps of the specification, does the same with a new `driver()`,
    and compares what is observed with what the specification allows.

    `spec`: a .tla (with its `config`), or a module that was loaded or compiled from one. `ignore`: actions
    that are not taken. Where a step leaves something open, what the implementation does is wrong only if no
    choice explains what is observed. Arguments are given by name; model values as strings, records and
    functions as dicts, sequences as tuples. A driver without a method for an action raises `TypeError`.
    """
    module = spec if isinstance(spec, ModuleType) else load(spec, config)
    made = {"module": module, "ignored": frozenset(ignore), "make_driver": staticmethod(driver)}
    return type(f"{getattr(driver, '__name__', 'Driver')}Machine", (SpecificationMachine,), made)
