"""A compiled module means what the reference semantics says, a third reading with values of its own; and what
machine code says, state by state: the same steps, and the same verdict of every property."""

from __future__ import annotations

import tempfile
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings

from aioformal.diagnostic import DiagnosticError
from aioformal.ordering.monitors import with_monitors
from aioformal.resolve import load_model
from aioformal.resolve.model import Model
from aioformal.session import Options, Session
from aioformal.syntax import ast
from aioformal.value.format import format_value
from aioformal.value.values import LazySet, State
from tests.differential.compiled import Comparison, as_value
from tests.differential.native_side import compare
from tests.differential.random_expressions import CONFIG as EXPRESSIONS
from tests.differential.random_expressions import VARIABLES, Expressions, module
from tests.differential.random_models import CONSTRAINTS, models

ROOT = Path(__file__).parents[2]
CONFIG = "INIT Init\nNEXT Next\nINVARIANT Inv\nPROPERTY Step\nCHECK_DEADLOCK FALSE\n"
LEFT_OUT = {
    *("Ambiguous", "Contradiction", "PrimeInInvariant", "UnknownInvariant", "UnknownName"),  # cannot be read
    "EWD840-large",  # has too many initial states
    "NoDigest",  # its states hold a function on Nat, which does not compare
}
"""Configurations that are not compared."""

REFUSED = {"aio-liveness", "HugePowerSet", "EnumeratesNat"}
"""Configurations that machine code does not take."""

TEARDOWN = {"aio", "aio-unlocked-removal", "aio-sync", "aio_ordering-no-grace-period"}
"""Variants of the teardown that are looked at in machine code each time: those that differ most."""

FEW, SOME, MANY = 8, 12, 2_000
"""States that are looked at: of the teardown, of others, and where there is time."""


def pairs() -> list[tuple[Path, Path]]:
    """Every specification of the repository with each of its configurations."""
    found: list[tuple[Path, Path]] = []
    for folder in ("spec", "spec/examples", "spec/kernel", "tests/golden", "tests/corpus"):
        for config in sorted((ROOT / folder).glob("**/*.cfg" if folder == "tests/corpus" else "*.cfg")):
            names = (config.stem.rsplit("-", n)[0] for n in range(config.stem.count("-") + 1))
            spec = next((p for n in names if (p := config.with_name(f"{n}.tla")).is_file()), None)
            spec = spec or config.with_name("Lock.tla")
            if config.stem not in LEFT_OUT:
                found.append((spec, config))
    return found


def three_readings(spec: Path, config: Path, most: int, *, machine: bool = True) -> None:
    model = with_monitors(load_model(str(spec), str(config)))
    comparison = Comparison(model)
    assert comparison.search(most) > 0
    if machine:
        states = comparison.looked_at
        assert compare(model, states) == (0 if config.stem in REFUSED else len(states))


@pytest.mark.parametrize(("spec", "config"), pairs(), ids=lambda path: path.stem)
def test_states_steps_and_checks_are_those_of_the_reference(spec: Path, config: Path) -> None:
    is_teardown = spec.stem.startswith("aio")
    machine = not is_teardown or config.stem in TEARDOWN
    three_readings(spec, config, FEW if is_teardown else SOME, machine=machine)


@pytest.mark.large
@pytest.mark.parametrize(("spec", "config"), pairs(), ids=lambda path: path.stem)
def test_many_states_steps_and_checks_are_those_of_the_reference(spec: Path, config: Path) -> None:
    three_readings(spec, config, MANY)


@pytest.mark.parametrize("name", ["TicketLock", "McsLock-no-await", "QRWLock-irq-queues"])
def test_an_exhaustive_search_counts_what_machine_code_counts(name: str) -> None:
    spec = ROOT / "spec" / "examples" / f"{name.split('-')[0]}.tla"
    config = spec.with_name(f"{name}.cfg")
    report = Session(str(spec), str(config)).prove(Options(engine="explicit"))
    assert report.exploration is not None
    comparison = Comparison(load_model(str(spec), str(config)))
    assert comparison.search(10**6) == report.exploration.distinct_states


def load(text: str, constraints: str = "") -> Model:
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "Random.tla"
        spec.write_text(text, encoding="utf-8")
        spec.with_suffix(".cfg").write_text(CONFIG + constraints, encoding="utf-8")
        return load_model(str(spec))


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(models(), CONSTRAINTS)
def test_random_models_mean_the_same(text: str, constraints: str) -> None:
    note(text + constraints)
    model = load(text, constraints)
    comparison = Comparison(model)
    comparison.search(SOME)
    compare(model, comparison.looked_at)


@pytest.mark.parametrize("wanted", VARIABLES.values())
def test_random_expressions_have_the_same_values_and_the_same_errors(wanted: str) -> None:
    number = list(VARIABLES.values()).index(wanted)
    texts = [Expressions(5000 + 1000 * number + n).draw(wanted, 3) for n in range(40)]
    assert values_of(texts, 8, number)


def values_of(texts: list[str], count: int, seed: int) -> set[str]:
    """Holds the values of definitions against each other in `count` states; what the values were."""
    used = "\n".join(f"P{n} == E{n} = E{n}" for n in range(len(texts)))
    text = module(texts, count, seed)
    end = text.rindex("====")
    config = EXPRESSIONS + f"INVARIANTS {' '.join(f'P{n}' for n in range(len(texts)))}\n"
    overlay = {"Expressions.tla": f"{text[:end]}{used}\n{text[end:]}", "Expressions.cfg": config}
    comparison = Comparison(load_model("Expressions.tla", "Expressions.cfg", overlay))
    compiled, seen = comparison.module, set[str]()
    for state in compiled.initial_states():
        for n, source in enumerate(texts):
            expr = comparison.model.flat.definitions[f"E{n}"].body
            expected = reference_text(comparison, expr, comparison.state(state))
            assert compiled_text_of(compiled, getattr(compiled, f"E{n}"), state) == expected, source
            seen.add(expected)
    return seen


def reference_text(comparison: Comparison, expr: ast.Expr, state: State) -> str:
    """The value as text, or that there is none. (Which of two errors comes first, TLA+ does not say.)"""
    try:
        value = comparison.program.evaluate(expr, state)
        return format_value(value.freeze() if isinstance(value, LazySet) else value)
    except DiagnosticError:
        return "no value"


def compiled_text_of(compiled: ModuleType, function: Any, state: Any) -> str:
    """The same of a definition's function, which takes the state if it looks at it."""
    try:
        found = function(state) if signature(function).parameters else function()
        value = compiled.boolean(found) if isinstance(found, bool) else compiled.plain(found)
        return format_value(as_value(value))
    except compiled.EvaluationError:
        return "no value"
