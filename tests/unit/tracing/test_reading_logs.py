"""A log is not to be trusted: whatever it holds, a located error and no traceback, in constant memory."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aioformal.diagnostic import Diagnostic, DiagnosticError
from aioformal.report.snippet import render_diagnostics
from aioformal.session.tracing import explain_log
from aioformal.source import Source
from aioformal.tracing import Explained, Log, Vocabulary
from aioformal.tracing.json_places import place_of
from aioformal.tracing.json_text import MOST_LEVELS, parse_json
from aioformal.tracing.lines import LONGEST, lines_of
from aioformal.tracing.readers import PlainReader
from tests.unit.tracing.logs import held, session_in

GOOD = '{"event": "Ask", "t": "p"}\n'


def problems(folder: Path, raw: bytes, name: str = "log.jsonl") -> tuple[Diagnostic, ...]:
    """What is said about a log."""
    path = folder / name
    path.write_bytes(raw)
    words = Vocabulary(session_in(folder).program)
    with pytest.raises(DiagnosticError) as caught:
        list(Log(str(path)).events(PlainReader(words)))
    return caught.value.diagnostics


@pytest.mark.parametrize(
    ("line", "says", "under"),
    [
        (b'{"event": "Ask", "t"', "no JSON: expecting ':' delimiter", '"'),
        (b'{"event": "Ask", "t": "p', "no JSON: unterminated string starting at", '"'),
        (b"[1, 2]", "an event must be a JSON object", "[1, 2]"),
        (b"7", "an event must be a JSON object", "7"),
        (b"nonsense", "no JSON: expecting value", "n"),
        (b'{"event": 7}', "the event's name must be a text", '"event": 7'),
        (b'{"event": "Aks"}', "there is no action 'Aks'", '"event": "Aks"'),
        (b'{"event": "Ask", "T": "p"}', "there is no parameter or variable 'T'", '"T": "p"'),
        (b'{"event": "Ask", "t": 0.5}', "TLA+ has no such numbers", '"t": 0.5'),
        (b'{"event": "Ask", "t": {"#set": 3}}', "#set is 3, but must be a list", '"t": {"#set": 3}'),
        (b'{"event": "Ask", "t": NaN}', "NaN is no JSON", "NaN"),
        (b'{"event": "Ask", "event": "Take"}', "'event' is given twice", '"event"'),
        (b'{"event": "Ask", "t": ' + b"9" * 5000 + b"}", "a number with thousands of digits", "9" * 5000),
        (b'{"x": ' + b"[" * 200 + b"]" * 200 + b"}", f"nested deeper than {MOST_LEVELS} levels", "["),
        (b'{"event": "\xff"}', "byte 0xff is no UTF-8", "\ufffd"),
        (b"{" + b" " * LONGEST + b"}", "the line is longer than 1,048,576 bytes", "{"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_where_it_is(
    line: bytes, says: str, under: str, tmp_path: Path
) -> None:
    (problem,) = problems(tmp_path, GOOD.encode() + line + b"\n" + GOOD.encode())
    assert problem.code in ("log.malformed", "log.unmapped")
    assert problem.message == says
    assert problem.span is not None
    assert (problem.span.line, problem.span.text) == (2, under)
    assert "log.jsonl:2:" in render_diagnostics([problem])


def test_several_problems_are_said_in_one_run(tmp_path: Path) -> None:
    found = problems(tmp_path, b"".join(b"bad\n" + GOOD.encode() for _ in range(30)))
    assert [problem.span.line for problem in found if problem.span] == list(range(1, 40, 2))


def test_a_line_that_is_cut_off_is_called_so(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, (GOOD + GOOD[:15]).encode())
    assert problem.hint == "the line seems to be cut off: was the writer stopped?"


def test_what_comes_before_a_bad_line_is_explained_and_said_to_be(tmp_path: Path) -> None:
    session = session_in(tmp_path)
    path = tmp_path / "log.jsonl"
    path.write_text(GOOD + '{"event": "Take", "t": "p"}\n{', encoding="utf-8")
    with pytest.raises(DiagnosticError) as caught:
        explain_log(session, str(path))
    assert [note.message for note in caught.value.diagnostics[0].notes] == [
        "2 events before it are explained"
    ]


def test_blank_lines_say_nothing(tmp_path: Path) -> None:
    session = session_in(tmp_path)
    path = tmp_path / "log.jsonl"
    path.write_text(f"\n{GOOD}\n  \n", encoding="utf-8")
    log = Log(str(path))
    (event,) = log.events(PlainReader(Vocabulary(session.program)))
    assert (event.line, event.span().line) == (2, 2)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "no JSON: expecting value"),
        (b"[]", "a trace is an object with a list `states`"),
        (b'{"states": {}}', "a trace is an object with a list `states`"),
        (b'{"states": [1]}', "a state must be an object"),
        (b'{"states": [{}, {"x": 1}]}', "there is no variable 'x'"),
        (b'{"states": [{}, {"#meta": {"action": {"name": "Nope"}}}]}', "there is no action 'Nope'"),
        (
            b'{"states": [{"#meta": {"index": 3, "action": {"name": "Ask", "arguments": [1]}}}]}',
            "[name, value]",
        ),
    ],
)
def test_what_is_wrong_with_a_trace_is_said(raw: bytes, says: str, tmp_path: Path) -> None:
    assert says in problems(tmp_path, raw, "log.itf.json")[0].message


def test_a_state_of_a_trace_is_found_in_its_text(tmp_path: Path) -> None:
    text = '{"states": [\n {"holder": "nobody"},\n {"holder": {"#set": 1}}\n]}'
    (problem,) = problems(tmp_path, text.encode(), "log.itf.json")
    assert problem.span is not None
    assert (problem.span.line, problem.span.text) == (3, '"holder": {"#set": 1}')


def test_a_trace_may_leave_variables_and_actions_out(tmp_path: Path) -> None:
    session = session_in(tmp_path)
    path = tmp_path / "log.itf.json"
    path.write_text('{"states": [{"served": 0}, {}, {"holder": "q"}]}', encoding="utf-8")
    found = explain_log(session, str(path))
    assert isinstance(found, Explained)
    assert (found.events, found.steps) == (3, 2)


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_bytes_lead_to_a_traceback(raw: bytes) -> None:
    for line in lines_of(io.BytesIO(raw), "log"):
        if isinstance(line, Diagnostic):
            assert line.span is not None
            continue
        try:
            parse_json(Source("log", line.text, line.number))
        except DiagnosticError as failure:
            places = [problem.span for problem in failure.diagnostics]
        else:
            places = []
        assert None not in places


def _inside(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(inner) | st.dictionaries(st.text(), inner)


DOCUMENTS = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), _inside, max_leaves=8)


@given(DOCUMENTS, st.booleans(), st.sampled_from([None, 2]), st.data())
@settings(max_examples=200, deadline=None)
def test_every_part_of_a_document_is_found_in_its_text(
    document: object, escaped: bool, indent: int | None, data: st.DataObject
) -> None:
    text = json.dumps(document, ensure_ascii=escaped, indent=indent)
    path: list[str | int] = []
    value = document
    while isinstance(value, dict | list) and value:
        step = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        path.append(step)
        value = value[step]
    start, end = place_of(text, path)
    found = text[start:end]
    if path and isinstance(path[-1], str):
        assert json.loads("{" + found + "}") == {path[-1]: value}
    else:
        assert json.loads(found) == value


class Garbage(io.RawIOBase):
    """Bytes without end that are never in memory: lines of noise, and one line of a quarter of all bytes."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._random = random.Random(1)
        self._long = size // 4

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        size = min(len(buffer), self._left)
        block = self._random.randbytes(size)
        if self._left < self._long:
            block = block.replace(b"\n", b"x")
        buffer[:size] = block
        self._left -= size
        return size


def _read_garbage(megabytes: int) -> int:
    """How many lines are found to be bad."""
    stream = io.BufferedReader(Garbage(megabytes << 20))
    return sum(isinstance(line, Diagnostic) for line in lines_of(stream, "garbage"))


def test_garbage_is_streamed_in_constant_memory() -> None:
    code = (
        "import resource; from tests.unit.tracing.test_reading_logs import _read_garbage as read; read(1); "
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; assert read(48) > 1000; "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=120
    )
    assert int(done.stdout) < 24 << 10, "KiB"


def test_an_endless_line_is_given_up_at_once_and_left_behind() -> None:
    def raw() -> Iterator[bytes]:
        yield b'{"a": "' + b"x" * (3 * LONGEST) + b'"}\n'
        yield GOOD.encode()

    found = list(lines_of(io.BytesIO(b"".join(raw())), "log"))
    assert isinstance(found[0], Diagnostic)
    assert not isinstance(found[1], Diagnostic)
    assert (found[1].number, found[1].text) == (2, GOOD.strip())


def test_a_log_that_is_not_there_is_a_located_error(tmp_path: Path) -> None:
    words = Vocabulary(session_in(tmp_path).program)
    for path, code in ((tmp_path / "no", "file.missing"), (tmp_path, "file.unreadable")):
        with pytest.raises(DiagnosticError) as caught:
            list(Log(str(path)).events(PlainReader(words)))
        assert caught.value.diagnostics[0].code == code


def test_values_in_the_trace_format_mean_what_they_say(tmp_path: Path) -> None:
    log = [{"event": "Ask", "t": "p", "waiting": {"#set": ["p"]}, "served": {"#bigint": "0"}}]
    assert isinstance(held(tmp_path, log), Explained)
