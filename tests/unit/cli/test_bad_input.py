"""Bad input: a clear diagnostic with a place, an exit code, nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from aioformal.cli.guard import run_program

CONFIG = "INIT Init\nNEXT Next\n"


def module(body: str, extends: str = "Naturals", name: str = "Bad") -> str:
    return f"---- MODULE {name} ----\nEXTENDS {extends}\n{body}\n====\n"


@dataclass(frozen=True)
class Bad:
    """`body` becomes Bad.tla (from line 3 on); `place` and `says` must be in what is shown."""

    name: str
    code: str
    exit: int
    body: str = ""
    text: str | bytes | None = None
    config: str | None = CONFIG
    extends: str = "Naturals"
    place: str = ""
    says: tuple[str, ...] = ()
    others: dict[str, str] = field(default_factory=dict)

    def write(self, directory: Path) -> Path:
        spec = directory / "Bad.tla"
        text = module(self.body, self.extends) if self.text is None else self.text
        spec.write_bytes(text if isinstance(text, bytes) else text.encode())
        if self.config is not None:
            (directory / "Bad.cfg").write_text(self.config)
        for name, other in self.others.items():
            (directory / name).write_text(other)
        return spec


COUNTER = "VARIABLE x\nInit == x = 0\nNext == x' = x + 1"
FLIP = "VARIABLE x\nInit == x = 0\nNext == x' = 1 - x"
NESTED = "(" * 20_000 + "1" + ")" * 20_000

BAD_TEXT = [
    Bad("empty file", "file.empty", 150, text=""),
    Bad("binary file", "file.unreadable", 153, text=b"\x7fELF\x02\x01\x01\0\0\0\0"),
    Bad("unclosed comment", "parse.unclosed", 150, FLIP + "\n(* no end", place="Bad.tla:6:1"),
    Bad("unclosed string", "parse.unclosed", 150, 'VARIABLE x\nInit == x = "no end', place="Bad.tla:4:13"),
    Bad(
        "list closed by a bracket left of its bullets",
        "parse.layout",
        150,
        "VARIABLE x\nInit == /\\ x = (0\n    )\n        /\\ TRUE\nNext == x' = x",
        place="Bad.tla:5:5",
    ),
    Bad(
        "item left of its list",
        "parse",
        150,
        "VARIABLE x\nInit ==\n    /\\ x = 0\n   x = 1\nNext == x' = x",
        place="Bad.tla:6:4",
    ),
    Bad(
        "conjunction mixed with disjunction",
        "parse.precedence",
        150,
        "A == TRUE /\\ FALSE \\/ TRUE",
        place="Bad.tla:3:",
        says=("parenthes",),
    ),
    Bad("20,000 parentheses", "parse.nesting", 150, f"A == {NESTED}", place="Bad.tla:3:"),
    Bad("10 MB file", "file.too-large", 150, text=module("\\* padding\n" * 1_000_000)),
    Bad("no module", "file.empty", 150, text="INIT Init\nNEXT Next\n"),
    Bad(
        "module under another name", "module.name", 150, text=module(FLIP, name="Good"), says=("Good", "Bad")
    ),
]

BAD_NAMES = [
    Bad(
        "unknown name",
        "name.unknown",
        150,
        "VARIABLE counter\nInit == conuter = 0\nNext == counter' = counter",
        place="Bad.tla:4:9",
        says=("conuter", "did you mean `counter`"),
    ),
    Bad(
        "operator of a module that is not extended",
        "name.unknown",
        150,
        "VARIABLE x\nInit == x = Cardinality({})\nNext == x' = x",
        place="Bad.tla:4:13",
        says=("EXTENDS FiniteSets",),
    ),
    Bad(
        "unknown module",
        "module.unknown",
        150,
        FLIP,
        extends="Natrals",
        place="Bad.tla:2:9",
        says=("Naturals",),
    ),
    Bad(
        "circle of modules",
        "module.cycle",
        150,
        FLIP,
        extends="Naturals, Worse",
        others={"Worse.tla": module("", "Bad", "Worse")},
        place=".tla:2:",
        says=("Bad -> Worse -> Bad",),
    ),
    Bad(
        "prime in an invariant",
        "level.prime-in-state",
        150,
        FLIP + "\nInv == x' >= 0",
        config=CONFIG + "INVARIANT Inv\n",
        place="Bad.tla:6:",
    ),
    Bad("too many arguments", "name.arity", 150, "F(a) == a\nA == F(1, 2)", place="Bad.tla:4:6"),
]

BAD_CONFIG = [
    Bad("no configuration", "config.missing", 151, FLIP, config=None, says=("Bad.cfg",)),
    Bad(
        "contradictory configuration",
        "config.contradiction",
        151,
        FLIP + "\nSpec == Init /\\ [][Next]_x",
        config="SPECIFICATION Spec\nINIT Init\nNEXT Next\n",
        place="Bad.cfg:1:15",
        says=("INIT is here", "Bad.cfg:2:6", "NEXT is here", "Bad.cfg:3:6"),
    ),
    Bad(
        "undefined property",
        "config.unknown-name",
        151,
        FLIP + "\nSmall == x < 2",
        config=CONFIG + "INVARIANT Smal\n",
        place="Bad.cfg:3:11",
        says=("did you mean `Small`",),
    ),
    Bad(
        "misspelt keyword",
        "config.syntax",
        151,
        FLIP,
        config=CONFIG + "INVARAINT Small\n",
        place="Bad.cfg:3:1",
    ),
    Bad("constant without a value", "config.incomplete", 151, "CONSTANT N\n" + FLIP, says=("N",)),
]

BAD_VALUES = [
    Bad(
        "enumerating Nat",
        "eval.infinite",
        75,
        "VARIABLE x\nInit == x = 0\nNext == \\E n \\in Nat : x' = n",
        place="Bad.tla:5:",
        says=("Nat",),
    ),
    Bad(
        "function outside its domain",
        "eval.domain",
        75,
        "VARIABLE x\nInit == x = 1\nNext == x' = <<2, 3>>[x]",
        place="Bad.tla:5:14",
    ),
    Bad(
        "number compared with a string",
        "eval.kind",
        75,
        'VARIABLE x\nInit == x = 1\nNext == x = "a" /\\ x\' = x',
        place="Bad.tla:5:9",
    ),
    Bad(
        "subsets of 40 elements",
        "eval.too-large",
        152,
        "VARIABLE x\nInit == x = {}\nNext == x' \\in SUBSET (1..40)",
        place="Bad.tla:5:",
        says=("1099511627776",),
    ),
    Bad(
        "false assumption",
        "check.assumption",
        10,
        "CONSTANT N\nASSUME N > 3\n" + FLIP,
        config=CONFIG + "CONSTANT N = 3\n",
        place="Bad.tla:4:8",
    ),
]

ALL = [*BAD_TEXT, *BAD_NAMES, *BAD_CONFIG, *BAD_VALUES]


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_bad_input(
    case: Bad, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    code = run_program(["prove", "Bad.tla"])
    shown = "".join(capsys.readouterr())
    assert code == case.exit, shown
    assert f"[{case.code}" in shown
    for part in (case.place, *case.says):
        assert part in shown
    assert "Traceback" not in shown
    assert len(shown) < 8_000


@pytest.mark.parametrize(
    ("arguments", "exit_code", "says"),
    [
        (["prove", "nowhere.tla"], 153, "file.missing"),
        (["prove", "Goood.tla"], 153, "Good.tla"),
        (["prove", "."], 153, "file.unreadable"),
        (["check", "Good.tla", "--config", "nowhere.cfg"], 151, "nowhere.cfg"),
        (["check", "Good.tla", "--config", "Goood.cfg"], 151, "did you mean `Good.cfg`?"),
        (["check", "Good.tla", "--config", "no/Good.cfg"], 151, "there is no directory no"),
        (["check", "Good.tla", "--config", "."], 153, "name a .cfg file in it: Good.cfg"),
        (["check", "Good.tla", "--config", "empty"], 153, "a .cfg file is wanted, and there is none in it"),
        (["check", "Good.tla", "--config", "Good.tla"], 151, "such as Good.cfg"),
        (["check", "Good.tla", "--config", "binary.cfg"], 153, "binary.cfg is not a text file"),
        (["check", "Good.tla", "--config", "nothing.cfg"], 151, "nothing.cfg does not say how variable `x`"),
        (["check", "Good.cfg"], 150, "Good.tla --config Good.cfg"),
        (["check", "."], 153, "name a .tla file in it: Good.tla"),
        (["prove", "Good.tla", "--depth", "-1"], 2, "--depth"),
        (["prove", "Good.tla", "--depth", "many"], 2, "--depth"),
        (["prove", "Good.tla", "--timeout", "-1"], 2, "--timeout"),
        (["prove", "Good.tla", "--timeout", "nan"], 2, "--timeout"),
        (["prove", "Good.tla", "--engine", "tlc"], 2, "explicit"),
        (["prove", "Good.tla", "--property", "Smal"], 2, "did you mean Small?"),
        (["prove", "Good.tla", "--property", "Unlisted"], 2, "list it under INVARIANT"),
        (["prove", "Good.tla", "--json", "no/such/directory/report.json"], 153, "file.unwritable"),
        (["prove", "Good.tla", "--json", "."], 153, "file.unwritable"),
        (["prove", "Good.tla", "--json", ""], 2, "the path is empty"),
        (["prove", "Good.tla", "--json", "Good.tla"], 2, "would replace what is read"),
        (["prove", "Good.tla", "--json", "./Good.cfg"], 2, "would replace what is read"),
        (["simulate", "Good.tla", "--json", "Good.tla"], 2, "would replace what is read"),
        (["prove", "Good.tla", "--checkpoint", ""], 2, "the path is empty"),
        (["prove", "Good.tla", "--checkpoint", "Good.cfg"], 2, "is a file"),
        (["prove", "Good.tla", "--checkpoint", "Good.cfg/deep"], 153, "checkpoint.unwritable"),
        (["dump", "Good.tla", "--stage", "soup"], 2, "smt2"),
        (["prove"], 2, "SPEC"),
        (["improve"], 2, "improve"),
    ],
)
def test_bad_usage(
    arguments: list[str],
    exit_code: int,
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = FLIP + "\nSmall == x < 2\nUnlisted == x < 3"
    (tmp_path / "Good.tla").write_text(module(body, name="Good"))
    (tmp_path / "Good.cfg").write_text(CONFIG + "INVARIANT Small\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "binary.cfg").write_bytes(b"INIT\0")
    (tmp_path / "nothing.cfg").write_text("")
    monkeypatch.chdir(tmp_path)
    code = run_program(arguments)
    shown = "".join(capsys.readouterr())
    assert (code, says in shown) == (exit_code, True), shown
    assert "Traceback" not in shown


ENDLESS = Bad("endless", "", 0, COUNTER + "\nSmall == x >= 0", config=CONFIG + "INVARIANT Small\n")


def test_time_out_ends_with_a_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ENDLESS.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    code = run_program(["prove", "Bad.tla", "--engine", "explicit", "--timeout", "0.5", "--json", "r.json"])
    report = json.loads((tmp_path / "r.json").read_text())
    shown = "".join(capsys.readouterr())
    assert code == report["exit_code"] == 20
    assert "run.timeout" in shown
    assert {p["name"]: p["verdict"] for p in report["properties"]}["Small"] == "holds"
    assert report["exploration"]["distinct_states"] > 10


UNENCODABLE = Bad("unencodable", "encode.unsupported", 75, "VARIABLE s\nInit == s = Nat\nNext == s' = s")
UNKNOWN_NAME = Bad("unknown name", "name.unknown", 150, "VARIABLE x\nInit == x = y\nNext == x' = x")
UNREADABLE = Bad("unreadable", "parse.unclosed", 150, FLIP + "\n(* no end")
UNCONFIGURED = Bad("no configuration", "config.missing", 151, FLIP, config=None)


@pytest.mark.parametrize(
    ("case", "stages"),
    [
        (UNENCODABLE, ["shapes", "ir", "smt2"]),
        (UNCONFIGURED, ["model", "shapes"]),
        (UNKNOWN_NAME, ["flat", "model", "ir"]),
        (UNREADABLE, ["ast", "flat", "smt2"]),
    ],
    ids=lambda part: part.name if isinstance(part, Bad) else None,
)
def test_a_stage_that_cannot_be_printed_is_no_success(
    case: Bad,
    stages: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    for stage in stages:
        assert run_program(["dump", "Bad.tla", "--stage", stage]) == case.exit
        streams = capsys.readouterr()
        assert not streams.out
        assert f"error[{case.code}]" in streams.err


def test_a_contradiction_is_one_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    next(case for case in BAD_CONFIG if case.name == "contradictory configuration").write(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run_program(["check", "Bad.tla"]) == 151
    assert capsys.readouterr().err.count("error[") == 1
