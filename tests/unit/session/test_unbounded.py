"""A search without an end names the variable that grows, and the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.session import Options, Session


def named(folder: Path, following: str, depth: int | None = 12) -> list[str]:
    text = (
        "---- MODULE M ----\nEXTENDS Naturals, Sequences\nVARIABLE x\n"
        f"Init == x = 0\nStart == x = <<>>\nNext == {following}\n====\n"
    )
    (folder / "M.tla").write_text(text, encoding="utf-8")
    init = "Start" if "Append" in following else "Init"
    (folder / "M.cfg").write_text(f"INIT {init} NEXT Next\n", encoding="utf-8")
    report = Session(str(folder / "M.tla")).prove(Options(engine="explicit", depth=depth))
    found = [d for d in report.diagnostics if d.code == "check.unbounded"]
    return [d.span.text for d in found if d.span is not None]


@pytest.mark.parametrize(
    "following", ["x' = x + 1", "x' = Append(x, 1)", "x' = IF x = 7 THEN x + 2 ELSE 7 + x"]
)
def test_a_variable_that_only_grows_is_named(tmp_path: Path, following: str) -> None:
    assert named(tmp_path, following) == [following]


@pytest.mark.parametrize("following", ["x' = (x + 1) % 5", "x' \\in 0..9"])
def test_nothing_is_said_of_a_search_that_came_to_its_end(tmp_path: Path, following: str) -> None:
    assert named(tmp_path, following, None) == []


def test_nothing_is_said_of_a_variable_with_few_values(tmp_path: Path) -> None:
    assert named(tmp_path, "x' = (x + 1) % 5", 2) == []
