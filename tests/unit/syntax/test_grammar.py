"""The grammar has only the conflict it means to have, and its cache cannot hurt."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import lark
import pytest

from aioformal.source import Source
from aioformal.syntax import grammar, parse_expression, tokenize


def test_the_only_conflict_is_the_box_between_nested_cases(caplog: pytest.LogCaptureFixture) -> None:
    lark.logger.setLevel(logging.DEBUG)
    try:
        with caplog.at_level(logging.DEBUG, logger=lark.logger.name):
            lark.logger.addHandler(caplog.handler)
            grammar.build(grammar.grammar_text(), debug=True)
    finally:
        lark.logger.removeHandler(caplog.handler)
        lark.logger.setLevel(logging.CRITICAL)
    conflicts = {r.getMessage() for r in caplog.records if "onflict" in r.getMessage()}
    assert conflicts == {"Shift/Reduce conflict for terminal CASE_SEP: (resolving as shift)"}


def test_every_rule_has_a_callback() -> None:
    built = grammar.build(grammar.grammar_text())
    wanted = {
        rule.alias or rule.origin.name for rule in built.rules if not rule.options.expand1 or rule.alias
    }
    missing = {name for name in wanted if not hasattr(grammar.Builder, name) and not name.startswith("__")}
    assert missing == set()


@pytest.mark.parametrize("content", [b"", b"not a pickle", b"\x80\x05garbage"])
def test_a_spoiled_cache_is_ignored(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tables"
    path.write_bytes(content)
    built: Any = grammar.build(grammar.grammar_text(), cached=str(path))
    assert built.parse(tokenize(Source("x", "x")), start="expr") == parse_expression(Source("x", "x"))


def test_the_cache_is_written_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIOFORMAL_CACHE", str(tmp_path / "deep" / "er"))
    assert grammar.cache_directory() == tmp_path / "deep" / "er"
    path = str(tmp_path / "tables")
    first = grammar.build(grammar.grammar_text(), cached=path)
    assert Path(path).stat().st_size > 0
    second = grammar.build(grammar.grammar_text(), cached=path)
    assert len(first.rules) == len(second.rules)


def test_no_place_for_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("AIOFORMAL_CACHE", str(blocked / "cache"))
    assert grammar.cache_directory() is None
