"""Names of definitions in a configuration: looked up, and checked for parameters and level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from aioformal.diagnostic import Diagnostic, Note, Severity, nearest
from aioformal.resolve.blame import find_raised
from aioformal.resolve.constants import ConstantBinder
from aioformal.resolve.levels import Levels
from aioformal.resolve.model import Definition, FlatModule, Level
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import Binding, BindingKind
from aioformal.syntax.config import ConfigName


class Configured(Struct):
    """Gives the definition that a configuration's name means, or reports why there is none."""

    flat: FlatModule
    levels: Levels
    constants: ConstantBinder
    problems: list[Diagnostic] = field(default_factory=list[Diagnostic])

    def definition(
        self, name: ConfigName, keyword: str, limit: Level, hint: str | None = None
    ) -> Definition | None:
        """A definition without parameters of at most the given level, to stand after `keyword`."""
        found = self.flat.definitions.get(self.constants.rebinding.meaning(name.name))
        if found is None:
            self._report_missing(name, keyword)
            return None
        if found.params:
            message = f"{keyword} wants a formula, but `{name.name}` has parameters"
            notes = [Note("defined here", found.span)]
            self.report("config.kind", message, name.span, notes=notes)
            return None
        level = self.levels.signatures[found.key].level
        if level > limit:
            self.report_level(name, keyword, found, level, limit, hint)
            return None
        return found

    def expression(self, names: Sequence[ConfigName], keyword: str, limit: Level) -> ast.Expr | None:
        """For statements that may stand once: SYMMETRY, VIEW, ..."""
        self.check_single(names, keyword)
        found = self.definition(names[0], keyword, limit) if names else None
        return None if found is None else use_of(found, names[0].span)

    def expressions(self, names: Iterable[ConfigName], keyword: str, limit: Level) -> tuple[ast.Expr, ...]:
        """For statements that may stand many times: CONSTRAINT, ..."""
        found = [(self.definition(name, keyword, limit), name) for name in names]
        return tuple([use_of(definition, name.span) for definition, name in found if definition])

    def check_single(self, names: Sequence[ConfigName], keyword: str) -> None:
        if len({name.name for name in names}) > 1:
            message = f"{keyword} stands twice"
            notes = [Note("the first", names[0].span)]
            self.report("config.contradiction", message, names[1].span, notes=notes)

    # ------------------------------------------------------------ problems

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
        self.problems.append(Diagnostic(code, message, span, severity, tuple(notes), hint))

    def _report_missing(self, name: ConfigName, keyword: str) -> None:
        others = {v.name: v.span for v in self.flat.variables} | {c.name: c.span for c in self.flat.constants}
        if name.name in others:
            message = f"{keyword} wants a definition, but `{name.name}` is a variable or a constant"
            notes = [Note("declared here", others[name.name])]
            self.report("config.kind", message, name.span, notes=notes)
            return
        close = nearest(name.name, self.flat.definitions)
        message = f"{keyword} names `{name.name}`, which {self.flat.name} does not define"
        hint = f"did you mean `{close}`?" if close else None
        self.report("config.unknown-name", message, name.span, hint=hint)

    def report_level(
        self, name: ConfigName, keyword: str, found: Definition, level: Level, limit: Level, hint: str | None
    ) -> None:
        """A level that is too high, shown where the specification makes it so."""
        raised = find_raised(found.body, limit, self.flat.definitions, self.levels.signatures)
        notes = [Note(f"{keyword} {name.name}", name.span), *(raised.notes if raised else ())]
        if level is Level.ACTION and limit is Level.STATE:
            what = raised.what if raised else "an action"
            message = f"{what} stands in `{name.name}`, which {keyword} looks at in single states"
            hint = hint or "a formula about steps can be listed under PROPERTY, as [][A]_vars"
            span = raised.span if raised else found.span
            self.report("level.prime-in-state", message, span, hint=hint, notes=notes)
            return
        message = f"{keyword} wants {WANTED[limit]}, but `{name.name}` is {WANTED[level]}"
        if raised:
            notes.append(Note(f"because of {raised.what}", raised.span))
        self.report("config.kind", message, name.span, hint=hint, notes=notes[1:])


WANTED = {
    Level.CONSTANT: "a constant formula",
    Level.STATE: "a state predicate",
    Level.ACTION: "an action",
    Level.TEMPORAL: "a temporal formula",
}


def use_of(definition: Definition, span: Span) -> ast.Expr:
    """The definition's name as an expression."""
    return ast.Name(span, definition.key, (), Binding(BindingKind.DEFINITION, definition.key))
