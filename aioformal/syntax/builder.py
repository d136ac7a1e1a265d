"""Reductions of the grammar to AST nodes: expressions.

Lark calls the method that a rule is named after with the values of its symbols, so no tree is
built and nothing recurses. A parenthesised expression keeps its node, with a span that includes
the parentheses; that is how later checks know it was written with them.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from aioformal.diagnostic import DiagnosticError, error
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.brackets import Pair, bound_of, bracket_form, group_bounds
from aioformal.syntax.chains import Chain
from aioformal.syntax.tokens import Token

Children: TypeAlias = list[Any]
"""The values of a rule's symbols: tokens, nodes, lists of them."""

ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "\\": "\\", '"': '"'}


class SubscriptCall(Struct, frozen=True):
    """`v(A)` after `WF_`, `]_`: an operator's application, or a fairness subscript and its action."""

    span: Span
    callee: ast.Expr
    args: tuple[ast.Expr, ...]


def covering(first: Any, last: Any) -> Span:
    """From the start of a token or node to the end of another."""
    begin = first if isinstance(first, Token) else first.span
    end = last if isinstance(last, Token) else last.span
    return Span(begin.source, begin.start, end.end)


def identifier(token: Token) -> ast.Identifier:
    return ast.Identifier(token.span, token.text)


def word(token: Token) -> ast.Name | ast.Boolean:
    """A name where an expression stands: TRUE and FALSE are values."""
    text = token.text
    if text == "TRUE" or text == "FALSE":
        return ast.Boolean(token.span, text == "TRUE")
    return ast.Name(token.span, text)


def symbol_name(token: Token) -> ast.Name:
    return ast.Name(token.span, token.text)


class ExpressionBuilder:
    """The callbacks of expression rules; stateless, so one instance serves every parse."""

    # ------------------------------------------------------------ lists

    def first(self, c: Children) -> Children:
        return c

    start = first

    def next(self, c: Children) -> Children:
        c[0].append(c[2])
        return c[0]

    def more(self, c: Children) -> Children:
        c[0].append(c[1])
        return c[0]

    def extend(self, c: Children) -> Children:
        c[0].extend(c[1:])
        return c[0]

    def first_name(self, c: Children) -> Children:
        return [identifier(c[0])]

    def next_name(self, c: Children) -> Children:
        c[0].append(identifier(c[2]))
        return c[0]

    # ------------------------------------------------------------ leaves

    def name(self, c: Children) -> ast.Expr:
        return word(c[0])

    def number(self, c: Children) -> ast.Expr:
        token: Token = c[0]
        text = token.text
        if "." in text:
            return ast.Decimal(token.span, text)
        return ast.Number(token.span, read_number(token))

    def string(self, c: Children) -> ast.String:
        token: Token = c[0]
        return ast.String(token.span, unescape(token.text[1:-1]))

    def at(self, c: Children) -> ast.At:
        return ast.At(c[0].span)

    def symbol_argument(self, c: Children) -> ast.Name:
        return symbol_name(c[0])

    # ------------------------------------------------------------ application

    def chain(self, c: Children) -> ast.Expr:
        items: list[Token | ast.Expr] = c[0]
        items.append(c[1])
        return Chain().build(items)

    def postfix(self, c: Children) -> ast.Apply:
        return ast.Apply(covering(c[0], c[1]), symbol_name(c[1]), (c[0],), "postfix")

    def parenthesis(self, c: Children) -> ast.Expr:
        return replace(c[1], span=covering(c[0], c[2]))

    def call(self, c: Children) -> ast.Apply:
        callee, _, args, close = c
        if not isinstance(callee, ast.Name) or callee.span.text.startswith("("):
            raise _not_callable(c[1])
        return ast.Apply(covering(callee, close), callee, tuple(args))

    def call_symbol(self, c: Children) -> ast.Apply:
        symbol, _, args, close = c
        form: ast.Form = "infix" if len(args) == 2 else "prefix" if symbol.type == "NEG" else "call"
        return ast.Apply(covering(symbol, close), symbol_name(symbol), tuple(args), form)

    def apply_function(self, c: Children) -> ast.FunctionApply:
        return ast.FunctionApply(covering(c[0], c[3]), c[0], tuple(c[2]))

    def access(self, c: Children) -> ast.FieldAccess:
        return ast.FieldAccess(covering(c[0], c[2]), c[0], identifier(c[2]))

    def qualify(self, c: Children) -> ast.Name:
        head, bang, last = c
        return ast.Name(covering(head, last), last.text, _path(head, bang))

    def qualify_arguments(self, c: Children) -> ast.Apply:
        head, bang, opening, args, close = c
        name = ast.Name(covering(head, opening), "()", _path(head, bang))
        return ast.Apply(covering(head, close), name, tuple(args))

    def subscript_call(self, c: Children) -> SubscriptCall:
        callee = settle(c[0])
        return SubscriptCall(covering(callee, c[3]), callee, tuple(c[2]))

    def fairness(self, c: Children) -> ast.Fairness:
        mark, subscript = c
        if not isinstance(subscript, SubscriptCall) or len(subscript.args) != 1:
            raise error(
                "parse.unexpected",
                f"`{mark.text}` needs a subscript and one action in parentheses",
                covering(mark, subscript),
                hint=f"write `{mark.text}vars(Action)`",
            )
        span = covering(mark, subscript)
        kind = "WF" if mark.text == "WF_" else "SF"
        return ast.Fairness(span, kind, subscript.callee, subscript.args[0])

    def box(self, c: Children) -> ast.ActionBox:
        subscript = settle(c[3])
        return ast.ActionBox(covering(c[0], subscript), c[1], subscript)

    def angle(self, c: Children) -> ast.ActionAngle:
        subscript = settle(c[3])
        return ast.ActionAngle(covering(c[0], subscript), c[1], subscript)

    def junction(self, c: Children) -> ast.Junction:
        opening: Token = c[0]
        kind = "/\\" if opening.text == "/\\" else "\\/"
        return ast.Junction(covering(opening, c[1][-1]), kind, tuple(c[1]))

    # ------------------------------------------------------------ brackets

    def empty_set(self, c: Children) -> ast.SetEnumeration:
        return ast.SetEnumeration(covering(c[0], c[1]), ())

    def set(self, c: Children) -> ast.SetEnumeration:
        return ast.SetEnumeration(covering(c[0], c[2]), tuple(c[1]))

    def comprehension(self, c: Children) -> ast.SetFilter | ast.SetMap:
        opening, value, _, exprs, close = c
        span = covering(opening, close)
        bound = bound_of(value)
        if bound is None:
            return ast.SetMap(span, value, group_bounds(exprs))
        if len(exprs) > 1:
            raise error("parse.unexpected", "a filter has one predicate", exprs[1].span)
        return ast.SetFilter(span, bound, exprs[0])

    def empty_tuple(self, c: Children) -> ast.Tuple:
        return ast.Tuple(covering(c[0], c[1]), ())

    def tuple(self, c: Children) -> ast.Tuple:
        return ast.Tuple(covering(c[0], c[2]), tuple(c[1]))

    def pair(self, c: Children) -> Pair:
        return Pair(covering(c[0], c[2]), c[1].type, c[0], c[2])

    def bracket(self, c: Children) -> ast.Expr:
        return bracket_form(covering(c[0], c[2]), c[1])

    def function_set(self, c: Children) -> ast.FunctionSet:
        return ast.FunctionSet(covering(c[0], c[4]), c[1], c[3])

    def except_(self, c: Children) -> ast.Except:
        return ast.Except(covering(c[0], c[4]), c[1], tuple(c[3]))

    def update(self, c: Children) -> ast.ExceptUpdate:
        bang, path, equals, value = c
        if equals.text != "=":
            raise error("parse.unexpected", "`=` is expected after the place to update", equals.span)
        return ast.ExceptUpdate(covering(bang, value), tuple(path), value)

    def step_field(self, c: Children) -> ast.ExceptField:
        return ast.ExceptField(covering(c[0], c[1]), identifier(c[1]))

    def step_index(self, c: Children) -> ast.ExceptIndex:
        return ast.ExceptIndex(covering(c[0], c[2]), tuple(c[1]))

    # ------------------------------------------------------------ open-ended forms

    def if_then_else(self, c: Children) -> ast.If:
        return ast.If(covering(c[0], c[5]), c[1], c[3], c[5])

    def let(self, c: Children) -> ast.Let:
        return ast.Let(covering(c[0], c[3]), tuple(c[1]), c[3])

    def bounded(self, c: Children) -> ast.Quantifier:
        return ast.Quantifier(covering(c[0], c[3]), c[0].text, tuple(c[1]), c[3])

    def unbounded(self, c: Children) -> ast.Quantifier:
        bound = ast.Bound(covering(c[1][0], c[1][-1]), tuple(c[1]), None)
        return ast.Quantifier(covering(c[0], c[3]), c[0].text, (bound,), c[3])

    def bound_names(self, c: Children) -> ast.Bound:
        return ast.Bound(covering(c[0][0], c[2]), tuple(c[0]), c[2])

    def bound_tuple(self, c: Children) -> ast.Bound:
        return ast.Bound(covering(c[0], c[4]), tuple(c[1]), c[4], True)

    def choose(self, c: Children) -> ast.Choose:
        bound = ast.Bound(c[1].span, (identifier(c[1]),), None)
        return ast.Choose(covering(c[0], c[3]), bound, c[3])

    def choose_in(self, c: Children) -> ast.Choose:
        bound = ast.Bound(covering(c[1], c[3]), (identifier(c[1]),), c[3])
        return ast.Choose(covering(c[0], c[5]), bound, c[5])

    def choose_tuple(self, c: Children) -> ast.Choose:
        bound = ast.Bound(covering(c[1], c[3]), tuple(c[2]), None, True)
        return ast.Choose(covering(c[0], c[5]), bound, c[5])

    def choose_tuple_in(self, c: Children) -> ast.Choose:
        bound = ast.Bound(covering(c[1], c[5]), tuple(c[2]), c[5], True)
        return ast.Choose(covering(c[0], c[7]), bound, c[7])

    def arm(self, c: Children) -> ast.CaseArm:
        return ast.CaseArm(covering(c[0], c[2]), c[0], c[2])

    def case(self, c: Children) -> ast.Case:
        return ast.Case(covering(c[0], c[1][-1]), tuple(c[1]), None)

    def case_other(self, c: Children) -> ast.Case:
        return ast.Case(covering(c[0], c[5]), tuple(c[1]), c[5])

    def lambda_(self, c: Children) -> ast.Lambda:
        return ast.Lambda(covering(c[0], c[3]), tuple(c[1]), c[3])

    def label(self, c: Children) -> ast.Label:
        head, marks, body = c
        operator = head.operator if isinstance(head, ast.Apply) and head.form == "call" else head
        args = head.args if operator is not head else ()
        names = [p for p in (operator, *args) if isinstance(p, ast.Name) and not p.path]
        if len(names) != 1 + len(args):
            raise error(
                "parse.unexpected",
                "what stands before `::` is not a label",
                marks.span,
                hint="a label is a name, or a name with parameters: `l(x) ::`",
            )
        first, *params = (ast.Identifier(n.span, n.name) for n in names)
        return ast.Label(covering(head, body), first, tuple(params), body)


def settle(subscript: ast.Expr | SubscriptCall) -> ast.Expr:
    """A subscript that turned out not to belong to a fairness condition."""
    if not isinstance(subscript, SubscriptCall):
        return subscript
    if not isinstance(subscript.callee, ast.Name):
        raise error("parse.unexpected", "only an operator's name takes arguments", subscript.span)
    return ast.Apply(subscript.span, subscript.callee, subscript.args)


def read_number(token: Token) -> int:
    """`12`, `\\b101`, `\\o17`, `\\hFF`."""
    text = token.text
    try:
        if text[0] == "\\":
            return int(text[2:], {"b": 2, "o": 8, "h": 16}[text[1].lower()])
        return int(text)
    except ValueError:
        raise error(
            "parse.unexpected", f"a number of {len(text)} digits is longer than is supported", token.span
        ) from None


def unescape(body: str) -> str:
    """The value of a string literal; an unknown escape stands for itself."""
    if "\\" not in body:
        return body
    result: list[str] = []
    characters = iter(body)
    for character in characters:
        if character == "\\":
            escaped = next(characters)
            result.append(ESCAPES.get(escaped, "\\" + escaped))
        else:
            result.append(character)
    return "".join(result)


def _path(head: ast.Expr | SubscriptCall, bang: Token) -> tuple[ast.Qualifier, ...]:
    """What stands before a `!`, as steps of a path."""
    node = settle(head)
    args: tuple[ast.Expr, ...] = ()
    operator: ast.Expr | ast.Lambda = node
    if isinstance(node, ast.Apply) and node.form == "call":
        operator, args = node.operator, node.args
    if not isinstance(operator, ast.Name) or node.span.text.startswith("("):
        raise error("parse.unexpected", "`!` can only follow a name", bang.span)
    last = ast.Qualifier(node.span, operator.name, args)
    return (*operator.path, last)


def _not_callable(opening: Token) -> DiagnosticError:
    return error(
        "parse.unexpected",
        "only an operator's name can be followed by arguments in parentheses",
        opening.span,
        hint="a function is applied with square brackets: `f[x]`",
    )
