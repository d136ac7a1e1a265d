"""Files that cannot be read, overlays, search paths, circles through instances."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.resolve import load_flat, load_model, load_module


def write(directory: Path, name: str, body: str) -> Path:
    path = directory / f"{name}.tla"
    path.write_text(f"---- MODULE {name} ----\n{body}\n====\n", encoding="utf-8")
    return path


def codes(call: object, *args: object, **named: object) -> list[str]:
    assert callable(call)
    with pytest.raises(DiagnosticError) as caught:
        call(*args, **named)
    return [d.code for d in caught.value.diagnostics]


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    write(tmp_path, "Counter", "")
    with pytest.raises(DiagnosticError) as caught:
        load_module(tmp_path / "Conter.tla")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "file.missing"
    assert diagnostic.hint == "did you mean `Counter.tla`?"


@pytest.mark.parametrize(
    ("files", "path", "says"),
    [
        (["A.tla", "B.tla", "B.cfg"], "Something.tla", "holds A.tla, B.tla"),
        ([f"M{i}.tla" for i in range(8)], "Something.tla", "M4.tla and 3 more"),
        (["A.cfg"], "Something.tla", "holds no .tla file"),
        (["A.tla"], "nowhere/A.tla", "there is no directory"),
        (["Something.tla"], "Something", "give the name in full"),
    ],
)
def test_a_missing_file_says_what_is_there(tmp_path: Path, files: list[str], path: str, says: str) -> None:
    for name in files:
        (tmp_path / name).touch()
    with pytest.raises(DiagnosticError) as caught:
        load_module(tmp_path / path)
    assert says in (caught.value.diagnostics[0].hint or "")


def test_a_file_that_is_too_large_can_be_split(tmp_path: Path) -> None:
    for size in (5, 10):
        (tmp_path / "Huge.tla").write_bytes(b" " * (size * 1024 * 1024))
        with pytest.raises(DiagnosticError) as caught:
            load_module(tmp_path / "Huge.tla")
        assert "EXTENDS" in (caught.value.diagnostics[0].hint or "")


def test_layout_is_warned_of_in_every_file_of_the_specification(tmp_path: Path) -> None:
    write(tmp_path, "M", "EXTENDS N\nA == /\\ TRUE\n  /\\ FALSE")
    write(tmp_path, "N", "EXTENDS Sequences\nB == /\\ TRUE\n  /\\ FALSE")
    warnings = load_module(tmp_path / "M.tla").warnings
    assert [str(w.span) for w in warnings] == [f"{tmp_path / name}.tla:4:3" for name in ("M", "N")]


def test_a_directory_a_binary_and_a_huge_file(tmp_path: Path) -> None:
    assert codes(load_module, tmp_path) == ["file.unreadable"]
    (tmp_path / "Binary.tla").write_bytes(b"\x7fELF\x00\x01")
    assert codes(load_module, tmp_path / "Binary.tla") == ["file.unreadable"]
    (tmp_path / "Huge.tla").write_bytes(b" " * (10 * 1024 * 1024))
    assert codes(load_module, tmp_path / "Huge.tla") == ["file.too-large"]
    assert codes(load_module, tmp_path / "nowhere" / "M.tla") == ["file.missing"]


def test_a_module_is_named_like_its_file(tmp_path: Path) -> None:
    path = write(tmp_path, "M", "")
    path.rename(tmp_path / "N.tla")
    assert codes(load_module, tmp_path / "N.tla") == ["module.name"]
    write(tmp_path, "Root", "EXTENDS N")
    assert codes(load_module, tmp_path / "Root.tla") == ["module.name"]


def test_broken_modules_are_all_reported(tmp_path: Path) -> None:
    write(tmp_path, "M", "EXTENDS A, B, Missing")
    write(tmp_path, "A", "x == (1")
    write(tmp_path, "B", "y == 2)")
    found = codes(load_module, tmp_path / "M.tla")
    assert len(found) == 3
    assert found[2] == "module.unknown"
    assert all(code.startswith("parse.") for code in found[:2])


def test_an_overlay_stands_for_a_file(tmp_path: Path) -> None:
    path = write(tmp_path, "M", "EXTENDS A\nx == y")
    unsaved = {str(tmp_path / "A.tla"): "---- MODULE A ----\ny == 1\n===="}
    assert codes(load_module, path) == ["module.unknown"]
    assert set(load_flat(path, unsaved).definitions) == {"x", "y"}
    everything = unsaved | {str(path): "---- MODULE M ----\nEXTENDS A\nz == y\n===="}
    assert set(load_flat(path, everything).definitions) == {"y", "z"}


def test_an_overlaid_configuration(tmp_path: Path) -> None:
    path = write(tmp_path, "M", "CONSTANT N")
    model = load_model(path, overlay={str(tmp_path / "M.cfg"): "CONSTANT N = 4"})
    assert model.constants == {"N": 4}
    assert model.config_path == str(tmp_path / "M.cfg")


def test_modules_beside_the_specification_come_before_other_directories(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    path = write(here, "M", "EXTENDS A, B\nx == a\ny == b")
    write(here, "A", "a == 1")
    write(there, "A", "other == 1")
    write(there, "B", "b == 1")
    assert codes(load_flat, path) == ["module.unknown"]
    assert set(load_flat(path, search=[there]).definitions) == {"a", "b", "x", "y"}


def test_a_circle_through_a_nested_instance(tmp_path: Path) -> None:
    path = write(tmp_path, "M", "x == LET I == INSTANCE A IN I!y")
    write(tmp_path, "A", "---- MODULE Inner ----\nINSTANCE M\n====\ny == 1")
    with pytest.raises(DiagnosticError) as caught:
        load_module(path)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "module.cycle"
    assert "M -> A -> M" in diagnostic.message
    assert [note.message for note in diagnostic.notes] == ["M INSTANCE A", "A INSTANCE M"]


def test_every_library_module_resolves() -> None:
    library = Path(__file__).parent.parent.parent.parent / "aioformal" / "library"
    names = sorted(path.stem for path in library.glob("*.tla"))
    assert {"Naturals", "Integers", "Reals", "Sequences", "FiniteSets", "Bags", "TLC"} <= set(names)
    for name in names:
        load_flat(library / f"{name}.tla")


def test_a_missing_configuration_comes_with_an_example(tmp_path: Path) -> None:
    body = "CONSTANT N\nVARIABLE x\nTypeOK == x = N\nSpec == x = N /\\ [][x' = x]_x"
    path = write(tmp_path, "M", body)
    with pytest.raises(DiagnosticError) as caught:
        load_model(path)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "config.missing"
    assert str(tmp_path / "M.cfg") in diagnostic.message
    assert diagnostic.hint is not None
    assert diagnostic.hint.split("\n")[1:] == [
        "    SPECIFICATION Spec",
        "    CONSTANT N = ...",
        "    INVARIANT TypeOK",
    ]
    assert codes(load_model, path, tmp_path / "other.cfg") == ["config.missing"]


def test_the_environment_names_directories_after_those_that_are_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("given", 1), ("named", 2)):
        (tmp_path / name).mkdir()
        write(tmp_path / name, "Far", f"Value == {value}")
    write(tmp_path / "named", "Farther", "")
    monkeypatch.setenv("AIOFORMAL_PATH", f"{tmp_path / 'none'}:{tmp_path / 'named'}")
    path = write(tmp_path, "Near", "EXTENDS Far, Farther")
    found = load_module(path, search=[tmp_path / "given"])
    assert "Value == 1" in found.modules["Far"].span.text
    assert found.library == frozenset()


def test_modules_may_follow_the_root_module_in_its_file(tmp_path: Path) -> None:
    path = write(tmp_path, "Root", "EXTENDS Second\nINSTANCE Third\nA == x")
    path.write_text(
        path.read_text(encoding="utf-8")
        + "---- MODULE Third ----\n====\n---- MODULE Second ----\nx == 1\n====\n",
        encoding="utf-8",
    )
    found = load_module(path)
    assert set(found.modules) == {"Root", "Second", "Third"}
    assert [source.name for source in found.sources] == [str(path)]
    assert found.modules["Second"].name.span.line == 8


def test_a_file_beside_the_root_comes_before_what_follows_it(tmp_path: Path) -> None:
    path = write(tmp_path, "Root", "EXTENDS Second")
    write(tmp_path, "Second", "x == 2")
    path.write_text(
        path.read_text(encoding="utf-8") + "---- MODULE Second ----\nx == 1\n====\n", encoding="utf-8"
    )
    assert "x == 2" in load_module(path).modules["Second"].span.text
