"""The .cfg language: every statement, and what is said when one cannot be read."""

from __future__ import annotations

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.source import Source
from aioformal.syntax.cfg import (
    Assign,
    BooleanValue,
    Config,
    ConfigName,
    ConfigValue,
    IntValue,
    ModelValue,
    Replace,
    SetValue,
    StringValue,
    parse_config,
)


def config(text: str) -> Config:
    return parse_config(Source("m.cfg", text))


def plain(value: ConfigValue) -> object:
    if isinstance(value, SetValue):
        return [plain(element) for element in value.elements]
    if isinstance(value, ModelValue):
        return f"<{value.name}>"
    assert isinstance(value, (IntValue, StringValue, BooleanValue))
    return value.value


def names(items: tuple[ConfigName, ...]) -> list[str]:
    return [item.name for item in items]


def test_every_statement() -> None:
    read = config(
        """\\* a comment (* not nested
        SPECIFICATION Spec INIT Init NEXT Next
        INVARIANT A B INVARIANTS C
        PROPERTY P PROPERTIES Q R
        (* a (* nested *) comment *)
        CONSTRAINT K CONSTRAINTS L ACTION_CONSTRAINT M ACTION_CONSTRAINTS N
        SYMMETRY S VIEW V ALIAS W POSTCONDITION X POSTCONDITIONS Y _POSSIBLE Z
        CHECK_DEADLOCK FALSE _PERIODIC D _RL_REWARD E"""
    )
    assert names(read.specification) == ["Spec"]
    assert names(read.init) == ["Init"]
    assert names(read.next) == ["Next"]
    assert names(read.invariants) == ["A", "B", "C"]
    assert names(read.properties) == ["P", "Q", "R"]
    assert names(read.constraints) == ["K", "L"]
    assert names(read.action_constraints) == ["M", "N"]
    assert names(read.symmetry) == ["S"]
    assert names(read.view) == ["V"]
    assert names(read.alias) == ["W"]
    assert names(read.postcondition) == ["X", "Y"]
    assert names(read.possible) == ["Z"]
    assert names(read.periodic) == ["D"]
    assert names(read.rl_reward) == ["E"]
    assert [c.value for c in read.check_deadlock] == [False]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ('"a"', "a"),
        ("TRUE", True),
        ("m1", "<m1>"),
        ("1a", "<1a>"),
        ("{}", []),
        ("{m1, m2}", ["<m1>", "<m2>"]),
        ('{{1}, {2, "x"}, FALSE}', [[1], [2, "x"], False]),
    ],
)
def test_values(text: str, value: object) -> None:
    (statement,) = config(f"CONSTANT N = {text}").constants
    assert isinstance(statement, Assign)
    assert plain(statement.value) == value
    assert type(plain(statement.value)) is type(value)


def test_forms_of_constants() -> None:
    one, two, three, four, five = config(
        "CONSTANTS A <- B  M!C <- [Mod] D\nCONSTANT E = [Mod] 1 F(1, a) = 2 ++ <- \\o"
    ).constants
    assert isinstance(one, Replace)
    assert (one.name.name, one.definition.name, one.module) == ("A", "B", None)
    assert isinstance(two, Replace)
    assert two.module is not None
    assert (two.name.name, two.definition.name, two.module.name) == ("M!C", "D", "Mod")
    assert isinstance(three, Assign)
    assert three.module is not None
    assert (three.name.name, plain(three.value), three.module.name) == ("E", 1, "Mod")
    assert isinstance(four, Assign)
    assert [plain(a) for a in four.args] == [1, "<a>"]
    assert isinstance(five, Replace)
    assert (five.name.name, five.definition.name) == ("++", "\\o")


def test_repeated_statements_are_all_kept_with_their_places() -> None:
    read = config("INIT A\nINIT B\nCHECK_DEADLOCK TRUE\nCHECK_DEADLOCK FALSE")
    assert [(n.name, n.span.line) for n in read.init] == [("A", 1), ("B", 2)]
    assert [(c.value, c.span.line) for c in read.check_deadlock] == [(True, 3), (False, 4)]


def test_names_that_resemble_keywords_are_names() -> None:
    read = config("INVARIANTS\nTYPE_INVARIANT A\nINVARIANT_A B\nINVARIANTA B")
    assert names(read.invariants) == ["TYPE_INVARIANT", "A", "INVARIANT_A", "B", "INVARIANTA", "B"]


def test_an_empty_file_says_nothing() -> None:
    assert config("") == Config(config("").source)


@pytest.mark.parametrize(
    ("text", "at", "words", "hint"),
    [
        ("INVARIENT Inv", (1, 1), "`INVARIENT` is not a keyword", "INVARIANT"),
        ("INIT Init\nNXET Next", (2, 1), "`NXET` is not a keyword", "NEXT"),
        ("INVARIANT A\nPROPERTEIS P", (2, 1), "`PROPERTEIS` is not a keyword", "PROPERTIES"),
        ("CONSTANT N = 1\nINVARAINT A", (2, 1), "`INVARAINT` is not a keyword", "INVARIANT"),
        ("spec Spec", (1, 1), "`spec` is not a keyword", None),
        ("INIT", (1, 5), "a name is expected after INIT, not the end", None),
        ("INIT NEXT Next", (1, 6), "a name is expected after INIT, not `NEXT`", None),
        ("CONSTANT N", (1, 11), "`=` or `<-` is expected after N", "N = value"),
        ("CONSTANT N = ", (1, 14), "a value is expected", None),
        ("CONSTANT N = INIT Init", (1, 14), "a value is expected", None),
        ("CONSTANT N = {1, 2", (1, 14), "this `{` is not closed", None),
        ("CONSTANT N = <<1>>", (1, 14), "a value is expected", "a tuple"),
        ("CONSTANT N = [a |-> 1]", (1, 17), "`]` is expected", None),
        ("CONSTANT N <- 3", (1, 15), "takes the name of a definition", "follows `=`"),
        ("CHECK_DEADLOCK MAYBE", (1, 16), "TRUE or FALSE", None),
        ("INIT Init (* open", (1, 11), "never closed", None),
        ('CONSTANT N = "a', (1, 14), "not closed on its line", None),
        ("INIT Init;", (1, 10), "`;` has no meaning", None),
    ],
)
def test_mistakes(text: str, at: tuple[int, int], words: str, hint: str | None) -> None:
    with pytest.raises(DiagnosticError) as caught:
        config(text)
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.code == "config.syntax"
    assert words in diagnostic.message
    assert diagnostic.span is not None
    assert (diagnostic.span.line, diagnostic.span.column) == at
    assert hint is None or hint in (diagnostic.hint or "")


def test_deep_and_large_input() -> None:
    with pytest.raises(DiagnosticError) as caught:
        config("CONSTANT N = " + "{" * 20_000)
    assert caught.value.diagnostics[0].code == "parse.nesting"
    with pytest.raises(DiagnosticError) as caught:
        config(" " * 1_000_001)
    assert caught.value.diagnostics[0].code == "file.too-large"
