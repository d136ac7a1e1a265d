"""What proofs, USE and HIDE demand: each rule with a text that breaks it and one that keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.diagnostic import Diagnostic, DiagnosticError, Exit
from aioformal.resolve import load_flat, load_model
from aioformal.session import Session

HEAD = "EXTENDS Naturals\nVARIABLE v\nCONSTANT C\nOp(x) == x\nInv == v = 0\nTHEOREM Fact == TRUE\n"
TEMPORAL = "THEOREM []Inv\n"


def problems(tmp_path: Path, text: str, head: str = HEAD) -> tuple[Diagnostic, ...]:
    path = tmp_path / "M.tla"
    path.write_text(f"---- MODULE M ----\n{head}{text}\n====\n", encoding="utf-8")
    try:
        load_flat(path)
    except DiagnosticError as failure:
        return tuple(failure.diagnostics)
    return ()


WRONG = [
    # names
    ("USE DEF Nowhere", "name.unknown", "Nowhere"),
    ("USE Nowhere", "name.unknown", "Nowhere"),
    ("HIDE DEF Nowhere", "name.unknown", "Nowhere"),
    ("THEOREM TRUE BY Nowhere", "name.unknown", "Nowhere"),
    ("THEOREM TRUE BY DEF Op, Nowhere", "name.unknown", "Nowhere"),
    ("I == INSTANCE Naturals\nTHEOREM TRUE BY DEF I!Nowhere", "name.unknown", "I!Nowhere"),
    ("THEOREM TRUE\n<1> w = 1\n<1> QED", "name.unknown", "w"),
    ("THEOREM TRUE\n<1> TAKE v \\in {1}\n<1> QED", "name.redefined", "v"),
    ("THEOREM ASSUME NEW C PROVE TRUE", "name.redefined", "C"),
    ("THEOREM TRUE\n<1> DEFINE Op(y) == y\n<1> QED", "name.redefined", "Op"),
    # what is known only inside, or only outside, of a proof
    ("THEOREM TRUE\n<1>1. ASSUME NEW x PROVE TRUE\n<1>2. x = 1\n<1> QED", "name.unknown", "x"),
    (
        "THEOREM TRUE\n<1>1. PICK x \\in {1} : TRUE\n <2>1. x = 1\n <2> QED\n<1> QED",
        "name.unknown",
        "x",
    ),
    (
        "THEOREM TRUE\n<1>1. SUFFICES ASSUME NEW x PROVE TRUE\n <2>1. x = 1\n <2> QED\n<1> QED",
        "name.unknown",
        "x",
    ),
    # steps
    ("THEOREM TRUE\n<1>1. TRUE BY <1>2\n<1>2. QED", "proof.step", "<1>2"),
    ("THEOREM TRUE\n<1>1. TRUE\n <2>1. TRUE\n <2> QED\n<1> QED BY <2>1", "proof.step", "<2>1"),
    ("THEOREM TRUE\n<1>1. HAVE TRUE\n<1>1. CASE TRUE\n<1>2. Op(<1>1)\n<1> QED", "proof.step", "<1>1"),
    ("THEOREM TRUE\n<1>a HAVE TRUE\n<1>b Op(<1>a)\n<1> QED", "proof.step", "<1>a"),
    ("THEOREM TRUE\n<1>a CASE TRUE\n<1>b <1>a /\\ TRUE\n<1> QED", "proof.step", "<1>a"),
    ("THEOREM TRUE\n<1>a ASSUME TRUE PROVE TRUE\n<1>b Op(<1>a)\n<1> QED", "proof.step", "<1>a"),
    # facts
    ("Def == TRUE\nHIDE Def", "proof.fact", "Def"),
    ("HIDE v = 0", "proof.fact", "v = 0"),
    ("HIDE Fact, TRUE", "proof.fact", "TRUE"),
    ("THEOREM TRUE\n<1> DEFINE d == 1\n<1> HIDE d\n<1> QED", "proof.fact", "d"),
    # USE between RECURSIVE and the definition
    ("RECURSIVE R(_)\nUSE Fact\nR(n) == n", "name.unknown", "USE Fact"),
    # labels
    ("THEOREM T == ASSUME ASSUME NEW x, l :: TRUE PROVE TRUE PROVE TRUE", "name.selector", "l"),
    ("THEOREM T == ASSUME ASSUME NEW x PROVE l :: TRUE PROVE TRUE", "name.selector", "l"),
    (
        "THEOREM T == ASSUME ASSUME NEW x, NEW y \\in l :: {} PROVE TRUE PROVE TRUE",
        "name.selector",
        "l",
    ),
    # levels
    (f"{TEMPORAL}<1> HAVE Inv\n<1> QED", "level.too-high", "Inv"),
    (f"{TEMPORAL}<1> TAKE x \\in v\n<1> QED", "level.too-high", "v"),
    (f"{TEMPORAL}<1> WITNESS 1, v\n<1> QED", "level.too-high", "v"),
    (f"{TEMPORAL}<1> CASE v = 0\n<1> QED", "level.too-high", "v = 0"),
    (f"{TEMPORAL}<1> QED\n <2> HAVE Inv\n <2> QED", "level.too-high", "Inv"),
    (f"{TEMPORAL}<1> CASE TRUE\n <2> HAVE Inv\n <2> QED\n<1> QED", "level.too-high", "Inv"),
    (f"{TEMPORAL}<1> DEFINE d == v\n<1> HAVE d = 0\n<1> QED", "level.too-high", "d = 0"),
    ("THEOREM TRUE\n<1>1. <>Inv\n <2> HAVE Inv\n <2> QED\n<1> QED", "level.too-high", "Inv"),
    ("THEOREM ASSUME NEW STATE s PROVE []Inv\n<1> HAVE s = 1\n<1> QED", "level.too-high", "s = 1"),
    ("THEOREM TRUE\n<1> PICK x \\in v : []Inv\n<1> QED", "level.too-high", "v"),
    ("THEOREM ASSUME NEW x \\in []Inv PROVE TRUE", "level.too-high", "[]Inv"),
    ("THEOREM TRUE\n<1> SUFFICES ASSUME NEW x \\in []Inv PROVE TRUE\n<1> QED", "level.too-high", "[]Inv"),
]

RIGHT = [
    "THEOREM TRUE\n<1>a ASSUME TRUE PROVE TRUE\n<1>b Op(<1>a!2) BY <1>a, <1>a!1\n<1> HIDE <1>a\n<1> QED",
    "THEOREM TRUE\n<01>1. TRUE\n<1>2. TRUE BY <1>1, <001>1\n<1> QED",
    "THEOREM TRUE BY DEF \\leq, =<, \\cup, \\union, -, .., ', [], ~, \\neg, ENABLED, DOMAIN, \\in",
    "USE DEF Op",
    "USE Fact, C = 1, MODULE Naturals DEF Op, +, MODULE M",
    "HIDE Fact DEF Op",
    "I == INSTANCE Naturals\nTHEOREM TRUE BY DEF I!+",
    "THEOREM TRUE BY DEF Op, Inv, Nat",
    "THEOREM T == ASSUME NEW x \\in C, x = 1 PROVE x = 1\n  BY T",
    "THEOREM TRUE\n<1> TAKE x \\in {1}\n<1> TAKE y\n<1> HAVE x = y\n<1> QED",
    "THEOREM TRUE\n<1> PICK x \\in {1} : x = 1\n<1> x = 1\n<1> QED",
    "THEOREM TRUE\n<1>1. ASSUME NEW x PROVE x = x\n <2> x = x BY <1>1\n <2> QED\n<1> PICK x : TRUE\n<1> QED",
    "THEOREM TRUE\n<1> SUFFICES ASSUME NEW x PROVE x = x\n  OBVIOUS\n<1> x = x\n<1> QED",
    "THEOREM TRUE\n<1> DEFINE d == 1 f[x \\in Nat] == d\n<1> d = f[1]\n<1> HIDE DEF d\n<1> QED BY DEF d, f",
    "THEOREM TRUE\n<1>1. TRUE\n <2>1. TRUE BY <1>1\n <2> QED BY <2>1\n<1> QED BY <1>1",
    "THEOREM TRUE\n<1>1. TRUE\n <2>1. TRUE\n <2> QED\n<1>2. TRUE\n <2>1. TRUE\n <2> QED\n<1> QED",
    "THEOREM TRUE\n<1>a HAVE TRUE\n<1>b TRUE BY <1>a\n<1>c Op(<1>b)\n<1> HIDE <1>b\n<1> QED",
    "THEOREM TRUE\n<1>1. 1 = 1\n<1>2. @ = 1\n<1> QED BY <1>1!1, <1>2!2",
    "THEOREM TRUE\n<1> INSTANCE Sequences\n<1> Len(<<>>) = 0 BY DEF Len\n<1> QED",
    "THEOREM TRUE\n<1>1. TRUE\n<1>1. HAVE TRUE\n<1>2. Op(<1>1)\n<1>2. QED",
    "THEOREM TRUE\n<1>1. HAVE TRUE\n<1>1. TRUE\n<1>2. Op(<1>1)\n<1>2. QED",
    "THEOREM T == ASSUME NEW x, l :: TRUE PROVE TRUE",
    "THEOREM T == ASSUME ASSUME l :: TRUE PROVE TRUE PROVE TRUE",
    "RECURSIVE R(_)\nR(n) == n\nUSE Fact",
    f"{TEMPORAL}<1> HAVE C\n<1> TAKE x \\in C\n<1> WITNESS 1 \\in C\n<1> CASE C\n<1> QED",
    f"{TEMPORAL}<1>1. Inv\n <2> HAVE Inv\n <2> QED\n<1> QED",
    "THEOREM Inv\n<1> HAVE Inv\n<1> TAKE x \\in v\n<1> WITNESS v\n<1> CASE Inv\n<1> QED",
    "THEOREM TRUE\n<1> PICK x \\in C : []Inv\n<1> PICK y \\in v : Inv\n<1> QED",
    "THEOREM ASSUME NEW x \\in v, NEW TEMPORAL F, []F PROVE x = x",
]


@pytest.mark.parametrize(("text", "code", "place"), WRONG)
def test_what_is_wrong_in_a_proof_is_said_at_its_place(
    tmp_path: Path, text: str, code: str, place: str
) -> None:
    found = [(p.code, p.span.text if p.span else None) for p in problems(tmp_path, text)]
    assert found == [(code, place)]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_in_a_proof_is_accepted(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text) == ()


def test_all_mistakes_of_a_proof_are_said_in_one_run(tmp_path: Path) -> None:
    found = problems(tmp_path, "USE a\nTHEOREM TRUE\n<1>1. b = c\n<1> QED BY <1>2")
    assert [p.code for p in found] == ["name.unknown"] * 3 + ["proof.step"]


@pytest.mark.parametrize(
    "text", ["USE DEF Nowhere", "THEOREM TRUE\n<1> DEFINE w == z\n<1> Z(1) BY SMT\n<1> QED"]
)
def test_no_name_is_missed_where_theorems_of_the_library_were_left_out(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text, "EXTENDS TLAPS\n") == ()
    assert problems(tmp_path, text, "") != ()


def test_a_module_that_only_proofs_name_is_not_missed(tmp_path: Path) -> None:
    steps = "<1> DEFINE I == INSTANCE Elsewhere\n<1>1. I!Op = LET J == INSTANCE Elsewhere IN J!Op\n"
    assert problems(tmp_path, f"THEOREM TRUE\n{steps}<1> QED BY I!Fact DEF I!Op") == ()
    assert problems(tmp_path, f"THEOREM TRUE\n{steps}<1> QED BY Nowhere") != ()


BESIDE = "---- MODULE Beside ----\nUSE Nowhere\nTHEOREM TRUE\n<1>1. nothing BY <1>7\n<1> QED\n{}====\n"


@pytest.mark.parametrize("use", ["EXTENDS Beside\n", "I == INSTANCE Beside\n"])
def test_proofs_of_other_modules_are_left_to_their_own_check(tmp_path: Path, use: str) -> None:
    (tmp_path / "Beside.tla").write_text(BESIDE.format(""), encoding="utf-8")
    assert problems(tmp_path, "", use) == ()
    with pytest.raises(DiagnosticError) as failure:
        load_flat(tmp_path / "Beside.tla")
    assert len(failure.value.diagnostics) == 3


def test_what_other_modules_state_is_checked(tmp_path: Path) -> None:
    text = BESIDE.format("THEOREM ASSUME NEW x PROVE y\nTHEOREM z\n")
    (tmp_path / "Beside.tla").write_text(text, encoding="utf-8")
    found = problems(tmp_path, "", "EXTENDS Beside\n")
    assert [p.span.text for p in found if p.span] == ["y", "z"]


def test_proofs_of_modules_nested_in_the_root_are_checked(tmp_path: Path) -> None:
    text = "---- MODULE Inner ----\nUSE Nowhere\nTHEOREM TRUE BY Missing\n===="
    assert [p.span.text for p in problems(tmp_path, text) if p.span] == ["Nowhere", "Missing"]


def test_a_session_checks_proofs_and_a_model_for_workers_does_not(tmp_path: Path) -> None:
    path = tmp_path / "M.tla"
    path.write_text("---- MODULE M ----\nTHEOREM TRUE BY Nowhere\n====\n", encoding="utf-8")
    path.with_suffix(".cfg").write_text("", encoding="utf-8")
    report = Session(str(path)).check()
    assert [d.code for d in report.diagnostics] == ["name.unknown"]
    assert report.exit_code is Exit.PARSE
    assert load_model(path).flat.name == "M"


def test_steps_and_levels_are_checked_there_all_the_same(tmp_path: Path) -> None:
    text = "VARIABLE v\nTHEOREM []v\n<1> HAVE v\n<1> QED BY SMT, <1>2"
    found = problems(tmp_path, text, "EXTENDS TLAPS\n")
    assert [p.code for p in found] == ["level.too-high", "proof.step"]
