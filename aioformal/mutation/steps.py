"""Two steps that follow each other change places.

TLA+ has no `;`. Steps follow each other because one leaves the name of a place in some variable and the
other waits for it: `pc[t] = "unlink"` beside `pc' = [pc EXCEPT ![t] = "put"]`. An action that waits for one
place and leaves one, and an action that waits for that, change places when the names do: whoever went to the
first now comes to the second, which leaves what the first waits for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from msgspec import Struct

from aioformal.mutation.building import conjuncts_of
from aioformal.mutation.mutant import Edit, Mutant
from aioformal.resolve.model import Definition
from aioformal.syntax import ast


class _Step(Struct, frozen=True):
    """An action that waits at `source` and goes on to `target`."""

    key: str
    source: ast.String
    target: ast.String


def swapped_steps(actions: Iterable[Definition], changes_state: Callable[[Any], bool]) -> Iterator[Mutant]:
    """One mutant for each pair of steps of which the second waits where the first one goes."""
    steps = [step for action in actions if (step := _step_of(action, changes_state)) is not None]
    for first in steps:
        for second in steps:
            links = first.target.value == second.source.value
            if links and first.source.value != second.target.value and first.key != second.key:
                yield _swapped(first, second)


def _swapped(first: _Step, second: _Step) -> Mutant:
    start, middle, end = first.source.value, first.target.value, second.target.value
    edits = (
        _edit(first.key, first.source, middle),
        _edit(first.key, first.target, end),
        _edit(second.key, second.source, start),
        _edit(second.key, second.target, middle),
    )
    return Mutant("swap-steps", edits, f"{first.key} before {second.key}", f"{second.key} before {first.key}")


def _edit(key: str, old: ast.String, value: str) -> Edit:
    return Edit(key, old, ast.String(old.span, value))


def _step_of(action: Definition, changes_state: Callable[[Any], bool]) -> _Step | None:
    """The one place that a conjunction waits for, and the one that it goes to."""
    sources: list[ast.String] = []
    targets: list[ast.String] = []
    for item in conjuncts_of(action.body):
        (targets if changes_state(item) else sources).extend(_strings(item))
    if len(sources) == 1 and len(targets) == 1 and sources[0].value != targets[0].value:
        return _Step(action.key, sources[0], targets[0])
    return None


def _strings(node: Any) -> Iterator[ast.String]:
    if isinstance(node, ast.String):
        yield node
    elif isinstance(node, tuple):
        items = cast("tuple[Any, ...]", node)
        for item in items:
            yield from _strings(item)
    elif isinstance(node, ast.Node):
        for name in node.__struct_fields__:
            yield from _strings(getattr(node, name))
