"""pytest with specifications: what is collected, what passes, what a failure says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

GOLDEN = Path(__file__).parents[2] / "golden"
PLUGIN = ("-p", "no:aioformal", "-p", "aioformal.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture
def folder(pytester: pytest.Pytester) -> Path:
    """A folder with Lock.tla, which is proved, and Careless.cfg, of which two properties are violated."""
    for name in ("Lock.tla", "Lock.cfg"):
        shutil.copy(GOLDEN / name, pytester.path)
    careless(pytester.path, "")
    (pytester.path / "setup.cfg").write_text("[metadata]\nname = other\n", encoding="utf-8")
    return pytester.path


def careless(folder: Path, comments: str) -> None:
    text = (GOLDEN / "Careless.cfg").read_text(encoding="utf-8")
    (folder / "Careless.cfg").write_text(f"\\* spec: Lock.tla\n{comments}\n{text}", encoding="utf-8")


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess(*PLUGIN, *arguments)


def test_every_property_is_a_test_and_no_other_cfg_is_touched(
    pytester: pytest.Pytester, folder: Path
) -> None:
    result = run(pytester, "--collect-only", "-q", str(folder))
    ids = [line for line in result.outlines if "::" in line]
    names = ["assumptions", "TypeOK", "Mutex"]
    assert ids == [
        *(f"Careless.cfg::{name}" for name in (*names, "OneWay", "deadlock")),
        *(f"Lock.cfg::{name}" for name in (*names, "deadlock")),
    ]


def test_a_violation_fails_with_its_trace_and_its_blame(pytester: pytest.Pytester, folder: Path) -> None:
    report = folder / "junit.xml"
    result = run(pytester, f"--junitxml={report}")
    result.assert_outcomes(passed=7, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*Careless.cfg: Mutex*",
            "Mutex is violated",
            "*2 steps, found by *",
            "*Acquire(t = a)*Lock.tla:*",
            "*Mutex is false in state 3*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    assert "Acquire(t = a)" in report.read_text(encoding="utf-8")
    assert 'value="violated"' in report.read_text(encoding="utf-8")


def test_an_expected_violation_passes(pytester: pytest.Pytester, folder: Path) -> None:
    careless(folder, "\\* expect: violated Mutex OneWay")
    run(pytester).assert_outcomes(passed=9)


def test_an_expectation_that_is_not_met_fails_at_its_line(pytester: pytest.Pytester, folder: Path) -> None:
    careless(folder, "\\* expect: violated Mutex OneWay TypeOK")
    result = run(pytester)
    result.assert_outcomes(passed=8, failed=1)
    result.stdout.fnmatch_lines(["Careless.cfg:2 expects TypeOK to be violated, and it is proved"])


def test_a_misspelt_expectation_is_an_error(pytester: pytest.Pytester, folder: Path) -> None:
    careless(folder, "\\* expect: violated Mutexx")
    result = run(pytester, "--continue-on-collection-errors")
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(["*Careless.cfg:2: Mutexx is no property*did you mean Mutex?*"])


def test_a_specification_with_errors_is_an_error_with_its_place(
    pytester: pytest.Pytester, folder: Path
) -> None:
    text = (folder / "Lock.tla").read_text(encoding="utf-8")
    (folder / "Lock.tla").write_text(text.replace("pc[t]", "pd[t]", 1), encoding="utf-8")
    result = run(pytester, str(folder / "Lock.cfg"))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*name.unknown*", "*Lock.tla:*"])


def test_what_is_unknown_fails_unless_it_is_allowed(pytester: pytest.Pytester) -> None:
    text = "---- MODULE Live ----\nVARIABLE x\nInit == x = 0\nNext == x' = 1 - x\nLater == P -+-> P\n===="
    text = text.replace("P -+-> P", "TRUE -+-> <>(x = 1)").replace("VARIABLE", "EXTENDS Naturals\nVARIABLE")
    (pytester.path / "Live.tla").write_text(text, encoding="utf-8")
    (pytester.path / "Live.cfg").write_text("INIT Init\nNEXT Next\nPROPERTY Later\n", encoding="utf-8")
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["Later is unknown"])
    run(pytester, "--aioformal-allow-unknown").assert_outcomes(passed=1, skipped=1)


def test_a_false_assumption_fails_as_such(pytester: pytest.Pytester, folder: Path) -> None:
    (folder / "Careless.cfg").unlink()
    text = (folder / "Lock.tla").read_text(encoding="utf-8")
    broken = text.replace("ASSUME ", "ASSUME 1 = 2 /\\ ", 1)
    assert broken != text
    (folder / "Lock.tla").write_text(broken, encoding="utf-8")
    result = run(pytester)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*Lock.cfg: assumptions*", "*false*"])


def test_an_option_that_is_no_number_is_told(pytester: pytest.Pytester, folder: Path) -> None:  # noqa: ARG001
    pytester.makeini("[pytest]\naioformal_timeout = soon\n")
    result = run(pytester, "Lock.cfg")
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*aioformal_timeout = soon: a number is needed here*"])


def test_workers_of_xdist_prove_a_configuration_once(pytester: pytest.Pytester, folder: Path) -> None:
    careless(folder, "\\* expect: violated Mutex OneWay")
    pytester.makeconftest(
        """
        from pathlib import Path
        from aioformal.pytest_plugin import running

        proved = running.prove

        def counting(spec, config, options):
            with Path(__file__).with_name("runs.txt").open("a") as file:
                file.write(config.name + "\\n")
            return proved(spec, config, options)

        running.prove = counting
        """
    )
    result = pytester.runpytest_subprocess(*PLUGIN, "-n2", "--dist=load")
    result.assert_outcomes(passed=9)
    runs = (folder / "runs.txt").read_text(encoding="utf-8").split()
    assert sorted(runs) == ["Careless.cfg", "Lock.cfg"]


def test_a_worker_that_died_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from aioformal.pytest_plugin import running
    from aioformal.session import Options

    answers = {"Inv": running.Answer("proved", "")}
    monkeypatch.setattr(running, "prove", lambda *_: answers)
    spec, config = tmp_path / "A.tla", tmp_path / "A.cfg"
    assert running.shared(tmp_path, spec, config, Options()) == answers
    (taken,) = tmp_path.glob("*.taken")
    next(tmp_path.glob("*.json")).unlink()
    taken.write_text("999999999", encoding="utf-8")
    assert running.shared(tmp_path, spec, config, Options()) == answers


COUNTER = """---- MODULE Counter ----
EXTENDS Naturals
VARIABLE x
ASSUME Named == {assumed}
Init == x = 0
Next == x' = (x + 1) % 3
Reach == x = 2
After == {after}
====
"""


@pytest.mark.parametrize(
    ("assumed", "after", "failed"),
    [("TRUE", "TRUE", []), ("TRUE", "FALSE", ["After"]), ("FALSE", "TRUE", ["assumptions"])],
)
def test_named_assumptions_postconditions_and_what_is_possible_are_judged(
    pytester: pytest.Pytester, assumed: str, after: str, failed: list[str]
) -> None:
    text = COUNTER.format(assumed=assumed, after=after)
    (pytester.path / "Counter.tla").write_text(text, encoding="utf-8")
    config = "INIT Init\nNEXT Next\n_POSSIBLE Reach\nPOSTCONDITION After\n"
    (pytester.path / "Counter.cfg").write_text(config, encoding="utf-8")
    result = run(pytester, "-rf", "-v")
    names = [line.partition("::")[2].split()[0] for line in result.outlines if line.startswith("FAILED")]
    assert names[: len(failed)] == failed
    assert bool(names) is bool(failed)
    assert len([line for line in result.outlines if "Counter.cfg::" in line and "%]" in line]) == 4


def test_parts_that_never_matter_are_a_section_of_the_report(pytester: pytest.Pytester) -> None:
    pytester.makefile(
        ".tla",
        Quiet="---- MODULE Quiet ----\nVARIABLE on\nInit == on = FALSE\nNext == on' = on\n"
        "Told == on => FALSE\nElse == on \\in BOOLEAN\n====\n",
    )
    pytester.makefile(".cfg", Quiet="INIT Init\nNEXT Next\nINVARIANTS Told Else\n")
    result = pytester.runpytest("-rP")
    result.assert_outcomes(passed=3)
    lines = [line for line in result.outlines if "check.never-applies" in line]
    assert [line.partition(", ")[0] for line in lines] == ["note[check.never-applies]: in `Told`"]


def test_a_consequence_is_no_claim_whatever_it_is(pytester: pytest.Pytester, folder: Path) -> None:
    careless(folder, "\\* expect: violated OneWay\n\\* expect: consequence Mutex, TypeOK")
    result = run(pytester, "Careless.cfg", "-rs")
    result.assert_outcomes(passed=3, skipped=2)
    result.stdout.fnmatch_lines(["*violated: no claim*"])


def test_with_a_depth_a_search_ends_there(pytester: pytest.Pytester, folder: Path) -> None:
    careless(folder, "\\* depth: 1\n\\* expect: holds OneWay, Mutex, TypeOK, deadlock")
    run(pytester, "Careless.cfg").assert_outcomes(passed=5)
    careless(folder, "\\* depth: one")
    run(pytester, "Careless.cfg").stdout.fnmatch_lines(
        ["*Careless.cfg:2: `depth: one` is no number of steps*"]
    )


def test_a_row_of_a_matrix_is_a_file_of_tests(pytester: pytest.Pytester, folder: Path) -> None:
    inner = folder / "rows"
    inner.mkdir()
    shutil.copy(GOLDEN / "Careless.cfg", inner / "row.cfg")
    row = 'spec = "../Lock.tla"\nothers = "proved"\n[[row]]\nconfig = "row.cfg"\nviolated = {}\n'
    matrix = inner / "matrix.toml"
    matrix.write_text(row.format("{ Mutex = 2, OneWay = 2 }"), encoding="utf-8")
    run(pytester, str(inner)).assert_outcomes(passed=5)
    matrix.write_text(row.format("{ Mutex = 2 }"), encoding="utf-8")
    result = run(pytester, str(inner))
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["matrix.toml, row row, expects OneWay to be proved, and it is violated"])
    matrix.write_text(row.format("2"), encoding="utf-8")
    result = run(pytester, str(inner))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*matrix.malformed*"])
