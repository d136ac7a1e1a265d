"""Engines and a second process that say what they are told to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from aioformal.engine.protocol import Budget
from aioformal.evidence.verdict import ActionLabel, Exhaustive, Exploration, Finding, Proved, Trace, Verdict
from aioformal.resolve.model import PartKind, Property, PropertyKind, PropertyPart
from aioformal.source import Source, Span
from aioformal.syntax import ast

SPAN = Span(Source("M.tla", "P"), 0, 1)
PROVED = Proved(Exhaustive(3, 4, 2, "d"))
COMPLETE = Exploration(1, 3, 4, 2, complete=True)
TRACE = Trace(("x",), ((0,), (1,)), (ActionLabel("Inc"),))


def prop(name: str, kind: PartKind = PartKind.ALWAYS) -> Property:
    return Property(name, PropertyKind.INVARIANT, (PropertyPart(kind, ast.Boolean(SPAN, True)),), SPAN)


def found(name: str, verdict: Verdict, engine: str = "explicit") -> Finding:
    return Finding(name, verdict, engine, 0.1)


@dataclass
class Scripted:
    """An engine that says what it was told to; a callable in the script is called with the budget."""

    script: list[Any]
    name: str = "explicit"
    closed: bool = False

    def check(self, _problem: object, budget: Budget) -> Iterator[Any]:
        try:
            for event in self.script:
                if callable(event):
                    yield from event(budget)
                else:
                    yield event
        finally:
            self.closed = True


@dataclass
class ScriptedRival:
    """Stands in for the second process: what it says comes at once when it is started."""

    script: list[Any] = field(default_factory=list)
    started: bool = False
    ended: bool = False
    finished: bool = False

    def __call__(self, _job: object) -> ScriptedRival:
        return self

    def __enter__(self) -> ScriptedRival:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        self.ended = True

    @property
    def running(self) -> bool:
        return self.started and not self.finished

    def start(self) -> None:
        self.started = True

    def poll(self, _seconds: float = 0.0) -> Iterator[Any]:
        if self.running:
            yield from self.script
            self.finished = True


def problem(*properties: Property, deadlock: bool = False) -> Any:
    named = {p.name: p for p in properties}
    model = SimpleNamespace(
        property_named=named.get, spec_path="M.tla", config_path="M.cfg", symmetry=None, view=None
    )
    return SimpleNamespace(model=model, properties=properties, deadlock=deadlock, program=None)


@dataclass
class HesitantRival(ScriptedRival):
    """Says one thing at a time, and nothing once it has been ended."""

    def poll(self, _seconds: float = 0.0) -> Iterator[Any]:
        if self.running and not self.ended:
            if self.script:
                yield self.script.pop(0)
            else:
                self.finished = True
