"""Collects what the tests of this folder find, and writes it into external.md at the end of a run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.external.results import Case, render

CASE = "external case"
CASES: list[Case] = []
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.external)


@pytest.fixture
def said(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """`said(text)`: what the table is to say of this case beyond whether it passes."""
    return lambda text: record_property(CASE, text)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if "tests/external/" not in report.nodeid or (report.when != "call" and not report.skipped):
        return
    remarks = [str(text) for key, text in report.user_properties if key == CASE]
    if report.failed:
        remarks.append(first_line(report))
    CASES.append(Case(report.nodeid, outcome_of(report), tuple(remarks), getattr(report, "wasxfail", "")))


def first_line(report: pytest.TestReport) -> str:
    """What a failed test says first."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash is not None else report.longrepr).partition("\n")[0]


def outcome_of(report: pytest.TestReport) -> str:
    if hasattr(report, "wasxfail"):
        return "known"
    return report.outcome


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput") or not any(case.outcome != "skipped" for case in CASES):
        return
    path = Path(os.environ.get("AIOFORMAL_EXTERNAL_REPORT", session.config.rootpath / "external.md"))
    path.write_text(render(CASES), encoding="utf-8")
