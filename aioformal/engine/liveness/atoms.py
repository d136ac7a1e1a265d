"""The state predicates and actions that temporal formulas are about, closed and numbered."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field

from aioformal.resolve.model import Model
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind
from aioformal.value.values import Value

MARK = "$"
"""Begins the names of the constants that stand for what a quantifier chose; no name of a specification
does."""


class AtomKind(Enum):
    STATE = "state"
    STEP = "step"
    """An action, `[A]_v` or `<<A>>_v`."""
    ENABLED = "enabled"
    """That some step from the state satisfies an action."""


class Atom(Struct, frozen=True):
    """`formula` has no free names but those of `Atoms.constants`. Of an ENABLED one it is the whole `ENABLED
    A`, and `action` is the number of the atom A."""

    kind: AtomKind
    formula: ast.Expr
    action: int | None = None


class Atoms(Struct):
    """Equal formulas are one atom. `constants`: what quantifiers chose, by the names that stand for it."""

    atoms: list[Atom] = field(default_factory=list[Atom])
    constants: dict[str, Value] = field(default_factory=dict[str, Value])
    _numbers: dict[tuple[AtomKind, str], int] = field(default_factory=dict[tuple[AtomKind, str], int])

    def state(self, formula: ast.Expr) -> int:
        return self._number(AtomKind.STATE, formula)

    def step(self, formula: ast.Expr) -> int:
        return self._number(AtomKind.STEP, formula)

    def enabled(self, action: ast.Expr) -> int:
        name = ast.Name(action.span, "ENABLED", (), ast.Binding(BindingKind.BUILTIN, "ENABLED"))
        formula = ast.Apply(action.span, name, (action,), "prefix")
        return self._number(AtomKind.ENABLED, formula, self.step(action))

    def _number(self, kind: AtomKind, formula: ast.Expr, action: int | None = None) -> int:
        # Other than equality, the text of a node tells bindings apart.
        key = (kind, repr(formula))
        known = self._numbers.get(key)
        if known is None:
            known = self._numbers[key] = len(self.atoms)
            self.atoms.append(Atom(kind, formula, action))
        return known

    def name_of(self, value: Value, like: ast.Identifier) -> ast.Name:
        """A constant for a value that `like` is bound to."""
        name = next((key for key, known in self.constants.items() if _same(known, value)), None)
        if name is None:
            name = f"{MARK}{len(self.constants) + 1}"
            self.constants[name] = value
        return ast.Name(like.span, name, (), ast.Binding(BindingKind.CONSTANT, name))

    def constants_of(self, model: Model) -> Mapping[str, Value]:
        return {**model.constants, **self.constants}


def _same(a: Value, b: Value) -> bool:
    return type(a) is type(b) and a == b
