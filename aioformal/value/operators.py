"""The built-in operators as one table, by key: the canonical spelling or name.

`OPERATORS` says what exists and how many arguments it takes. Where `evaluate` is None the operator
is not a function of its arguments' values (it is lazy, looks at a state, or takes an operator);
then its meaning is the business of whoever walks the syntax tree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aioformal.value.values import Value


@dataclass(frozen=True, slots=True)
class Operator:
    """A built-in. `evaluate` takes `arity` values, gives a value, and raises `ValueFault`."""

    key: str
    arity: int
    evaluate: Callable[..., Value] | None = None


def _named(*names: str) -> Mapping[str, str]:
    return {name: name for name in names}


CORE_OPERATORS: Mapping[str, str] = _named(
    *(r"/\ \/ ~ => <=> = # \in \notin \cup \cap \ \subseteq SUBSET UNION DOMAIN".split()),
    *(r"UNCHANGED ENABLED ' [] <> ~> -+-> \cdot BOOLEAN STRING".split()),
)
"""Operators that need no EXTENDS: name -> key."""

MODULE_OPERATORS: Mapping[str, Mapping[str, str]] = {
    "Naturals": _named(*r"+ - * ^ .. < > <= >= \div % Nat".split()),
    "Integers": _named("Int", "-."),
    "Sequences": _named(*r"Seq Len Head Tail Append \o SubSeq SelectSeq".split()),
    "FiniteSets": _named("Cardinality", "IsFiniteSet"),
    "TLC": _named(
        *":> @@ Print PrintT Assert JavaTime TLCGet TLCSet Permutations SortSeq".split(),
        *"ToString TLCEval Any RandomElement".split(),
    ),
}
"""Operators that a standard module defines and that are built in here: module -> name -> key.
Integers gets those of Naturals by its EXTENDS."""

_ARITIES: Mapping[int, str] = {
    0: "BOOLEAN STRING Nat Int JavaTime Any",
    1: r"~ SUBSET UNION DOMAIN UNCHANGED ENABLED ' [] <> -. Seq Len Head Tail Cardinality IsFiniteSet"
    " PrintT TLCGet Permutations ToString TLCEval RandomElement",
    2: r"/\ \/ => <=> = # \in \notin \cup \cap \ \subseteq ~> -+-> \cdot + - * ^ .. < > <= >= \div %"
    r" Append \o SelectSeq :> @@ Print Assert TLCSet SortSeq",
    3: "SubSeq",
}

OPERATORS: Mapping[str, Operator] = {
    key: Operator(key, arity) for arity, keys in _ARITIES.items() for key in keys.split()
}
