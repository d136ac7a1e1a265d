"""Whether `name(x) :: e` stands where it can be selected, with the parameters that it needs.

A label is reached by `Definition!label(a)!...`, so it can only stand in a definition, has as its parameters
what is bound between the definition (or the label around it) and itself, and is the only one of its name
there.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.diagnostic import Diagnostic, Note
from aioformal.resolve.traverse import children
from aioformal.source import Span
from aioformal.syntax import ast


class _Around(Struct, frozen=True):
    """What a label stands in: names bound since the definition or the label around it, None where they are
    parameters of a LAMBDA, which has no name; the labels seen there; why there can be none."""

    bound: frozenset[str] | None = frozenset()
    seen: dict[str, Span] = field(default_factory=dict[str, Span])
    refusal: str | None = None


def label_problems(module: ast.Module) -> Iterator[Diagnostic]:
    """What is wrong with the labels of a module, and of those nested in it."""
    waiting: list[tuple[ast.Node, _Around]] = [(unit, _around_unit(unit)) for unit in reversed(module.units)]
    while waiting:
        node, around = waiting.pop()
        if isinstance(node, ast.Label):
            yield from _of_label(node, around)
        waiting.extend(reversed(list(_below(node, around))))


def _around_unit(unit: ast.Unit) -> _Around:
    if isinstance(unit, ast.Assume | ast.Theorem) and unit.name is None:
        return _Around(refusal="what has no name")
    return _Around()


def _below(node: ast.Node, around: _Around) -> Iterator[tuple[ast.Node, _Around]]:
    match node:
        case ast.Module():
            yield from ((unit, _around_unit(unit)) for unit in node.units)
            return
        case ast.Label():
            yield node.body, _Around(refusal=around.refusal)
            return
        case ast.Lambda():
            yield node.body, replace(around, bound=None)
            return
        case ast.OperatorDefinition() | ast.FunctionDefinition():
            around = _Around()
        case ast.ExceptUpdate():
            around = replace(around, refusal="EXCEPT")
        case _:
            pass
    inner = _within(node, around)
    for child in children(node):
        yield child, around if isinstance(child, ast.Bound) else inner


def _within(node: ast.Node, around: _Around) -> _Around:
    """What is around the body of a node that binds names."""
    names = {n.name for child in children(node) if isinstance(child, ast.Bound) for n in child.names}
    if not names or around.bound is None:
        return around
    return replace(around, bound=around.bound | names)


def _of_label(label: ast.Label, around: _Around) -> Iterator[Diagnostic]:
    name = label.name.name
    if around.refusal is not None:
        message = f"the label `{name}` stands in {around.refusal}, where nothing can select it"
        yield Diagnostic("name.selector", message, label.name.span, hint="labels stand in named definitions")
        return
    before = around.seen.setdefault(name, label.name.span)
    if before is not label.name.span:
        message = f"there are two labels `{name}` in one definition"
        yield Diagnostic("name.redefined", message, label.name.span, notes=(Note("the first", before),))
    yield from _of_parameters(label, around.bound)


def _of_parameters(label: ast.Label, bound: frozenset[str] | None) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for param in label.params:
        if param.name in seen:
            message = f"the label `{label.name.name}` has the parameter `{param.name}` twice"
            yield Diagnostic("name.redefined", message, param.span)
        elif bound is not None and param.name not in bound:
            message = f"`{param.name}` is not bound around the label `{label.name.name}`"
            hint = "its parameters are what quantifiers and the like bind between it and its definition"
            yield Diagnostic("name.selector", message, param.span, hint=hint)
        seen.add(param.name)
    missing = sorted((bound or frozenset()) - seen)
    if missing:
        wanted = f"{label.name.name}({', '.join(sorted(bound or ()))}) ::"
        message = f"the label `{label.name.name}` has no parameter for {', '.join(missing)}, bound around it"
        yield Diagnostic("name.selector", message, label.name.span, hint=f"write {wanted}")
