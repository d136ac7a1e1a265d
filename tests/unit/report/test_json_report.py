"""The JSON report keeps its contract: schema.json, and the meaning of its keys."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from aioformal.diagnostic import Diagnostic
from aioformal.report.result import Report
from aioformal.report.to_json import render_json
from tests.unit.report.reports import EVERYTHING, FALSE_ASSUMPTION, FAULTY, WALKED

SCHEMA = json.loads(files("aioformal.report").joinpath("schema.json").read_text(encoding="utf-8"))
NOWHERE = Report("x.tla", None, diagnostics=(Diagnostic("file.missing", "there is no file x.tla"),))


def told(report: Report) -> dict[str, Any]:
    return json.loads(render_json(report))


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("report", [EVERYTHING, FAULTY, FALSE_ASSUMPTION, NOWHERE, WALKED])
def test_every_report_fits_the_schema(report: Report) -> None:
    jsonschema.validate(told(report), SCHEMA)


def test_the_keys_are_those_of_the_contract() -> None:
    document = told(EVERYTHING)
    assert set(document) == {
        *("schema", "spec", "config", "verdict", "exit_code", "properties", "exploration", "seconds"),
        *("simulation", "diagnostics"),
    }
    keys = {"name", "kind", "verdict", "engine", "depth", "seconds", "certificate", "trace", "blame"}
    assert all(set(p) == keys for p in document["properties"])
    counts = {"initial_states": 1, "distinct_states": 12, "generated_states": 40, "depth": 5}
    details = document["exploration"].pop("details")
    assert document["exploration"] == counts
    assert document["simulation"] is None
    assert details == {
        "runner": "machine code",
        "workers": 2,
        "state_bits": 17,
        "memory_bytes": 3 << 20,
        "left": 0,
        "confirmed": 12,
        "widened": 1,
        "reduced_by": [],
        "out_degree": {"average": 0.917, "least": 0, "greatest": 3, "percentile_95": 3},
        "coverage": [
            {"action": "Put", "taken": 30, "found": 11},
            {"action": "Get", "taken": 0, "found": 0},
        ],
    }
    assert document["seconds"] == {"parse": 0.25, "encode": 0.5, "solve": 1.5, "total": 2.0}


def test_evidence_goes_with_its_verdict() -> None:
    by_name = {p["name"]: p for p in told(EVERYTHING)["properties"]}
    assert by_name["TypeOK"]["certificate"]["digest"] == "0f3a"
    assert by_name["Grows"]["certificate"] == {
        "kind": "inductive",
        "k": 2,
        "invariant": "Grows",
        "base": "(base)",
        "step": "(step)",
    }
    assert by_name["ASSUME 1"]["certificate"] == {"kind": "evaluated", "text": "N > 0"}
    assert by_name["Far"]["certificate"] is None
    assert by_name["Far"]["depth"] == 7
    assert by_name["Live"]["trace"]["#meta"]["kind"] == "counterexample-to-induction"
    assert by_name["deadlock"]["verdict"] == "violated"


def test_a_counterexample_is_itf_with_integers_as_bigint() -> None:
    safe = next(p for p in told(EVERYTHING)["properties"] if p["name"] == "Safe")
    trace = safe["trace"]
    assert trace["vars"] == ["ctx", "readers"]
    assert trace["#meta"]["kind"] == "counterexample"
    assert [state["#meta"]["index"] for state in trace["states"]] == [0, 1, 2]
    assert {"#bigint": "-1"} in (value["users"] for _, value in trace["states"][2]["ctx"]["#map"])
    assert safe["depth"] == 2


def test_blame_says_what_where_and_for_which_instance() -> None:
    safe = next(p for p in told(EVERYTHING)["properties"] if p["name"] == "Safe")
    assert safe["blame"] == {
        "text": "ctx[c].users >= 0",
        "step": 3,
        "place": {"file": "Ctx.tla", "line": 3, "column": 25, "end_line": 3, "end_column": 42},
        "bindings": {"c": "c1"},
        "values": {"ctx[c].users": "-1"},
    }


def test_a_fault_is_a_diagnostic_with_its_trace() -> None:
    document = told(FAULTY)
    assert (document["verdict"], document["exit_code"]) == ("error", 75)
    (diagnostic,) = document["diagnostics"]
    assert diagnostic["code"] == "eval.domain"
    assert diagnostic["place"]["line"] == 3
    assert diagnostic["trace"]["#meta"]["kind"] == "evaluation"


def test_what_does_not_apply_is_null() -> None:
    document = told(NOWHERE)
    assert (document["config"], document["exploration"], document["properties"]) == (None, None, [])
    assert (document["verdict"], document["exit_code"]) == ("error", 153)


def test_walks_are_told_with_their_seed() -> None:
    document = told(WALKED)
    assert (document["verdict"], document["exit_code"], document["exploration"]) == ("unknown", 20, None)
    assert document["simulation"] == {
        "seed": 7,
        "walks": 40,
        "steps": 300,
        "depth": 9,
        "seconds": 0.5,
        "runner": "machine code",
        "widened": 2,
        "lengths": {"average": 6.75, "least": 2, "greatest": 9, "median": 8, "percentile_95": 9},
        "coverage": [{"action": "Put", "taken": 300}, {"action": "Get", "taken": 0}],
    }
