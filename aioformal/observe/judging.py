"""Whether a log of system calls is one of a kernel that keeps the rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any, cast

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.diagnostic import Exit, error
from aioformal.session import Session
from aioformal.session.tracing import explain_log
from aioformal.source import Source, Span
from aioformal.tracing import Explained, Log, MapDocument, Outcome, Progress, Unexplained, parse_map
from aioformal.tracing.lines import Line, lines_of, open_log

SPEC = "AioSyscalls.tla"
CONFIG = "AioSyscalls.cfg"
READ_EXACTLY = '\n[events.aio_nr]\nafter = { aio_nr = "value" }\n'
READ_LOOSELY = '\n[events.aio_nr]\naction = "Read"\nparameters = { v = "value" }\n'

FIELDS: dict[str, type | tuple[type, ...]] = {
    "kernel": str,
    "aio_max_nr": int,
    "aio_nr": int,
    "strangers": list,
    "ctxs": list,
    "charges": list,
    "requests": int,
}


class Circumstances(Struct):
    """What a log says about its machine. `seen`: the values of fs.aio-nr; `counts`: events, by name."""

    kernel: str
    aio_max_nr: int
    aio_nr: int
    ctxs: tuple[str, ...]
    charges: tuple[int, ...]
    requests: int
    strangers: list[str]
    seen: set[int] = field(default_factory=set[int])
    counts: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def others(self) -> str | None:
        """What speaks for other processes having used AIO; None if nothing does."""
        if self.strangers:
            return f"other processes hold contexts: {', '.join(self.strangers[:4])}"
        if self.aio_nr:
            return f"fs.aio-nr was {self.aio_nr:,} before the first call"
        return None


class Judgement(Struct, frozen=True):
    """What came out. `strict`: if the others on the machine are taken to be quiet. `lax`: if they may do what
    they like; `undrained`: if io_destroy() need not wait for requests. None where that was not asked."""

    circumstances: Circumstances
    strict: Outcome
    lax: Outcome | None = None
    undrained: Outcome | None = None

    @property
    def disturbed(self) -> bool:
        """Whether others may be to blame: they were seen, and without them nothing is wrong."""
        return self.circumstances.others is not None and isinstance(self.lax, Explained)

    @property
    def exit_code(self) -> Exit:
        return Exit.UNDECIDED if self.disturbed else self.strict.exit_code


def judge(path: str, on_progress: Callable[[Progress], None] = lambda _: None) -> Judgement:
    """Holds a log of `observe` against the system calls' specification. Raises `DiagnosticError`."""
    circumstances = read_circumstances(path)
    strict = _explained(path, circumstances, on_progress)
    found = Judgement(circumstances, strict)
    if isinstance(strict, Unexplained):
        lax = _explained(path, circumstances, on_progress, quiet=False)
        undrained = _explained(path, circumstances, on_progress, draining=False)
        found = replace(found, lax=lax, undrained=undrained)
    return found


def _explained(
    path: str,
    circumstances: Circumstances,
    on_progress: Callable[[Progress], None],
    *,
    quiet: bool = True,
    draining: bool = True,
) -> Outcome:
    config = _config(circumstances, quiet, draining)
    session = Session(SPEC, CONFIG, {SPEC: text_of(SPEC), CONFIG: config})
    return explain_log(session, Log(path), _map(quiet), on_progress=on_progress)


def _config(about: Circumstances, quiet: bool, draining: bool) -> str:
    """The configuration for a machine and a way to read its log."""
    seen = set[int]() if quiet else about.seen
    constants = {
        "Ctxs": _set(about.ctxs),
        "Charges": _set(about.charges),
        "MaxNr": about.aio_max_nr,
        "Baseline": about.aio_nr,
        "Quiet": str(quiet).upper(),
        "Seen": _set(sorted(seen)),
        "Requests": about.requests,
        "Draining": str(draining).upper(),
    }
    lines = "".join(f"    {name} = {value}\n" for name, value in constants.items())
    return f"SPECIFICATION Spec\nCONSTANTS\n{lines}"


def _set(members: tuple[object, ...] | list[int]) -> str:
    return "{" + ", ".join(map(str, members)) + "}"


def _map(quiet: bool) -> MapDocument:
    return parse_map("map.toml", text_of("map.toml") + (READ_EXACTLY if quiet else READ_LOOSELY))


def text_of(name: str) -> str:
    """A file of this package."""
    return files("aioformal.observe").joinpath(name).read_text(encoding="utf-8")


# ---------------------------------------------------------------- what a log says of its machine


def read_circumstances(path: str) -> Circumstances:
    """What the first event of a log says, and what was read. Raises `DiagnosticError` file.* and
    log.malformed; what is wrong with other events is not said here."""
    with open_log(path) as file:
        lines = (line for line in lines_of(file, path) if isinstance(line, Line))
        about = _beginning(path, next(lines, None))
        for line in lines:
            _take(about, line)
    return about


def _beginning(path: str, line: Line | None) -> Circumstances:
    text = "" if line is None else line.text
    source = Source(path, text, 1 if line is None else line.number)
    data = _object(text)
    wrong = [name for name, kind in FIELDS.items() if not isinstance(data.get(name), kind)]
    if data.get("event") != "begin" or wrong or not _in_order(data):
        what = f" ({wrong[0]} is missing or wrong)" if data.get("event") == "begin" and wrong else ""
        message = f"a log of `aioformal observe` begins with its circumstances{what}"
        raise error("log.malformed", message, Span(source, 0, len(text)), hint='{"event": "begin", ...}')
    return Circumstances(
        data["kernel"],
        data["aio_max_nr"],
        data["aio_nr"],
        tuple(data["ctxs"]),
        tuple(data["charges"]),
        data["requests"],
        list(map(str, data["strangers"])),
    )


def _in_order(data: dict[str, Any]) -> bool:
    """Whether what becomes part of a configuration is what it should be."""
    named = all(isinstance(name, str) and name.isidentifier() for name in data["ctxs"])
    charged = all(isinstance(charge, int) and charge > 0 for charge in data["charges"])
    return named and charged and min(data["aio_max_nr"], data["aio_nr"], data["requests"]) >= 0


def _take(about: Circumstances, line: Line) -> None:
    data = _object(line.text)
    event = str(data.get("event"))
    about.counts[event] = about.counts.get(event, 0) + 1
    value = data.get("value")
    if event == "aio_nr" and isinstance(value, int):
        about.seen.add(value)
    strangers = data.get("strangers")
    if event == "end" and isinstance(strangers, list):
        others = map(str, cast("list[object]", strangers))
        about.strangers += [name for name in others if name not in about.strangers]


def _object(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}


# ---------------------------------------------------------------- what is said


def conclusions(found: Judgement) -> Iterator[str]:
    """What the outcome means, line by line."""
    about, counts = found.circumstances, found.circumstances.counts
    if isinstance(found.strict, Explained):
        reads, setups = counts.get("aio_nr", 0), counts.get("io_setup", 0)
        yield f"the system calls of {about.kernel} keep the rules:"
        yield f"  quota: back whenever one of {counts.get('io_destroy', 0):,} io_destroy() had returned"
        yield f"         (fs.aio-nr was read {reads:,} times among {setups:,} io_setup())"
        yield f"  -EAGAIN: {_eagain(counts.get('io_setup_eagain', 0))}"
        submits = f"{counts.get('io_submit', 0):,} io_submit()"
        yield f"  requests: done whenever io_destroy() had returned ({submits})"
        yield ROW
        return
    if found.disturbed:
        yield "undecided, because others on this machine may be to blame:"
        yield f"  {about.others}; if they may do what they like, the log is explained."
        yield "  Run it again when nothing else uses AIO."
        return
    if isinstance(found.undrained, Explained):
        yield UNDRAINED
    elif isinstance(found.lax, Explained):
        yield "No sign of other processes that use AIO was seen. If there were some after all that cannot be"
        yield "seen from here (in another container), they would explain it."


def _eagain(number: int) -> str:
    if number == 0:
        return "never; nor was the quota used up (--exhaust would)"
    return f"{number:,} times, and always when there was not enough quota"


ROW = """\
Requests done when io_destroy() returns: so it is in kernels since 2014 (e02ba72aabfa). Of the history in
spec/README.md this is the end, lookups by percpu_ref_tryget_live, as far as system calls can tell; not the
seed of 2013, whose io_destroy() returned before."""

UNDRAINED = """\
Without the rule that requests are done when io_destroy() returns, the log is explained: that is how the
seed of 2013 behaves, and how no kernel has since 2014 (e02ba72aabfa)."""
