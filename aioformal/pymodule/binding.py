"""Quantifiers, set and function constructors, CHOOSE: names that range over sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aioformal.pymodule import data as data
from aioformal.pymodule.context import Context, Local
from aioformal.pymodule.expression import CONDITIONS, VALUES, condition, unsupported, value
from aioformal.pymodule.layout import Doc, Piece, call, glue, words
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.pymodule.scope import Scope


def ranges(
    scope: Scope, bounds: Sequence[ast.Bound], context: Context, *, is_inner: bool
) -> tuple[list[Piece], Context]:
    """`c in members(S)` for each name, and the context with the names."""
    found: list[Piece] = []
    entries: dict[str, Local] = {}
    for bound in bounds:
        domain = domain_of(scope, bound, context)
        line = bound.span.line
        if bound.is_tuple:
            names = [new_name(scope, name, entries, is_inner) for name in bound.names]
            pattern = ", ".join(names) + ("," if len(names) == 1 else "")
            found.append(
                glue(f"{pattern} in ", call("tuples", domain, str(len(names)), line=line), line=line)
            )
            continue
        for name in bound.names:
            text = new_name(scope, name, entries, is_inner)
            found.append(glue(f"{text} in ", call("members", domain, line=line), line=line))
    return found, context.bind(entries)


def new_name(scope: Scope, name: ast.Identifier, entries: dict[str, Local], is_inner: bool) -> str:
    text = scope.inner_name(name.name) if is_inner else scope.fresh(name.name)
    entries[name.name] = Local(text, is_inner=is_inner)
    return text


def domain_of(scope: Scope, bound: ast.Bound, context: Context) -> Piece:
    if bound.domain is None:
        return unsupported("a bound without a set cannot be enumerated")
    return value(scope, bound.domain, context)


def quantifier(scope: Scope, node: ast.Quantifier, context: Context) -> Piece:
    if node.kind in ("\\AA", "\\EE"):
        return unsupported(f"{node.kind} is temporal and has no value in a state")
    loops, inside = ranges(scope, node.bounds, context, is_inner=True)
    body = condition(scope, node.body, inside)
    head = "all(" if node.kind == "\\A" else "any("
    return words(head, body, *(glue("for ", loop) for loop in loops), line=node.body.span.line)


def set_map(scope: Scope, node: ast.SetMap, context: Context) -> Piece:
    loops, inside = ranges(scope, node.bounds, context, is_inner=True)
    body = value(scope, node.value, inside)
    return words("make_set(", body, *(glue("for ", loop) for loop in loops), line=node.span.line)


def rule_of(
    scope: Scope,
    bounds: Sequence[ast.Bound],
    body: ast.Expr,
    context: Context,
    *,
    is_truth: bool,
    own: str = "",
) -> tuple[Piece, Piece]:
    """The domain of some bounds taken together, and a lambda for what stands below them."""
    entries: dict[str, Local] = {}
    domains: list[Piece] = []
    names: list[str] = []
    for bound in bounds:
        if bound.is_tuple and len(bounds) > 1:
            return unsupported("a tuple pattern beside other bounds is not supported here"), "None"
        domains += [domain_of(scope, bound, context)] * (1 if bound.is_tuple else len(bound.names))
        names += [new_name(scope, name, entries, True) for name in bound.names]
    inside = context.bind(entries)
    piece = condition(scope, body, inside) if is_truth else value(scope, body, inside)
    given = ", ".join(names)
    if len(names) == 1 and not bounds[0].is_tuple:
        return domains[0], glue(f"lambda {own}{given}: ", piece)
    domain = domains[0] if bounds[0].is_tuple else call("times", *domains)
    spread = call("spread", str(len(names)), glue(f"lambda {given}: ", piece))
    if own:
        argument = scope.inner_name("argument")
        spread = glue(f"lambda {own}{argument}: ", Doc("", (spread,), "", f"({argument})", "glue"))
    return domain, spread


def set_filter(scope: Scope, node: ast.SetFilter, context: Context) -> Piece:
    domain, rule = rule_of(scope, (node.bound,), node.predicate, context, is_truth=True)
    return call("filter_set", domain, rule, line=node.span.line)


def choose(scope: Scope, node: ast.Choose, context: Context) -> Piece:
    domain, rule = rule_of(scope, (node.bound,), node.body, context, is_truth=True)
    return call("choose", domain, rule, line=node.span.line)


def function(scope: Scope, node: ast.FunctionConstructor, context: Context) -> Piece:
    domain, rule = rule_of(scope, node.bounds, node.body, context, is_truth=False)
    return call("function", domain, rule, line=node.span.line)


def recursive(
    scope: Scope, name: str, node: ast.FunctionConstructor | ast.FunctionDefinition, context: Context
) -> Piece:
    """`f[x \\in S] == e`, where e mentions `f` as the local name `name`."""
    own = scope.inner_name(name)
    inside = context.bind({name: Local(own, is_inner=True)})
    domain, rule = rule_of(scope, node.bounds, node.body, inside, is_truth=False, own=f"{own}, ")
    return call("recursive_function", domain, rule, line=node.span.line)


CONDITIONS[ast.Quantifier] = quantifier
VALUES[ast.SetMap] = set_map
VALUES[ast.SetFilter] = set_filter
VALUES[ast.Choose] = choose
VALUES[ast.FunctionConstructor] = function
