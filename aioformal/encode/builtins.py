"""The built-in operators, by the keys of `value.operators.OPERATORS`.

A strict operator on known values has the meaning that `value` gives it; `STRICT` says what it means on
symbolic ones. Operators that have no symbolic form of their own split their arguments into known values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from aioformal.encode import folds, logic, numbers, sequences, sets
from aioformal.encode.choice import as_fun, choose, if_else, over
from aioformal.encode.enabled import enabled
from aioformal.encode.known import apply_known
from aioformal.encode.path import Path
from aioformal.encode.relations import equal, member, subset
from aioformal.encode.scope import Scope
from aioformal.encode.sources import bounded, known_values, most_elements
from aioformal.encode.symbols import (
    SYM_TRUE,
    UNDEFINED,
    Const,
    Slot,
    Sym,
    SymIntegers,
    SymPowerSet,
    SymSequenceSet,
    Undefined,
    fun_value,
    kind_of,
    truth_value,
)
from aioformal.encode.translator import Supplier, Translator
from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.syntax import ast
from aioformal.value.environment import WITHOUT_VALUE, environment
from aioformal.value.sets import ANY, STRING
from aioformal.value.values import BOOLEAN, Value

Strict = Callable[..., Sym]
"""Takes a path and as many symbolic values as the operator has arguments."""


def _relation(test: Callable[[Path, Sym, Sym], Term], positive: bool = True) -> Strict:
    def apply(path: Path, a: Sym, b: Sym) -> Sym:
        holds = test(path, a, b)
        return truth_value(holds if positive else ir.not_(holds))

    return apply


def _split(key: str) -> Strict:
    """An operator applied to every combination of the known values of its arguments."""

    def apply(path: Path, *args: Sym) -> Sym:
        combinations: list[tuple[Term, tuple[Const, ...]]] = [(ir.true, ())]
        for arg in args:
            values = known_values(path, arg).items()
            bounded(path, len(combinations) * len(values), key)
            combinations = [
                (ir.and_(guard, g), (*chosen, Const(v))) for guard, chosen in combinations for v, g in values
            ]
        results: list[tuple[Term, Sym]] = []
        for guard, chosen in combinations:
            with path.under(guard):
                results.append((guard, apply_known(path, key, chosen)))
        return choose(results)

    return apply


def _rule(make: Callable[[Sym], Sym]) -> Strict:
    def apply(path: Path, base: Sym) -> Sym:
        if kind_of(base) not in ("set", "value"):
            path.fail(ir.true, "eval.kind", f"a set is needed here, not a {kind_of(base)}")
            return UNDEFINED
        return make(base)

    return apply


def _last(_path: Path, *args: Sym) -> Sym:
    return args[-1]


def _true(_path: Path, _message: Sym) -> Sym:
    return SYM_TRUE


def _is_finite(path: Path, sym: Sym) -> Sym:
    if kind_of(sym) not in ("set", "value"):
        path.fail(ir.true, "eval.kind", f"IsFiniteSet needs a set, not a {kind_of(sym)}")
    return truth_value(ir.boolean(most_elements(path, sym) is not None))


def _singleton_function(path: Path, argument: Sym, value: Sym) -> Sym:
    """`argument :> value`."""
    return fun_value({key: Slot(guard, value) for key, guard in known_values(path, argument).items()})


def _merged_functions(path: Path, left: Sym, right: Sym) -> Sym:
    """`left @@ right`: where both are defined, `left` counts."""
    return over(path, left, lambda a: over(path, right, lambda b: _merge_two(path, a, b)))


def _merge_two(path: Path, left: Sym, right: Sym) -> Sym:
    if {kind_of(left), kind_of(right)} != {"function"}:
        path.fail(ir.true, "eval.kind", "@@ needs functions")
        return UNDEFINED
    first, second = as_fun(left), as_fun(right)
    slots: dict[Value, Slot] = dict(second.slots)
    for key, slot in first.slots.items():
        other = second.slots.get(key)
        slots[key] = slot if other is None else _overlaid(slot, other)
    return fun_value(slots)


def _overlaid(slot: Slot, other: Slot) -> Slot:
    return Slot(ir.or_(slot.present, other.present), if_else(slot.present, slot.value, other.value))


STRICT: Mapping[str, Strict] = {
    "=": _relation(equal),
    "#": _relation(equal, positive=False),
    "\\in": _relation(member),
    "\\notin": _relation(member, positive=False),
    "\\subseteq": _relation(subset),
    "\\cup": sets.union,
    "\\cap": sets.intersection,
    "\\": sets.difference,
    "UNION": sets.big_union,
    "DOMAIN": sets.domain,
    "Cardinality": sets.cardinality,
    "IsFiniteSet": _is_finite,
    "+": numbers.arithmetic("+", ir.add),
    "-": numbers.arithmetic("-", ir.sub),
    "*": numbers.arithmetic("*", ir.mul),
    "\\div": numbers.quotient,
    "%": numbers.remainder,
    "^": numbers.power,
    "-.": numbers.negation,
    "<": numbers.comparison("<", ir.lt),
    "<=": numbers.comparison("<=", ir.le),
    ">": numbers.comparison(">", lambda a, b: ir.lt(b, a)),
    ">=": numbers.comparison(">=", lambda a, b: ir.le(b, a)),
    "Len": sequences.length,
    "Head": sequences.head,
    "Tail": sequences.tail,
    "Append": sequences.append,
    "\\o": sequences.concatenation,
    "SubSeq": sequences.subsequence,
    ":>": _singleton_function,
    "@@": _merged_functions,
    "Permutations": _split("Permutations"),
    "ToString": _split("ToString"),
    "TLCModelValue": _split("TLCModelValue"),
    "RandomSubset": _split("RandomSubset"),
    "RandomSetOfSubsets": _split("RandomSetOfSubsets"),
    **{key: _split(key) for key in ("kSubset", "&", "|", "^^", "Not", "shiftR", "atoi")},
}
"""Operators that are evaluated by `value` where all arguments are known."""

RULES: Mapping[str, Strict] = {
    "..": numbers.interval,
    "SUBSET": _rule(SymPowerSet),
    "Seq": _rule(SymSequenceSet),
    "TLCEval": _last,
    "Print": _last,
    "PrintT": _true,
}
"""Strict operators with one meaning for all arguments, known or not."""


def _strict(key: str, make: Strict, folds: bool) -> Callable[..., Sym]:
    def apply(t: Translator, *suppliers: Supplier) -> Sym:
        args = [supplier() for supplier in suppliers]
        if any(isinstance(arg, Undefined) for arg in args):
            return UNDEFINED
        known = [arg for arg in args if isinstance(arg, Const)]
        if folds and len(known) == len(args):
            return apply_known(t.path, key, known)
        return make(t.path, *args)

    return apply


def _negation(t: Translator, a: Supplier) -> Sym:
    return truth_value(ir.not_(t.as_truth(a())))


def _equivalence(t: Translator, a: Supplier, b: Supplier) -> Sym:
    return truth_value(ir.iff(t.as_truth(a()), t.as_truth(b())))


def _prime(t: Translator, a: Supplier) -> Sym:
    with t.ahead():
        return a()


def _unchanged(t: Translator, a: Supplier) -> Sym:
    return truth_value(equal(t.path, _prime(t, a), a()))


def _assert(t: Translator, condition: Supplier, message: Supplier) -> Sym:
    holds = t.as_truth(condition())
    with t.path.under(ir.not_(holds)):
        text = message()
    known = text.value if isinstance(text, Const) else None
    t.path.fail(
        ir.not_(holds), "eval.assert", known if isinstance(known, str) else "an Assert fails", "assert"
    )
    return SYM_TRUE


def _random_element(t: Translator, domain: Supplier) -> Sym:
    """The least member, as `value.tlc` has it."""
    return logic.least(t, domain(), lambda _value: ir.true)


def _nullary(sym: Sym) -> Callable[..., Sym]:
    def constant(_t: Translator) -> Sym:
        return sym

    return constant


def _environment(_t: Translator) -> Sym:
    return Const(environment())


BUILTINS: Mapping[str, Callable[..., Sym]] = {
    **{key: _strict(key, make, folds=True) for key, make in STRICT.items()},
    **{key: _strict(key, make, folds=False) for key, make in RULES.items()},
    "/\\": logic.both,
    "\\/": logic.either,
    "=>": logic.implication,
    "~": _negation,
    "<=>": _equivalence,
    "'": _prime,
    "UNCHANGED": _unchanged,
    "Assert": _assert,
    "RandomElement": _random_element,
    "BOOLEAN": _nullary(Const(BOOLEAN)),
    "STRING": _nullary(Const(STRING)),
    "Nat": _nullary(SymIntegers(0)),
    "Int": _nullary(SymIntegers(None)),
    "Any": _nullary(Const(ANY)),
    "JavaTime": _nullary(Const(0)),
    "IOEnv": _environment,
}


def select_sequence(t: Translator, args: Sequence[ast.Expr], scope: Scope) -> Sym:
    """`SelectSeq(s, Test)`, whose second argument is an operator."""
    test = t.operator(args[1], scope)
    return sequences.selection(t.path, t.value(args[0], scope), lambda e: t.as_truth(t.call(test, (e,))))


SECOND_ORDER: Mapping[str, Callable[[Translator, Sequence[ast.Expr], Scope], Sym]] = {
    "SelectSeq": select_sequence,
    "FoldMembers": folds.fold_members,
    "FoldElements": folds.fold_left,
    "FoldElementsBack": folds.fold_right,
    "ENABLED": enabled,
}
"""Operators that take an operator, or an action."""

TRANSLATED = frozenset((*BUILTINS, *SECOND_ORDER))
"""The keys of the operators that can be encoded."""

REFUSED: Mapping[str, str] = {
    "[]": "a temporal formula has no value in a state",
    "<>": "a temporal formula has no value in a state",
    "~>": "a temporal formula has no value in a state",
    "-+->": "a temporal formula has no value in a state",
    "\\cdot": "the composition of actions hides a state in between",
    "TLCGet": "TLCGet reads what the checker itself counts",
    "TLCSet": "TLCSet changes what the checker itself remembers",
    "TLCGetOrDefault": "TLCGetOrDefault reads what the checker itself remembers",
    "Trace": "Trace is about how a state was reached",
    "SortSeq": "the order of SortSeq is an operator that may be anything",
    **{key: f"{key} {why}" for key, why in WITHOUT_VALUE.items()},
}
"""The keys of the operators that cannot, each with the reason."""
