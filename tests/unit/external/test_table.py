"""The table of the external suite, and how it reads what is beside a corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.external.checkouts import EXAMPLES, cases
from tests.external.results import Case, render
from tests.external.standard import syntax_cases
from tests.external.state_graph import dumped_graph
from tests.external.tlc_suite import suite_cases

FILE = "tests/external/test_examples.py"


def test_every_failure_is_named_with_what_is_missing() -> None:
    table = render(
        [
            Case(f"{FILE}::test_models_count[a/A.cfg]", "passed", ("temporal, and not judged: Live",)),
            Case(f"{FILE}::test_models_count[b/B.cfg]", "known", ("assert 1 == 2",), "no such module"),
            Case(f"{FILE}::test_models_count[c/C.cfg]", "failed", ("assert 3 == 4",)),
            Case(f"{FILE}::test_models_count[d/D.cfg]", "passed"),
            Case(f"{FILE}::test_modules_parse[E.tla]", "skipped"),
        ]
    )
    assert "| models count | 4 | 2 | 1 | 1 | 0 |\n| modules parse | 1 | 0 | 0 | 0 | 1 |" in table
    assert table.endswith(
        "## models count\n\n"
        "* `a/A.cfg` temporal, and not judged: Live\n"
        "* `b/B.cfg` known to fail: no such module; assert 1 == 2\n"
        "* `c/C.cfg` **failed**: assert 3 == 4\n"
    )


def test_a_corpus_without_a_checkout_is_skipped_and_a_wrong_one_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(EXAMPLES, raising=False)
    (skipped,) = cases(EXAMPLES, lambda root: [root])
    assert EXAMPLES in skipped.marks[0].kwargs["reason"]
    monkeypatch.setenv(EXAMPLES, str(tmp_path))
    assert [case.values for case in cases(EXAMPLES, lambda root: [root])] == [(tmp_path,)]
    monkeypatch.setenv(EXAMPLES, str(tmp_path / "none"))
    with pytest.raises(pytest.UsageError, match="no directory"):
        cases(EXAMPLES, lambda root: [root])


def test_a_dumped_graph_is_read_value_by_value(tmp_path: Path) -> None:
    dump = tmp_path / "M.tla.dot"
    dump.write_text(
        'strict digraph DiskGraph {\n-1 [label="/\\\\ x = 0\\n/\\\\ s = {\\"a\\", \\"b\\"}",style = filled]\n'
        '2 [label="/\\\\ x = -1\\n/\\\\ s = {}"];\n-1 -> 2 [label="",color="black"];\n',
        encoding="utf-8",
    )
    first, second = (frozenset(("a", "b")), 0), (frozenset[str](), -1)
    graph = dumped_graph(dump, ("s", "x"))
    assert (graph.initial, graph.states) == ({first}, {first, second})
    assert graph.edges == {(first, second)}


def test_the_tests_of_the_standard_are_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "language_standard" / "tests" / "tlaplus_syntax"
    folder.mkdir(parents=True)
    (folder / "few.txt").write_text(
        "=====|||\nOne\n=====|||\n\nA == 1\n\n-----|||\n\n(tree)\n\n"
        "=====|||\nTwo\n:error\n=====|||\n\nA ==\n\n-----|||\n\n",
        encoding="utf-8",
    )
    found = [(case.name, case.text.strip(), case.error) for case in syntax_cases(tmp_path)]
    assert found == [("few 1 One", "A == 1", False), ("few 2 Two", "A ==", True)]


def test_what_tlc_expects_is_read_off_its_classes(tmp_path: Path) -> None:
    tools = tmp_path / "tlatools" / "org.lamport.tlatools"
    java, models = tools / "test" / "tlc2" / "tool" / "suite", tools / "test-model" / "suite"
    java.mkdir(parents=True)
    models.mkdir(parents=True)
    classes = {
        "Test1": "",
        "Test2": 'super("6", "5", "0", "1");',
        "Test3": "super(ExitStatus.ERROR_SPEC_PARSE);",
        "ETest4": 'super(new String[]{"-simulate"}, ExitStatus.ERROR);',
        "Test5": 'super("-1", "-1", "-1", "-1");\n    setExitStatus(ExitStatus.ERROR_SPEC_PARSE);',
    }
    for name, body in classes.items():
        (java / f"{name}.java").write_text(body, encoding="utf-8")
        (models / f"{name.lower()}.tla").touch()
    found = {case.name: (case.generated, case.distinct, 150 in case.exits) for case in suite_cases(tmp_path)}
    assert found == {
        "test1": (2, 1, False),
        "test2": (6, 5, False),
        "test3": (None, None, True),
        "etest4": (None, None, True),
        "test5": (None, None, True),
    }
