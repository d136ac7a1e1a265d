"""A compiled module means what the reference semantics says: a third reading, with values of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings

from aioformal.resolve import load_model
from aioformal.resolve.model import Model
from aioformal.session import Options, Session
from tests.differential.compiled import Comparison
from tests.differential.random_models import CONSTRAINTS, models

ROOT = Path(__file__).parents[2]
CONFIG = "INIT Init\nNEXT Next\nINVARIANT Inv\nPROPERTY Step\nCHECK_DEADLOCK FALSE\n"
BROKEN = {"Ambiguous", "Contradiction", "PrimeInInvariant", "UnknownInvariant", "UnknownName"}
"""Those of tests/corpus/error that cannot be read."""


def pairs() -> list[tuple[Path, Path]]:
    """Every specification of the repository with each of its configurations."""
    found: list[tuple[Path, Path]] = []
    for folder in ("spec", "spec/examples", "tests/golden", "tests/corpus"):
        for config in sorted((ROOT / folder).glob("**/*.cfg" if folder == "tests/corpus" else "*.cfg")):
            names = (config.stem.rsplit("-", n)[0] for n in range(config.stem.count("-") + 1))
            spec = next((p for n in names if (p := config.with_name(f"{n}.tla")).is_file()), None)
            spec = spec or config.with_name("Lock.tla")
            if config.stem not in BROKEN:
                found.append((spec, config))
    return found


@pytest.mark.parametrize(("spec", "config"), pairs(), ids=lambda path: path.stem)
def test_states_steps_and_checks_are_those_of_the_reference(spec: Path, config: Path) -> None:
    comparison = Comparison(load_model(str(spec), str(config)))
    if config.stem == "NoDigest":  # a state that holds a function on Nat: neither reading can compare it
        return
    assert comparison.search(25) > 0


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


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(models(), CONSTRAINTS)
def test_random_models_mean_the_same(text: str, constraints: str) -> None:
    note(text + constraints)
    Comparison(load(text, constraints)).search(40)
