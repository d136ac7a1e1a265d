"""Which .cfg is a test, of which .tla, and what its comments expect."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.pytest_plugin.matching import ExpectationError, depth_of, expectations, specification_of

NAMES = ["TypeOK", "NoSpuriousEAGAIN", "deadlock"]


def files(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text("", encoding="utf-8")


@pytest.mark.parametrize(
    ("config", "spec"),
    [
        ("aio.cfg", "aio.tla"),
        ("aio-naive.cfg", "aio.tla"),
        ("aio-two-mms-large.cfg", "aio-two.tla"),
        ("aio_small.cfg", "aio.tla"),
        ("aionaive.cfg", None),
        ("setup.cfg", None),
        ("pyvenv.cfg", None),
    ],
)
def test_the_longest_name_that_fits_counts(tmp_path: Path, config: str, spec: str | None) -> None:
    files(tmp_path, "aio.tla", "aio-two.tla", config)
    found = specification_of(tmp_path / config)
    assert (None if found is None else found.name) == spec


def test_a_comment_names_the_specification(tmp_path: Path) -> None:
    files(tmp_path, "Lock.tla", "Careless.tla")
    config = tmp_path / "Careless.cfg"
    config.write_text("\\* spec: Lock.tla\nSPECIFICATION Spec\n", encoding="utf-8")
    assert specification_of(config) == tmp_path / "Lock.tla"


def test_what_is_no_text_is_no_configuration(tmp_path: Path) -> None:
    config = tmp_path / "binary.cfg"
    config.write_bytes(b"\xff\xfe\\* spec: a.tla")
    assert specification_of(config) is None


def expected(tmp_path: Path, text: str) -> dict[str, tuple[str, int]]:
    config = tmp_path / "a.cfg"
    config.write_text(text, encoding="utf-8")
    return {
        name: (one.word, int(one.place.rpartition(":")[2]))
        for name, one in expectations(config, NAMES).items()
    }


def test_comments_say_what_is_expected(tmp_path: Path) -> None:
    text = "SPECIFICATION Spec\n  \\* expect: violated NoSpuriousEAGAIN\n\\* expect: deadlock\n"
    assert expected(tmp_path, text) == {"NoSpuriousEAGAIN": ("violated", 2), "deadlock": ("violated", 3)}
    assert expected(tmp_path, "\\* expect: unknown TypeOK, deadlock") == {
        "TypeOK": ("unknown", 1),
        "deadlock": ("unknown", 1),
    }
    assert expected(tmp_path, "\\* Expected: everything holds.\n") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\\* expect: violatd TypeOK", r"a.cfg:1: `violatd` is no expectation \(did you mean violated\?\)"),
        (
            "\\* expect: violated TypeOk",
            r"TypeOk is no property .* \(did you mean TypeOK\?\); it has: TypeOK",
        ),
        ("\n\\* expect: violated", "a.cfg:2: `expect: violated` names no property"),
        ("\\* expect:", "a.cfg:1: `` is no expectation"),
        ("\\* expect: violated TypeOK\n\\* expect: proved TypeOK", "a.cfg:2: TypeOK has two expectations"),
    ],
)
def test_a_comment_that_cannot_be_meant_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ExpectationError, match=said):
        expected(tmp_path, text)


def test_a_comment_says_how_deep_to_look(tmp_path: Path) -> None:
    config = tmp_path / "a.cfg"
    config.write_text("SPECIFICATION Spec\n", encoding="utf-8")
    assert depth_of(config) is None
    config.write_text("\\* depth: 16\nSPECIFICATION Spec\n", encoding="utf-8")
    assert depth_of(config) == 16
    for wrong in ("", "many", "-1", "9" * 5000):
        config.write_text(f"\n\\* depth: {wrong}\n", encoding="utf-8")
        with pytest.raises(ExpectationError, match=r"^a\.cfg:2: .* is no number of steps"):
            depth_of(config)


MATRIX = """
title = "Rows"
spec = "../Lock.tla"
others = "proved"
[[row]]
config = "naive.cfg"
violated = { TypeOK = 3 }
unknown = ["NoSpuriousEAGAIN"]
"""


def test_a_row_of_a_matrix_says_what_is_expected(tmp_path: Path) -> None:
    rows = tmp_path / "rows"
    rows.mkdir()
    files(tmp_path, "Lock.tla")
    files(rows, "naive.cfg", "other.cfg")
    (rows / "matrix.toml").write_text(MATRIX, encoding="utf-8")
    found = specification_of(rows / "naive.cfg")
    assert found is not None
    assert found.resolve() == (tmp_path / "Lock.tla").resolve()
    assert specification_of(rows / "other.cfg") is None
    said = expectations(rows / "naive.cfg", NAMES)
    assert {name: one.word for name, one in said.items()} == {
        "TypeOK": "violated",
        "NoSpuriousEAGAIN": "unknown",
        "deadlock": "proved",
    }
    assert said["TypeOK"].place == "matrix.toml, row naive,"
