"""Definitions as Python functions: of the states that they look at, or generators of next states."""

from __future__ import annotations

from pathlib import PurePath

from aioformal.pymodule import action, binding, letting
from aioformal.pymodule.calls import SELF
from aioformal.pymodule.context import Context, Entry, Local, Operator
from aioformal.pymodule.enabled import enabled
from aioformal.pymodule.layout import Writer
from aioformal.pymodule.names import text_of_string
from aioformal.pymodule.scope import Scope
from aioformal.pymodule.symbols import ModuleSymbols
from aioformal.resolve.model import Definition, Level
from aioformal.source import Span
from aioformal.syntax import ast


def file_name(source: str) -> str:
    """The name of a file, as comments show it."""
    return PurePath(source.strip("<>")).name.replace(" ", "_").replace(":", "_")


def new_scope(symbols: ModuleSymbols, owner: str) -> Scope:
    """A Python function that is to be written for a definition; `owner`: its key."""
    return Scope(symbols, owner, symbols.inside(), Writer(), enabled)


def written(symbols: ModuleSymbols, key: str, variant: str) -> list[str]:
    """The lines of a definition's function."""
    scope = new_scope(symbols, key)
    definition = symbols.model.flat.definitions[key]
    _WRITERS[variant](scope, definition, symbols.definition(key, variant), symbols)
    return scope.writer.lines


def _parameters(scope: Scope, definition: Definition) -> tuple[str, dict[str, Entry]]:
    entries: dict[str, Entry] = {}
    texts: list[str] = []
    for param in definition.params:
        text = scope.fresh(param.name)
        is_lazy = (definition.key, param.name) in scope.laziness.lazy
        entry = Operator(text, False) if param.arity else Local(text, is_lazy=is_lazy)
        entries[param.name] = entry
        texts.append(f"{text}: {entry.annotation}")
    return "".join(f", {text}" for text in texts), entries


def _plain(scope: Scope, definition: Definition, name: str, _: ModuleSymbols) -> None:
    """A definition as a function of the states that it looks at and of its parameters."""
    header, entries = _parameters(scope, definition)
    level = definition.level
    is_truth = scope.facts.is_predicate(definition.key)
    if level is Level.CONSTANT and not definition.params:
        scope.writer.text("@cache")
    frames = ["s: State", "n: State"][: min(int(level), 2)]
    given = (", ".join(frames) + header).removeprefix(", ")
    now, after = "s" if level >= Level.STATE else None, "n" if level >= Level.ACTION else None
    context = Context(entries, now, after)
    with scope.writer.function(
        f"{name}({given}) -> {'bool' if is_truth else 'Value'}", *place(definition.span)
    ):
        body = definition.body
        if definition.recursive and isinstance(body, ast.FunctionConstructor):
            piece = binding.recursive(scope, SELF + definition.key, body, context)
            scope.writer.statement("return ", piece, line=definition.span.line)
        else:
            letting.tail(scope, body, context, is_truth=is_truth)


def _action(scope: Scope, definition: Definition, name: str, symbols: ModuleSymbols) -> None:
    header, entries = _parameters(scope, definition)
    parameters = [text_of_string(p.name) for p in definition.params]
    reached = symbols.reached_names(definition.key)
    marks = [text_of_string(definition.key), *parameters]
    if reached != [definition.key]:
        marks.append(f"reaches={text_of_string(' '.join(reached))}")
    scope.writer.text(f"@action({', '.join(marks)})")
    head = f"{name}(s: State, n: NextState{header}) -> Iterator[NextState]"
    with scope.writer.function(head, *place(definition.span)):
        action.enumerate_action(scope, definition.body, Context(entries, "s", "n"), opens=True)


def _initial(scope: Scope, definition: Definition, name: str, _: ModuleSymbols) -> None:
    header, entries = _parameters(scope, definition)
    with scope.writer.function(
        f"{name}(n: NextState{header}) -> Iterator[NextState]", *place(definition.span)
    ):
        context = Context(entries, "n", None, initial=True)
        action.enumerate_action(scope, definition.body, context, opens=False)


def place(span: Span) -> tuple[str, int]:
    return file_name(span.source.name), span.line


_WRITERS = {"plain": _plain, "action": _action, "initial": _initial}
