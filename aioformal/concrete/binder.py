"""Quantifiers, set and function constructors, CHOOSE, EXCEPT: each a function with a loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from aioformal.concrete import expression, pattern, recursion
from aioformal.concrete.context import Context, Local
from aioformal.concrete.writer import Writer
from aioformal.syntax import ast

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler, Lifted


def enumerated(c: Compiler, bound: ast.Bound, context: Context, *, again: bool) -> str:
    """The members of a bound's set; a fault points at the set. `again`: it is walked more than once."""
    if bound.domain is None:
        return c.mark(bound, "unsupported('a bound without a set cannot be enumerated')")
    how = "listed" if again else "members"
    return c.mark(bound.domain, f"{how}({c.value(bound.domain, context)})")


def enter_bounds(
    c: Compiler, bounds: Sequence[ast.Bound], context: Context, writer: Writer, stack: ExitStack
) -> Context:
    """Opens one loop per bound name (or tuple pattern), and gives the context inside."""
    loops: list[tuple[ast.Bound, tuple[ast.Identifier, ...], str]] = []
    for bound in bounds:
        patterns = [bound.names] if bound.is_tuple else [(name,) for name in bound.names]
        again = bool(loops) or len(patterns) > 1
        source = enumerated(c, bound, context, again=again)
        if again or len(bounds) > 1:
            variable = c.fresh("all")
            writer.line(f"{variable} = {source}")
            source = variable
        loops += [(bound, names, source) for names in patterns]
    entries: dict[str, Any] = {}
    for bound, names, source in loops:
        variable = c.fresh(f"v_{names[0].name}")
        stack.enter_context(writer.block(f"for {variable} in {source}:"))
        entries.update(pattern.bind_pattern(c, bound, names, variable, writer))
    return context.bind(entries)


def quantifier_tail(
    c: Compiler, node: ast.Quantifier, context: Context, writer: Writer, as_condition: bool
) -> bool:
    yes, no = ("True", "False") if as_condition else ("TRUE", "FALSE")
    if node.kind in ("\\AA", "\\EE"):
        writer.line(c.mark(node, f"unsupported('{node.kind} is temporal and has no value in a state')"))
        return True
    with ExitStack() as stack:
        inside = enter_bounds(c, node.bounds, context, writer, stack)
        text = c.condition(node.body, inside)
        if node.kind == "\\A":
            with writer.block(f"if not {text}:"):
                writer.line(f"return {no}")
        else:
            with writer.block(f"if {text}:"):
                writer.line(f"return {yes}")
    writer.line("return " + (yes if node.kind == "\\A" else no))
    return True


def choose_body(c: Compiler, node: ast.Choose, lifted: Lifted, writer: Writer) -> None:
    context = lifted.context
    if node.bound.domain is None:
        message = "CHOOSE without a set would have to look at everything there is"
        hint = "replace the definition in the configuration by a model value: Name = Name"
        writer.line(c.mark(node, f"unsupported({message!r}, {hint!r})"))
        return
    writer.line(f"domain = {c.value(node.bound.domain, context)}")
    member = c.fresh("x")
    with writer.block(f"for {member} in {c.mark(node.bound.domain, 'members(domain)')}:"):
        names = [node.bound.names] if node.bound.is_tuple else [(name,) for name in node.bound.names]
        inside = context.bind(pattern.bind_pattern(c, node.bound, names[0], member, writer))
        with writer.block(f"if {c.condition(node.body, inside)}:"):
            writer.line(f"return {member}")
    writer.line(c.mark(node, "no_choice(domain)"))


def filter_body(c: Compiler, node: ast.SetFilter, lifted: Lifted, writer: Writer) -> None:
    """`{x \\in S : p}`: a frozenset at once, a rule where S is infinite or large."""
    test, member, inner = c.fresh("test"), c.fresh("x"), Writer()
    entries = pattern.bind_argument(c, (node.bound,), member, inner)
    c.tail(node.predicate, lifted.context.bind(entries), inner, as_condition=True)
    c.function(test, (*lifted.header, member), inner.lines)
    given = "".join(f"{name}, " for name in lifted.header)
    writer.line(f"domain = {pattern.domain_text(c, (node.bound,), lifted.context)}")
    with writer.block("if domain.__class__ is frozenset:"):
        writer.line(f"return frozenset([x for x in ordered(domain) if {test}({given}x)])")
    rule = f"partial({test}, {given.rstrip(', ')})" if given else test
    writer.line(c.mark(node.bound, f"return filter_set(domain, {rule})"))


def map_body(c: Compiler, node: ast.SetMap, lifted: Lifted, writer: Writer) -> None:
    writer.line("found = []")
    with ExitStack() as stack:
        inside = enter_bounds(c, node.bounds, lifted.context, writer, stack)
        writer.line(f"found.append({c.value(node.value, inside)})")
    writer.line(c.mark(node, "return make_set(found)"))


def function_body(c: Compiler, node: ast.FunctionConstructor, lifted: Lifted, writer: Writer) -> None:
    """`[x \\in S |-> e]`: a table at once, a rule where S is infinite or large."""
    rule, argument, inner = c.fresh("rule"), c.fresh("x"), Writer()
    entries = pattern.bind_argument(c, node.bounds, argument, inner)
    c.tail(node.body, lifted.context.bind(entries), inner, as_condition=False)
    c.function(rule, (*lifted.header, argument), inner.lines)
    given = "".join(f"{name}, " for name in lifted.header)
    call = f"{rule}({given}x)"
    domain = pattern.domain_text(c, node.bounds, lifted.context)
    writer.line(f"domain = {domain}")
    writer.line(f"keys = {c.mark(node, 'few(domain)')}")
    with writer.block("if keys is None:"):
        partial = f"partial({rule}, {given.rstrip(', ')})" if given else rule
        writer.line(f"return make_function(domain, {partial})")
    kept = call if expression.is_plain(c, node.body) else f"canonical({call})"
    writer.line(f"return Function({{x: {kept} for x in keys}})")


def except_body(c: Compiler, node: ast.Except, lifted: Lifted, writer: Writer) -> None:
    """`[f EXCEPT ![a].b = e, ...]`: the updates one after the other."""
    writer.line(f"f = {c.value(node.base, lifted.context)}")
    for update in node.updates:
        path = [_path_step(c, step, lifted.context) for step in update.path]
        if c.careful:
            _careful_update(c, update, path, lifted, writer)
        else:
            _fast_update(c, update, path, lifted, writer)
    writer.line("return f")


def _path_step(c: Compiler, step: ast.ExceptIndex | ast.ExceptField, context: Context) -> str:
    if isinstance(step, ast.ExceptField):
        return repr(step.field.name)
    return pattern.argument_text(c, step.args, context)


def _careful_update(
    c: Compiler, update: ast.ExceptUpdate, path: list[str], lifted: Lifted, writer: Writer
) -> None:
    rule, at, inner = c.fresh("change"), c.fresh("at"), Writer()
    c.tail(update.value, lifted.context.bind({"@": Local(at)}), inner, as_condition=False)
    c.function(rule, (*lifted.header, at), inner.lines)
    given = ", ".join((rule, *lifted.header))
    change = f"partial({given})" if lifted.header else rule
    keys = "".join(f"{step}, " for step in path)
    call = f"update_path(f, ({keys}), {change})"
    writer.line(f"f = {c.mark(update, call)}")


def _fast_update(
    c: Compiler, update: ast.ExceptUpdate, path: list[str], lifted: Lifted, writer: Writer
) -> None:
    """Down the tables along the path, and up again with copies of them."""
    keys = [c.fresh("i") for _ in path]
    tables = [c.fresh("m") for _ in path]
    holder = "f"
    with ExitStack() as stack:
        for key, table, step in zip(keys, tables, path, strict=True):
            writer.line(f"{key} = {step}")
            writer.line(f"{table} = {holder}.mapping")
            stack.enter_context(writer.block(f"if {key} in {table}:"))
            holder = f"{table}[{key}]"
        at = c.fresh("at")
        writer.line(f"{at} = {holder}")
        changed = expression.kept(c, update.value, lifted.context.bind({"@": Local(at)}))
        for key, table in zip(reversed(keys), reversed(tables), strict=True):
            changed = f"Function({{**{table}, {key}: {changed}}})"
        writer.line(f"f = {changed}")


TAILS: dict[type[ast.Node], Callable[[Compiler, Any, Context, Writer, bool], bool]] = {
    ast.Quantifier: quantifier_tail,
    ast.FunctionConstructor: recursion.constructor_tail,
}

BODIES: dict[type[ast.Node], Callable[[Compiler, Any, Lifted, Writer], None]] = {
    ast.Choose: choose_body,
    ast.SetFilter: filter_body,
    ast.SetMap: map_body,
    ast.FunctionConstructor: function_body,
    ast.Except: except_body,
}
