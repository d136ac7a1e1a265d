"""The table of built-in operators: what each gives, and where it has no value."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aioformal.value.algebra import make_set
from aioformal.value.fault import ValueFault
from aioformal.value.format import format_value
from aioformal.value.functions import apply_function, make_function, update_function, update_path
from aioformal.value.operators import CORE_OPERATORS, MODULE_OPERATORS, OPERATORS
from aioformal.value.registers import REGISTERS
from aioformal.value.sets import NAT, Interval
from aioformal.value.tlc import OUTPUT
from aioformal.value.values import (
    BOOLEAN,
    EMPTY_FUNCTION,
    EMPTY_SET,
    FALSE,
    TRUE,
    Function,
    ModelValue,
    Value,
    make_record,
    make_tuple,
)


def apply(key: str, *arguments: Value) -> Value:
    operator = OPERATORS[key]
    assert operator.evaluate is not None
    assert operator.arity == len(arguments)
    return operator.evaluate(*arguments)


def t(*elements: Value) -> Function:
    return make_tuple(elements)


def s(*elements: Value) -> Value:
    return make_set(elements)


def test_every_name_has_an_operator_and_every_operator_a_name() -> None:
    named = [CORE_OPERATORS, *MODULE_OPERATORS.values()]
    keys = [key for names in named for key in names.values()]
    assert sorted(keys) == sorted(OPERATORS)


VALUES: list[tuple[str, tuple[Value, ...], str]] = [
    ("~", (TRUE,), "FALSE"),
    ("~", (FALSE,), "TRUE"),
    ("<=>", (TRUE, TRUE), "TRUE"),
    ("<=>", (TRUE, FALSE), "FALSE"),
    ("=", (1, 1), "TRUE"),
    ("#", (1, 1), "FALSE"),
    ("\\in", (1, s(1)), "TRUE"),
    ("\\notin", (1, s(1)), "FALSE"),
    ("\\cup", (s(1), s(2)), "{1, 2}"),
    ("\\cap", (s(1, 2), s(2)), "{2}"),
    ("\\", (s(1, 2), s(2)), "{1}"),
    ("\\subseteq", (s(1), s(1, 2)), "TRUE"),
    ("SUBSET", (s(1),), "{{}, {1}}"),
    ("UNION", (s(s(1), s(2)),), "{1, 2}"),
    ("DOMAIN", (t("a", "b"),), "{1, 2}"),
    ("DOMAIN", (make_record({"f": 1}),), '{"f"}'),
    ("DOMAIN", (EMPTY_FUNCTION,), "{}"),
    ("BOOLEAN", (), "{FALSE, TRUE}"),
    ("STRING", (), "STRING"),
    ("Nat", (), "Nat"),
    ("Int", (), "Int"),
    ("Any", (), "Any"),
    ("JavaTime", (), "0"),
    ("+", (2, 3), "5"),
    ("-", (2, 3), "-1"),
    ("*", (2**40, 2**40), str(2**80)),
    ("-.", (2,), "-2"),
    ("^", (2, 10), "1024"),
    ("^", (-2, 3), "-8"),
    ("^", (5, 0), "1"),
    ("..", (1, 3), "{1, 2, 3}"),
    ("\\div", (7, 2), "3"),
    ("\\div", (-7, 2), "-4"),
    ("\\div", (7, -2), "-4"),
    ("%", (7, 2), "1"),
    ("%", (-7, 2), "1"),
    ("<", (1, 1), "FALSE"),
    ("<=", (1, 1), "TRUE"),
    (">", (2, 1), "TRUE"),
    (">=", (0, 1), "FALSE"),
    ("Seq", (NAT,), "Seq(Nat)"),
    ("Len", (t(1, 2),), "2"),
    ("Len", ("abc",), "3"),
    ("Head", (t(1, 2),), "1"),
    ("Tail", (t(1, 2, 3),), "<<2, 3>>"),
    ("Tail", ("abc",), '"bc"'),
    ("Append", (t(1), "x"), '<<1, "x">>'),
    ("Append", (EMPTY_FUNCTION, 1), "<<1>>"),
    ("\\o", (t(1), t(2, 3)), "<<1, 2, 3>>"),
    ("\\o", ("ab", "c"), '"abc"'),
    ("SubSeq", (t(1, 2, 3), 2, 3), "<<2, 3>>"),
    ("SubSeq", (t(1, 2, 3), 3, 2), "<<>>"),
    ("SubSeq", (t(1, 2, 3), 9, 5), "<<>>"),
    ("SubSeq", ("abc", 2, 2), '"b"'),
    ("Cardinality", (Interval(0, 4),), "5"),
    ("IsFiniteSet", (NAT,), "FALSE"),
    ("IsFiniteSet", (s(1),), "TRUE"),
    (":>", ("f", 1), "[f |-> 1]"),
    (":>", (3, 1), "(3 :> 1)"),
    ("@@", (t(1), t(2, 3)), "<<1, 3>>"),
    ("@@", (make_record({"f": 1}), make_record({"g": 2})), "[f |-> 1, g |-> 2]"),
    ("Print", ("x", 3), "3"),
    ("PrintT", ("x",), "TRUE"),
    ("Assert", (TRUE, "x"), "TRUE"),
    ("Permutations", (Interval(1, 2),), "{<<1, 2>>, <<2, 1>>}"),
    ("Permutations", (EMPTY_SET,), "{<<>>}"),
    ("ToString", (t(1, "a"),), '"<<1, \\"a\\">>"'),
    ("TLCEval", (3,), "3"),
    ("RandomElement", (s(3, 2),), "2"),
    ("RandomSubset", (2, s(3, 2)), "{2, 3}"),
    ("RandomSubset", (0, s(3, 2)), "{}"),
    ("RandomSetOfSubsets", (4, 2, s(3, 2)), "{{2, 3}}"),
    ("RandomSetOfSubsets", (4, 0, s(3, 2)), "{{}}"),
    ("TLCModelValue", ("m",), "m"),
    ("TLCSet", (1, 2), "TRUE"),
    ("TLCGet", (77,), "5"),
    ("TLCGet", ("level",), "3"),
    ("TLCGetOrDefault", (77, 1), "5"),
    ("TLCGetOrDefault", (78, 1), "1"),
    ("Trace", (), "<<>>"),
    ("kSubset", (1, s(1, 2)), "{{1}, {2}}"),
    ("&", (6, 3), "2"),
    ("|", (6, 3), "7"),
    ("^^", (6, 3), "5"),
    ("Not", (5,), "2"),
    ("shiftR", (6, 1), "3"),
    ("IOEnv", (), '[AIOFORMAL_TEST |-> "1"]'),
    ("atoi", ("7",), "7"),
]


@pytest.fixture(autouse=True)
def registers() -> Iterator[None]:
    with REGISTERS.elsewhere():
        REGISTERS.kept[77] = 5
        REGISTERS.level = 3
        REGISTERS.trace = lambda: ()
        yield


def test_a_subset_that_is_drawn_is_a_subset_and_the_same_again() -> None:
    drawn = apply("RandomSubset", 3, Interval(1, 1000))
    assert isinstance(drawn, frozenset)
    assert len(drawn) == 3
    assert drawn == apply("RandomSubset", 3, Interval(1, 1000))
    assert drawn != apply("RandomSubset", 3, Interval(1, 1001))


def name_case(part: object) -> str:
    return part if isinstance(part, str) else ""


@pytest.mark.parametrize(("key", "arguments", "expected"), VALUES, ids=name_case)
def test_values(
    key: str, arguments: tuple[Value, ...], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.environ", {"AIOFORMAL_TEST": "1"})
    assert format_value(apply(key, *arguments)) == expected


def test_every_strict_operator_has_a_case() -> None:
    tested = {key for key, _, _ in VALUES}
    assert tested == {key for key, operator in OPERATORS.items() if operator.evaluate}


FAULTS: list[tuple[str, tuple[Value, ...], str, str]] = [
    ("~", (1,), "eval.kind", "~ needs a Boolean, not the integer 1"),
    ("<=>", (TRUE, 1), "eval.kind", "not the integer 1"),
    ("+", (1, "a"), "eval.kind", '+ needs integers, not the string "a"'),
    ("+", (TRUE, 1), "eval.kind", "not the Boolean TRUE"),
    ("-.", (ModelValue("m"),), "eval.kind", "not the model value m"),
    ("<", (1, EMPTY_SET), "eval.kind", "not the set {}"),
    ("..", ("a", 2), "eval.kind", "not the string"),
    ("^", (0, 0), "eval.partial", "0^0"),
    ("^", (2, -1), "eval.partial", "exponent"),
    ("^", (2, 10**6), "eval.too-large", "too large"),
    ("\\div", (1, 0), "eval.partial", "zero"),
    ("%", (1, 0), "eval.partial", "positive"),
    ("%", (1, -3), "eval.partial", "positive"),
    ("\\in", (1, 1), "eval.kind", "the integer 1 is no set"),
    ("SUBSET", (1,), "eval.kind", "SUBSET needs a set"),
    ("UNION", (t(),), "eval.kind", "UNION needs a set, not the tuple <<>>"),
    ("DOMAIN", (s(1),), "eval.kind", "DOMAIN needs a function, not the set {1}"),
    ("Cardinality", (NAT,), "eval.infinite", "finite set, not Nat"),
    ("Len", (make_record({"f": 1}),), "eval.kind", "Len needs a sequence, not the record [f |-> 1]"),
    ("Head", (EMPTY_FUNCTION,), "eval.partial", "empty sequence"),
    ("Head", ("abc",), "eval.kind", "Head needs a sequence"),
    ("Tail", (EMPTY_FUNCTION,), "eval.partial", "empty sequence"),
    ("Tail", ("",), "eval.partial", "empty sequence"),
    ("Append", ("abc", "d"), "eval.kind", "Append needs a sequence"),
    ("\\o", ("abc", t("d")), "eval.kind", "\\o needs a sequence"),
    ("SubSeq", (t(1, 2), 0, 1), "eval.domain", "from 0 to 1"),
    ("SubSeq", (t(1, 2), 2, 3), "eval.domain", "from 2 to 3"),
    ("SubSeq", (t(1, 2), "a", 3), "eval.kind", "SubSeq needs integers"),
    ("@@", (t(1), make_record({"a": 1})), "eval.kind", "integers and strings"),
    ("RandomSubset", (3, s(1)), "eval.partial", "3 members of a set of 1"),
    ("RandomSubset", ("a", s(1)), "eval.kind", "natural number"),
    ("RandomSetOfSubsets", (3, 2, s(1)), "eval.partial", "2 members on average"),
    ("TLCModelValue", (1,), "eval.kind", "needs a string"),
    ("TLCGet", (78,), "eval.partial", "TLCSet"),
    ("TLCGet", ("coverage",), "eval.unsupported", "not counted"),
    ("TLCSet", ("exit", TRUE), "eval.unsupported", "order"),
    ("@@", (t(1), 1), "eval.kind", "@@ needs functions"),
    ("Assert", (FALSE, "boom"), "eval.assert", "boom"),
    ("Assert", (1, "boom"), "eval.kind", "Assert needs a Boolean"),
    ("Permutations", (Interval(1, 11),), "eval.too-large", "11 elements"),
    ("RandomElement", (EMPTY_SET,), "eval.partial", "empty set"),
]


@pytest.mark.parametrize(("key", "arguments", "code", "words"), FAULTS, ids=name_case)
def test_faults(key: str, arguments: tuple[Value, ...], code: str, words: str) -> None:
    with pytest.raises(ValueFault) as caught:
        apply(key, *arguments)
    assert caught.value.code == code
    assert words in caught.value.message


def test_application() -> None:
    assert apply_function(t("a", "b"), 2) == "b"
    assert apply_function(make_function(NAT, lambda x: s(x)), 7) == s(7)
    assert apply_function(Function({s(1, 2): 3}), Interval(1, 2)) == 3
    with pytest.raises(ValueFault) as caught:
        apply_function(make_record({"pc": 1}), "cp")
    assert caught.value.code == "eval.domain"
    assert caught.value.message == 'the string "cp" is not in the domain of the record [pc |-> 1]'
    assert caught.value.hint == 'the domain is the set {"pc"}'
    with pytest.raises(ValueFault, match=r"eval\.kind.*is no function"):
        apply_function(s(1), 1)
    with pytest.raises(ValueFault, match=r"eval\.domain"):
        apply_function(make_function(NAT, lambda x: x), -1)


def test_except() -> None:
    record = make_record({"a": 1, "b": t(5, 6)})
    assert update_function(record, "a", 2) == make_record({"a": 2, "b": t(5, 6)})
    assert record == make_record({"a": 1, "b": t(5, 6)}), "values do not change"
    assert update_function(record, "c", 2) is record
    assert update_path(record, ["b", 2], lambda old: s(old)) == make_record({"a": 1, "b": t(5, s(6))})
    assert update_path(record, ["b", 3], lambda old: s(old)) is not None
    assert update_path(record, ["b", 3], lambda _: pytest.fail("called")) == record
    with pytest.raises(ValueFault, match=r"eval\.kind"):
        update_path(record, ["a", 1], lambda old: old)
    from_naturals = update_function(make_function(NAT, lambda x: x), 3, "three")
    assert apply_function(from_naturals, 3) == "three"
    assert apply_function(from_naturals, 4) == 4


def test_prints_go_to_the_sink() -> None:
    lines: list[str] = []
    OUTPUT.sink = lines.append
    try:
        apply("Print", "x", t(1))
        apply("PrintT", BOOLEAN)
    finally:
        OUTPUT.sink = None
    assert lines == ['"x"  <<1>>', "{FALSE, TRUE}"]
