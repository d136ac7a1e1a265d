"""Taking a temporal formula apart: conjuncts, through definitions, LET, \\A and []."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from aioformal.resolve.levels import Levels
from aioformal.resolve.model import Definition, Level, PartKind, PropertyPart
from aioformal.resolve.traverse import rebuild, walk
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

Around: TypeAlias = tuple[ast.Unit, ...] | ast.Quantifier
"""What stands around a conjunct: LET units, or a `\\A` (whose body does not matter)."""


class Conjunct(Struct, frozen=True):
    """One conjunct of a formula. `boxed`: it stands under `[]`."""

    formula: ast.Expr
    around: tuple[Around, ...] = ()
    boxed: bool = False

    def wrapped(self, formula: ast.Expr) -> ast.Expr:
        """`formula` (a part of the conjunct) with what stands around it."""
        for around in reversed(self.around):
            if isinstance(around, ast.Quantifier):
                formula = replace(around, body=formula)
            elif units := needed_units(around, formula):
                formula = ast.Let(formula.span, units, formula)
        return formula

    @property
    def is_quantified(self) -> bool:
        return any(isinstance(around, ast.Quantifier) for around in self.around)


class Splitter(Struct):
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
        """`Op(e)`: its body, where an argument that means the same everywhere is put in place, and
        any other is named by a LET, under a name that no name in it can have."""
        replaced: dict[str, ast.Expr] = {}
        units: list[ast.Unit] = []
        for param, arg in zip(definition.params, formula.args, strict=True):
            if isinstance(arg, ast.Lambda) or _has_local_names(arg):
                key = f"{definition.key}!{param.name}"
                replaced[param.name] = _local(key, param.span)
                units.append(_named(key, param, arg))
            else:
                replaced[param.name] = arg
        body = replace_locals(definition.body, replaced)
        around = (*conjunct.around, tuple(units)) if units else conjunct.around
        return Conjunct(body, around, conjunct.boxed)

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


def replace_locals(body: ast.Expr, replaced: Mapping[str, ast.Expr]) -> ast.Expr:
    """Put expressions in place of free local names. What is put in place must have no free local
    name that `body` binds; flat modules never bind a name inside its own scope again."""

    def change(node: ast.Node) -> ast.Node:
        match node:
            case ast.Name(binding=ast.Binding(kind=BindingKind.LOCAL, key=key)):
                return replaced.get(key, node)
            case _:
                return node

    return rebuild_expression(body, change)


def rebuild_expression(body: ast.Expr, change: Callable[[ast.Node], ast.Node]) -> ast.Expr:
    """`rebuild` for a change that keeps expressions expressions."""
    return rebuild(body, change)  # pyright: ignore[reportReturnType]


def _has_local_names(expr: ast.Expr) -> bool:
    return any(
        isinstance(node, ast.Name) and node.binding and node.binding.kind is BindingKind.LOCAL
        for node in walk(expr)
    )


def _named(key: str, param: ast.Parameter, arg: ast.Expr) -> ast.OperatorDefinition:
    """The LET unit `key == arg`, or `key(_1) == arg(_1)` for an operator parameter."""
    places = tuple([ast.Parameter(param.span, f"_{i + 1}") for i in range(param.arity)])
    body = arg
    if places:
        assert isinstance(arg, ast.Name | ast.Lambda)
        body = ast.Apply(arg.span, arg, tuple([_local(p.name, p.span) for p in places]))
    return ast.OperatorDefinition(param.span, ast.Identifier(param.span, key), places, body)


def _local(key: str, span: Span) -> ast.Name:
    return ast.Name(span, key, (), ast.Binding(BindingKind.LOCAL, key))


def needed_units(units: Sequence[ast.Unit], body: ast.Expr) -> tuple[ast.Unit, ...]:
    """The units of a LET that `body` uses."""
    kept: list[ast.Unit] = []
    used = _local_names(body)
    for unit in reversed(units):
        if isinstance(unit, ast.OperatorDefinition | ast.FunctionDefinition):
            if unit.name.name not in used:
                continue
            used |= _local_names(unit)
        kept.append(unit)
    has_definitions = any(not isinstance(unit, ast.Recursive) for unit in kept)
    return tuple(reversed(kept)) if has_definitions else ()


def _local_names(node: ast.Node) -> set[str]:
    return {
        name.binding.key
        for name in walk(node)
        if isinstance(name, ast.Name) and name.binding and name.binding.kind is BindingKind.LOCAL
    }
