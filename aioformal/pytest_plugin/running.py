"""One run of the prover for a .cfg, whose answers all its tests share, in whatever process they are."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, to_builtins
from msgspec.structs import replace
from rich.text import Text

from aioformal.evidence.verdict import Violated
from aioformal.report.counterexample import counterexample_lines
from aioformal.report.result import Judgement, Report
from aioformal.report.snippet import render_diagnostics
from aioformal.report.terminal import report_lines, table_lines
from aioformal.session import Options, Session

WIDTH = 100
PAUSE = 0.05
"""Seconds between looks at what another worker proves."""


class Answer(Struct, frozen=True):
    """What a property was judged to be, in one word, and what a reader wants to see if that is wrong. `kind`:
    that of the property; empty for the whole. `notes`: on parts of the property that never matter."""

    word: str
    text: str
    kind: str = ""
    notes: str = ""


Answers = dict[str, Answer]

WHOLE = ""
"""The name under which what is wrong with the specification itself is kept."""


def prove(spec: Path, config: Path, options: Options) -> Answers:
    """Judges every property. Raises `KeyboardInterrupt` where the run was interrupted."""
    report = Session(str(spec), str(config)).prove(options)
    if any(d.code == "run.interrupted" for d in report.diagnostics):
        raise KeyboardInterrupt
    answers = {j.name: replace(_answer(report, j), notes=_notes(report, j)) for j in report.judgements}
    if report.verdict == "error":
        answers[WHOLE] = Answer("error", _text(report_lines(replace(report, exploration=None), WIDTH)))
    return answers


def _answer(report: Report, judgement: Judgement) -> Answer:
    verdict = judgement.verdict
    if isinstance(verdict, Violated) and verdict.trace.states:
        text = _text(counterexample_lines(verdict.trace, [judgement], WIDTH))
        return Answer(judgement.word, text, judgement.kind.value)
    text = _text(table_lines((judgement,), WIDTH))
    if report.fault is not None:
        text += "\n\n" + _text(report_lines(replace(report, judgements=(), exploration=None), WIDTH))
    return Answer(judgement.word, text, judgement.kind.value)


def _notes(report: Report, judgement: Judgement) -> str:
    """Those that name a property before they say what is with it."""
    notes = [d for d in report.diagnostics if d.code == "check.never-applies"]
    named = [d for d in notes if f"`{judgement.name}`" in d.message.partition(",")[0]]
    return render_diagnostics(named).strip("\n")


def _text(lines: Iterable[Text]) -> str:
    return "\n".join(line.plain.rstrip() for line in lines).strip("\n")


def shared(folder: Path, spec: Path, config: Path, options: Options) -> Answers:
    """The same, but only the first of several processes proves; the others wait and read."""
    name = hashlib.sha256(f"{spec.resolve()}\n{config.resolve()}".encode()).hexdigest()[:24]
    answered, taken = folder / f"{name}.json", folder / f"{name}.taken"
    while not answered.exists():
        if _take(taken):
            answers = prove(spec, config, options)
            _write(answered, answers)
            return answers
        if not _is_alive(taken):
            with suppress(OSError):
                taken.unlink()
        time.sleep(PAUSE)
    found: dict[str, dict[str, str]] = json.loads(answered.read_text(encoding="utf-8"))
    return {name: Answer(**answer) for name, answer in found.items()}


def _take(taken: Path) -> bool:
    """Whether this process is the first to come; the file says which one that was."""
    try:
        with taken.open("x", encoding="utf-8") as file:
            file.write(str(os.getpid()))
    except FileExistsError:
        return False
    return True


def _is_alive(taken: Path) -> bool:
    """Whether the process that proves is still there; where that cannot be known, it is."""
    try:
        process = int(taken.read_text(encoding="utf-8") or "0")
    except (OSError, ValueError):
        return True
    if process == 0 or os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _write(answered: Path, answers: Answers) -> None:
    """All at once: nobody may read half of it."""
    half = answered.with_suffix(f".{os.getpid()}")
    half.write_text(json.dumps(to_builtins(answers)), encoding="utf-8")
    half.replace(answered)
