"""What is said of a search of all states."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest
from msgspec.structs import replace

from aioformal.evidence.verdict import Coverage, Exhaustive, Exploration, Proved, SearchDetails
from aioformal.report.exploration import bytes_text, exploration_lines, out_degree
from aioformal.report.result import Judgement, Report
from aioformal.report.to_json import report_document
from aioformal.resolve.model import PropertyKind

DETAILS = SearchDetails(
    runner="machine code",
    workers=2,
    state_bits=35,
    memory=4_000_000,
    left=7,
    coverage=(Coverage("Send", 12_000, 40), Coverage("Lose", 0, 0)),
    out_degrees=(10, 70, 15, 5),
    confirmed=128,
    widened=1,
)
REPORT = Report("A.tla", "A.cfg", exploration=Exploration(1, 100, 900, 9, False, DETAILS))


def lines(*, coverage: bool) -> str:
    return "\n".join(line.plain for line in exploration_lines(REPORT, 100, coverage=coverage))


def test_how_it_came_about_is_said() -> None:
    said = lines(coverage=False)
    assert "100 distinct states, 900 generated, 1 initial, depth 9 (not all of them)" in said
    assert "machine code, 2 workers: 35 bits a state" in said
    assert "told apart exactly" in said
    assert "35 bits a state; 3 MB" in said
    assert "1.15 on average, 0 to 3, 95 % at most 2" in said
    assert "7 states were found and not expanded" in said
    assert "128 states were expanded once more" in said
    assert "left its shape once" in said
    assert "Send" not in said


@pytest.mark.parametrize(("states", "shown"), [(4, False), (99_999, False), (100_000, True)])
def test_bytes_a_state_are_said_only_of_many_states(states: int, shown: bool) -> None:
    seen = Exploration(1, states, states, 9, False, replace(DETAILS, memory=4_000_000))
    said = "\n".join(
        line.plain for line in exploration_lines(replace(REPORT, exploration=seen), 200, coverage=False)
    )
    assert ("40 bytes a state" in said) == shown
    assert (
        report_document(replace(REPORT, exploration=seen))["exploration"]["details"]["memory_bytes"]
        == 4_000_000
    )


def test_what_stood_for_others_is_said() -> None:
    proof = Proved(Exhaustive(100, 900, 9, "d1ge57"))
    judgement = Judgement("Inv", PropertyKind.INVARIANT, proof, "explicit", 0.1)
    reduced = Exploration(1, 100, 900, 9, True, replace(DETAILS, reduced_by=("SYMMETRY", "VIEW")))
    report = replace(REPORT, exploration=reduced, judgements=(judgement,))
    said = " ".join(line.plain.strip() for line in exploration_lines(report, 200))
    assert "every reachable state was looked at, or one that it is like by SYMMETRY and VIEW; digest" in said
    assert report_document(report)["exploration"]["details"]["reduced_by"] == ["SYMMETRY", "VIEW"]


def test_coverage_is_a_table() -> None:
    rows = [line.split() for line in lines(coverage=True).splitlines()[-3:]]
    assert rows == [["action", "taken", "found", "first"], ["Send", "12,000", "40"], ["Lose", "0", "0"]]


def test_json_carries_the_same_and_keeps_the_contract() -> None:
    document = report_document(REPORT)
    schema = json.loads(files("aioformal.report").joinpath("schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    details = document["exploration"]["details"]
    assert details["coverage"][0] == {"action": "Send", "taken": 12_000, "found": 40}
    assert details["out_degree"] == {"average": 1.15, "least": 0, "greatest": 3, "percentile_95": 2}


def test_no_state_has_no_degree() -> None:
    assert out_degree((0, 0)) is None


@pytest.mark.parametrize(
    ("size", "text"), [(12, "12 bytes"), (3 << 10, "3 KB"), (700 << 20, "700 MB"), (5 << 30, "5 GB")]
)
def test_sizes(size: int, text: str) -> None:
    assert bytes_text(size) == text


def test_one_is_not_many() -> None:
    details = replace(DETAILS, left=1, confirmed=1)
    report = replace(REPORT, exploration=Exploration(1, 100, 900, 9, False, details))
    said = "\n".join(line.plain for line in exploration_lines(report, 100))
    assert "1 state was found and not expanded" in said
    assert "1 state was expanded once more by the reference semantics, and agrees" in said
