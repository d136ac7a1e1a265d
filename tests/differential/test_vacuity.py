"""Parts of properties that never matter: what is said of random models, against brute force."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget, Engine, Untriggered
from aioformal.engine.reference import Reference
from aioformal.session import Options, Session
from aioformal.session.vacuity import with_probes
from aioformal.vacuity.collecting import Probe
from tests.differential.vacuity_models import (
    VALUES,
    Atom,
    Formula,
    Names,
    State,
    Step,
    Text,
    is_true,
    never_mattering,
    subsets,
)

QUIET: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much],
    "phases": [Phase.explicit, Phase.generate],
}
Number = tuple[str, Callable[[Step, Names], int], frozenset[str]]
System = tuple[State, dict[State, list[State]]]
STATE = frozenset(["state"])
SETS = subsets()


def numbers(names: tuple[str, ...], is_step: bool) -> list[Number]:
    """What can be compared: the first variable, bound names, numbers."""
    found: list[Number] = [("x", lambda step, _: step[0][0], STATE)]
    if is_step:
        found.append(("x'", lambda step, _: step[1][0], STATE))
    found += [(name, lambda _, n, name=name: n[name], frozenset([name])) for name in names]
    return found + [(str(v), lambda _, _n, v=v: v, frozenset()) for v in VALUES]


@st.composite
def atoms(draw: st.DrawFn, names: tuple[str, ...], is_step: bool) -> Formula:
    found = numbers(names, is_step)
    text, value, reads = draw(st.sampled_from(found))
    kind = draw(st.sampled_from(["=", "\\in", "Off", "changes"]))
    if kind == "Off":
        return Formula("atom", atom=Atom("Off", lambda _step, _names: False))
    if kind == "changes" and is_step:
        return Formula("atom", atom=Atom("(s' # s)", lambda step, _: step[0][1] != step[1][1], STATE))
    if kind == "\\in":
        return Formula(
            "atom", atom=Atom(f"({text} \\in s)", lambda s, n: value(s, n) in s[0][1], reads | STATE)
        )
    other, known, also = draw(st.sampled_from(found))
    equal = Atom(f"({text} = {other})", lambda s, n: value(s, n) == known(s, n), reads | also)
    return Formula("atom", atom=equal)


PLAIN = {"and": 2, "or": 2, "not": 1, "=>": 2, "<=>": 2, "if": 3, "case": 5}
OPS = ["atom", "=>", "=>", "=>", "all", "all", "some", "and", "or", "not", "<=>", "if", "case", "let", "call"]


@st.composite
def formulas(
    draw: st.DrawFn, names: tuple[str, ...], is_step: bool, depth: int, fresh: str = "abcdefg"
) -> Formula:
    op = draw(st.sampled_from(OPS)) if depth else "atom"

    def inner(names: tuple[str, ...]) -> st.SearchStrategy[Formula]:
        return formulas(names, is_step, depth - 1, fresh[1:])

    if op == "atom":
        return draw(atoms(names, is_step))
    if op in PLAIN:
        return Formula(op, tuple(draw(inner(names)) for _ in range(PLAIN[op])))
    name = fresh[0]
    if op in ("all", "some"):
        body = draw(inner((*names, name)))
        domain = draw(st.sampled_from(["s", "{0, 1}", "{}", *(["s'"] if is_step else [])]))
        constant = {"{0, 1}": frozenset((0, 1)), "{}": frozenset[int]()}.get(domain)
        at = int(domain == "s'")
        members: Callable[[Step], frozenset[int]] = (
            (lambda step: step[at][1]) if constant is None else (lambda _: constant)
        )
        return Formula(op, (body,), name=name, domain=domain, members=members)
    argument = draw(st.sampled_from(numbers(names, is_step)))
    if op == "let":
        return Formula("let", (draw(inner((*names, name))),), name=name, argument=argument)
    # A definition names its parameter as a caller may name something else.
    body = draw(formulas(("a",), is_step, depth - 1, "bcdefg"))
    return Formula("call", (Formula("definition", (body,), name="a"),), argument=argument)


@st.composite
def systems(draw: st.DrawFn) -> tuple[State, dict[State, list[State]]]:
    """An initial state, and steps."""
    states = st.tuples(st.sampled_from(VALUES), st.sampled_from(SETS[:4]))
    pairs = draw(st.lists(st.tuples(states, states), max_size=6))
    steps: dict[State, list[State]] = {}
    for before, after in pairs:
        steps.setdefault(before, []).append(after)
    return draw(st.sampled_from([b for b, _ in pairs] or [(0, frozenset[int]())])), steps


def reachable(start: State, steps: dict[State, list[State]]) -> list[State]:
    found, waiting = {start: None}, [start]
    while waiting:
        for after in steps.get(waiting.pop(), []):
            if after not in found:
                found[after] = None
                waiting.append(after)
    return list(found)


def tla(state: State, prime: str = "") -> str:
    return f"x{prime} = {state[0]} /\\ s{prime} = {{{', '.join(map(str, sorted(state[1])))}}}"


def module(start: State, steps: dict[State, list[State]]) -> Text:
    text = Text(["---- MODULE M ----", "EXTENDS Naturals", "CONSTANT Off", "VARIABLES x, s"])
    text.lines.append(f"Init == {tla(start)}")
    taken = [f"({tla(b)} /\\ {tla(a, chr(39))})" for b, after in steps.items() for a in after]
    text.lines.append("Next == " + (" \\/ ".join(taken) or "x' = x /\\ s' = s"))
    return text


CONFIG = "CONSTANT Off = FALSE\nINIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n"
ENGINES: dict[str, Engine] = {
    "reference": Reference(),
    "interpreted": Explicit(Settings(small=0, runner="interpreted")),
    "llvm": Explicit(Settings(small=0, runner="llvm")),
}


def said_by(session: Session, engine: Engine, text: Text) -> set[tuple[str, Formula]]:
    """What a search has seen nothing of, by where it stands, without what is within other such parts."""
    problem, found = with_probes(session.problem, Options())
    events = list(engine.check(problem, Budget()))
    said = [event for event in events if isinstance(event, Untriggered)]
    names = said[0].probes if said else frozenset[str]()
    return {
        (probe.kind, formula_at(probe, text))
        for probe in found.probes
        if probe.name in names and not (probe.within and probe.within <= names)
    }


def formula_at(probe: Probe, text: Text) -> Formula:
    """The formula that begins where a probe's does; an outer one of two has a parenthesis before it."""
    line, column = probe.expr.span.line - 1, probe.expr.span.column - 1
    length = probe.expr.span.end - probe.expr.span.start
    shown = text.lines[line][column : column + length]
    for formula, (at, start) in text.places.items():
        if at == line and start == column and text.written(formula) == shown:
            return formula
    raise AssertionError(f"nothing stands at {probe.expr.span}: {shown}")


def compare(
    folder: Path,
    system: tuple[State, dict[State, list[State]]],
    formula: Formula,
    is_step: bool,
    engine: Engine,
) -> None:
    start, steps = system
    states = reachable(start, steps)
    pairs = [(b, a) for b in states for a in steps.get(b, [])] if steps else [(start, start)]
    seen: list[Step] = [(b, a) for b, a in pairs if b != a] if is_step else [(b, b) for b in states]
    text = module(start, steps)
    text.define("P", formula, *(("[][", "]_<<x, s>>") if is_step else ()))
    (folder / "M.tla").write_text("\n".join([*text.lines, "===="]) + "\n")
    (folder / "M.cfg").write_text(CONFIG + ("PROPERTY P\n" if is_step else "INVARIANT P\n"))
    session = Session(str(folder / "M.tla"))
    if not all(is_true(formula, step, {}) for step in seen):
        return
    said, expected = said_by(session, engine, text), never_mattering(formula, seen)
    wrong = [f"{kind}: {text.written(part)}" for kind, part in said - expected]
    missing = [f"{kind}: {text.written(part)}" for kind, part in expected - said]
    assert wrong + missing == [], "\n".join([f"{wrong=} {missing=}", *text.lines])


@pytest.mark.parametrize("engine", ["reference", "interpreted"])
@given(data=st.data())
@settings(max_examples=100, **QUIET)
def test_what_never_matters_is_said_and_nothing_else(
    engine: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    is_step = data.draw(st.booleans())
    system, formula = data.draw(systems()), data.draw(formulas((), is_step, 3))
    compare(tmp_path_factory.mktemp("random"), system, formula, is_step, ENGINES[engine])


@given(system=systems(), formula=formulas((), False, 3))
@settings(max_examples=10, **QUIET)
def test_machine_code_says_the_same(
    system: tuple[State, dict[State, list[State]]], formula: Formula, tmp_path_factory: pytest.TempPathFactory
) -> None:
    compare(tmp_path_factory.mktemp("random"), system, formula, False, ENGINES["llvm"])
