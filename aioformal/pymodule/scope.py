"""One Python function under way."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol

from aioformal.pymodule.context import Context, Substituted
from aioformal.pymodule.facts import Facts
from aioformal.pymodule.layout import Piece, Writer
from aioformal.pymodule.laziness import Laziness
from aioformal.pymodule.names import Names
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind


class Symbols(Protocol):
    """The names at the top of the module."""

    facts: Facts
    laziness: Laziness

    def variable(self, key: str) -> str: ...
    def constant(self, key: str) -> str: ...
    def definition(self, key: str, variant: str = "plain") -> str: ...
    def inner_name(self, name: str) -> str: ...
    def reaches_from(self, owner: str) -> Callable[[str], None]: ...


class Scope:
    """Names and lines of a function. `enabled` writes ENABLED, which takes an enumeration."""

    def __init__(
        self,
        symbols: Symbols,
        owner: str,
        names: Names,
        writer: Writer,
        enabled: Callable[[Scope, ast.Expr, Context], Piece],
    ) -> None:
        self.symbols = symbols
        self.owner = owner
        self.facts = symbols.facts
        self.laziness = symbols.laziness
        self.names = names
        self.writer = writer
        self.variable = symbols.variable
        self.constant = symbols.constant
        self.definition = symbols.definition
        self._enabled = enabled
        self.reaches = symbols.reaches_from(owner)
        self.has_inlined = False
        self._inlined: list[str] = []

    def fresh(self, name: str) -> str:
        """A name for a variable of the function."""
        return self.names.fresh(name)

    def inner_name(self, name: str) -> str:
        """A name for what a comprehension or a lambda binds. The same again and again, unless a definition
        is written down in place, whose names could be those around it."""
        if self._inlined or self.has_inlined:
            return self.names.fresh(name)
        return self.symbols.inner_name(name)

    @contextmanager
    def inlining(self, key: str) -> Generator[bool]:
        """While a definition is written down in place; says whether it is not inside itself."""
        is_new = key not in self._inlined
        self._inlined.append(key)
        yield is_new
        self._inlined.pop()

    def enabled(self, expr: ast.Expr, context: Context) -> Piece:
        return self._enabled(self, expr, context)

    def spelled_out(self, expr: ast.Expr, context: Context) -> tuple[ast.Expr, Context]:
        """What a name stands for, as far as it is a parameter known by its text, or a plain definition."""
        while isinstance(expr, ast.Name) and expr.binding is not None:
            entry = context.env.get(expr.binding.key) if expr.binding.kind is BindingKind.LOCAL else None
            definition = self.facts.defined(expr)
            if isinstance(entry, Substituted) and not entry.params:
                expr, context = entry.expr, context.within(entry.env)
            elif definition is not None and not definition.params:
                expr, context = definition.body, context.within({})
            else:
                break
        return expr, context
