"""Built-in operators on known values: the meaning that `value.operators` gives them."""

from __future__ import annotations

from collections.abc import Sequence

from aioformal.encode.path import Path
from aioformal.encode.symbols import UNDEFINED, Const, Sym
from aioformal.value.fault import ValueFault
from aioformal.value.operators import OPERATORS


def apply_known(path: Path, key: str, args: Sequence[Const]) -> Sym:
    """The value of a strict built-in; `UNDEFINED`, with its failure reported, where it has none."""
    evaluate = OPERATORS[key].evaluate
    if evaluate is None:
        raise path.unsupported(f"{key} has no meaning on values alone")
    try:
        return Const(evaluate(*(arg.value for arg in args)))
    except ValueFault as fault:
        path.fault(fault)
        return UNDEFINED
