"""The kernel library: every engine reads it alike, and its lemmas fail where it is wrong."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget, Event, Problem
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Exploration, Finding, Violated
from aioformal.resolve import load_model
from aioformal.session import Options, Session
from tests.examples.test_examples import RUNS, SPEC, Run

LIBRARY = SPEC.parent / "aioformal" / "library"
KERNEL = [run for run in RUNS if run.folder.name == "kernel"]
MODULES = ("RCU", "Refcount", "SpinLock", "Workqueue", "Slab", "Completion", "HList")
BOUND = 5


def events(run: Run, engine: Explicit | Reference) -> list[Event]:
    model = load_model(str(run.spec_path), str(run.config_path))
    return list(engine.check(Problem(model, model.properties, model.check_deadlock), Budget()))


def exploration(found: list[Event]) -> Exploration:
    return next(event for event in found if isinstance(event, Exploration))


def violated(found: list[Event]) -> dict[str, int]:
    return {
        event.property: len(event.verdict.trace.states) - 1
        for event in found
        if isinstance(event, Finding) and isinstance(event.verdict, Violated)
    }


def small(limit: int) -> list[object]:
    return [pytest.param(run, id=run.config) for run in KERNEL if run.distinct < limit]


@pytest.mark.parametrize("run", small(1_000))
def test_machine_code_and_the_reference_semantics_agree(run: Run) -> None:
    native = events(run, Explicit(Settings(small=0)))
    reference = events(run, Reference())
    assert exploration(native).details is not None
    assert exploration(native).details.runner == "machine code"
    for found in (native, reference):
        counted = exploration(found)
        assert (counted.distinct_states, counted.generated_states, counted.depth) == (
            run.distinct,
            run.generated,
            run.depth,
        )
        assert violated(found) == run.violated


@pytest.mark.parametrize("run", small(600))
def test_bounded_search_finds_the_same_within_its_bound(run: Run) -> None:
    report = Session(str(run.spec_path), str(run.config_path)).prove(
        Options(engine="bmc", depth=BOUND, timeout=None)
    )
    words = {judged.name: judged.word for judged in report.judgements}
    steps = {
        judged.name: len(judged.verdict.trace.states) - 1
        for judged in report.judgements
        if isinstance(judged.verdict, Violated)
    }
    assert steps == {name: length for name, length in run.violated.items() if length <= BOUND}
    assert {words[name] for name in words if name not in steps} <= {"holds", "proved"}


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_lemmas_that_hold_and_a_variant_in_which_they_fail(module: str) -> None:
    verdicts = {run.verdict for run in KERNEL if run.spec == f"{module}Lemmas"}
    assert verdicts == {"proved", "violated"}


@dataclass(frozen=True)
class Error:
    """A wrong `new` for the `old` in a module, which `config` must notice."""

    module: str
    old: str
    new: str
    config: str = ""

    @property
    def run(self) -> Run:
        return next(run for run in KERNEL if run.config == (self.config or f"{self.module}Lemmas"))

    def write(self, folder: Path) -> None:
        """The wrong module beside a copy of the specification, where it is found first."""
        text = (LIBRARY / f"{self.module}.tla").read_text(encoding="utf-8")
        assert text.count(self.old) == 1
        (folder / f"{self.module}.tla").write_text(text.replace(self.old, self.new), encoding="utf-8")
        shutil.copy(self.run.spec_path, folder)
        shutil.copy(self.run.config_path, folder)


ERRORS = [
    Error("RCU", "[func |-> f, waits |-> Inside(s),", "[func |-> f, waits |-> {},"),
    Error("RCU", '"synchronize_rcu", waits |-> Inside(s),', '"synchronize_rcu", waits |-> {},'),
    Error("RCU", "IF s.depth[r] > 1", "IF s.depth[r] > 2"),
    Error("RCU", "/\\ s.head[h].waits = {}", ""),
    Error("RCU", "/\\ s.head[h].behind = {}", ""),
    Error("RCU", "!.behind = @ \\ {h}]", "!.behind = {}]"),
    Error(
        "RCU",
        "Enter(s, r) == [s EXCEPT",
        "Enter(s, r) == [s EXCEPT !.head = [h \\in DOMAIN @ |-> [@[h] EXCEPT !.waits = @ \\cup {r}]],",
    ),
    Error("Refcount", "IncNotZero(r) == IF r > 0", "IncNotZero(r) == IF r >= 0"),
    Error("Refcount", "IsLast(r) == r = 1", "IsLast(r) == r = 2"),
    Error("Refcount", "IF IsLast(r) THEN DecLeak", "IF r = 2 THEN DecLeak"),
    Error("Refcount", "CanGet(r) == r # 0", "CanGet(r) == TRUE"),
    Error("Refcount", "[Put(p) EXCEPT !.dead", "[p EXCEPT !.dead", "PercpuRefLemmas"),
    Error("Refcount", "Switch(p) == [p EXCEPT !.atomic = TRUE]", "Switch(p) == p", "PercpuRefLemmas"),
    Error("Refcount", "SwitchIsLast(p) == p.count = 0", "SwitchIsLast(p) == FALSE", "PercpuRefLemmas"),
    Error("Refcount", "PutIsLast(p) == p.atomic /\\", "PutIsLast(p) ==", "PercpuRefLemmas"),
    Error("Refcount", "CanTrygetLive(p) == Live(p)", "CanTrygetLive(p) == TRUE", "PercpuRefLemmas"),
    Error("Refcount", "CanTryget(p) == ~Released(p)", "CanTryget(p) == Live(p)", "PercpuRefLemmas"),
    Error("SpinLock", "Free(l) \\/ Holds(l, c)", "TRUE"),
    Error("SpinLock", "!.irqs_off = off]", "!.irqs_off = FALSE]"),
    Error("SpinLock", "~(Holds(l, c) /\\ l.irqs_off)", "TRUE"),
    Error("SpinLock", "IF Free(l) THEN Lock(l, c)", "IF TRUE THEN Lock(l, c)", "SpinLockLemmas-trylock"),
    Error("Workqueue", "!.pending = FALSE, !.running = TRUE", "!.running = TRUE"),
    Error("Workqueue", "CanBegin(w) == w.pending /\\ ~w.running", "CanBegin(w) == w.pending"),
    Error("Workqueue", "@ \\/ w.cancellers = {}]", "TRUE]"),
    Error("Workqueue", "!.flushers.next = @ \\cup {t}", "!.flushers.now = @ \\cup {t}"),
    Error("Workqueue", "w.running -> [w EXCEPT !.flushers.now = @ \\cup {t}]", "w.running -> w"),
    Error("Workqueue", "!.running = FALSE, !.flushers.now = {}]", "!.running = FALSE]"),
    Error("Workqueue", "IF w.running THEN @.now", "IF FALSE THEN @.now"),
    Error("Slab", '"free" -> "double free"', '"free" -> "free"'),
    Error("Slab", 'THEN "use after free"', 'THEN "free"'),
    Error("Slab", 'CanAlloc(o) == o = "free"', "CanAlloc(o) == TRUE"),
    Error("Slab", "|-> p]", "|-> fields[f]]"),
    Error("Completion", "ELSE c + 1", "ELSE 1"),
    Error("Completion", "ELSE c - 1", "ELSE c"),
    Error("Completion", "Done(c) == c # 0", "Done(c) == c > 0"),
    Error("HList", "[] m = first -> n", "[] m = first -> @[m]"),
    Error("HList", "[] m = after -> before", "[] m = after -> @[m]"),
    Error("HList", "Unlink(s, n, s.next[n], POISON)", "Unlink(s, n, POISON, POISON)"),
    Error("HList", "Unlink(s, n, s.next[n], NULL)", "Unlink(s, n, NULL, NULL)", "HListLemmas-del-init-rcu"),
    Error("HList", "!.pprev[first] = n]", "!.pprev[first] = first]", "HListLemmas-one-unlocked-writer"),
    Error("HList", "!.pprev[next] = pprev]", "!.pprev[next] = next]", "HListLemmas-one-unlocked-writer"),
]


@pytest.mark.parametrize("wrong", ERRORS, ids=lambda wrong: f"{wrong.module}: {wrong.new}")
def test_the_lemmas_notice_an_error(wrong: Error, tmp_path: Path) -> None:
    wrong.write(tmp_path)
    spec, config = tmp_path / wrong.run.spec_path.name, tmp_path / wrong.run.config_path.name
    report = Session(str(spec), str(config)).prove(Options(engine="explicit", timeout=None))
    assert report.verdict == "violated"
