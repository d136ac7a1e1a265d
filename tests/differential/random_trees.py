"""Random syntax trees: every node of the language, with parentheses needed in every way."""

from __future__ import annotations

import random

from aioformal.source import Source, Span
from aioformal.syntax import ast
from aioformal.syntax.operators import INFIX, POSTFIX, PREFIX

NOWHERE = Span(Source("random", ""), 0, 0)
NAMES = ("a", "b", "c", "Op", "x1", "WFx", "_y")


class Trees:
    """Grows expressions; `fuel` bounds how many levels are left."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.composite = (
            *[self.infix] * 6,
            *[self.prefix] * 3,
            *[self.junction] * 3,
            self.postfix,
            self.call,
            self.product,
            self.if_,
            self.case,
            self.let,
            self.quantifier,
            self.choose,
            self.index,
            self.access,
            self.function,
            self.function_set,
            self.record,
            self.except_,
            self.set_,
            self.filter_,
            self.map_,
            self.tuple_,
            self.boxed,
            self.fairness,
            self.label,
        )

    def expr(self, fuel: int) -> ast.Expr:
        if fuel <= 0 or self.random.random() < 0.1:
            return self.leaf()
        return self.random.choice(self.composite)(fuel - 1)

    def some(self, fuel: int, low: int = 1, high: int = 3) -> tuple[ast.Expr, ...]:
        return tuple(self.expr(fuel) for _ in range(self.random.randint(low, high)))

    def identifier(self) -> ast.Identifier:
        return ast.Identifier(NOWHERE, self.random.choice(NAMES))

    def identifiers(self) -> tuple[ast.Identifier, ...]:
        return tuple(self.identifier() for _ in range(self.random.randint(1, 2)))

    def name(self) -> ast.Name:
        path: tuple[ast.Qualifier, ...] = ()
        if self.random.random() < 0.2:
            path = (ast.Qualifier(NOWHERE, "M", self.some(0, 0, 1)),)
        return ast.Name(NOWHERE, self.random.choice(NAMES), path)

    def leaf(self) -> ast.Expr:
        return self.random.choice(
            (
                self.name(),
                ast.Number(NOWHERE, self.random.randint(0, 12)),
                ast.Decimal(NOWHERE, "1.50"),
                ast.String(NOWHERE, 'a "b" \\ \n'),
                ast.Boolean(NOWHERE, self.random.random() < 0.5),
                ast.At(NOWHERE),
            )
        )

    # ------------------------------------------------------------ operators

    def infix(self, fuel: int) -> ast.Expr:
        symbol = self.random.choice(
            sorted(set(INFIX) - {"\\X"}) if fuel % 2 else ["/\\", "\\/", "=>", "=", "+"]
        )
        return ast.Apply(NOWHERE, ast.Name(NOWHERE, symbol), (self.expr(fuel), self.expr(fuel)), "infix")

    def prefix(self, fuel: int) -> ast.Expr:
        symbol = self.random.choice(sorted(PREFIX))
        return ast.Apply(NOWHERE, ast.Name(NOWHERE, symbol), (self.expr(fuel),), "prefix")

    def postfix(self, fuel: int) -> ast.Expr:
        symbol = self.random.choice(sorted(POSTFIX))
        return ast.Apply(NOWHERE, ast.Name(NOWHERE, symbol), (self.expr(fuel),), "postfix")

    def call(self, fuel: int) -> ast.Expr:
        args: list[ast.Expr | ast.Lambda] = list(self.some(fuel))
        if self.random.random() < 0.3:
            args.append(ast.Lambda(NOWHERE, (ast.Parameter(NOWHERE, "a"),), self.expr(fuel)))
        if self.random.random() < 0.3:
            args.append(ast.Name(NOWHERE, self.random.choice(("+", "-", "-.", "*", "/\\", "'", "~", "(.)"))))
        return ast.Apply(NOWHERE, self.name(), tuple(args))

    def product(self, fuel: int) -> ast.Expr:
        return ast.CartesianProduct(NOWHERE, self.some(fuel, 2, 3))

    def junction(self, fuel: int) -> ast.Expr:
        kind = "/\\" if self.random.random() < 0.5 else "\\/"
        return ast.Junction(NOWHERE, kind, self.some(fuel, 1, 3))

    # ------------------------------------------------------------ forms

    def if_(self, fuel: int) -> ast.Expr:
        return ast.If(NOWHERE, self.expr(fuel), self.expr(fuel), self.expr(fuel))

    def case(self, fuel: int) -> ast.Expr:
        count = self.random.randint(1, 2)
        arms = tuple(ast.CaseArm(NOWHERE, self.expr(fuel), self.expr(fuel)) for _ in range(count))
        return ast.Case(NOWHERE, arms, self.expr(fuel) if self.random.random() < 0.5 else None)

    def let(self, fuel: int) -> ast.Expr:
        units = (
            ast.OperatorDefinition(NOWHERE, self.identifier(), (), self.expr(fuel)),
            ast.FunctionDefinition(NOWHERE, self.identifier(), (self.bound(fuel),), self.expr(fuel)),
            ast.Recursive(NOWHERE, (ast.Parameter(NOWHERE, "R", 2),)),
        )
        chosen = tuple(self.random.sample(units, self.random.randint(1, 3)))
        return ast.Let(NOWHERE, chosen, self.expr(fuel))

    def bound(self, fuel: int) -> ast.Bound:
        if self.random.random() < 0.3:
            return ast.Bound(NOWHERE, self.identifiers(), self.expr(fuel), True)
        return ast.Bound(NOWHERE, self.identifiers(), self.expr(fuel))

    def single(self, fuel: int) -> ast.Bound:
        bound = self.bound(fuel)
        return bound if bound.is_tuple else ast.Bound(NOWHERE, bound.names[:1], bound.domain)

    def quantifier(self, fuel: int) -> ast.Expr:
        if self.random.random() < 0.2:
            free = ast.Bound(NOWHERE, self.identifiers(), None)
            return ast.Quantifier(NOWHERE, "\\EE", (free,), self.expr(fuel))
        bounds = tuple(self.bound(fuel) for _ in range(self.random.randint(1, 2)))
        return ast.Quantifier(NOWHERE, "\\A", bounds, self.expr(fuel))

    def choose(self, fuel: int) -> ast.Expr:
        bound = self.single(fuel)
        if self.random.random() < 0.3:
            bound = ast.Bound(NOWHERE, bound.names, None, bound.is_tuple)
        return ast.Choose(NOWHERE, bound, self.expr(fuel))

    def index(self, fuel: int) -> ast.Expr:
        return ast.FunctionApply(NOWHERE, self.expr(fuel), self.some(fuel, 1, 2))

    def access(self, fuel: int) -> ast.Expr:
        return ast.FieldAccess(NOWHERE, self.expr(fuel), self.identifier())

    def function(self, fuel: int) -> ast.Expr:
        return ast.FunctionConstructor(NOWHERE, (self.bound(fuel), self.bound(fuel)), self.expr(fuel))

    def function_set(self, fuel: int) -> ast.Expr:
        return ast.FunctionSet(NOWHERE, self.expr(fuel), self.expr(fuel))

    def record(self, fuel: int) -> ast.Expr:
        fields = tuple(ast.Field(NOWHERE, self.identifier(), e) for e in self.some(fuel))
        form = ast.RecordConstructor if self.random.random() < 0.5 else ast.RecordSet
        return form(NOWHERE, fields)

    def except_(self, fuel: int) -> ast.Expr:
        path = (ast.ExceptIndex(NOWHERE, self.some(fuel)), ast.ExceptField(NOWHERE, self.identifier()))
        updates = tuple(
            ast.ExceptUpdate(NOWHERE, path[: 1 + i % 2], e) for i, e in enumerate(self.some(fuel))
        )
        return ast.Except(NOWHERE, self.expr(fuel), updates)

    def set_(self, fuel: int) -> ast.Expr:
        return ast.SetEnumeration(NOWHERE, self.some(fuel, 0))

    def filter_(self, fuel: int) -> ast.Expr:
        return ast.SetFilter(NOWHERE, self.single(fuel), self.expr(fuel))

    def map_(self, fuel: int) -> ast.Expr:
        return ast.SetMap(NOWHERE, self.expr(fuel), (self.bound(fuel),))

    def tuple_(self, fuel: int) -> ast.Expr:
        return ast.Tuple(NOWHERE, self.some(fuel, 0))

    def boxed(self, fuel: int) -> ast.Expr:
        form = ast.ActionBox if self.random.random() < 0.5 else ast.ActionAngle
        return form(NOWHERE, self.expr(fuel), self.expr(fuel))

    def fairness(self, fuel: int) -> ast.Expr:
        return ast.Fairness(NOWHERE, "WF", self.expr(fuel), self.expr(fuel))

    def label(self, fuel: int) -> ast.Expr:
        return ast.Label(NOWHERE, self.identifier(), self.identifiers()[1:], self.expr(fuel))
