"""From loaded modules to one flat module: no EXTENDS, no INSTANCE, every name bound, every level known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from aioformal.diagnostic import Diagnostic, DiagnosticError, Note
from aioformal.resolve.declare import Declarer
from aioformal.resolve.expression import Expressions
from aioformal.resolve.labels import label_problems
from aioformal.resolve.levels import ARTICLES, Levels
from aioformal.resolve.loading import LoadedModules
from aioformal.resolve.model import Assumption, Definition, FlatModule, Level
from aioformal.resolve.proof_levels import check_levels
from aioformal.resolve.proofs import Proofs
from aioformal.resolve.resolution import Resolution
from aioformal.resolve.scope import (
    BuiltinEntry,
    DefinitionEntry,
    Entry,
    InstanceEntry,
    ModuleEntry,
    Place,
    Scope,
    VariableEntry,
)
from aioformal.resolve.settle import settle
from aioformal.resolve.signature import BUILTIN_SIGNATURES
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.nesting import make_room

Stated: TypeAlias = ast.Theorem | ast.Assume | ast.Use


def flatten(loaded: LoadedModules, demanded: Iterable[str] = (), *, with_proofs: bool = True) -> FlatModule:
    """Resolve a specification.

    Definitions that the specification itself makes are all kept; of its instances and of the
    library those that are used, or named in `demanded` (`I!Inv`, as a configuration may). Every
    other module that was loaded is looked through as well, and `with_proofs` the proofs, USE and HIDE of the
    root module. Raises `DiagnosticError` with all that is wrong: name.*, module.*, level.*, and in proofs
    also proof.* and parse.*.
    """
    make_room()
    resolution = Resolution(loaded)
    scope = _resolve(resolution, loaded.root, demanded)
    definitions, _ = _checked(resolution)
    problems = [*resolution.problems, *_look_through_all(loaded, scope, with_proofs), *_of_labels(loaded)]
    if problems:
        raise DiagnosticError(_in_order(problems))
    return FlatModule(
        name=loaded.root.name.name,
        constants=tuple(resolution.constants.values()),
        variables=tuple(resolution.variables.values()),
        definitions=definitions,
        assumptions=tuple(resolution.assumptions),
        sources=loaded.sources,
        warnings=tuple(resolution.warnings),
    )


def _of_labels(loaded: LoadedModules) -> Iterator[Diagnostic]:
    for name, module in loaded.modules.items():
        if name not in loaded.library and "::" in module.span.text:
            yield from label_problems(module)


def _resolve(resolution: Resolution, module: ast.Module, demanded: Iterable[str] = ()) -> Scope:
    """Bind all that a module defines, and all that this needs."""
    declarer = Declarer(resolution)
    expressions = Expressions(resolution, declarer)
    scope = declarer.scope_of(module, resolution.root, None)
    _ask_for(resolution, scope, demanded)
    for unit, place in resolution.statements:
        _statement(resolution, expressions, unit, place)
    _resolve_pending(resolution, expressions)
    return scope


def _resolve_pending(resolution: Resolution, expressions: Expressions) -> None:
    for entry in _rest_of(resolution):
        resolution.used = {}
        right = expressions.definitions.right_side(entry)
        resolution.uses[entry.key] = resolution.used
        resolution.definitions[entry.key] = Definition(
            entry.key,
            right.params,
            right.body,
            Level.CONSTANT,
            entry.origin,
            entry.span,
            own_next=entry.own_next,
        )


def _ask_for(resolution: Resolution, scope: Scope, demanded: Iterable[str]) -> None:
    library = resolution.loaded.library
    for listed in scope.entries.values():
        entry = listed.entry
        if not isinstance(entry, DefinitionEntry) or entry.origin in library:
            continue
        if not isinstance(entry.body, ast.Theorem | ast.Assume):
            resolution.demand(entry)
    for name in demanded:
        entry = _member(scope, name.split("!"))
        if isinstance(entry, DefinitionEntry):
            resolution.demand(entry)


def _member(scope: Scope, path: list[str]) -> Entry | None:
    """What a qualified name means, as far as no instance on the way has parameters."""
    listed = scope.entries.get(path[0])
    entry = listed.entry if listed else None
    for name in path[1:]:
        if not isinstance(entry, InstanceEntry) or entry.params:
            return None
        entry = entry.scope.exported(name)
    return entry


def _rest_of(resolution: Resolution) -> Iterator[DefinitionEntry]:
    """Definitions in use, until resolving them asks for no others."""
    while resolution.pending:
        waiting, resolution.pending = resolution.pending, []
        yield from waiting


def _statement(
    resolution: Resolution, expressions: Expressions, unit: ast.Assume | ast.Theorem, place: Place
) -> ast.Expr | None:
    """The resolved formula of a unit; None where it states a sequent, which no engine reads."""
    if isinstance(unit.body, ast.AssumeProve):
        return None
    body = expressions.resolve(unit.body, place)
    name = unit.name.name if unit.name else None
    resolution.assumptions.append(Assumption(name, body, unit.span))
    return body


# ---------------------------------------------------------------- levels


def _checked(resolution: Resolution, are_theorems: bool = False) -> tuple[dict[str, Definition], Levels]:
    """The definitions in an order of use, with their levels; level errors are reported."""

    def report(code: str, message: str, span: Span | None, notes: Sequence[Note], hint: str | None) -> None:
        resolution.report(code, message, span, notes=notes, hint=hint)

    definitions, levels = settle(resolution.definitions, resolution.uses, report)
    for assumption in resolution.assumptions:
        level = levels.level_of(assumption.body)
        if level > Level.CONSTANT and not are_theorems:
            levels.too_high(assumption.body, level, Level.CONSTANT)
    _check_substitutions(resolution, levels)
    return definitions, levels


def _check_substitutions(resolution: Resolution, levels: Levels) -> None:
    """What stands for a constant must be constant, for a variable a state function, unless the
    instanced module declares no variable (Specifying Systems, section 17.8)."""
    for key, limit in resolution.limits.items():
        signature = levels.signatures.get(key)
        if signature is not None and signature.level > limit:
            levels.too_high(resolution.definitions[key].body, signature.level, limit)
    for check in resolution.checks:
        level = _entry_level(check.entry, levels)
        if level > check.limit:
            wanted = "a constant" if check.limit is Level.CONSTANT else "a state function"
            message = f"`{check.name}` must be replaced by {wanted}, not by {ARTICLES[level]}"
            resolution.report("level.too-high", message, check.span)
        if check.arity and not _takes_every_level(check.entry, levels):
            message = f"`{check.name}` must be replaced by an operator that takes actions as arguments"
            resolution.report("level.too-high", message, check.span)


def _takes_every_level(entry: Entry, levels: Levels) -> bool:
    """Substitution must keep e = f => F(e) = F(f): no operator that looks into other states."""
    match entry:
        case BuiltinEntry(key=key):
            return key not in BUILTIN_SIGNATURES
        case DefinitionEntry(key=key) if key in levels.signatures:
            return all(use.limit is Level.TEMPORAL for use in levels.signatures[key].uses)
        case _:
            return True


def _entry_level(entry: Entry, levels: Levels) -> Level:
    match entry:
        case VariableEntry():
            return Level.STATE
        case DefinitionEntry(key=key):
            signature = levels.signatures.get(key)
            return signature.level if signature else Level.CONSTANT
        case _:
            return Level.CONSTANT


# ---------------------------------------------------------------- modules that are only used in part


def _look_through_all(loaded: LoadedModules, scope: Scope, with_proofs: bool) -> list[Diagnostic]:
    """Problems in what the flat module leaves out: theorems, nested modules, unused definitions, proofs."""
    problems: list[Diagnostic] = []
    extended = scope.world.scopes
    for name, module in loaded.modules.items():
        if name not in loaded.library:
            reads_proofs = with_proofs and module is loaded.root
            problems.extend(_look_through(loaded, module, id(module) not in extended, reads_proofs))
    return problems


def _look_through(
    loaded: LoadedModules, module: ast.Module, with_definitions: bool, reads_proofs: bool
) -> list[Diagnostic]:
    resolution = Resolution(loaded, is_thorough=True)
    declarer = Declarer(resolution)
    expressions = Expressions(resolution, declarer)
    scope = declarer.scope_of(module, resolution.root, None)
    scopes = [scope] if with_definitions else []
    waiting = [scope]
    stated = list(_stated(scope, reads_proofs))
    for outer in waiting:
        for listed in outer.entries.values():
            nested = listed.entry
            if isinstance(nested, ModuleEntry) and nested.place.scope is outer:
                inner = declarer.scope_of(nested.module, resolution.root, nested.place)
                waiting.append(inner)
                scopes.append(inner)
                stated.extend(_stated(inner, reads_proofs))
    if not scopes and not stated and not resolution.pending:
        return []
    for inner in scopes:
        _ask_for(resolution, inner, ())
    return _looked_at(Proofs(resolution, expressions, reads_proofs), stated)


def _looked_at(proofs: Proofs, stated: list[tuple[Stated, Place]]) -> list[Diagnostic]:
    resolution = proofs.resolution
    for unit, place in stated:
        body = None
        if isinstance(unit, ast.Theorem):
            body = _statement(resolution, proofs.expressions, unit, place)
        try:
            proofs.check(unit, place, body)
        except DiagnosticError as failure:
            resolution.problems.extend(failure.diagnostics)
    _resolve_pending(resolution, proofs.expressions)
    _, levels = _checked(resolution, are_theorems=True)
    check_levels(proofs.rules, levels, resolution)
    return resolution.problems


def _stated(scope: Scope, with_facts: bool) -> Iterator[tuple[Stated, Place]]:
    """What no engine reads: theorems, sequents that are assumed, and `with_facts` also USE and HIDE."""
    for position, unit in enumerate(scope.module.units):
        match unit:
            case ast.Theorem() | ast.Assume(body=ast.AssumeProve()):
                yield unit, Place(scope, position)
            case ast.Use() if with_facts:
                yield unit, Place(scope, position)
            case _:
                pass


def _in_order(problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each problem once, file by file as they were read, from top to bottom."""
    unique: dict[tuple[str, str, Span | None], Diagnostic] = {}
    for problem in problems:
        unique.setdefault((problem.code, problem.message, problem.span), problem)
    files = {name: order for order, name in enumerate(dict.fromkeys(_file(p) for p in unique.values()))}
    return sorted(unique.values(), key=lambda p: (files[_file(p)], p.span.start if p.span else 0))


def _file(problem: Diagnostic) -> str:
    return problem.span.source.name if problem.span else ""
