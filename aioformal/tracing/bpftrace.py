"""A bpftrace script that prints, as JSON Lines, the events that a map reads.

An event with a `probe` is printed where that probe is hit; `print` says by which expressions its fields
are filled. For a return probe, `entry` gives expressions that are evaluated when the function is entered,
and the event has the time box of the whole call: its step happened between `earliest` and `latest`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from msgspec import Struct

from aioformal.tracing.map_document import KeyPath, MapDocument, Table

PROBE = re.compile(r"(kprobe|kretprobe|fentry|fexit|tracepoint|rawtracepoint|uprobe|uretprobe|interval):\S+")
RETURNS = {"kretprobe": "kprobe", "uretprobe": "uprobe", "fexit": "fentry"}
"""Kinds of probes at a return, and the kind at the entry that belongs to it."""

FORMATS = {"integer": "%lld", "unsigned": "%llu", "pointer": '\\"0x%llx\\"', "text": '\\"%s\\"'}
EXPRESSION_KEYS = ("is", "as")

HEAD = """\
#!/usr/bin/env bpftrace
// Prints the events of {name} as JSON Lines. Run it as root:
//     bpftrace -q THIS-SCRIPT > log.jsonl
// and read the log with: aioformal trace SPEC log.jsonl --map {name}
"""


class Expression(Struct, frozen=True):
    """A bpftrace expression, and the format that its value is printed in."""

    text: str
    format: str


class Probe(Struct, frozen=True):
    """An event that is printed. `entry`: fields that are evaluated at the entry of the function."""

    event: str
    place: str
    printed: dict[str, Expression]
    entry: dict[str, Expression]
    when: str | None

    @property
    def kind(self) -> str:
        return self.place.split(":", 1)[0]

    @property
    def entry_place(self) -> str | None:
        """Where the call begins, for a probe at its end."""
        begun = RETURNS.get(self.kind)
        return None if begun is None else f"{begun}:{self.place.split(':', 1)[1]}"


class LogFields(Struct, frozen=True):
    """What the map calls the name, the times and the lane of an event; None where it has none."""

    name: str
    earliest: str | None
    latest: str | None
    lane: str | None


def render_bpftrace(document: MapDocument) -> str:
    """The script. Raises `DiagnosticError` map.invalid, with everything that is wrong with the probes."""
    log = document.table(document.tables, ("log",))
    fields = LogFields(
        document.text(log, ("log", "event")) or "event",
        document.text(log, ("log", "earliest")) or document.text(log, ("log", "time")),
        document.text(log, ("log", "latest")),
        document.text(log, ("log", "lane")),
    )
    probes = list(_probes(document))
    if not probes and not document.problems:
        hint = 'in [events.NAME]: probe = "kprobe:FUNCTION", print = { FIELD = "arg0" }'
        document.problem("no event of the map has a probe", ("events",), hint=hint)
    document.settle()
    return HEAD.format(name=document.source.name) + "".join(_blocks(probes, fields))


def _probes(document: MapDocument) -> Iterator[Probe]:
    events = document.table(document.tables, ("events",))
    for name in events:
        path = ("events", name)
        about = document.table(events, path)
        place = document.text(about, (*path, "probe"))
        if place is None:
            continue
        if not PROBE.fullmatch(place):
            hint = "as in kprobe:put_ioctx, kretprobe:ioctx_alloc or tracepoint:syscalls:sys_enter_io_submit"
            document.problem(f"{place} is no probe", (*path, "probe"), place, hint)
        printed = dict(_expressions(document, about, (*path, "print")))
        entry = dict(_expressions(document, about, (*path, "entry")))
        if entry and place.split(":", 1)[0] not in RETURNS:
            document.problem("only a probe at a return has an entry", (*path, "entry"))
        yield Probe(name, place, printed, entry, document.text(about, (*path, "when")))


def _expressions(document: MapDocument, about: Table, path: KeyPath) -> Iterator[tuple[str, Expression]]:
    for field, written in document.table(about, path).items():
        found = _expression(document, written, (*path, field))
        if found is not None:
            yield field, found


def _expression(document: MapDocument, written: Any, path: KeyPath) -> Expression | None:
    """`"arg0"`, or `{ is = "arg0", as = "pointer" }`."""
    if isinstance(written, str) and written:
        return Expression(written, FORMATS["integer"])
    if isinstance(written, dict):
        about = cast("Table", written)
        document.only(about, path, EXPRESSION_KEYS)
        text = document.text(about, (*path, "is"))
        kind = document.text(about, (*path, "as")) or "integer"
        if text is not None and kind in FORMATS:
            return Expression(text, FORMATS[kind])
    hint = f'"EXPRESSION", or {{ is = "EXPRESSION", as = KIND }} with one of {", ".join(FORMATS)}'
    document.problem("a bpftrace expression must stand here", path, hint=hint)
    return None


def _blocks(probes: list[Probe], fields: LogFields) -> Iterator[str]:
    for probe in probes:
        if probe.entry_place is not None:
            yield _entry_block(probe.entry_place, probe)
        yield _event_block(probe, fields)


def _entry_block(place: str, probe: Probe) -> str:
    kept = {"start": "nsecs", **{field: expression.text for field, expression in probe.entry.items()}}
    lines = (f"    {_kept(probe, name)} = {text};\n" for name, text in kept.items())
    return f"\n{place}\n{{\n{''.join(lines)}}}\n"


def _event_block(probe: Probe, fields: LogFields) -> str:
    printed = dict(_printed(probe, fields))
    text = ",".join(f'\\"{name}\\":{expression.format}' for name, expression in printed.items())
    text = f'{{\\"{fields.name}\\":\\"{probe.event}\\"{"," if text else ""}{text}}}\\n'
    arguments = "".join(f",\n        {expression.text}" for expression in printed.values())
    lines = [f'    printf("{text}"{arguments});\n']
    if probe.entry_place is not None:
        lines += [f"    delete({_kept(probe, name)});\n" for name in ("start", *probe.entry)]
    tests = [f"{_kept(probe, 'start')}"] if probe.entry_place is not None else []
    tests += [f"({probe.when})"] if probe.when is not None else []
    filtered = f"/{' && '.join(tests)}/\n" if tests else ""
    return f"\n{probe.place}\n{filtered}{{\n{''.join(lines)}}}\n"


def _printed(probe: Probe, fields: LogFields) -> Iterator[tuple[str, Expression]]:
    """The fields that are printed after the name of the event."""
    begun = "nsecs" if probe.entry_place is None else _kept(probe, "start")
    if fields.earliest is not None:
        yield fields.earliest, Expression("nsecs" if fields.latest is None else begun, "%llu")
    if fields.latest is not None:
        yield fields.latest, Expression("nsecs", "%llu")
    if fields.lane is not None and fields.lane not in probe.printed:
        yield fields.lane, Expression("cpu", "%d")
    yield from probe.printed.items()
    for field, expression in probe.entry.items():
        yield field, Expression(_kept(probe, field), expression.format)


def _kept(probe: Probe, field: str) -> str:
    """The map variable, one for each thread, that holds a field from entry to return."""
    return f"@{re.sub(r'[^A-Za-z0-9_]', '_', f'{probe.event}_{field}')}[tid]"
