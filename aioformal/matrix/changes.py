"""Two runs against each other: which verdicts a patch, or another configuration, changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aioformal.diagnostic import Exit
from aioformal.matrix.expectation import Cell, Task
from aioformal.matrix.render import cell_document
from aioformal.matrix.running import Interleaving, Outcome
from aioformal.report.bystanders import BYSTANDER
from aioformal.report.result import WORST_FIRST

SCHEMA = "aioformal.diff/1"


@dataclass(frozen=True, slots=True)
class Change:
    """A property whose verdict differs; None on the side whose configuration does not list it."""

    name: str
    before: Cell | None
    after: Cell | None

    @property
    def is_regression(self) -> bool:
        """Whether it is violated now and was not, so that somebody should look."""
        return self.after is not None and self.after.word == "violated" and not self._was_violated

    @property
    def _was_violated(self) -> bool:
        return self.before is not None and self.before.word == "violated"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two tasks came to, and where they differ."""

    tasks: tuple[Task, Task]
    outcomes: tuple[Outcome, Outcome]

    @property
    def changes(self) -> list[Change]:
        """Every property whose word, or the length of whose counterexample, is not the same."""
        before, after = (outcome.cells for outcome in self.outcomes)
        names = dict.fromkeys((*before, *after))
        return [Change(n, before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n)]

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
    shown: dict[tuple[str, ...], str] = {}
    for change in comparison.changes:
        yield ""
        yield f"{change.name}: {_cell_text(change.before)} -> {_cell_text(change.after)}"
        yield from _interleaving(change.name, before, after, shown)
    if any(one.bystanders for outcome in comparison.outcomes for one in outcome.interleavings.values()):
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
            shown[found.steps] = name
            yield from (f"  {sign} {line}" for line in found.lines())
        return


def _summary(comparison: Comparison) -> str:
    changes = comparison.changes
    worse = sum(change.is_regression for change in changes)
    names = {name for outcome in comparison.outcomes for name in outcome.cells}
    same = len(names) - len(changes)
    if not changes:
        return f"no verdict changes: {same} are the same"
    counted = "1 verdict changes" if len(changes) == 1 else f"{len(changes)} verdicts change"
    return f"{counted}, {worse} of them to violated; {same} stay the same"


def render_changes(comparison: Comparison) -> str:
    """The same as one JSON document, `aioformal.diff/1`."""
    document = {
        "schema": SCHEMA,
        "sides": [
            {"spec": task.spec, "config": task.config, "errors": outcome.errors}
            for task, outcome in zip(comparison.tasks, comparison.outcomes, strict=True)
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
