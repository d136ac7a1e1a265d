"""The report that a person reads: at 80 columns, without colour."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from rich.console import Console

from aioformal.report.result import Report
from aioformal.report.terminal import print_report, report_lines
from tests.unit.report.reports import EVERYTHING, FALSE_ASSUMPTION, FAULTY, WALKED


def shown(report: Report, width: int = 80, *, unicode: bool = True) -> str:
    return "".join(f"{line.plain}\n" for line in report_lines(report, width, unicode=unicode))


@pytest.mark.parametrize(
    ("name", "report"),
    [
        ("everything", EVERYTHING),
        ("faulty", FAULTY),
        ("assumption", FALSE_ASSUMPTION),
        ("walked", WALKED),
    ],
)
def test_what_is_shown(name: str, report: Report, golden: Callable[[str, str], None]) -> None:
    golden(f"report-{name}.txt", shown(report))


@pytest.mark.parametrize("report", [EVERYTHING, FAULTY, FALSE_ASSUMPTION, WALKED])
def test_it_fits_80_columns(report: Report) -> None:
    assert max(map(len, shown(report).splitlines())) <= 80


def test_coverage_is_shown_where_it_is_asked_for() -> None:
    for report in (EVERYTHING, WALKED):
        plain = [line.plain.split() for line in report_lines(report, 80)]
        with_coverage = [line.plain.split() for line in report_lines(report, 80, coverage=True)]
        rows = [row[:2] for row in with_coverage if row not in plain]
        assert [row[0] for row in rows] == ["action", "Put", "Get"]
        assert rows[-1] == ["Get", "0"]


def test_a_reason_that_properties_share_is_said_once() -> None:
    text = shown(WALKED)
    assert text.count("no violation found in 40 walks") == 1
    assert text.index("AlsoSafe") < text.index("no violation found") < text.index("Live")


def test_the_two_properties_that_one_behaviour_violates_share_its_listing() -> None:
    text = shown(EVERYTHING)
    assert text.count("Put(c = c1)") == 2
    assert "Counterexample: Safe, AlsoSafe" in text


def test_only_what_changed_is_listed() -> None:
    text = shown(EVERYTHING)
    assert "ctx[c1].users: 0 -> -1" in text
    assert "readers: +c2" in text
    assert "ctx[c2].users: " not in text


def test_the_conjunct_the_instance_and_the_step_are_named() -> None:
    lines = shown(EVERYTHING).splitlines()
    start = next(i for i, line in enumerate(lines) if "Safe is false in state 3" in line)
    told = "\n".join(lines[start : start + 4])
    for part in ("ctx[c].users >= 0", "Ctx.tla:3:25", "c = c1", "ctx[c].users = -1"):
        assert part in told


def test_ascii_marks_where_the_terminal_cannot_do_better() -> None:
    shown(EVERYTHING, unicode=False).encode("ascii")


def test_no_escape_sequences_in_a_pipe() -> None:
    output = StringIO()
    print_report(EVERYTHING, Console(file=output, width=80, highlight=False))
    assert "\x1b" not in output.getvalue()


def test_brackets_are_not_markup() -> None:
    output = StringIO()
    print_report(EVERYTHING, Console(file=output, width=80, highlight=False))
    assert "[x \\in {c1, c2} |-> [users |-> 1]]" in output.getvalue()
