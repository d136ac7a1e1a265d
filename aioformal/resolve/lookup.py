"""From a name as it is written, perhaps qualified, to what it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from aioformal.diagnostic import Note
from aioformal.resolve.resolution import Resolution
from aioformal.resolve.scope import (
    BrokenEntry,
    BuiltinEntry,
    Entry,
    InstanceEntry,
    ModuleEntry,
    Place,
    Scope,
    anonymous_parameters,
    describe,
)
from aioformal.resolve.suggest import hint_for
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.value.operators import CORE_OPERATORS, OPERATORS

MOST_GUESSES = 20
"""Unknown names whose spelling is looked into: a module with thousands of them has another mistake,
and every name that is in scope would be compared with each."""


class Given(Struct, frozen=True):
    """An argument of a qualifier, `M(a)!`, for the instance's parameter, as it is written."""

    parameter: ast.Parameter
    argument: ast.Expr


class Found(Struct, frozen=True):
    """An entry, and what the qualifiers gave for the parameters of instances, by parameter."""

    entry: Entry
    given: Mapping[str, Given]


def find(resolution: Resolution, name: ast.Name, place: Place) -> Found | None:
    """What `name` stands for at `place`; None if nothing does, which is then reported."""
    if not name.path:
        entry = core_entry(name.name, name.span) or place.lookup(name.name)
        return _found(resolution, entry, {}, name.name, name.span, place)
    scope, given = _follow(resolution, name, place)
    if scope is None:
        return None
    entry = core_entry(name.name, name.span) or scope.exported(name.name)
    return _found(resolution, entry, given, name.name, name.span, place, scope)


def core_entry(name: str, span: Span) -> BuiltinEntry | None:
    """The operators that are always there."""
    key = CORE_OPERATORS.get(name)
    if key is None:
        return None
    return BuiltinEntry(name, span, "", key, anonymous_parameters(OPERATORS[key].arity, span))


def _found(
    resolution: Resolution,
    entry: Entry | None,
    given: Mapping[str, Given],
    name: str,
    span: Span,
    place: Place,
    scope: Scope | None = None,
) -> Found | None:
    match entry:
        case None:
            report_unknown(resolution, name, span, place, scope)
        case BrokenEntry():
            pass
        case InstanceEntry() | ModuleEntry():
            message = f"`{name}` is {describe(entry)}, not a value"
            resolution.report("name.unknown", message, span, hint=f"name something in it: `{name}!Op`")
        case _:
            return Found(entry, given)
    return None


def _follow(resolution: Resolution, name: ast.Name, place: Place) -> tuple[Scope | None, Mapping[str, Given]]:
    """Walk along `M(a)!N!`."""
    scope: Scope | None = None
    given: dict[str, Given] = {}
    for step in name.path:
        entry = scope.exported(step.name) if scope else place.lookup(step.name)
        if not isinstance(entry, InstanceEntry):
            _report_no_instance(resolution, step, entry, place, scope)
            return None, given
        if len(step.args) != len(entry.params):
            message = f"instance `{step.name}` takes {_count(len(entry.params))}, not {len(step.args)}"
            notes = [Note(f"`{step.name}` is made here", entry.span)]
            resolution.report("name.arity", message, step.span, notes=notes)
            return None, given
        pairs = zip(entry.params, step.args, strict=True)
        given.update({parameter.name: Given(parameter, arg) for parameter, arg in pairs})
        scope = entry.scope
    return scope, given


def _report_no_instance(
    resolution: Resolution, step: ast.Qualifier, entry: Entry | None, place: Place, scope: Scope | None
) -> None:
    match entry:
        case None:
            report_unknown(resolution, step.name, step.span, place, scope)
        case BrokenEntry():
            pass
        case ModuleEntry():
            message = f"`{step.name}` is a module, not an instance of one"
            hint = f"make one: `I == INSTANCE {step.name}`"
            resolution.report("name.unknown", message, step.span, hint=hint)
        case _:
            message = f"`{step.name}` is {describe(entry)}: this part of it cannot be selected by `!`"
            hint = "give the part a definition of its own"
            resolution.report("name.selector", message, step.span, hint=hint)


def report_unknown(
    resolution: Resolution, name: str, span: Span, place: Place, scope: Scope | None = None
) -> None:
    """Say that a name is not known, and what would help."""
    if scope is not None:
        message = f"module {scope.module.name.name} defines no `{name}` that can be seen from outside"
        candidates: Iterable[str] = [n for n in scope.entries if scope.exported(n)]
        hint = hint_for(name, candidates, suggest_modules=False)
        resolution.report("name.unknown", message, span, hint=hint)
        return
    later = place.scope.entries.get(name)
    if later is not None:
        notes = [Note(f"`{name}` is defined here, further down", later.entry.span)]
        hint = "a name can be used only below its definition; or declare it RECURSIVE"
        resolution.report("name.unknown", f"`{name}` is not known yet", span, hint=hint, notes=notes)
        return
    is_early = len(resolution.problems) < MOST_GUESSES
    hint = hint_for(name, place.visible()) if is_early else None
    kind = "operator" if not name[0].isalnum() and name[0] != "_" else "name"
    resolution.report("name.unknown", f"unknown {kind} `{name}`", span, hint=hint)


def _count(number: int) -> str:
    return f"{number} argument{'' if number == 1 else 's'}"
