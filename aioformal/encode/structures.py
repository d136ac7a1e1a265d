"""Functions, records, tuples and sets: building them, applying them, updating them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aioformal.encode.choice import as_fun, choose, if_else, over
from aioformal.encode.path import Path
from aioformal.encode.relations import equal, member
from aioformal.encode.scope import AT, Scope, extended
from aioformal.encode.sources import elements_of_set, known_values
from aioformal.encode.symbols import (
    UNDEFINED,
    Const,
    Slot,
    Sym,
    SymFun,
    SymInterval,
    SymLazyFun,
    SymUnion,
    Undefined,
    fun_value,
    kind_of,
    tuple_value,
)
from aioformal.encode.translator import Translator
from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.syntax import ast
from aioformal.value.values import Value

Guards = list[tuple[Value, Term]]


# ---------------------------------------------------------------- application


def apply(path: Path, function: Sym, argument: Sym) -> Sym:
    """`function[argument]`; a failure where the argument is outside the domain."""
    return over(path, function, lambda f: _apply_one(path, f, argument))


def _apply_one(path: Path, function: Sym, argument: Sym) -> Sym:
    if kind_of(function) != "function":
        path.fail(ir.true, "eval.kind", f"a {kind_of(function)} is applied like a function")
        return UNDEFINED
    if isinstance(argument, Undefined):
        return UNDEFINED
    if isinstance(function, SymLazyFun):
        return _apply_rule(path, function, argument)
    return _apply_slots(path, as_fun(function), argument)


def _apply_slots(path: Path, function: SymFun, argument: Sym) -> Sym:
    options = [
        (ir.and_(guard, slot.present), slot.value)
        for key, guard in key_guards(path, function, argument)
        for slot in (function.slots[key],)
    ]
    outside = ir.not_(ir.or_(*(guard for guard, _ in options)))
    path.fail(outside, "eval.domain", "a function is applied outside its domain")
    return choose(options)


def key_guards(path: Path, function: SymFun, argument: Sym) -> Guards:
    """The keys that an argument can be equal to, each with the condition that it is."""
    if isinstance(argument, Const):
        return [(argument.value, ir.true)] if argument.value in function.slots else []
    if isinstance(argument, SymUnion):
        return [
            (key, ir.and_(guard, inner))
            for guard, alternative in argument.alternatives
            for key, inner in key_guards(path, function, alternative)
        ]
    kind = kind_of(argument)
    guards = [(key, _is_key(path, argument, key)) for key in function.slots if kind_of(Const(key)) == kind]
    return [(key, guard) for key, guard in guards if guard is not ir.false]


def _is_key(path: Path, argument: Sym, key: Value) -> Term:
    """Looking a key up never fails: a key that does not compare is another key."""
    with path.isolated():
        return equal(path, argument, Const(key))


def _apply_rule(path: Path, function: SymLazyFun, argument: Sym) -> Sym:
    inside = member(path, argument, function.domain)
    path.fail(ir.not_(inside), "eval.domain", "a function is applied outside its domain")
    options: list[tuple[Term, Sym]] = []
    for value, guard in known_values(path, argument).items():
        with path.isolated():
            here = ir.and_(guard, inside, member(path, Const(value), function.domain))
        if here is not ir.false:
            with path.under(here):
                options.append((guard, function.rule(value)))
    return choose(options)


def function_apply(t: Translator, node: ast.FunctionApply, scope: Scope) -> Sym:
    function = t.value(node.function, scope)
    args = [t.value(arg, scope) for arg in node.args]
    return apply(t.path, function, args[0] if len(args) == 1 else tuple_value(args))


def field_access(t: Translator, node: ast.FieldAccess, scope: Scope) -> Sym:
    return apply(t.path, t.value(node.record, scope), Const(node.field.name))


def destructured(t: Translator, bound: ast.Bound, element: Sym) -> dict[str, Sym]:
    """The names of `<<x, y>> \\in S` for one element of S."""
    return {name.name: apply(t.path, element, Const(i)) for i, name in enumerate(bound.names, 1)}


# ---------------------------------------------------------------- EXCEPT


def updated(t: Translator, node: ast.Except, scope: Scope) -> Sym:
    value = t.value(node.base, scope)
    for update in node.updates:
        value = _update(t, value, update, scope)
    return value


def _update(t: Translator, base: Sym, update: ast.ExceptUpdate, scope: Scope) -> Sym:
    indices = [_index(t, step, scope) for step in update.path]
    return _update_path(t.path, base, indices, lambda old: t.value(update.value, extended(scope, {AT: old})))


def _index(t: Translator, step: ast.ExceptIndex | ast.ExceptField, scope: Scope) -> Sym:
    if isinstance(step, ast.ExceptField):
        return Const(step.field.name)
    args = [t.value(arg, scope) for arg in step.args]
    return args[0] if len(args) == 1 else tuple_value(args)


def _update_path(path: Path, base: Sym, indices: Sequence[Sym], change: Callable[[Sym], Sym]) -> Sym:
    """The base with the value at the end of a path of indices changed; a path that leads outside a
    domain changes nothing."""
    if not indices:
        return change(base)
    return over(path, base, lambda one: _update_one(path, one, indices, change))


def _update_one(path: Path, base: Sym, indices: Sequence[Sym], change: Callable[[Sym], Sym]) -> Sym:
    if kind_of(base) != "function":
        path.fail(ir.true, "eval.kind", f"EXCEPT needs a function, not a {kind_of(base)}")
        return UNDEFINED
    function = as_fun(base)
    slots = dict(function.slots)
    for key, guard in key_guards(path, function, indices[0]):
        slot = slots[key]
        with path.under(guard, slot.present):
            new = _update_path(path, slot.value, indices[1:], change)
        slots[key] = Slot(slot.present, if_else(guard, new, slot.value))
    return fun_value(slots, function.is_sequence)


def at(t: Translator, _node: ast.At, scope: Scope) -> Sym:
    if AT not in scope:
        raise t.path.unsupported("@ stands outside of EXCEPT")
    return t.force(scope[AT])


# ---------------------------------------------------------------- constructors


def record(t: Translator, node: ast.RecordConstructor, scope: Scope) -> Sym:
    return fun_value({f.name.name: Slot(ir.true, t.value(f.value, scope)) for f in node.fields})


def sequence(t: Translator, node: ast.Tuple, scope: Scope) -> Sym:
    return tuple_value([t.value(element, scope) for element in node.elements])


def materialized(path: Path, domain: Sym, rule: Callable[[Value], Sym]) -> Sym:
    """The function on a finite domain that a rule gives."""
    slots: dict[Value, Slot] = {}
    counts = isinstance(domain, SymInterval) and isinstance(domain.lo, Const) and domain.lo.value == 1
    for element, guard in elements_of_set(path, domain):
        for key, condition in known_values(path, element).items():
            present = ir.and_(guard, condition)
            if present is ir.false:
                continue
            with path.under(present):
                value = rule(key)
            slots[key] = _merged(slots.get(key), Slot(present, value))
    return fun_value(slots, is_sequence=counts)


def _merged(known: Slot | None, slot: Slot) -> Slot:
    """A key that two elements can be equal to has one value all the same."""
    if known is None:
        return slot
    value = if_else(slot.present, slot.value, known.value)
    return Slot(ir.or_(known.present, slot.present), value)
