"""What names stand for where an expression is written down in Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.syntax import ast


class Local(Struct, frozen=True):
    """A Python expression for a value, or for a Python bool (`is_truth`). `is_lazy`: it is called first.
    `is_inner`: it is bound within the expression, by a comprehension or a lambda."""

    text: str
    is_truth: bool = False
    is_lazy: bool = False
    is_inner: bool = False

    @property
    def read(self) -> str:
        return f"{self.text}()" if self.is_lazy else self.text

    @property
    def annotation(self) -> str:
        kind = "bool" if self.is_truth else "Value"
        return f"Lazy[{kind}]" if self.is_lazy else kind


class Operator(Struct, frozen=True):
    """A Python function of TLA+ values: an operator that a LET defines, or that was passed."""

    text: str
    is_truth: bool
    lazy: tuple[bool, ...] = ()
    is_inner: bool = False

    @property
    def annotation(self) -> str:
        return "Callable[..., Value]"


class Substituted(Struct, frozen=True):
    """An expression that is written down anew wherever the name stands: it may be primed, or assigned."""

    expr: ast.Expr
    env: Mapping[str, Entry]
    params: tuple[ast.Parameter, ...] = ()


Entry: TypeAlias = "Local | Operator | Substituted"


class Context(Struct, frozen=True):
    """`now` and `after` are the Python names of the two states that unprimed and primed variables are read
    in. `initial`: the state that is put together is `now`."""

    env: Mapping[str, Entry] = field(default_factory=dict[str, Entry])
    now: str | None = None
    after: str | None = None
    initial: bool = False

    def bind(self, entries: Mapping[str, Entry]) -> Context:
        return replace(self, env={**self.env, **entries})

    def within(self, env: Mapping[str, Entry]) -> Context:
        return replace(self, env=env)

    def primed(self) -> Context:
        return replace(self, now=self.after, after=None)

    def ahead(self, target: str) -> Context:
        """The same with another state under way."""
        return replace(self, now=target) if self.initial else replace(self, after=target)

    @property
    def target(self) -> str:
        found = self.now if self.initial else self.after
        assert found is not None
        return found

    def outermost(self) -> Context:
        """The same, once what is bound within the expression has become a parameter."""
        env = {
            name: replace(entry, is_inner=False) if isinstance(entry, Local | Operator) else entry
            for name, entry in self.env.items()
        }
        return replace(self, env=env)


def safe_names(context: Context) -> dict[str, bool]:
    """The local names that have a value for sure."""
    return {name: isinstance(e, Local) and not e.is_lazy for name, e in context.env.items()}
