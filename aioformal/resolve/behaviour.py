"""What a model does: SPECIFICATION taken apart, or INIT and NEXT."""

from __future__ import annotations

from msgspec import Struct

from aioformal.diagnostic import Note
from aioformal.resolve.configured import Configured, use_of
from aioformal.resolve.formula import Conjunct, Splitter
from aioformal.resolve.model import Definition, Level, PartKind, PropertyPart
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.config import Config, ConfigName


class Behaviour(Struct, frozen=True):
    """`init /\\ [][next]_subscript /\\ fairness`."""

    init: ast.Expr | None = None
    next: ast.Expr | None = None
    subscript: ast.Expr | None = None
    fairness: tuple[ast.Expr, ...] = ()


class BehaviourBinder(Struct):
    """Reads the behaviour out of a configuration."""

    config: Config
    configured: Configured
    splitter: Splitter

    def bind(self) -> Behaviour:
        config = self.config
        self._check_statements()
        if config.specification:
            name = config.specification[0]
            found = self.configured.definition(name, "SPECIFICATION", Level.TEMPORAL)
            return self._specification(found, name) if found else Behaviour()
        if config.init or config.next:
            return self._init_and_next()
        self._check_nothing_to_check()
        return Behaviour()

    def _check_statements(self) -> None:
        config = self.config
        self.configured.check_single(config.specification, "SPECIFICATION")
        self.configured.check_single(config.init, "INIT")
        self.configured.check_single(config.next, "NEXT")
        if config.specification and (config.init or config.next):
            self._report_both_ways(config.specification[0])

    def _report_both_ways(self, specification: ConfigName) -> None:
        """One contradiction, however many statements take part in it."""
        others = {"INIT": self.config.init[:1], "NEXT": self.config.next[:1]}
        given = {keyword: names[0] for keyword, names in others.items() if names}
        notes = [Note(f"{keyword} is here", name.span) for keyword, name in given.items()]
        message = f"SPECIFICATION excludes {' and '.join(given)}"
        name = specification.name
        hint = f"{name} says both what comes first and what comes next: keep one or the other"
        self.configured.report("config.contradiction", message, specification.span, notes=notes, hint=hint)

    def _init_and_next(self) -> Behaviour:
        config = self.config
        self._check_both()
        init = self.configured.expressions(config.init[:1], "INIT", Level.STATE)
        hint = "list a temporal formula such as Spec under SPECIFICATION"
        found = [
            (self.configured.definition(name, "NEXT", Level.ACTION, hint), name) for name in config.next[:1]
        ]
        following = [use_of(definition, name.span) for definition, name in found if definition]
        return Behaviour(init[0] if init else None, following[0] if following else None)

    def _check_both(self) -> None:
        """NEXT needs INIT; INIT alone only looks at the initial states' assumptions."""
        config = self.config
        if not config.init:
            self._incomplete("NEXT is given, but not INIT", config.next[0].span, "add `INIT Init`")
        elif not config.next and self._is_checked:
            self._incomplete("INIT is given, but not NEXT", config.init[0].span, "add `NEXT Next`")

    def _check_nothing_to_check(self) -> None:
        config = self.config
        wanted = [*config.invariants, *config.properties, *config.constraints, *config.action_constraints]
        hint = "add `SPECIFICATION Spec`, or INIT and NEXT"
        if wanted:
            message = f"`{wanted[0].name}` is to be checked, but nothing says how the system behaves"
            self._incomplete(message, wanted[0].span, hint)
        elif self.configured.flat.variables:
            first = self.configured.flat.variables[0]
            message = f"{config.source.name} does not say how variable `{first.name}` begins and changes"
            self._incomplete(message, first.span, hint)

    def _incomplete(self, message: str, span: Span, hint: str) -> None:
        self.configured.report("config.incomplete", message, span, hint=hint)

    # ------------------------------------------------------------ SPECIFICATION

    def _specification(self, spec: Definition, name: ConfigName) -> Behaviour:
        init: list[ast.Expr] = []
        steps: list[tuple[Conjunct, PropertyPart]] = []
        fairness: list[ast.Expr] = []
        for conjunct in self.splitter.conjuncts(use_of(spec, spec.span)):
            part = self.splitter.part(conjunct)
            if self.splitter.level(conjunct) is Level.ACTION:
                self._report_bare_action(conjunct, name)
            elif part.kind is PartKind.INITIAL:
                init.append(part.formula)
            elif part.kind is PartKind.STEP:
                steps.append((conjunct, part))
            elif part.kind is PartKind.TEMPORAL:
                fairness.append(part.formula)
            else:
                self._unsupported(conjunct, f"`[]` of a state predicate in `{spec.key}`", name)
        if not init and (self._is_checked or self.configured.flat.variables):
            message = f"`{spec.key}` has no conjunct that says what holds at first"
            self._incomplete(message, spec.span, "a specification looks like Init /\\ [][Next]_vars")
        following = self._single_step(spec, steps, name)
        if following is None or not init:
            return Behaviour(_conjunction(init), None, None, tuple(fairness))
        return Behaviour(_conjunction(init), following.formula, following.subscript, tuple(fairness))

    @property
    def _is_checked(self) -> bool:
        return bool(self.config.invariants or self.config.properties)

    def _single_step(
        self, spec: Definition, steps: list[tuple[Conjunct, PropertyPart]], name: ConfigName
    ) -> PropertyPart | None:
        if not steps:
            if self._is_checked:
                message = f"`{spec.key}` has no conjunct [][Next]_vars"
                self._incomplete(message, spec.span, "a specification looks like Init /\\ [][Next]_vars")
            return None
        for conjunct, _ in steps[1:]:
            self._unsupported(conjunct, f"more than one [][Next]_vars in `{spec.key}`", name)
        conjunct, part = steps[0]
        if conjunct.is_quantified:
            self._unsupported(conjunct, f"[][Next]_vars under \\A in `{spec.key}`", name)
            return None
        return part

    def _unsupported(self, conjunct: Conjunct, what: str, name: ConfigName) -> None:
        notes = [Note(f"SPECIFICATION {name.name}", name.span)]
        hint = "bring it into the form Init /\\ [][Next]_vars /\\ fairness"
        message = f"{what} is not supported"
        self.configured.report("config.unsupported", message, conjunct.formula.span, notes=notes, hint=hint)

    def _report_bare_action(self, conjunct: Conjunct, name: ConfigName) -> None:
        notes = [Note(f"SPECIFICATION {name.name}", name.span)]
        message = "an action stands in the specification outside [][..]_vars"
        self.configured.report("config.kind", message, conjunct.formula.span, notes=notes)


def _conjunction(formulas: list[ast.Expr]) -> ast.Expr | None:
    if len(formulas) < 2:
        return formulas[0] if formulas else None
    return ast.Junction(formulas[0].span, "/\\", tuple(formulas))
