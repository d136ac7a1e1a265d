"""Taking a temporal formula apart: conjuncts, through definitions, LET, \\A and []."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from aioformal.resolve.levels import Levels
from aioformal.resolve.model import Definition, Level, PartKind, PropertyPart
from aioformal.resolve.traverse import rebuild
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

Around: TypeAlias = tuple[ast.Unit, ...] | ast.Quantifier
"""What stands around a conjunct: LET units, or a `\\A` (whose body does not matter)."""


@dataclass(frozen=True, slots=True)
class Conjunct:
    """One conjunct of a formula. `boxed`: it stands under `[]`."""

    formula: ast.Expr
    around: tuple[Around, ...] = ()
    boxed: bool = False

    def wrapped(self, formula: ast.Expr) -> ast.Expr:
        """`formula` (a part of the conjunct) with what stands around it."""
        for around in reversed(self.around):
            if isinstance(around, ast.Quantifier):
                formula = replace(around, body=formula)
            else:
                formula = ast.Let(formula.span, around, formula)
        return formula

    @property
    def is_quantified(self) -> bool:
        return any(isinstance(around, ast.Quantifier) for around in self.around)


@dataclass
class Splitter:
    """Splits formulas of a flat module."""

    definitions: Mapping[str, Definition]
    levels: Levels

    def conjuncts(self, formula: ast.Expr) -> list[Conjunct]:
        """`F` as an equivalent list of conjuncts. State predicates and actions stay whole."""
        finished: list[Conjunct] = []
        waiting = [Conjunct(formula)]
        while waiting:
            conjunct = waiting.pop()
            parts = self._split(conjunct)
            if parts is None:
                finished.append(conjunct)
            else:
                waiting.extend(reversed(parts))
        return finished

    def level(self, conjunct: Conjunct) -> Level:
        return self.levels.level_of(conjunct.wrapped(conjunct.formula))

    def _split(self, conjunct: Conjunct) -> list[Conjunct] | None:
        if self.level(conjunct) is not Level.TEMPORAL:
            return None
        formula = conjunct.formula
        match formula:
            case ast.Junction(kind="/\\", items=items):
                return [replace(conjunct, formula=item) for item in items]
            case ast.Let(units=units, body=body):
                return [Conjunct(body, (*conjunct.around, units), conjunct.boxed)]
            case ast.Quantifier(kind="\\A"):
                return self._quantified(conjunct, formula)
            case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
                return [replace(conjunct, formula=self.definitions[key].body)]
            case ast.Apply(operator=ast.Name(binding=ast.Binding() as binding)):
                return self._applied(conjunct, formula, binding)
            case _:
                return None

    def _quantified(self, conjunct: Conjunct, formula: ast.Quantifier) -> list[Conjunct] | None:
        """`\\A x \\in S : F /\\ G` where S is constant (else it is not the same at every step)."""
        for bound in formula.bounds:
            if bound.domain is None or self.level(replace(conjunct, formula=bound.domain)) > Level.CONSTANT:
                return None
        return [Conjunct(formula.body, (*conjunct.around, formula), conjunct.boxed)]

    def _applied(self, conjunct: Conjunct, formula: ast.Apply, binding: ast.Binding) -> list[Conjunct] | None:
        if binding.kind is BindingKind.DEFINITION:
            return [self._expanded(conjunct, formula, self.definitions[binding.key])]
        if binding.kind is not BindingKind.BUILTIN:
            return None
        if binding.key == "/\\":
            return [replace(conjunct, formula=arg) for arg in formula.args]
        is_step = isinstance(formula.args[0], ast.ActionBox)
        if binding.key == "[]" and not is_step:
            return self._under_box(replace(conjunct, formula=formula.args[0], boxed=True))
        return None

    def _under_box(self, conjunct: Conjunct) -> list[Conjunct]:
        return self._split(conjunct) or [conjunct]

    def _expanded(self, conjunct: Conjunct, formula: ast.Apply, definition: Definition) -> Conjunct:
        """`Op(e)`: its body, in a LET that gives the parameters their values under names that no
        name in `e` can have."""
        names = {p.name: f"{definition.key}!{p.name}" for p in definition.params}
        units: list[ast.Unit] = []
        for param, arg in zip(definition.params, formula.args, strict=True):
            name = ast.Identifier(param.span, names[param.name])
            places = tuple([ast.Parameter(param.span, f"_{i + 1}") for i in range(param.arity)])
            body = _applied_to(arg, places) if places else arg
            units.append(ast.OperatorDefinition(param.span, name, places, body))
        body = rename_locals(definition.body, names)
        return Conjunct(body, (*conjunct.around, tuple(units)), conjunct.boxed)

    # ------------------------------------------------------------ parts of a property

    def parts(self, formula: ast.Expr) -> list[PropertyPart]:
        """What must be checked for a formula to hold in every behaviour."""
        return [self.part(conjunct) for conjunct in self.conjuncts(formula)]

    def part(self, conjunct: Conjunct) -> PropertyPart:
        formula = conjunct.formula
        if self.level(conjunct) <= Level.STATE:
            kind = PartKind.ALWAYS if conjunct.boxed else PartKind.INITIAL
            return PropertyPart(kind, conjunct.wrapped(formula))
        step = step_of(formula)
        if step is None:
            whole = boxed(formula) if conjunct.boxed else formula
            return PropertyPart(PartKind.TEMPORAL, conjunct.wrapped(whole))
        if conjunct.is_quantified:
            return PropertyPart(PartKind.STEP, conjunct.wrapped(step))
        action, subscript = conjunct.wrapped(step.action), conjunct.wrapped(step.subscript)
        return PropertyPart(PartKind.STEP, action, subscript)


def step_of(formula: ast.Expr) -> ast.ActionBox | None:
    """The `[A]_v` of `[][A]_v`."""
    match formula:
        case ast.Apply(
            operator=ast.Name(binding=ast.Binding(kind=BindingKind.BUILTIN, key="[]")),
            args=(ast.ActionBox() as step,),
        ):
            return step
        case _:
            return None


def boxed(formula: ast.Expr) -> ast.Expr:
    """`[]F`."""
    always = ast.Name(formula.span, "[]", (), ast.Binding(BindingKind.BUILTIN, "[]"))
    return ast.Apply(formula.span, always, (formula,), "prefix")


def rename_locals(body: ast.Expr, names: Mapping[str, str]) -> ast.Expr:
    """Rename free local names. Flat modules never bind a name inside its own scope again."""

    def renamed(node: ast.Node) -> ast.Node:
        match node:
            case ast.Name(binding=ast.Binding(kind=BindingKind.LOCAL, key=key)) if key in names:
                return replace(node, name=names[key], binding=ast.Binding(BindingKind.LOCAL, names[key]))
            case _:
                return node

    return rebuild_expression(body, renamed)


def rebuild_expression(body: ast.Expr, change: Callable[[ast.Node], ast.Node]) -> ast.Expr:
    """`rebuild` for a change that keeps expressions expressions."""
    return rebuild(body, change)  # pyright: ignore[reportReturnType]


def _applied_to(operator: ast.Expr, params: tuple[ast.Parameter, ...]) -> ast.Expr:
    assert isinstance(operator, ast.Name | ast.Lambda)
    args = tuple([ast.Name(p.span, p.name, (), ast.Binding(BindingKind.LOCAL, p.name)) for p in params])
    return ast.Apply(operator.span, operator, args)
