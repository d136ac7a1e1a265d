"""The JSON report, schema `aioformal.report/1` (`schema.json`), a stable contract."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from aioformal.diagnostic import Diagnostic
from aioformal.evidence.verdict import (
    Blame,
    Certificate,
    Evaluated,
    Exhaustive,
    Exploration,
    Inductive,
    Proved,
    Reached,
    Relevance,
    SearchDetails,
    Trace,
    Unknown,
    Verdict,
    Violated,
)
from aioformal.report.exploration import out_degree
from aioformal.report.itf import trace_to_itf
from aioformal.report.result import Judgement, Report
from aioformal.report.walks import walks_document
from aioformal.source import Span
from aioformal.value.format import format_value

SCHEMA = "aioformal.report/1"

Json: TypeAlias = "dict[str, Any]"


def render_json(report: Report) -> str:
    """The report as one JSON document."""
    return json.dumps(report_document(report), indent=2, ensure_ascii=False) + "\n"


def report_document(report: Report) -> Json:
    """The report as plain Python data; every key of the schema is present."""
    seconds = report.seconds
    return {
        "schema": SCHEMA,
        "spec": report.spec,
        "config": report.config,
        "verdict": report.verdict,
        "exit_code": int(report.exit_code),
        "properties": [_judgement(j) for j in report.judgements],
        "exploration": _exploration(report.exploration),
        "simulation": walks_document(report.walks),
        "seconds": {
            "parse": round(seconds.parse, 3),
            "encode": round(seconds.encode, 3),
            "solve": round(seconds.solve, 3),
            "total": round(seconds.total, 3),
        },
        "diagnostics": _diagnostics(report),
    }


def _judgement(judgement: Judgement) -> Json:
    verdict = judgement.verdict
    return {
        "name": judgement.name,
        "kind": judgement.kind.value,
        "verdict": judgement.word,
        "engine": judgement.engine,
        "depth": judgement.depth,
        "seconds": round(judgement.seconds, 3),
        "certificate": _certificate(verdict.certificate) if isinstance(verdict, Proved) else None,
        "trace": _trace_of(verdict),
        "blame": _blame(verdict.blame) if isinstance(verdict, Violated) and verdict.blame else None,
    }


def _certificate(certificate: Certificate) -> Json:
    match certificate:
        case Exhaustive(distinct, generated, depth, digest):
            return {
                "kind": "exhaustive",
                "distinct_states": distinct,
                "generated_states": generated,
                "depth": depth,
                "digest": digest,
            }
        case Inductive(k, invariant, base, step):
            return {"kind": "inductive", "k": k, "invariant": invariant, "base": base, "step": step}
        case Evaluated(text):
            return {"kind": "evaluated", "text": text}
        case Reached(trace):
            return {"kind": "reached", "trace": _trace(trace, "witness")}


def _trace_of(verdict: Verdict) -> Json | None:
    match verdict:
        case Violated(trace):
            return _marked(_trace(trace, "counterexample"), verdict.relevance)
        case Unknown(counterexample_to_induction=Trace() as trace):
            return _trace(trace, "counterexample-to-induction")
        case _:
            return None


def _trace(trace: Trace, kind: str) -> Json | None:
    if not trace.states:
        return None
    document = dict(trace_to_itf(trace))
    document["#meta"] = {**document.get("#meta", {}), "kind": kind}
    return document


def _marked(document: Json | None, relevance: Relevance | None) -> Json | None:
    """The trace in which each step says whether it matters."""
    if document is None or relevance is None:
        return document
    document["#meta"]["everyMatteringStepIsNeeded"] = relevance.complete
    first, *others = document["states"]
    marked = [
        {**state, "#meta": {**state["#meta"], "matters": index in relevance.steps}}
        for index, state in enumerate(others)
    ]
    return {**document, "states": [first, *marked]}


def _blame(blame: Blame) -> Json:
    return {
        "text": blame.text,
        "step": blame.step,
        "place": _place(blame.span),
        "bindings": {name: format_value(value) for name, value in blame.bindings},
        "values": {text: format_value(value) for text, value in blame.values},
        **({} if blame.because is None else {"because": blame.because}),
    }


def _exploration(exploration: Exploration | None) -> Json | None:
    if exploration is None:
        return None
    return {
        "initial_states": exploration.initial_states,
        "distinct_states": exploration.distinct_states,
        "generated_states": exploration.generated_states,
        "depth": exploration.depth,
        "details": _search_details(exploration.details),
    }


def _search_details(details: SearchDetails | None) -> Json | None:
    if details is None:
        return None
    degree = out_degree(details.out_degrees)
    return {
        "runner": details.runner,
        "workers": details.workers,
        "state_bits": details.state_bits,
        "memory_bytes": details.memory,
        "left": details.left,
        "confirmed": details.confirmed,
        "widened": details.widened,
        "reduced_by": list(details.reduced_by),
        "out_degree": degree
        and {
            "average": round(degree.average, 3),
            "least": degree.least,
            "greatest": degree.greatest,
            "percentile_95": degree.percentile_95,
        },
        "coverage": [{"action": c.action, "taken": c.taken, "found": c.found} for c in details.coverage],
    }


def _diagnostics(report: Report) -> list[Json]:
    found = [_diagnostic(d, None) for d in report.diagnostics]
    if report.fault is not None:
        fault = report.fault
        trace = None if fault.trace is None else _trace(fault.trace, "evaluation")
        found.append(_diagnostic(fault.diagnostic, _marked(trace, fault.relevance)))
    return found


def _diagnostic(diagnostic: Diagnostic, trace: Json | None) -> Json:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "place": _place(diagnostic.span),
        "notes": [{"message": note.message, "place": _place(note.span)} for note in diagnostic.notes],
        "hint": diagnostic.hint,
        "trace": trace,
    }


def _place(span: Span | None) -> Json | None:
    if span is None:
        return None
    return {
        "file": span.source.name,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.source.column_of(span.end),
    }
