"""`aioformal rules` on specifications that are there."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from aioformal.cli.rules import rules

CORPUS = Path(__file__).parents[2] / "corpus"


def test_rules_are_listed_with_their_automata_and_what_they_remember() -> None:
    done = CliRunner().invoke(rules, [str(CORPUS / "violated" / "Sections.tla")])
    assert done.output.splitlines() == [
        "Rule: Within(Call, Enter, Leave)",
        "    Call only after Enter, and until Leave",
        "    none -> open_Begin_End: ~(Call) /\\ Enter",
        "    none -> error: Call",
        "    open_Begin_End -> none: ~(Enter) /\\ Leave",
        "",
        "remembered: open(Enter, Leave)",
    ]


def test_automata_are_written_for_people_and_for_the_kernel(tmp_path: Path) -> None:
    arguments = [str(CORPUS / "violated" / "Sections.tla"), "--dot", str(tmp_path / "dot")]
    CliRunner().invoke(rules, [*arguments, "--rv", str(tmp_path / "rv")])
    assert (tmp_path / "dot" / "Rule.dot").read_text(encoding="utf-8").startswith('digraph "Rule"')
    assert '[ label = "enter" ]' in (tmp_path / "rv" / "Rule.dot").read_text(encoding="utf-8")


def test_a_rule_that_is_not_judged_is_listed_with_the_reason() -> None:
    done = CliRunner().invoke(rules, [str(CORPUS / "unknown" / "NegatedRule.tla")])
    assert done.output.startswith("Rule: not judged: the negation of Within says")
