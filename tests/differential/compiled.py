"""A compiled module and the reference semantics side by side: the same states, steps and checks."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from aioformal.concrete import EvaluationError, Program, compile_model
from aioformal.pymodule import generate
from aioformal.resolve.model import Model, PartKind
from aioformal.value import values
from aioformal.value.values import State, Value

Label = tuple[str, tuple[tuple[str, Value], ...]]


def module_of(model: Model, name: str = "aioformal.loaded.compared") -> ModuleType:
    """The module of a model, as `aioformal.load` makes it."""
    module = ModuleType(name)
    module.__file__ = "<compared>"
    sys.modules[name] = module
    exec(compile(generate(model), "<compared>", "exec"), module.__dict__)
    return module


def as_value(value: Any) -> Value:
    """A value of a compiled module as one of ours."""
    match type(value).__name__:
        case "Bool":
            return values.boolean(value.truth)
        case "ModelValue":
            return values.ModelValue(value.name)
        case "Function":
            return values.Function({as_value(k): as_value(v) for k, v in value.mapping.items()})
        case "frozenset":
            return frozenset(map(as_value, value))
        case "int" | "str":
            return value
        case _:
            raise TypeError(f"{value!r} is not expected in a state")


class Comparison:
    """`module` and `program` are of the same model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.module = module_of(model)
        self.program: Program = compile_model(model)
        self._expanded: list[Any] = []

    def state(self, state: Any) -> State:
        return tuple(as_value(getattr(state, name)) for name in self.module.VARIABLES)

    def same_initial_states(self) -> list[Any]:
        """The initial states, if both have the same; None instead of a state that neither can give."""
        mine = attempt(self.module, lambda: list(self.module.initial_states()))
        theirs = attempt(None, lambda: set(self.program.initial_states()))
        if mine is None or theirs is None:
            assert mine is theirs is None
            return []
        assert {self.state(s) for s in mine} == theirs
        return mine

    def same_steps(self, state: Any) -> list[Any]:
        """The states after one, if both have the same steps with the same names and arguments."""
        mine = attempt(self.module, lambda: list(self.module.successors(state)))
        theirs = attempt(None, lambda: list(self.program.successors(self.state(state))))
        if mine is None or theirs is None:
            assert mine is theirs is None
            return []
        assert {self._step(step) for step in mine} == {
            ((s.label.name, s.label.arguments), s.state) for s in theirs
        }
        for name in {step.action for step in mine}:
            found = {self._step(step) for step in self.module.successors(state, name)}
            assert found == {self._step(step) for step in mine if step.action == name}
        for step in mine:
            self.same_checks(state, step.state)
        return [step.state for step in mine]

    def _step(self, step: Any) -> tuple[Label, State]:
        arguments = tuple((name, as_value(value)) for name, value in step.arguments.items())
        return (step.action, arguments), self.state(step.state)

    def same_checks(self, before: Any, after: Any) -> None:
        """Every check has the same answer on both."""
        one, other = self.state(before), self.state(after)
        parts = [(p.name, part) for p in self.model.properties if not p.hidden for part in p.parts]
        judged = [pair for pair in parts if pair[1].kind is not PartKind.TEMPORAL]
        assert [check.name for check in self.module.CHECKS] == [name for name, _ in judged]
        for check, (_, part) in zip(self.module.CHECKS, judged, strict=True):
            if part.kind is PartKind.STEP:
                reference = self.program.step_predicate(part.formula, part.subscript)
                mine = attempt(self.module, lambda c=check: c.holds(before, after))
                assert mine == attempt(None, lambda r=reference: r(one, other))
            else:
                reference = self.program.predicate(part.formula)
                mine = attempt(self.module, lambda c=check: c.holds(after))
                assert mine == attempt(None, lambda r=reference: r(other))

    @property
    def looked_at(self) -> list[State]:
        """The states that searches have looked at."""
        return [self.state(state) for state in self._expanded]

    def search(self, most: int) -> int:
        """Looks at the states as a search comes to them, at most so many; the number that were seen."""
        waiting = list(dict.fromkeys(self.same_initial_states()))
        for start in waiting:
            self.same_checks(start, start)
        seen = set(waiting)
        for number, state in enumerate(waiting):
            if number == most:
                break
            self._expanded.append(state)
            if all(holds(state) for holds in self.module.CONSTRAINTS):
                new = [s for s in dict.fromkeys(self.same_steps(state)) if s not in seen]
                seen.update(new)
                waiting += new
        return len(seen)


def attempt(module: ModuleType | None, ask: Any) -> Any:
    """An answer, or None where there is none because something has no value."""
    fault = EvaluationError if module is None else module.EvaluationError
    try:
        return ask()
    except fault:
        return None
