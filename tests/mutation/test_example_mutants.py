"""All that becomes of the mistakes in an example."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aioformal.mutation.render import render_text
from aioformal.mutation.running import Task, all_mutants, outcomes
from aioformal.mutation.summary import Summary

SPEC = Path(__file__).parents[2] / "spec" / "examples" / "TicketLock.tla"


def test_the_mistakes_in_a_ticket_lock(golden: Callable[[str, str], None]) -> None:
    task = Task(str(SPEC), None, None)
    mutants = tuple(all_mutants(task))
    asked = tuple(range(len(mutants)))
    summary = Summary(mutants, asked, dict(outcomes(task, asked, 1)), {})
    text = render_text(summary, everything=True)
    golden("ticket-lock-mutants.txt", text.replace(f"{SPEC.parent}/", ""))
