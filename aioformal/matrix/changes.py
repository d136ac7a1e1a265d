"""Two runs against each other: which verdicts a patch, or another configuration, changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import takewhile

from msgspec import Struct

from aioformal.diagnostic import Exit
from aioformal.matrix.expectation import Cell, Task
from aioformal.matrix.render import cell_document
from aioformal.matrix.running import Interleaving, Outcome
from aioformal.report.bystanders import BYSTANDER
from aioformal.report.result import WORST_FIRST

SCHEMA = "aioformal.diff/1"

WORTH_SAYING = 3
"""Common steps at the beginning from which on they are not shown once more."""


class Change(Struct, frozen=True):
    """A property whose verdict differs; None on the side whose configuration does not list it."""

    name: str
    before: Cell | None
    after: Cell | None

    @property
    def is_regression(self) -> bool:
        """Whether it is violated now and was not, so that somebody should look."""
        return self.after is not None and self.after.word == "violated" and not self._was_violated

    @property
    def urgency(self) -> tuple[bool, int]:
        """What is looked at first comes first."""
        steps = None if self.after is None else self.after.steps
        return not self.is_regression, steps or 0

    @property
    def _was_violated(self) -> bool:
        return self.before is not None and self.before.word == "violated"


class Comparison(Struct, frozen=True):
    """What two tasks came to, and where they differ."""

    tasks: tuple[Task, Task]
    outcomes: tuple[Outcome, Outcome]

    @property
    def changes(self) -> list[Change]:
        """Every property whose word, or the length of whose counterexample, is not the same. What is newly
        violated comes first, the shortest counterexample before the others: it is most likely their root."""
        before, after = (outcome.cells for outcome in self.outcomes)
        names = dict.fromkeys((*before, *after))
        found = [Change(n, before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n)]
        return sorted(found, key=lambda change: change.urgency)

    @property
    def constants(self) -> list[tuple[str, str, str]]:
        """Constants that have another value in the second: name, value before, value after."""
        before, after = (outcome.constants for outcome in self.outcomes)
        both = (name for name in before if name in after)
        return [(name, before[name], after[name]) for name in both if before[name] != after[name]]

    @property
    def exit_code(self) -> Exit:
        """That of the worse side where one of them could not be proved."""
        failed = {outcome.failure for outcome in self.outcomes} - {Exit.OK}
        if failed:
            return min(failed, key=WORST_FIRST.index)
        changes = self.changes
        if any(change.is_regression for change in changes):
            return Exit.SAFETY
        return Exit.UNDECIDED if changes else Exit.OK


def changes_text(comparison: Comparison) -> Iterator[str]:
    """What changes, line by line, each with one counterexample; then how much stays."""
    before, after = comparison.outcomes
    yield from (f"{sign} {_task_text(task)}" for sign, task in zip("-+", comparison.tasks, strict=True))
    for name, old, new in comparison.constants:
        yield f"  {name}: {old} -> {new}"
    shown: dict[tuple[str, ...], str] = {}
    told: list[str] = []
    for change in comparison.changes:
        told += ["", f"{change.name}: {_cell_text(change.before)} -> {_cell_text(change.after)}"]
        told += _interleaving(change.name, before, after, shown)
    yield from told
    if any(BYSTANDER in line for line in told):
        yield ""
        yield f"{BYSTANDER}: without the steps marked so it fails in the same way"
    for sign, outcome in zip("-+", comparison.outcomes, strict=True):
        if outcome.errors:
            yield f"\n{sign} {outcome.errors.rstrip()}"
    yield ""
    yield _summary(comparison)


def _task_text(task: Task) -> str:
    return task.spec if task.config is None else f"{task.spec} with {task.config}"


def _cell_text(cell: Cell | None) -> str:
    return "not listed" if cell is None else str(cell)


def _interleaving(
    name: str, before: Outcome, after: Outcome, shown: dict[tuple[str, ...], str]
) -> Iterator[str]:
    """The counterexample of the second side, or else of the first; each only once."""
    for sign, outcome in (("+", after), ("-", before)):
        found = outcome.interleavings.get(name)
        if found is None:
            continue
        if found.steps in shown:
            yield f"  {sign} as in {shown[found.steps]}"
        else:
            common, other = max(
                ((_common(found.steps, steps), n) for steps, n in shown.items()),
                key=lambda pair: pair[0],
                default=(0, ""),
            )
            common = common if common >= WORTH_SAYING else 0
            if common:
                yield f"  {sign} 1 to {common} as in {other}{_aside(found, common)}"
            shown[found.steps] = name
            yield from (f"  {sign} {line}" for line in found.lines(skip=common))
        return


def _common(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """How many steps two counterexamples share at the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def _aside(found: Interleaving, steps: int) -> str:
    """Which of the first so many steps, that are not shown, are bystanders."""
    numbers = [str(number) for number in sorted(found.bystanders) if number <= steps]
    return f"; here {', '.join(numbers)}: {BYSTANDER}" if numbers else ""


def _summary(comparison: Comparison) -> str:
    changes = comparison.changes
    worse = sum(change.is_regression for change in changes)
    names = {name for outcome in comparison.outcomes for name in outcome.cells}
    same = len(names) - len(changes)
    if not changes:
        return f"no verdict changes: {same} are the same"
    counted = "1 verdict changes" if len(changes) == 1 else f"{len(changes)} verdicts change"
    return f"{counted}, {worse} to violated; {same} {'stays' if same == 1 else 'stay'} the same"


def render_changes(comparison: Comparison) -> str:
    """The same as one JSON document, `aioformal.diff/1`."""
    document = {
        "schema": SCHEMA,
        "sides": [
            {"spec": task.spec, "config": task.config, "errors": outcome.errors}
            for task, outcome in zip(comparison.tasks, comparison.outcomes, strict=True)
        ],
        "constants": [
            {"name": name, "before": before, "after": after} for name, before, after in comparison.constants
        ],
        "changes": [_document(change, comparison.outcomes) for change in comparison.changes],
        "exit_code": int(comparison.exit_code),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _document(change: Change, outcomes: tuple[Outcome, Outcome]) -> Mapping[str, object]:
    return {
        "property": change.name,
        "before": cell_document(change.before),
        "after": cell_document(change.after),
        "regression": change.is_regression,
        "counterexamples": [
            None if found is None else _counterexample(found)
            for found in (outcome.interleavings.get(change.name) for outcome in outcomes)
        ],
    }


def _counterexample(found: Interleaving) -> Mapping[str, object]:
    return {"steps": list(found.steps), "bystanders": sorted(found.bystanders), "false": found.false}
