"""Maps: what they may say, and that everything wrong with one is said, where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from aioformal.diagnostic import Diagnostic, DiagnosticError
from aioformal.report.snippet import render_diagnostics
from aioformal.session import Session
from aioformal.session.tracing import load_map, map_template
from aioformal.tracing import Explained, TraceMap, Vocabulary, parse_map, read_map, render_bpftrace
from aioformal.value.values import ModelValue
from tests.unit.tracing.logs import LOCK, LOCK_CFG, held, session_in

GOOD = """
[log]
event = "what"
[events.lock]
action = "Take"
parameters = { t = "who" }
"""


def read(folder: Path, text: str) -> TraceMap:
    return read_map(parse_map("map.toml", text), Vocabulary(session_in(folder).program))


def problems(folder: Path, text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(DiagnosticError) as caught:
        read(folder, text)
    return caught.value.diagnostics


@pytest.mark.parametrize(
    ("text", "says", "under", "hint"),
    [
        ("[logs]\n", "'logs' means nothing", "logs", "did you mean log?"),
        ("[log]\nevnt = 'x'\n", "'evnt' means nothing in [log]", "evnt = 'x'", "did you mean event?"),
        ("[log]\nignore = 3\n", "ignore must be a list of texts", "ignore = 3", None),
        (
            "[log]\nslack = -1\ntime = 't'\n",
            "slack must be a number that is not negative",
            "slack = -1",
            None,
        ),
        ("[log]\nslack = 1\n", "slack needs a time", "slack = 1", "add time = FIELD"),
        ("[log]\nlane = 'cpu'\n", "without a time, events happened in the order", "lane = 'cpu'", None),
        ("[log]\nearliest = 'a'\n", "earliest needs latest beside it", "earliest = 'a'", None),
        ("[log]\ntime = 'a'\nlatest = 'b'\n", "an event happens at one time, or from", "time = 'a'", None),
        ("[log]\nignore = ['lock']\n", "lock is an event, and ignored as well", "lock", None),
        ("[unlogged]\nactions = ['Tkae']\n", "there is no action Tkae", "Tkae", "did you mean Take?"),
        ("[unlogged]\nactions = 3\n", "actions must be a list of texts", "actions = 3", None),
        ("[names.Pol]\n", "there is no constant set Pol", "names.Pol", "did you mean Pool?"),
        ("[names.Pool]\na = 'p'\nb = 'p'\n", "b and a cannot both be p", "b = 'p'", None),
        ("[names.Pool]\na = 0.5\n", "TLA+ has no such numbers", "a = 0.5", None),
        ("[names.Pool]\na = 1979-05-27\n", "a value is datetime.date", "a = 1979-05-27", None),
        ("[fields.who]\nnames = 'Pols'\n", "there is no constant set Pols", "Pols", None),
        ("[events.x]\naction = 'Tak'\n", "there is no action Tak", "Tak", "did you mean Take?"),
        (
            "[events.x]\naction = 'Take'\nparameters = { c = 'a' }\n",
            "there is no parameter of Take c",
            "c",
            None,
        ),
        (
            "[events.x]\nparameters = { c = 'a' }\n",
            "there is no parameter of an event that is no step c",
            "c",
            None,
        ),
        ("[events.x]\naction = 'Take'\nparameters = { t = 3 }\n", "the name of a field, or", "t", None),
        ("[events.x]\naction = 'Take'\nactions = ['Give']\n", "an event has `action` or", "actions", None),
        (
            "[events.x]\nafter = { hodler = 'a' }\n",
            "there is no variable hodler",
            "hodler",
            "did you mean holder?",
        ),
        (
            "[events.x]\nafter = { 'holder[' = 'a' }\n",
            "holder[: cannot be read from character 7 on",
            "holder[",
            None,
        ),
        (
            "[events.x]\naction = 'Take'\nafter = { 'holder[u]' = 'a' }\n",
            "no model value or parameter u",
            "",
            None,
        ),
        ("[events.x]\naction = 'Take'\nrelease = ['who']\n", "who names nobody that could be", "who", None),
        ("[events.x]\naction = 'Take'\nbefor = {}\n", "'befor' means nothing", "befor = {}", None),
        ("events.x = 3\n", "events.x must be a table", "", None),
    ],
)
def test_what_is_wrong_with_a_map_is_said_where_it_is(
    text: str, says: str, under: str, hint: str | None, tmp_path: Path
) -> None:
    whole = (
        text
        if text.startswith("events")
        else text + GOOD.replace("[log]\n", "" if "[log]" in text else "[log]\n")
    )
    if "[log]" in text:
        whole = GOOD.replace("[log]\n", text)
    (problem,) = problems(tmp_path, whole)
    assert problem.code == "map.invalid"
    assert says in problem.message
    assert problem.span is not None
    assert under in problem.span.text
    assert hint is None or problem.hint == hint
    assert re.search(r"map\.toml:\d+:\d+", render_diagnostics([problem]))


def test_an_index_must_be_a_parameter_of_every_action_of_an_event(tmp_path: Path) -> None:
    text = LOCK.replace(
        "Next ==", "Rest(u) == served > 0 /\\ served' = 0 /\\ UNCHANGED <<holder, waiting>>\nNext =="
    )
    text = text.replace("\\/ Give(t)", "\\/ Give(t) \\/ Rest(t)")
    words = Vocabulary(session_in(tmp_path, text).program)
    toml = "[events.x]\nactions = ['Take', 'Rest']\nafter = { 'holder[t]' = 'a' }\n"
    with pytest.raises(DiagnosticError, match="no model value or parameter t"):
        read_map(parse_map("map.toml", toml), words)


def test_several_problems_are_said_in_one_run(tmp_path: Path) -> None:
    text = GOOD + "[events.a]\naction = 'X'\n[events.b]\naction = 'Y'\n[names.Z]\n"
    found = problems(tmp_path, text)
    assert sorted(problem.span.line for problem in found if problem.span) == [8, 10, 11]


@pytest.mark.parametrize("text", ["[log\n", "a = \n", "x = 1\nx = 2\n", "a = " + "[" * 5000, '"""'])
def test_what_is_no_toml_is_said_with_a_place(text: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        parse_map("map.toml", text)
    (problem,) = caught.value.diagnostics
    assert problem.code == "map.syntax"
    assert problem.span is not None
    assert "line" not in problem.message


def test_a_map_without_events_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, "[log]\nevent = 'x'\n")[0].message == "the map names no events"


def test_a_map_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "no.toml", "file.missing"), (tmp_path, "file.unreadable")):
        with pytest.raises(DiagnosticError) as caught:
            load_map(str(path))
        assert caught.value.diagnostics[0].code == code


def test_fixed_names_and_translations_are_values_of_the_specification(tmp_path: Path) -> None:
    text = GOOD + "[names.Pool]\nmain = 'p'\n[fields.op]\nvalues = { 1 = 'p', 2 = 'other' }\n"
    found = read(tmp_path, text)
    assert found.fixed == {("Pool", "main"): ModelValue("p")}
    held_map = read(tmp_path, text + "[events.look]\nafter = { holder = 'op' }\n")
    assert held_map.rules is not None
    ((_, use),) = held_map.rules["look"].after
    assert use.table == {"1": ModelValue("p"), "2": "other"}


@pytest.mark.parametrize(
    ("event", "says", "under"),
    [
        ({}, "what, the event's name, is missing", "{}"),
        ({"what": 3}, "what, the event's name, must be a text", '"what": 3'),
        ({"what": "lokc"}, "the map has no event 'lokc'", '"what": "lokc"'),
        ({"what": "lock"}, "ts, the time of the event, is missing", '{"what": "lock"}'),
        ({"what": "lock", "ts": "1"}, "ts, the time of the event, must be a number", '"ts": "1"'),
        ({"what": "lock", "ts": 1, "who": [1]}, "a name must be a text or an integer", '"who": [1]'),
    ],
)
def test_what_the_map_does_not_know_is_said(
    event: dict[str, object], says: str, under: str, tmp_path: Path
) -> None:
    toml = GOOD.replace("[events", "time = 'ts'\n[fields.who]\nnames = 'Pool'\n[events")
    with pytest.raises(DiagnosticError) as caught:
        held(tmp_path, [event], toml)
    (problem,) = caught.value.diagnostics
    assert problem.message == says
    assert problem.span is not None
    assert problem.span.text == under


def test_the_template_is_a_map_that_reads_the_words_of_the_specification(tmp_path: Path) -> None:
    session = session_in(tmp_path)
    toml = map_template(session)
    log = [{"event": name, "t": "q"} for name in ("Ask", "Take", "Give")]
    assert isinstance(held(tmp_path, log, toml), Explained)


@pytest.mark.parametrize("spec", ["spec/aio.tla", "spec/examples/TicketLock.tla", "spec/examples/Paxos.tla"])
def test_templates_of_our_specifications_can_be_read(spec: str) -> None:
    session = Session(str(Path(__file__).parents[3] / spec))
    found = read_map(parse_map("map.toml", map_template(session)), Vocabulary(session.program))
    assert found.rules is not None
    assert set(found.rules) == set(Vocabulary(session.program).actions)


def test_what_the_comments_of_a_template_suggest_is_understood(tmp_path: Path) -> None:
    """Without their `#`, the lines that could be code are part of a map as well."""
    text = map_template(session_in(tmp_path))
    text = re.sub(r"^# ((?:time|slack|lane|ignore|after) = )", r"\1", text, flags=re.MULTILINE)
    text = re.sub(r"^# (\[names\.\w+\] +#)", r"\1", text, flags=re.MULTILINE)
    text = text.replace("actions = []", 'actions = ["Ask"]')
    found = read(tmp_path, text)
    assert found.clock is not None
    assert (found.pools.keys(), found.unlogged) == ({"Pool"}, {"Ask"})


# ---------------------------------------------------------------- bpftrace

PROBED = """
[log]
event = "f"
earliest = "from"
latest = "to"
lane = "cpu"
[events.put]
action = "Give"
probe = "kretprobe:put_ioctx"
entry = { ctx = { is = "arg0", as = "pointer" } }
print = { tid = "tid" }
[events.get]
action = "Take"
probe = "tracepoint:syscalls:sys_enter_io_submit"
when = "comm == \\"fio\\""
"""


def test_a_script_prints_what_its_map_reads() -> None:
    text = render_bpftrace(parse_map("map.toml", PROBED))
    assert text.count("{\n") == text.count("}\n") == 3
    assert "kprobe:put_ioctx\n{\n    @put_start[tid] = nsecs;\n    @put_ctx[tid] = arg0;\n}" in text
    assert '\\"ctx\\":\\"0x%llx\\"' in text
    assert "/@put_start[tid]/" in text
    assert '/(comm == "fio")/' in text
    assert "delete(@put_ctx[tid]);" in text


def test_a_printed_line_is_an_event_of_the_map(tmp_path: Path) -> None:
    """The format, filled in as printf would, is read again."""
    text = render_bpftrace(parse_map("map.toml", PROBED))
    formats = [found.encode().decode("unicode_escape") for found in re.findall(r'printf\("(.*)"[,)]', text)]
    lines = [re.sub(r"%ll[du]|%d", "7", line).replace("0x%llx", "0xffff8800") for line in formats]
    path = tmp_path / "log.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    from aioformal.tracing import Log
    from aioformal.tracing.readers import MappedReader

    words = Vocabulary(session_in(tmp_path, LOCK, LOCK_CFG).program)
    reader = MappedReader(read_map(parse_map("map.toml", PROBED), words), words)
    assert [(event.name, event.lane) for event in Log(str(path)).events(reader)] == [
        ("put", "7"),
        ("get", "7"),
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("probe = 'put_ioctx'", "put_ioctx is no probe"),
        ("probe = 'kprobe:f'\nentry = { a = 'arg0' }", "only a probe at a return has an entry"),
        ("probe = 'kprobe:f'\nprint = { a = 3 }", "a bpftrace expression must stand here"),
        (
            "probe = 'kprobe:f'\nprint = { a = { is = 'x', as = 'float' } }",
            "a bpftrace expression must stand here",
        ),
        ("action = 'Take'", "no event of the map has a probe"),
    ],
)
def test_what_is_wrong_with_probes_is_said(line: str, says: str) -> None:
    with pytest.raises(DiagnosticError, match=says):
        render_bpftrace(parse_map("map.toml", f"[events.x]\n{line}\n"))


def test_the_example_map_knows_the_specification(golden: Callable[[str, str], None]) -> None:
    session = Session(str(Path(__file__).parents[3] / "spec/aio.tla"))
    golden("aio.map.toml", map_template(session).replace(session.spec_path, "spec/aio.tla"))
