"""The state of putting modules together: what was found wrong, what is still to be resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct, field

from aioformal.diagnostic import Diagnostic, Note, Severity
from aioformal.resolve.loading import LoadedModules
from aioformal.resolve.model import (
    Assumption,
    ConstantDeclaration,
    Definition,
    Level,
    VariableDeclaration,
)
from aioformal.resolve.scope import DefinitionEntry, Entry, Place, World
from aioformal.source import Span
from aioformal.syntax import ast


class SubstitutionCheck(Struct, frozen=True):
    """That what INSTANCE puts in place of a declared name has at most this level; an operator must
    take arguments of every level, as the constant that it stands for does."""

    name: str
    entry: Entry
    limit: Level
    arity: int
    span: Span


class Resolution(Struct):
    """Collects problems instead of stopping at the first. `pending` are definitions that are in
    use and whose bodies are not bound yet."""

    loaded: LoadedModules
    root: World = field(default_factory=lambda: World(""))
    problems: list[Diagnostic] = field(default_factory=list[Diagnostic])
    warnings: list[Diagnostic] = field(default_factory=list[Diagnostic])
    keys: set[str] = field(default_factory=set[str])
    constants: dict[str, ConstantDeclaration] = field(default_factory=dict[str, ConstantDeclaration])
    variables: dict[str, VariableDeclaration] = field(default_factory=dict[str, VariableDeclaration])
    definitions: dict[str, Definition] = field(default_factory=dict[str, Definition])
    statements: list[tuple[ast.Assume | ast.Theorem, Place]] = field(
        default_factory=list["tuple[ast.Assume | ast.Theorem, Place]"]
    )
    """Assumptions of the specification; theorems too, where modules are only looked through."""
    assumptions: list[Assumption] = field(default_factory=list[Assumption])
    pending: list[DefinitionEntry] = field(default_factory=list[DefinitionEntry])
    is_thorough: bool = False
    """Whether substitutions are looked at even where nothing uses them."""
    used: dict[str, None] = field(default_factory=dict[str, None])
    """What the definition that is being resolved uses, in order: sets would make the order of the
    flat module depend on the run."""
    uses: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])
    demanded: set[str] = field(default_factory=set[str])
    checks: list[SubstitutionCheck] = field(default_factory=list[SubstitutionCheck])
    limits: dict[str, Level] = field(default_factory=dict[str, Level])
    """The highest level of a definition that stands for a declared name, by key."""
    closed_worlds: dict[str, World] = field(default_factory=dict[str, World])
    """Modules that declare nothing mean the same in every anonymous INSTANCE."""
    _reported: set[tuple[str, str, Span | None]] = field(default_factory=set[tuple[str, str, Span | None]])

    def report(
        self,
        code: str,
        message: str,
        span: Span | None,
        *,
        hint: str | None = None,
        notes: Iterable[Note] = (),
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Take down a problem, once: a module may be looked at in several worlds."""
        if (code, message, span) in self._reported:
            return
        self._reported.add((code, message, span))
        into = self.problems if severity is Severity.ERROR else self.warnings
        into.append(Diagnostic(code, message, span, severity, tuple(notes), hint))

    def attempt(self, make: Callable[[], ast.Expr]) -> ast.Expr | None:
        """What is made, or None if there is a problem with it, which is not reported."""
        known, reported = len(self.problems), set(self._reported)
        made = make()
        if len(self.problems) == known:
            return made
        del self.problems[known:]
        self._reported = reported
        return None

    def allocate(self, preferred: str, module: str) -> str:
        """A flat name that is not taken: `preferred`, else one that names the module."""
        for key in (preferred, f"{module}!{preferred}"):
            if key not in self.keys:
                self.keys.add(key)
                return key
        number = 2
        while f"{module}!{preferred}_{number}" in self.keys:
            number += 1
        self.keys.add(f"{module}!{preferred}_{number}")
        return f"{module}!{preferred}_{number}"

    def demand(self, entry: DefinitionEntry) -> None:
        """Note that a global definition is used."""
        self.used[entry.key] = None
        if entry.key not in self.demanded:
            self.demanded.add(entry.key)
            self.pending.append(entry)
