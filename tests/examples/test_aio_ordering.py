"""spec/aio_ordering.tla says by rules what spec/aio.tla says by hand: the verdicts are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.session import Options, Session

SPEC = Path(__file__).parents[2] / "spec"
SAME = [
    # configuration, property of aio.tla, rule, verdict
    ("", "QuotaReleasedBeforeDestroyReturns", "QuotaBeforeReturn", "proved"),
    ("", "GracePeriodBetweenUnlinkAndPut", "GracePeriodBeforePut", "proved"),
    ("-naive", "QuotaReleasedBeforeDestroyReturns", "QuotaBeforeReturn", "violated"),
    ("-naive", "GracePeriodBetweenUnlinkAndPut", "GracePeriodBeforePut", "proved"),
    ("-no-grace-period", "GracePeriodBetweenUnlinkAndPut", "GracePeriodBeforePut", "violated"),
    ("-sync", "QuotaReleasedBeforeDestroyReturns", "QuotaBeforeReturn", "violated"),
    ("-sync", "DestroyDoesNotBlockOnRCU", "NoWaitInDestroy", "violated"),
]


def word(spec: str, config: str, name: str) -> str:
    session = Session(str(SPEC / f"{spec}.tla"), str(SPEC / f"{config}.cfg"))
    report = session.prove(Options((name,), engine="explicit", timeout=None))
    return next(j.word for j in report.judgements if j.name == name)


@pytest.mark.parametrize(("config", "by_hand", "rule", "expected"), SAME)
def test_a_rule_has_the_verdict_of_the_property_that_was_made_by_hand(
    config: str, by_hand: str, rule: str, expected: str
) -> None:
    assert word("aio_ordering", f"aio_ordering{config}", rule) == expected
    assert word("aio", f"aio{config}", by_hand) == expected
