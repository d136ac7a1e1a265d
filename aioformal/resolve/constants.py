"""What the configuration says about constants, and the definitions that it replaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from aioformal.diagnostic import Diagnostic, Note, Severity, nearest
from aioformal.resolve.formula import rebuild_expression
from aioformal.resolve.model import ConstantDeclaration, Definition, FlatModule, Level
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import Binding, BindingKind
from aioformal.syntax.config import (
    Assign,
    BooleanValue,
    Config,
    ConfigName,
    ConfigValue,
    ConstantStatement,
    IntValue,
    ModelValue,
    Replace,
    SetValue,
    StringValue,
)
from aioformal.value import values
from aioformal.value.operators import OPERATORS


@dataclass
class ConstantBinder:
    """Collects values and replacements; `apply` then rewrites the module."""

    flat: FlatModule
    config: Config
    problems: list[Diagnostic] = field(default_factory=list[Diagnostic])
    values: dict[str, values.Value] = field(default_factory=dict[str, values.Value])
    targets: dict[Binding, Binding] = field(default_factory=dict[Binding, Binding])
    first: dict[tuple[str, str | None], Span] = field(default_factory=dict[tuple[str, str | None], Span])

    def __post_init__(self) -> None:
        self.declared = {c.name: c for c in self.flat.constants}

    def bind(self) -> FlatModule:
        """The module with constants bound; `values` and `problems` are filled."""
        for statement in self.config.constants:
            if self._is_first(statement):
                self._statement(statement)
        self._check_complete()
        return self._rewritten()

    # ------------------------------------------------------------ statements

    def _is_first(self, statement: ConstantStatement) -> bool:
        key = (statement.name.name, statement.module.name if statement.module else None)
        before = self.first.setdefault(key, statement.span)
        if before is statement.span:
            return True
        message = f"`{statement.name.name}` gets a value twice"
        self._problem("config.contradiction", message, statement.span, notes=[Note("the first", before)])
        return False

    def _statement(self, statement: ConstantStatement) -> None:
        if isinstance(statement, Assign) and statement.args:
            message = f"a value for `{statement.name.name}` at single arguments is not supported"
            hint = f"define an operator in the specification and use `{statement.name.name} <- ...`"
            self._problem("config.unsupported", message, statement.span, hint=hint)
            return
        for target, arity, level in self._targets(statement):
            if isinstance(statement, Assign):
                self._assign(statement, target, arity)
            else:
                self._replace(statement, target, arity, level)

    def _targets(self, statement: ConstantStatement) -> list[tuple[Binding, int, Level]]:
        """What a name in front of `=` or `<-` means: binding, number of parameters, level."""
        name = statement.name.name
        if statement.module is not None:
            found = self._targets_in(name, statement.module)
        elif name in self.declared:
            found = [(Binding(BindingKind.CONSTANT, name), self.declared[name].arity, Level.CONSTANT)]
        elif name in self.flat.definitions:
            found = [_as_target(self.flat.definitions[name])]
        elif name in OPERATORS:
            found = [(Binding(BindingKind.BUILTIN, name), OPERATORS[name].arity, Level.CONSTANT)]
        else:
            found = []
        if not found:
            self._unknown(statement.name, [*self.declared, *self.flat.definitions])
        return found

    def _targets_in(self, name: str, module: ConfigName) -> list[tuple[Binding, int, Level]]:
        definitions = [d for d in self.flat.definitions.values() if d.module == module.name]
        same = [d for d in definitions if d.key.rpartition("!")[2] == name]
        if not definitions:
            known = {d.module for d in self.flat.definitions.values()}
            self._unknown(module, known, "the specification uses nothing of a module")
        return [_as_target(d) for d in same]

    def _assign(self, statement: Assign, target: Binding, arity: int) -> None:
        name = statement.name.name
        if arity:
            message = f"`{name}` is an operator with {arity} parameters: it cannot be a value"
            hint = f"define an operator in the specification and use `{name} <- ...`"
            self._problem("config.kind", message, statement.span, hint=hint)
            return
        self.values[target.key] = _value(statement.value)
        self._warn_about_names(statement.value)
        if target.kind is not BindingKind.CONSTANT:
            self.targets[target] = Binding(BindingKind.CONSTANT, target.key)

    def _warn_about_names(self, value: ConfigValue) -> None:
        """`N = Max` makes Max a model value, which is seldom meant when Max is defined."""
        if isinstance(value, ModelValue) and value.name in self.flat.definitions:
            message = f"`{value.name}` is a model value here, not the definition of that name"
            hint = f"to use the definition write `<- {value.name}`"
            self._problem("config.kind", message, value.span, hint=hint, severity=Severity.WARNING)

    def _replace(self, statement: Replace, target: Binding, arity: int, level: Level) -> None:
        name, by = statement.name.name, statement.definition
        definition = self.flat.definitions.get(by.name)
        if definition is not None:
            count, new = len(definition.params), Binding(BindingKind.DEFINITION, by.name)
        elif by.name in OPERATORS:
            count, new = OPERATORS[by.name].arity, Binding(BindingKind.BUILTIN, by.name)
        else:
            self._unknown(by, self.flat.definitions)
            return
        if count != arity:
            message = f"`{name}` has {arity} parameters, but `{by.name}` has {count}"
            self._problem("config.kind", message, statement.span)
        elif definition and target.kind is BindingKind.CONSTANT and definition.level > level:
            message = f"constant `{name}` cannot be replaced by `{by.name}`, whose value changes"
            notes = [Note("defined here", definition.span)]
            self._problem("config.kind", message, statement.span, notes=notes)
        elif target != new:
            self.targets[target] = new

    def _check_complete(self) -> None:
        named = {name for name, _ in self.first}
        for constant in self.flat.constants:
            if constant.name not in named:
                shape = " = ..." if constant.arity == 0 else " <- (an operator of the specification)"
                self._problem(
                    "config.incomplete",
                    f"constant `{constant.name}` has no value",
                    constant.span,
                    hint=f"add `CONSTANT {constant.name}{shape}` to {self.config.source.name}",
                )

    # ------------------------------------------------------------ rewriting

    def _rewritten(self) -> FlatModule:
        if not self.targets:
            return self.flat
        targets = {old: self._final(old) for old in self.targets}

        def rebound(node: ast.Node) -> ast.Node:
            if not isinstance(node, ast.Name) or node.binding not in targets:
                return node
            new = targets[node.binding]
            return replace(node, name=new.key, binding=new)

        gone = {old.key for old in targets if old.kind is not BindingKind.BUILTIN}
        definitions = {
            key: replace(d, body=rebuild_expression(d.body, rebound))
            for key, d in self.flat.definitions.items()
            if key not in gone
        }
        assumptions = [replace(a, body=rebuild_expression(a.body, rebound)) for a in self.flat.assumptions]
        return replace(
            self.flat,
            constants=self._constants(gone),
            definitions=definitions,
            assumptions=tuple(assumptions),
        )

    def _final(self, old: Binding) -> Binding:
        """`A <- B` and `B <- C` make `A` mean `C`."""
        seen = {old}
        new = self.targets[old]
        while new in self.targets and new not in seen:
            seen.add(new)
            new = self.targets[new]
        return new

    def _constants(self, gone: set[str]) -> tuple[ConstantDeclaration, ...]:
        kept = [c for c in self.flat.constants if c.name not in gone]
        for old, new in self.targets.items():
            if new.kind is BindingKind.CONSTANT and old.kind is not BindingKind.CONSTANT:
                known = self.flat.definitions.get(old.key)
                span = known.span if known else Span(self.config.source, 0, 0)
                kept.append(ConstantDeclaration(old.key, 0, span))
        return tuple(kept)

    def meaning(self, name: str) -> str:
        """The definition that a name of the configuration means after replacements."""
        old = Binding(BindingKind.DEFINITION, name)
        return self._final(old).key if old in self.targets else name

    # ------------------------------------------------------------ problems

    def _unknown(
        self,
        name: ConfigName,
        candidates: Mapping[str, object] | list[str] | set[str],
        what: str = "the specification has nothing called",
    ) -> None:
        close = nearest(name.name, candidates)
        hint = f"did you mean `{close}`?" if close else None
        self._problem("config.unknown-name", f"{what} `{name.name}`", name.span, hint=hint)

    def _problem(
        self,
        code: str,
        message: str,
        span: Span | None,
        *,
        hint: str | None = None,
        notes: list[Note] | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        self.problems.append(Diagnostic(code, message, span, severity, tuple(notes or ()), hint))


def _as_target(definition: Definition) -> tuple[Binding, int, Level]:
    binding = Binding(BindingKind.DEFINITION, definition.key)
    return binding, len(definition.params), definition.level


def _value(value: ConfigValue) -> values.Value:
    match value:
        case IntValue(value=number):
            return number
        case StringValue(value=text):
            return text
        case BooleanValue(value=truth):
            return values.boolean(truth)
        case ModelValue(name=name):
            return values.ModelValue(name)
        case SetValue(elements=elements):
            return frozenset([_value(element) for element in elements])
