"""What the configuration says about constants, and the definitions that it replaces."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from msgspec import Struct, field

from aioformal.diagnostic import Diagnostic, Note, Severity, nearest
from aioformal.resolve.model import Definition, FlatModule, Level
from aioformal.resolve.rebinding import Rebinding
from aioformal.source import Span
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


class _Target(Struct, frozen=True):
    """Something that can be replaced: its binding, number of parameters, and level."""

    binding: Binding
    arity: int
    level: Level


class ConstantBinder(Struct, dict=True):
    """Collects values and replacements, and rewrites the module by them."""

    flat: FlatModule
    config: Config
    problems: list[Diagnostic] = field(default_factory=list[Diagnostic])
    values: dict[str, values.Value] = field(default_factory=dict[str, values.Value])
    rebinding: Rebinding = field(default_factory=Rebinding)
    first: dict[tuple[str, str | None], ConstantStatement] = field(
        default_factory=dict["tuple[str, str | None]", ConstantStatement]
    )

    def __post_init__(self) -> None:
        self.declared = {c.name: c for c in self.flat.constants}

    def bind(self) -> FlatModule:
        """The module with constants bound; `values` and `problems` are filled."""
        for statement in self.config.constants:
            if self._is_first(statement):
                self._statement(statement)
        self._check_complete()
        start = Span(self.config.source, 0, 0)
        return self.rebinding.apply(self.flat, start)

    # ------------------------------------------------------------ statements

    def _is_first(self, statement: ConstantStatement) -> bool:
        key = (statement.name.name, statement.module.name if statement.module else None)
        before = self.first.setdefault(key, statement)
        if before is statement or _has_arguments(statement):
            return True
        if _says(before) == _says(statement):
            return False
        message = f"`{statement.name.name}` gets a value twice"
        self._problem("config.contradiction", message, statement.span, notes=[Note("the first", before.span)])
        return False

    def _statement(self, statement: ConstantStatement) -> None:
        if _has_arguments(statement):
            message = f"a value for `{statement.name.name}` at single arguments is not supported"
            hint = f"define an operator in the specification and use `{statement.name.name} <- ...`"
            self._problem("config.unsupported", message, statement.span, hint=hint)
            return
        targets = self._targets(statement)
        if not targets:
            self._report_unknown(statement)
        elif isinstance(statement, Assign):
            if all(self._assign(statement, target) for target in targets):
                self._warn_about_names(statement)
        else:
            all(self._replace(statement, target) for target in targets)

    def _targets(self, statement: ConstantStatement) -> list[_Target]:
        """What a name in front of `=` or `<-` means: with a module, the definition in all its instances."""
        name = statement.name.name
        found = [] if statement.module is None else self._targets_in(name, statement.module.name)
        if found:
            return found
        target = self._target(name) if statement.module is None else _builtin_target(name)
        return [] if target is None else [target]

    def _target(self, name: str) -> _Target | None:
        if name in self.declared:
            arity = self.declared[name].arity
            found = _Target(Binding(BindingKind.CONSTANT, name), arity, Level.CONSTANT)
        elif name in self.flat.definitions:
            found = _as_target(self.flat.definitions[name])
        else:
            found = None
        return found or _builtin_target(name)

    def _targets_in(self, name: str, module: str) -> list[_Target]:
        """The definitions that a module makes under whatever instances."""
        return [
            _as_target(definition)
            for definition in self.flat.definitions.values()
            if definition.module == module and definition.key.rpartition("!")[2] == name
        ]

    def _assign(self, statement: Assign, target: _Target) -> bool:
        """Whether the target takes a value; else that is a problem."""
        name = statement.name.name
        if target.arity:
            message = f"`{name}` is an operator with {target.arity} parameters: it cannot be a value"
            hint = f"define an operator in the specification and use `{name} <- ...`"
            self._problem("config.kind", message, statement.span, hint=hint)
            return False
        old = target.binding
        module = _module_of(statement, target)
        key = old.key if module is None else f"{module}!{old.key}"
        self.values[key] = _value(statement.value)
        if old.kind is not BindingKind.CONSTANT:
            self.rebinding.add(old, Binding(BindingKind.CONSTANT, key), module)
        return True

    def _warn_about_names(self, statement: Assign) -> None:
        """`N = Max` makes Max a model value, which is seldom meant when Max is defined."""
        value = statement.value
        if not isinstance(value, ModelValue) or value.name == statement.name.name:
            return
        if value.name in self.flat.definitions:
            message = f"`{value.name}` is a model value here, not the definition of that name"
            hint = f"to use the definition write `<- {value.name}`"
            self._problem("config.kind", message, value.span, hint=hint, severity=Severity.WARNING)

    def _replace(self, statement: Replace, target: _Target) -> bool:
        """Whether the target can be replaced; else that is a problem."""
        name, by = statement.name.name, statement.definition
        definition = self.flat.definitions.get(by.name)
        new = _as_target(definition) if definition else _builtin_target(by.name)
        if new is None:
            self._unknown(by, self.flat.definitions)
        elif new.arity != target.arity:
            message = f"`{name}` has {target.arity} parameters, but `{by.name}` has {new.arity}"
            self._problem("config.kind", message, statement.span)
        elif definition and self._is_constant(target) and new.level > Level.CONSTANT:
            message = f"constant `{name}` cannot be replaced by `{by.name}`, whose value changes"
            notes = [Note("defined here", definition.span)]
            self._problem("config.kind", message, statement.span, notes=notes)
        else:
            if target.binding != new.binding:
                self.rebinding.add(target.binding, new.binding, _module_of(statement, target))
            return True
        return False

    def _is_constant(self, target: _Target) -> bool:
        return target.binding.kind is BindingKind.CONSTANT and target.arity == 0

    def _check_complete(self) -> None:
        for constant in self.flat.constants:
            if constant.name not in self.mentioned:
                shape = " = ..." if constant.arity == 0 else " <- (an operator of the specification)"
                self._problem(
                    "config.incomplete",
                    f"constant `{constant.name}` has no value",
                    constant.span,
                    hint=f"add `CONSTANT {constant.name}{shape}` to {self.config.source.name}",
                )

    # ------------------------------------------------------------ problems

    def _report_unknown(self, statement: ConstantStatement) -> None:
        """TLC passes over values for constants that do not exist; that is only worth a warning,
        unless a constant is left without a value."""
        module = statement.module
        candidates = [*self.declared, *self.flat.definitions]
        if module is not None:
            candidates = [
                key.rpartition("!")[2] for key, d in self.flat.definitions.items() if d.module == module.name
            ]
        is_model_value = isinstance(statement, Assign) and statement.value == ModelValue(
            statement.value.span, statement.name.name
        )
        if is_model_value and not self.is_incomplete:
            return
        is_harmless = isinstance(statement, Assign) and not self.is_incomplete
        severity = Severity.WARNING if is_harmless else Severity.ERROR
        owner = "the specification" if module is None else f"module {module.name}"
        self._unknown(statement.name, candidates, severity, owner)

    @cached_property
    def is_incomplete(self) -> bool:
        """Whether a constant is not mentioned at all."""
        return any(c.name not in self.mentioned for c in self.flat.constants)

    @cached_property
    def mentioned(self) -> set[str]:
        return {statement.name.name for statement in self.config.constants}

    def _unknown(
        self,
        name: ConfigName,
        candidates: Iterable[str],
        severity: Severity = Severity.ERROR,
        owner: str = "the specification",
    ) -> None:
        close = nearest(name.name, candidates)
        hint = f"did you mean `{close}`?" if close else None
        message = f"{owner} has nothing called `{name.name}`"
        self._problem("config.unknown-name", message, name.span, hint=hint, severity=severity)

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


def _has_arguments(statement: ConstantStatement) -> bool:
    return isinstance(statement, Assign) and bool(statement.args)


def _says(statement: ConstantStatement) -> tuple[str, object]:
    """What two statements must share to be no contradiction."""
    if isinstance(statement, Replace):
        return "<-", statement.definition.name
    value = _value(statement.value)
    return type(value).__name__, value


def _module_of(statement: ConstantStatement, target: _Target) -> str | None:
    """Where a replacement holds: `[Mod]` limits it to the text of Mod, but Mod's own definitions
    have one meaning for all who use them."""
    if statement.module is None or target.binding.kind is not BindingKind.BUILTIN:
        return None
    return statement.module.name


def _as_target(definition: Definition) -> _Target:
    binding = Binding(BindingKind.DEFINITION, definition.key)
    return _Target(binding, len(definition.params), definition.level)


def _builtin_target(name: str) -> _Target | None:
    if name not in OPERATORS:
        return None
    return _Target(Binding(BindingKind.BUILTIN, name), OPERATORS[name].arity, Level.CONSTANT)


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
