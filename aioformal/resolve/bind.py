"""From a flat module and a configuration to a model."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from aioformal.diagnostic import DiagnosticError, Note, Severity, error
from aioformal.resolve.behaviour import Behaviour, BehaviourBinder
from aioformal.resolve.configured import Configured, use_of
from aioformal.resolve.constants import ConstantBinder
from aioformal.resolve.flatten import flatten
from aioformal.resolve.formula import Splitter, boxed
from aioformal.resolve.loading import CONFIG_SUFFIX, LoadedModules, load_module, neighbour, read_source
from aioformal.resolve.model import (
    Definition,
    FlatModule,
    Level,
    Model,
    PartKind,
    Property,
    PropertyKind,
    PropertyPart,
)
from aioformal.resolve.ordering_names import speaks_of_order
from aioformal.resolve.settle import leveled
from aioformal.source import Source, Span
from aioformal.syntax import ast
from aioformal.syntax.cfg import parse_config
from aioformal.syntax.config import Config, ConfigName, Replace


def load_flat(
    spec_path: str | os.PathLike[str],
    overlay: Mapping[str, str] | None = None,
    search: Sequence[Path] = (),
) -> FlatModule:
    """Everything that can be said about a specification without a configuration."""
    return flatten(load_module(spec_path, overlay, search))


def load_model(
    spec_path: str | os.PathLike[str],
    config_path: str | os.PathLike[str] | None = None,
    overlay: Mapping[str, str] | None = None,
    search: Sequence[Path] = (),
) -> Model:
    """Read a specification and its configuration: NAME.cfg beside NAME.tla unless said otherwise. Proofs are
    not looked into.

    Raises `DiagnosticError` with all problems of the stage that fails: file.*, parse.*, module.*,
    name.*, level.*; config.missing with an example of what it could say; config.*.
    """
    return configure(load_module(spec_path, overlay, search), spec_path, config_path, overlay)


def configure(
    loaded: LoadedModules,
    spec_path: str | os.PathLike[str],
    config_path: str | os.PathLike[str] | None = None,
    overlay: Mapping[str, str] | None = None,
    *,
    with_proofs: bool = False,
) -> Model:
    """The model of modules that are already loaded. `with_proofs` those of the root module are checked: once
    is enough for all models of a specification. Raises as `load_model` does."""
    texts = overlay or {}
    path = os.fspath(config_path) if config_path is not None else default_config(spec_path)
    if path not in texts and not Path(path).exists():
        raise _missing(path, flatten(loaded, with_proofs=with_proofs), named=config_path is not None)
    source = read_source(path, texts, CONFIG_SUFFIX)
    _check_no_module(source, spec_path)
    config = parse_config(source)
    demanded = [name.name for name in _names(config) if "!" in name.name]
    flat = flatten(loaded, demanded, with_proofs=with_proofs)
    return bind(flat, config, spec_path=os.fspath(spec_path), config_path=path)


def default_config(spec_path: str | os.PathLike[str]) -> str:
    """NAME.cfg for NAME.tla."""
    return str(Path(spec_path).with_suffix(CONFIG_SUFFIX))


def _check_no_module(source: Source, spec_path: str | os.PathLike[str]) -> None:
    """The two files of a model are easily taken for each other."""
    found = re.match(r"\s*-{4,}\s*MODULE\b", source.text)
    if found:
        span = Span(source, found.end() - len("MODULE"), found.end())
        hint = f"a configuration is wanted here, such as {default_config(spec_path)}"
        raise error("config.syntax", f"{source.name} is a TLA+ module, and no configuration", span, hint=hint)


def bind(flat: FlatModule, config: Config, spec_path: str = "", config_path: str | None = None) -> Model:
    """Give the constants their values, and find out what is to be checked.

    Raises `DiagnosticError` with every problem of the configuration: config.*, level.*.
    """
    constants = ConstantBinder(flat, config)
    bound = leveled(constants.bind())
    configured = Configured(bound.flat, bound.levels, constants)
    splitter = Splitter(bound.flat.definitions, bound.levels)
    binder = _Binder(config, configured, splitter)
    behaviour = BehaviourBinder(config, configured, splitter).bind()
    model = binder.model(behaviour, constants, spec_path, config_path)
    problems = [*constants.problems, *configured.problems]
    errors = [p for p in problems if p.severity is Severity.ERROR]
    if errors:
        raise DiagnosticError(errors)
    return model


class _Binder(Struct):
    config: Config
    configured: Configured
    splitter: Splitter

    def model(
        self, behaviour: Behaviour, constants: ConstantBinder, spec_path: str, config_path: str | None
    ) -> Model:
        config, configured = self.config, self.configured
        flat = configured.flat
        self._check_supported()
        problems = [*constants.problems, *configured.problems]
        warnings = [p for p in problems if p.severity is not Severity.ERROR]
        return Model(
            flat=flat,
            constants=constants.values,
            init=behaviour.init,
            next=behaviour.next,
            subscript=behaviour.subscript,
            fairness=behaviour.fairness,
            properties=self._properties(),
            constraints=configured.expressions(config.constraints, "CONSTRAINT", Level.STATE),
            action_constraints=configured.expressions(
                config.action_constraints, "ACTION_CONSTRAINT", Level.ACTION
            ),
            check_deadlock=self._check_deadlock(),
            symmetry=configured.expression(config.symmetry, "SYMMETRY", Level.CONSTANT),
            view=configured.expression(config.view, "VIEW", Level.ACTION),
            alias=configured.expression(config.alias, "ALIAS", Level.ACTION),
            postconditions=configured.expressions(config.postcondition, "POSTCONDITION", Level.CONSTANT),
            warnings=(*flat.warnings, *warnings),
            spec_path=spec_path,
            config_path=config_path,
        )

    def _check_supported(self) -> None:
        config = self.config
        for keyword, names in (
            ("_PERIODIC", config.periodic),
            ("_RL_REWARD", config.rl_reward),
        ):
            for name in names:
                self.configured.report("config.unsupported", f"{keyword} is not supported yet", name.span)

    def _check_deadlock(self) -> bool:
        statements = self.config.check_deadlock
        for statement in statements[1:]:
            if statement.value is not statements[0].value:
                message = "CHECK_DEADLOCK is given twice, once TRUE and once FALSE"
                notes = [Note("the first", statements[0].span)]
                self.configured.report("config.contradiction", message, statement.span, notes=notes)
        return statements[0].value if statements else True

    # ------------------------------------------------------------ what to check

    def _properties(self) -> tuple[Property, ...]:
        found: dict[str, Property] = {}
        for name in self.config.invariants:
            prop = self._invariant(name)
            if prop is not None:
                found.setdefault(name.name, prop)
        for name in self.config.properties:
            prop = self._property(name)
            if prop is not None and name.name not in found:
                found[name.name] = prop
        for name in self.config.possible:
            prop = self._possible(name)
            if prop is not None:
                found.setdefault(prop.name if prop.name not in found else f"_POSSIBLE {prop.name}", prop)
        return tuple(replace(prop, name=key) for key, prop in found.items())

    def _possible(self, name: ConfigName) -> Property | None:
        """The opposite of the formula: of a predicate in all states inside CONSTRAINT, of an action in all
        steps inside ACTION_CONSTRAINT to such states, as TLC looks for it in no other. Steps that change
        nothing are steps, too."""
        definition = self.configured.definition(name, "_POSSIBLE", Level.ACTION)
        if definition is None:
            return None
        span = definition.span
        inside = self.configured.expressions(self.config.constraints, "CONSTRAINT", Level.STATE)
        kind = PartKind.ALWAYS
        if self.configured.levels.signatures[definition.key].level is Level.ACTION:
            kind = PartKind.STEP
            allowed = self.configured.expressions(
                self.config.action_constraints, "ACTION_CONSTRAINT", Level.ACTION
            )
            inside = (*allowed, *(_applied("'", one, "postfix") for one in inside))
        wanted = ast.Junction(span, "/\\", (*inside, use_of(definition, span)))
        part = PropertyPart(kind, _applied("~", wanted, "prefix"))
        return Property(name.name, PropertyKind.POSSIBLE, (part,), span)

    def _invariant(self, name: ConfigName) -> Property | None:
        hint = "list it under PROPERTY"
        definition = self.configured.definition(name, "INVARIANT", Level.STATE, hint)
        if definition is None:
            return None
        formula = use_of(definition, definition.span)
        if speaks_of_order(formula, self.configured.flat.definitions):
            return _ordering(name.name, boxed(formula), definition)
        part = PropertyPart(PartKind.ALWAYS, formula)
        return Property(name.name, PropertyKind.INVARIANT, (part,), definition.span)

    def _property(self, name: ConfigName) -> Property | None:
        definition = self.configured.definition(name, "PROPERTY", Level.TEMPORAL)
        if definition is None:
            return None
        formula = use_of(definition, definition.span)
        if speaks_of_order(formula, self.configured.flat.definitions):
            return _ordering(name.name, formula, definition)
        conjuncts = self.splitter.conjuncts(formula)
        for conjunct in conjuncts:
            if self.splitter.level(conjunct) is Level.ACTION:
                self._report_action(name, definition)
                return None
        parts = tuple([self.splitter.part(conjunct) for conjunct in conjuncts])
        return Property(name.name, _kind(parts), parts, definition.span)

    def _report_action(self, name: ConfigName, definition: Definition) -> None:
        self.configured.report(
            "config.kind",
            f"PROPERTY wants a temporal formula, but `{name.name}` is an action",
            name.span,
            hint=f"every step is checked by [][{name.name}]_vars",
            notes=[Note("defined here", definition.span)],
        )


def _applied(operator: str, operand: ast.Expr, form: ast.Form) -> ast.Expr:
    name = ast.Name(operand.span, operator, (), ast.Binding(ast.BindingKind.BUILTIN, operator))
    return ast.Apply(operand.span, name, (operand,), form)


def _ordering(name: str, rule: ast.Expr, definition: Definition) -> Property:
    """A property that speaks of the order of events, as it is before it is compiled."""
    part = PropertyPart(PartKind.TEMPORAL, rule)
    return Property(name, PropertyKind.ORDERING, (part,), definition.span, rule)


def _kind(parts: tuple[PropertyPart, ...]) -> PropertyKind:
    kinds = {part.kind for part in parts}
    if PartKind.TEMPORAL in kinds:
        return PropertyKind.TEMPORAL
    return PropertyKind.INVARIANT if kinds == {PartKind.ALWAYS} else PropertyKind.ACTION


def _names(config: Config) -> list[ConfigName]:
    replaced = [s.definition for s in config.constants if isinstance(s, Replace)]
    return [*config.invariants, *config.properties, *replaced]


# ---------------------------------------------------------------- no configuration


def _missing(path: str, flat: FlatModule, *, named: bool) -> DiagnosticError:
    """For a file that was `named`, a misspelled name is likelier than that it is still to be written."""
    message = f"there is no configuration file {path}"
    example = "it could say:\n" + "\n".join(f"    {line}" for line in _example(flat))
    hint = (neighbour(Path(path)) if named else None) or example
    return error("config.missing", message, hint=hint)


def _example(flat: FlatModule) -> list[str]:
    """The shortest configuration that fits the specification."""
    plain = {d.key: d.level for d in flat.definitions.values() if not d.params and "!" not in d.key}
    temporal = [key for key, level in plain.items() if level is Level.TEMPORAL]
    spec = next((key for key in ("Spec", *temporal) if key in plain), None)
    lines = [f"SPECIFICATION {spec}"] if spec in temporal else ["INIT Init", "NEXT Next"]
    lines += [f"CONSTANT {c.name} {'<- ...' if c.arity else '= ...'}" for c in flat.constants]
    states = [key for key, level in plain.items() if level is Level.STATE]
    likely = [key for key in states if key == "TypeOK" or key.lower().endswith(("inv", "invariant"))]
    return lines + [f"INVARIANT {key}" for key in likely[:2]]
