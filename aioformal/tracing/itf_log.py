"""A log that is one trace in the Informal Trace Format. Its states may leave variables out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from aioformal.diagnostic import Diagnostic, DiagnosticError
from aioformal.source import Source
from aioformal.tracing.json_text import parse_json
from aioformal.tracing.record import Json, Record

LARGEST = 1 << 26
"""Bytes of a trace, which is one document and has to be read as a whole."""


def itf_records(file: BinaryIO, name: str) -> Iterator[Record | Diagnostic]:
    """The states of a trace as records."""
    raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        message = f"{name} is larger than {LARGEST >> 20} MiB"
        yield Diagnostic(
            "log.malformed", message, hint="JSON Lines are read line by line, whatever their size"
        )
        return
    source = Source(name, raw.decode("utf-8", errors="replace"))
    try:
        document = parse_json(source)
    except DiagnosticError as failure:
        yield failure.diagnostics[0]
        return
    states = cast("Json", document).get("states") if isinstance(document, dict) else None
    if not isinstance(states, list):
        message = "a trace is an object with a list `states`"
        yield Diagnostic("log.malformed", message, Record(source, {}, 0).span())
        return
    meta = cast("Json", document).get("#meta")
    yield from _states(
        source,
        cast("list[object]", states),
        _texts(meta, "modelValues"),
        _texts(meta, "ambiguousModelValues"),
    )


def _states(
    source: Source, states: list[object], model_values: frozenset[str], ambiguous: frozenset[str]
) -> Iterator[Record | Diagnostic]:
    for index, state in enumerate(states):
        record = Record(source, {}, index, ("states", index), model_values, ambiguous)
        if isinstance(state, dict):
            record.data = cast("Json", state)
            meta = record.data.setdefault("#meta", {})
            if isinstance(meta, dict):
                cast("Json", meta).setdefault("index", index)
            yield record
        else:
            yield Diagnostic("log.malformed", "a state must be an object", record.span())


def _texts(meta: Any, key: str) -> frozenset[str]:
    values = cast("Json", meta).get(key) if isinstance(meta, dict) else None
    if not isinstance(values, list):
        return frozenset()
    return frozenset(one for one in cast("list[object]", values) if isinstance(one, str))
