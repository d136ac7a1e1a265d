"""Has spec/aio.tla teeth? A property notices a mistake in it, or spec/aio-survivors.toml says why not."""

from __future__ import annotations

import pytest

from aioformal.engine.protocol import Budget
from aioformal.mutation import Fate, Subject
from aioformal.mutation.running import Task, outcomes
from aioformal.mutation.summary import Summary
from tests.mutation.aio import EXPLAINED, SPEC, model, mutants, own, section, show, shown

NOTICED = {
    "FirstUnmapped: drop-condition: Unmapped(m, id)": "IdsDiffer",
    "FreeCtx: shift-number: 0 -> 1 (4)": "FreeIsZeroed",
    "ForgetAfterGracePeriod: drop-update: !.user_id = 0": "NoGarbage",
    "Walk: drop-update: !.id = id": "LookupMissesNothing",
    "ExitAioNext: drop-update: ![c].mmap_size = 0": "ExitLeavesMunmapToExitMmap",
    'FreeQuota: flip-condition: QuotaRelease \\in {"free_ioctx", "both"}'
    ' -> QuotaRelease \\notin {"free_ioctx", "both"}': "QuotaReleasedWhenCharged",
}
"""Mistakes that one property is there for."""

LIVING = (
    "AioGetReq: drop-assignment: thread' = GotoPut(t)",
    'PutUser: drop-choice: thread\' = Goto(t, "atomic_xchg")',
)
"""Some that may live: those with the fewest states."""


def test_every_explanation_is_of_a_mistake_that_can_be_made() -> None:
    assert set(EXPLAINED) <= set(own())


def test_mistakes_are_noticed_by_what_is_there_for_them() -> None:
    subject = Subject(model(), Budget())
    found = {name: subject.judge(own()[name], Budget()).by for name in NOTICED}
    assert found == NOTICED


def test_what_is_explained_lives() -> None:
    subject = Subject(model(), Budget())
    for name in LIVING:
        assert name in EXPLAINED
        assert subject.judge(own()[name], Budget()).fate is Fate.SURVIVED, name


@pytest.mark.large
def test_the_score_and_all_survivors(request: pytest.FixtureRequest) -> None:
    """`--update-golden` writes what comes out into spec/README.md."""
    asked = tuple(n for n, mutant in enumerate(mutants()) if not mutant.in_library)
    found = dict(outcomes(Task(str(SPEC), None, 600.0), asked, 2))
    summary = Summary(mutants(), asked, found, EXPLAINED)
    if request.config.getoption("--update-golden"):
        show(section(summary))
    assert summary.score is not None
    assert summary.score >= 0.9
    assert ([mutants()[n].name for n in summary.survivors], summary.stale) == ([], [])
    assert section(summary) == shown()
