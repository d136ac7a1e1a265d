"""What a generated module is: readable, the same every time, and right about where it fails."""

from __future__ import annotations

import subprocess
import sys
import traceback
from pathlib import Path
from types import ModuleType

import pytest

import aioformal
from aioformal.pymodule import generate
from aioformal.resolve import load_model

ROOT = Path(__file__).parents[3]
AIO = ROOT / "spec" / "aio.tla"

SMALL = """---- MODULE Small ----
EXTENDS Naturals, Sequences
CONSTANTS None, self
VARIABLES x, class
Double(n) == n * 2
Safe(v, given) == IF v = 0 THEN 0 ELSE given
Init == x = 0 /\\ class = None
Step(by) ==
    /\\ x + by < 4
    /\\ x' = x + by
    /\\ class' = IF x = 0 THEN None ELSE self
Jump == x' \\in {Double(x), 1 \\div (3 - x)} /\\ UNCHANGED class
Wrong == x > 90 /\\ x' = Head(<<>>) /\\ UNCHANGED class
Ignored == x' = Safe(x, 6 \\div x) /\\ UNCHANGED class
Next == (\\E by \\in 1..2 : Step(by)) \\/ Jump \\/ Wrong \\/ Ignored
Small ==
    /\\ x < 9
    /\\ 12 \\div (4 - x) < 90
Grows == [][x' >= x]_x
Later == <>(x = 3)
====
"""
CONFIG = """INIT Init
NEXT Next
CONSTANTS None = None self = self
INVARIANT Small
PROPERTY Grows Later
_POSSIBLE Jump
CHECK_DEADLOCK FALSE
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "Small.tla"
    path.write_text(SMALL, encoding="utf-8")
    path.with_suffix(".cfg").write_text(CONFIG, encoding="utf-8")
    return path


@pytest.fixture
def small(spec: Path) -> ModuleType:
    return aioformal.load(spec)


def test_states_and_steps_are_there_to_be_asked(small: ModuleType) -> None:
    (start,) = small.initial_states()
    assert (start.x, start.class_) == (0, small.None_)
    assert {(str(s), s.state.x) for s in small.successors(start)} == {
        ("Step(by = 1)", 1),
        ("Step(by = 2)", 2),
        ("Jump", 0),
        ("Ignored", 0),
    }
    assert [state.x for state in small.Step(start, 2)] == [2]
    assert [step.state.x for step in small.successors(start, "Step")] == [1, 2]


def test_checks_have_names_kinds_and_places(small: ModuleType) -> None:
    assert [(c.name, c.kind, c.place) for c in small.CHECKS] == [
        ("Small", "invariant", "Small.tla:16"),
        ("Grows", "step", "Small.tla:19"),
    ]
    assert small.NOT_CHECKED == ("Later", "Jump")
    assert small.CHECKS[1].reads == ("x",)


def test_an_error_ends_in_the_line_of_the_specification(small: ModuleType) -> None:
    four = small.State(x=4, class_=small.self)
    with pytest.raises(small.EvaluationError, match=r"Small.tla:18: 12 is divided by zero") as caught:
        small.Small(four)
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (Path(last.filename).name, last.lineno, last.name) == ("Small.tla", 18, "Small")
    assert last.line == "/\\ 12 \\div (4 - x) < 90"
    assert (caught.value.code, caught.value.place) == ("eval.partial", "Small.tla:18")


def test_an_argument_that_is_not_needed_is_not_evaluated(small: ModuleType) -> None:
    zero = small.State(x=0, class_=small.self)
    assert [state.x for state in small.Ignored(zero)] == [0]


def test_true_is_not_one(small: ModuleType) -> None:
    assert small.State(x=1, class_=small.TRUE) != small.State(x=1, class_=1)
    with pytest.raises(small.EvaluationError, match="TRUE cannot be compared with 1"):
        small.eq(small.TRUE, 1)


def test_the_same_model_gives_the_same_text(spec: Path) -> None:
    first = generate(load_model(str(AIO)))
    second = subprocess.run(
        [sys.executable, "-c", "import sys; from aioformal.cli import main; main()", "compile", str(AIO)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7", "PATH": ""},
        cwd=spec.parent,
    ).stdout
    body = first[first.index("class State:") :]
    assert second.endswith(body)


def test_nothing_but_the_standard_library_is_imported(spec: Path) -> None:
    output = spec.with_name("checks.py")
    output.write_text(generate(load_model(str(spec))), encoding="utf-8")
    script = "import sys, checks; print(sorted(m for m in sys.modules if m.startswith('aioformal')))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", script], cwd=spec.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_mypy_finds_nothing_in_strict_mode(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    output = tmp_path / "aio_checks.py"
    output.write_text(generate(load_model(str(AIO))), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(output)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_importing_the_package_is_quick_because_nothing_heavy_comes_along() -> None:
    script = "import sys, aioformal, aioformal.pytest_plugin; print(*(m for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"z3", "lark", "llvmlite", "rich", "hypothesis", "aioformal.session"}
