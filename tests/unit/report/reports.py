"""A report with one property of each verdict, made by hand."""

from __future__ import annotations

from aioformal.diagnostic import Diagnostic, Note, Severity
from aioformal.evidence.verdict import (
    ActionLabel,
    Blame,
    Coverage,
    Evaluated,
    Exhaustive,
    Exploration,
    Fault,
    Holds,
    Inductive,
    Proved,
    SearchDetails,
    Trace,
    Unknown,
    Vacuous,
    Verdict,
    Violated,
    Walks,
)
from aioformal.report.result import Judgement, Report, Seconds
from aioformal.resolve.model import PropertyKind
from aioformal.source import Source, Span
from aioformal.value.values import Function, ModelValue, Value, make_record

TEXT = """---- MODULE Ctx ----
Put(c) == ctx' = [ctx EXCEPT ![c].users = @ - 1]
Safe == \\A c \\in Ctxs : ctx[c].users >= 0
====
"""
SOURCE = Source("Ctx.tla", TEXT)
C1, C2 = ModelValue("c1"), ModelValue("c2")


def span(text: str) -> Span:
    start = TEXT.index(text)
    return Span(SOURCE, start, start + len(text))


def ctx(users: int, other: int, readers: Value) -> tuple[Value, ...]:
    records = {C1: make_record({"users": users}), C2: make_record({"users": other})}
    return Function(records), readers


def put(c: Value) -> ActionLabel:
    return ActionLabel("Put", (("c", c),), span("Put(c)"))


EMPTY: frozenset[Value] = frozenset()
TRACE = Trace(
    ("ctx", "readers"),
    (ctx(1, 1, frozenset({C1})), ctx(0, 1, frozenset({C1})), ctx(-1, 1, frozenset({C1, C2}))),
    (put(C1), put(C1)),
)
BLAME = Blame("ctx[c].users >= 0", 3, span("ctx[c].users >= 0"), (("c", C1),), (("ctx[c].users", -1),))
DEADLOCK = Trace(("ctx", "readers"), (ctx(0, 0, EMPTY),), ())


def judged(name: str, kind: PropertyKind, verdict: Verdict, engine: str = "explicit") -> Judgement:
    return Judgement(name, kind, verdict, engine, 1.25)


INDUCTIVE = Proved(Inductive(2, "Grows", "(base)", "(step)"))
FALSE = Violated(Trace((), (), ()), Blame("N > 0", 1))
UNKNOWN = Unknown("no engine judges it", "wait", counterexample_to_induction=DEADLOCK)
EVERYTHING = Report(
    spec="Ctx.tla",
    config="Ctx.cfg",
    judgements=(
        judged("ASSUME 1", PropertyKind.ASSUMPTION, Proved(Evaluated("N > 0")), "concrete"),
        judged("TypeOK", PropertyKind.INVARIANT, Proved(Exhaustive(12, 40, 5, "0f3a"))),
        judged("Safe", PropertyKind.INVARIANT, Violated(TRACE, BLAME)),
        judged("AlsoSafe", PropertyKind.ACTION, Violated(TRACE)),
        judged("Far", PropertyKind.INVARIANT, Holds(7), "bmc"),
        judged("Grows", PropertyKind.ACTION, INDUCTIVE, "k-induction"),
        judged("Live", PropertyKind.TEMPORAL, UNKNOWN, ""),
        judged("Empty", PropertyKind.INVARIANT, Vacuous("no state satisfies its premise")),
        judged("deadlock", PropertyKind.DEADLOCK, Violated(DEADLOCK)),
    ),
    exploration=Exploration(
        1,
        12,
        40,
        5,
        complete=True,
        details=SearchDetails(
            runner="machine code",
            workers=2,
            state_bits=17,
            memory=3 << 20,
            left=0,
            coverage=(Coverage("Put", 30, 11), Coverage("Get", 0, 0)),
            out_degrees=(3, 8, 0, 1),
            confirmed=12,
            widened=1,
        ),
    ),
    seconds=Seconds(0.25, 0.5, 1.5, 2.0),
    diagnostics=(
        Diagnostic(
            "check.never-enabled",
            "Get never happens",
            span("Put(c)"),
            Severity.WARNING,
            (Note("it needs this", span("Safe")),),
            "look at its guard",
        ),
    ),
)

UNEVALUATED = Unknown("the specification cannot be evaluated")
FAULTY = Report(
    spec="Ctx.tla",
    config="Ctx.cfg",
    judgements=(
        judged("Safe", PropertyKind.INVARIANT, Unknown("the specification cannot be evaluated"), ""),
    ),
    fault=Fault(Diagnostic("eval.domain", "c3 is not in the domain", span("ctx[c]")), TRACE, "explicit"),
    seconds=Seconds(0.25, 0.0, 0.5, 0.75),
)

FALSE_ASSUMPTION = Report(
    spec="Ctx.tla",
    config="Ctx.cfg",
    judgements=(
        judged(
            "Positive", PropertyKind.ASSUMPTION, Violated(Trace((), (), ()), Blame("N > 0", 1)), "concrete"
        ),
    ),
    diagnostics=(Diagnostic("check.assumption", "Positive is false"),),
)

NOTHING_FOUND = Unknown("no violation found in 40 walks of up to 9 steps, 300 steps in all")
WALKED = Report(
    spec="Ctx.tla",
    config="Ctx.cfg",
    judgements=(
        judged("Safe", PropertyKind.INVARIANT, NOTHING_FOUND, "simulation"),
        judged("AlsoSafe", PropertyKind.ACTION, NOTHING_FOUND, "simulation"),
        judged("Live", PropertyKind.TEMPORAL, Unknown("no engine judges it"), "simulation"),
    ),
    walks=Walks(
        seed=7,
        walks=40,
        steps=300,
        depth=9,
        seconds=0.5,
        runner="machine code",
        widened=2,
        lengths=((2, 10), (8, 20), (9, 10)),
        taken=(("Put", 300), ("Get", 0)),
    ),
)
