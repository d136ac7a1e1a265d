"""The meaning of symbolic values in one state, computed by a third party: `ir.evaluate`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aioformal.encode.choice import as_fun
from aioformal.encode.path import Path
from aioformal.encode.sources import elements_of_set
from aioformal.encode.symbols import Const, Sym, SymBool, SymFun, SymInt, SymLazyFun, SymUnion, kind_of
from aioformal.ir import term as ir
from aioformal.ir.evaluate import evaluate
from aioformal.ir.term import Term
from aioformal.value.values import Function, LazySet, Value, boolean

Assignment = Mapping[str, bool | int]


class Meaning:
    """Evaluates terms under the slots of a state, of the next state, and under inputs."""

    def __init__(
        self, state: Assignment, following: Assignment | None = None, inputs: Assignment | None = None
    ) -> None:
        self._now = state
        self._following = following or {}
        self._inputs = inputs or {}

    def term(self, term: Term) -> bool | int:
        return self.terms([term])[0]

    def terms(self, terms: Iterable[Term]) -> list[bool | int]:
        roots = list(terms)
        states = {"state": self._now, "next": self._following, "input": self._inputs}
        return evaluate(roots, {v: states[v.op][v.name] for v in ir.variables_of(*roots)})

    def value(self, sym: Sym) -> Value:
        match sym:
            case Const(value=LazySet() as rule):
                return rule.freeze()
            case Const(value=value):
                return value
            case SymBool(term=term):
                return boolean(bool(self.term(term)))
            case SymInt(term=term):
                return int(self.term(term))
            case SymUnion(alternatives=alternatives):
                (one,) = [s for guard, s in alternatives if self.term(guard)]
                return self.value(one)
            case SymFun() | SymLazyFun():
                slots = as_fun(sym).slots.items()
                return Function({k: self.value(slot.value) for k, slot in slots if self.term(slot.present)})
            case _:
                assert kind_of(sym) == "set"
                elements = elements_of_set(Path(), sym)
                return frozenset(self.value(e) for e, guard in elements if self.term(guard))
