"""Reductions of the grammar to AST nodes: modules and their units."""

from __future__ import annotations

from msgspec.structs import replace

from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.builder import Children, ExpressionBuilder, covering, identifier
from aioformal.syntax.tokens import Token


class Builder(ExpressionBuilder):
    """The callbacks of all rules."""

    # ------------------------------------------------------------ modules

    def module(self, c: Children) -> ast.Module:
        extends: list[ast.Identifier] = c[3] if len(c) == 6 else []
        return ast.Module(covering(c[0], c[-1]), identifier(c[1]), tuple(extends), tuple(c[-2]))

    def extends(self, c: Children) -> list[ast.Identifier]:
        if c[0].__class__ is list:
            return self.next_name(c)
        return [identifier(c[1])]

    def no_units(self, _c: Children) -> list[ast.Unit]:
        return []

    def same(self, c: Children) -> list[ast.Unit]:
        return c[0]

    def local(self, c: Children) -> ast.Unit:
        return replace(c[1], span=covering(c[0], c[1]), is_local=True)

    # ------------------------------------------------------------ declarations

    def constants(self, c: Children) -> ast.Constants:
        return ast.Constants(covering(c[0], c[1][-1]), tuple(c[1]))

    def variables(self, c: Children) -> ast.Variables:
        return ast.Variables(covering(c[0], c[1][-1]), tuple(c[1]))

    def recursive(self, c: Children) -> ast.Recursive:
        return ast.Recursive(covering(c[0], c[1][-1]), tuple(c[1]))

    def declare(self, c: Children) -> ast.Parameter:
        return ast.Parameter(c[0].span, c[0].text)

    def declare_operator(self, c: Children) -> ast.Parameter:
        return ast.Parameter(covering(c[0], c[3]), c[0].text, c[2])

    def declare_infix(self, c: Children) -> ast.Parameter:
        return ast.Parameter(covering(c[0], c[2]), c[1].text, 2)

    def declare_prefix(self, c: Children) -> ast.Parameter:
        return ast.Parameter(covering(c[0], c[1]), c[0].text, 1)

    def declare_postfix(self, c: Children) -> ast.Parameter:
        return ast.Parameter(covering(c[0], c[1]), c[1].text, 1)

    def places(self, c: Children) -> int:
        return 1 if len(c) == 1 else c[0] + 1

    def infix_symbol(self, c: Children) -> Token:
        return c[0]

    prefix_symbol = infix_symbol

    # ------------------------------------------------------------ definitions

    def define(self, c: Children) -> ast.OperatorDefinition:
        return ast.OperatorDefinition(covering(c[1], c[3]), identifier(c[1]), (), c[3])

    def define_operator(self, c: Children) -> ast.OperatorDefinition:
        return ast.OperatorDefinition(covering(c[1], c[6]), identifier(c[1]), tuple(c[3]), c[6])

    def define_infix(self, c: Children) -> ast.OperatorDefinition:
        params = (self.declare([c[1]]), self.declare([c[3]]))
        return ast.OperatorDefinition(covering(c[1], c[5]), identifier(c[2]), params, c[5], "infix")

    def define_prefix(self, c: Children) -> ast.OperatorDefinition:
        params = (self.declare([c[2]]),)
        return ast.OperatorDefinition(covering(c[1], c[4]), identifier(c[1]), params, c[4], "prefix")

    def define_postfix(self, c: Children) -> ast.OperatorDefinition:
        params = (self.declare([c[1]]),)
        return ast.OperatorDefinition(covering(c[1], c[4]), identifier(c[2]), params, c[4], "postfix")

    def define_function(self, c: Children) -> ast.FunctionDefinition:
        return ast.FunctionDefinition(covering(c[1], c[6]), identifier(c[1]), tuple(c[3]), c[6])

    def define_module(self, c: Children) -> ast.ModuleDefinition:
        return ast.ModuleDefinition(covering(c[1], c[3]), identifier(c[1]), (), c[3])

    def define_module_operator(self, c: Children) -> ast.ModuleDefinition:
        return ast.ModuleDefinition(covering(c[1], c[6]), identifier(c[1]), tuple(c[3]), c[6])

    def instance(self, c: Children) -> ast.Instance:
        substitutions = tuple(c[3]) if len(c) > 2 else ()
        last = substitutions[-1] if substitutions else c[1]
        return ast.Instance(covering(c[0], last), identifier(c[1]), substitutions)

    def substitution(self, c: Children) -> ast.Substitution:
        return ast.Substitution(covering(c[0], c[2]), identifier(c[0]), c[2])

    # ------------------------------------------------------------ assumptions and theorems

    def assume(self, c: Children) -> ast.Assume:
        return ast.Assume(*_statement(c))

    def theorem(self, c: Children) -> ast.Theorem:
        return ast.Theorem(*_statement(c))

    def proved(self, c: Children) -> ast.Theorem:
        return replace(c[0], proof=c[1].span)

    def facts(self, c: Children) -> ast.Use:
        return ast.Use(c[0].span, c[0].text)


def _statement(c: Children) -> tuple[Span, ast.Identifier | None, ast.Expr | ast.AssumeProve]:
    name = identifier(c[2]) if len(c) > 2 else None
    body = c[-1]
    if isinstance(body, Token):
        body = ast.AssumeProve(body.span, body.text)
    return covering(c[0], body), name, body
