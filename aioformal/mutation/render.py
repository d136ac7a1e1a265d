"""A summary as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from aioformal.mutation.judging import Fate, Outcome
from aioformal.mutation.mutant import KINDS, Mutant
from aioformal.mutation.summary import Summary
from aioformal.report.snippet import snippet

FORMAT = "aioformal.mutation/1"


def render_text(summary: Summary, *, everything: bool = False) -> str:
    """Who noticed how many, the survivors with their lines, and the score. `everything`: each mutant."""
    lines = [*_all(summary)] if everything else []
    for part in (_killers, _survivors, _explained, _stale, _score):
        lines += part(summary)
    return "\n".join(lines) + "\n"


def _all(summary: Summary) -> Iterator[str]:
    for number, outcome in sorted(summary.outcomes.items()):
        mutant = summary.mutants[number]
        yield f"{mutant.span.line:5}  {outcome_text(outcome):42}  {mutant.name}"
    yield ""


def outcome_text(outcome: Outcome) -> str:
    """`NoUseAfterFree in 8 steps`, `survived 199,798 states`."""
    match outcome.fate:
        case Fate.KILLED:
            steps = "" if outcome.steps is None else f" in {outcome.steps} step{'s' * (outcome.steps != 1)}"
            return f"{outcome.by}{steps}"
        case Fate.STILLBORN:
            return f"cannot be evaluated ({outcome.by})"
        case Fate.EQUIVALENT:
            return "changes nothing"
        case fate:
            seen = "" if outcome.distinct is None else f" {outcome.distinct:,} states"
            return f"{fate.value}{seen}"


def _killers(summary: Summary) -> Iterator[str]:
    rows = summary.killers()
    if not rows:
        return
    width = max(len("noticed first by"), *(len(name) for name, *_ in rows))
    yield f"{'noticed first by':{width}}  mistakes  in steps"
    for name, count, steps in rows:
        yield f"{name:{width}}  {count:8,}  {_range(steps):>8}".rstrip()
    yield ""


def _range(steps: Sequence[int]) -> str:
    """From the fewest to the most."""
    if not steps:
        return ""
    least, most = min(steps), max(steps)
    return f"{least}" if least == most else f"{least} to {most}"


def _survivors(summary: Summary) -> Iterator[str]:
    for number in summary.survivors:
        mutant = summary.mutants[number]
        yield f"{summary.outcomes[number].fate.value}: {mutant.name}"
        yield from snippet(mutant.span)
        yield f"  {became(mutant)}; {_seen(summary.outcomes[number])}"
        yield ""


def became(mutant: Mutant) -> str:
    """What a mutant has in the place that its span shows."""
    return "left out" if mutant.after is None else f"became: {mutant.after}"


def _seen(outcome: Outcome) -> str:
    states = "its states" if outcome.distinct is None else f"{outcome.distinct:,} states"
    if outcome.fate is Fate.SURVIVED:
        return f"all {states} were looked at, and no property is violated"
    return f"not all states could be looked at, only {states}; --timeout S gives it more time"


def _explained(summary: Summary) -> Iterator[str]:
    """Survivors that may live, each with the reason."""
    for number in summary.explained_survivors:
        name = summary.mutants[number].name
        yield f"survived, as explained: {name}"
        yield f"  {summary.explained[name]}"
    if summary.explained_survivors:
        yield ""


def _stale(summary: Summary) -> Iterator[str]:
    for name in summary.stale:
        yield f"explained, but no survivor any more: {name}"
    if summary.stale:
        yield ""


def _score(summary: Summary) -> Iterator[str]:
    counts = {fate: len(summary.of(fate)) for fate in Fate}
    explained = len(summary.explained_survivors)
    yield (
        f"{len(summary.outcomes):,} mistakes: {counts[Fate.KILLED]:,} noticed, "
        f"{counts[Fate.SURVIVED]:,} not noticed ({explained:,} of them explained), "
        f"{counts[Fate.UNDECIDED]:,} undecided;"
    )
    yield (
        f"  {counts[Fate.EQUIVALENT]:,} change nothing, "
        f"{counts[Fate.STILLBORN]:,} make a specification that cannot be evaluated"
    )
    if summary.left_to_library:
        yield f"  {summary.left_to_library:,} more in modules of the library are left out: --library-modules"
    if not summary.complete:
        missing = len(summary.asked) - len(summary.outcomes)
        verb = "was" if missing == 1 else "were"
        yield f"  {missing:,} {verb} not judged: the run was broken off"
    if summary.score is not None:
        yield f"score: {summary.score:.3f} of {summary.noticeable:,} that change something are noticed"


def render_json(summary: Summary, spec: str, config: str | None) -> str:
    """Everything, mutant by mutant."""
    rows = [
        {
            "name": summary.mutants[number].name,
            "kind": summary.mutants[number].kind,
            "definition": summary.mutants[number].key,
            "file": summary.mutants[number].span.source.name,
            "line": summary.mutants[number].span.line,
            "column": summary.mutants[number].span.column,
            "before": summary.mutants[number].before,
            "after": summary.mutants[number].after,
            "fate": outcome.fate.value,
            "by": outcome.by,
            "steps": outcome.steps,
            "distinct_states": outcome.distinct,
            "explained": summary.explained.get(summary.mutants[number].name),
        }
        for number, outcome in sorted(summary.outcomes.items())
    ]
    whole = {
        "format": FORMAT,
        "spec": spec,
        "config": config,
        "complete": summary.complete,
        "score": summary.score,
        "kinds": dict(KINDS),
        "mutants": rows,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
