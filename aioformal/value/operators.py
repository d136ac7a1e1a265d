"""The built-in operators as one table, by key: the canonical spelling or name.

`OPERATORS` says what exists and how many arguments it takes. Where `evaluate` is None the operator
is not a function of its arguments' values (it is lazy, looks at a state, or takes an operator);
then its meaning is the business of whoever walks the syntax tree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from msgspec import Struct

from aioformal.value import (
    algebra,
    arithmetic,
    bitwise,
    environment,
    functions,
    registers,
    sampling,
    sequences,
    sets,
    tlc,
)
from aioformal.value.compare import contains, equal
from aioformal.value.fault import ValueFault
from aioformal.value.format import brief
from aioformal.value.values import BOOLEAN, FALSE, TRUE, Bool, Value, boolean


class Operator(Struct, frozen=True):
    """A built-in. `evaluate` takes `arity` values, gives a value, and raises `ValueFault`."""

    key: str
    arity: int
    evaluate: Callable[..., Value] | None = None


def _named(names: str) -> Mapping[str, str]:
    return {name: name for name in names.split()}


CORE_OPERATORS: Mapping[str, str] = _named(
    r"/\ \/ ~ => <=> = # \in \notin \cup \cap \ \subseteq SUBSET UNION DOMAIN"
    r" UNCHANGED ENABLED ' [] <> ~> -+-> \cdot BOOLEAN STRING"
)
"""Operators that need no EXTENDS: name -> key."""

MODULE_OPERATORS: Mapping[str, Mapping[str, str]] = {
    "Naturals": _named(r"+ - * ^ .. < > <= >= \div % Nat"),
    "Integers": _named("Int -."),
    "Sequences": _named(r"Seq Len Head Tail Append \o SubSeq SelectSeq"),
    "FiniteSets": _named("Cardinality IsFiniteSet"),
    "FiniteSetsExt": _named("kSubset"),
    "TLC": _named(
        ":> @@ Print PrintT Assert JavaTime TLCGet TLCSet Permutations SortSeq"
        " ToString TLCEval Any RandomElement"
    ),
    "TLCExt": _named(" ".join(("TLCModelValue TLCGetOrDefault Trace", *environment.EFFECTS["TLCExt"]))),
    "Randomization": _named("RandomSubset RandomSetOfSubsets"),
    "OrderedFolds": _named("FoldMembers FoldElements FoldElementsBack"),
    "Bitwise": _named("& | ^^ Not shiftR"),
    "IOUtils": _named(" ".join(("IOEnv", "atoi", *environment.EFFECTS["IOUtils"]))),
    "Json": _named(" ".join(environment.EFFECTS["Json"])),
    "CSV": _named(" ".join(environment.EFFECTS["CSV"])),
}
"""Operators that a library module defines and that are built in here: module -> name -> key.
Integers gets those of Naturals by its EXTENDS."""


def negation(value: Value) -> Bool:
    """`~value`."""
    if value is TRUE:
        return FALSE
    if value is FALSE:
        return TRUE
    raise ValueFault("eval.kind", f"~ needs a Boolean, not {brief(value)}")


def equivalence(a: Value, b: Value) -> Bool:
    """`a <=> b`."""
    if isinstance(a, Bool) and isinstance(b, Bool):
        return boolean(a is b)
    raise ValueFault("eval.kind", f"<=> needs Booleans, not {brief(b if isinstance(a, Bool) else a)}")


def equality(a: Value, b: Value) -> Bool:
    """`a = b`."""
    return boolean(equal(a, b))


def inequality(a: Value, b: Value) -> Bool:
    """`a # b`."""
    return boolean(not equal(a, b))


def membership(value: Value, the_set: Value) -> Bool:
    """`value \\in the_set`."""
    return boolean(contains(value, the_set))


def absence(value: Value, the_set: Value) -> Bool:
    """`value \\notin the_set`."""
    return boolean(not contains(value, the_set))


_CONSTANTS: Mapping[str, Value] = {
    "BOOLEAN": BOOLEAN,
    "STRING": sets.STRING,
    "Nat": sets.NAT,
    "Int": sets.INT,
    "Any": sets.ANY,
    "JavaTime": 0,
}

_STRICT: Sequence[Operator] = (
    Operator("~", 1, negation),
    Operator("<=>", 2, equivalence),
    Operator("=", 2, equality),
    Operator("#", 2, inequality),
    Operator("\\in", 2, membership),
    Operator("\\notin", 2, absence),
    Operator("\\cup", 2, algebra.union),
    Operator("\\cap", 2, algebra.intersection),
    Operator("\\", 2, algebra.difference),
    Operator("\\subseteq", 2, algebra.subset),
    Operator("SUBSET", 1, algebra.power_set),
    Operator("UNION", 1, algebra.big_union),
    Operator("DOMAIN", 1, functions.domain_of),
    Operator("+", 2, arithmetic.add),
    Operator("-", 2, arithmetic.subtract),
    Operator("*", 2, arithmetic.multiply),
    Operator("^", 2, arithmetic.raise_to),
    Operator("..", 2, arithmetic.interval),
    Operator("<", 2, arithmetic.less),
    Operator(">", 2, arithmetic.greater),
    Operator("<=", 2, arithmetic.at_most),
    Operator(">=", 2, arithmetic.at_least),
    Operator("\\div", 2, arithmetic.divide),
    Operator("%", 2, arithmetic.modulo),
    Operator("-.", 1, arithmetic.negate),
    Operator("Seq", 1, sequences.sequence_set),
    Operator("Len", 1, sequences.length),
    Operator("Head", 1, sequences.head),
    Operator("Tail", 1, sequences.tail),
    Operator("Append", 2, sequences.append),
    Operator("\\o", 2, sequences.concatenate),
    Operator("SubSeq", 3, sequences.subsequence),
    Operator("Cardinality", 1, algebra.cardinality),
    Operator("IsFiniteSet", 1, algebra.is_finite_set),
    Operator(":>", 2, functions.singleton),
    Operator("@@", 2, functions.merge),
    Operator("Print", 2, tlc.print_value),
    Operator("PrintT", 1, tlc.print_text),
    Operator("Assert", 2, tlc.assert_true),
    Operator("Permutations", 1, tlc.permutations),
    Operator("ToString", 1, tlc.to_string),
    Operator("TLCEval", 1, tlc.evaluated),
    Operator("RandomElement", 1, tlc.random_element),
    Operator("RandomSubset", 2, sampling.subset),
    Operator("RandomSetOfSubsets", 3, sampling.set_of_subsets),
    Operator("TLCModelValue", 1, tlc.model_value),
    Operator("TLCGet", 1, registers.get),
    Operator("TLCSet", 2, registers.put),
    Operator("Trace", 0, registers.trace),
    Operator("TLCGetOrDefault", 2, registers.get_or_default),
    Operator("kSubset", 2, algebra.subsets_of_size),
    Operator("&", 2, bitwise.conjunction),
    Operator("|", 2, bitwise.disjunction),
    Operator("^^", 2, bitwise.difference),
    Operator("Not", 1, bitwise.complement),
    Operator("shiftR", 2, bitwise.shifted_right),
    Operator("IOEnv", 0, environment.environment),
    Operator("atoi", 1, environment.integer_of_text),
)

_NOT_STRICT: Mapping[str, int] = {
    "/\\": 2,
    "\\/": 2,
    "=>": 2,
    "'": 1,
    "UNCHANGED": 1,
    "ENABLED": 1,
    "[]": 1,
    "<>": 1,
    "~>": 2,
    "-+->": 2,
    "\\cdot": 2,
    "SelectSeq": 2,
    "SortSeq": 2,
    "FoldMembers": 3,
    "FoldElements": 3,
    "FoldElementsBack": 3,
    **{name: arity for names in environment.EFFECTS.values() for name, (arity, _) in names.items()},
}

VOLATILE = frozenset({"TLCGet", "TLCSet", "TLCGetOrDefault", "Trace"})
"""The keys of operators whose value is not one of the state: they ask, or tell, whoever runs the model."""


OPERATORS: Mapping[str, Operator] = {
    **{key: Operator(key, 0, partial(tlc.evaluated, value)) for key, value in _CONSTANTS.items()},
    **{operator.key: operator for operator in _STRICT},
    **{key: Operator(key, arity) for key, arity in _NOT_STRICT.items()},
}
"""Every built-in by key."""
