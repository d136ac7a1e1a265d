"""A proof that formulas treat permuted model values alike.

A value that is computed without looking at names is renamed where what it is computed from is renamed:
so do all built-in operators, quantifiers and constructors. What can tell one model value from another is

* a constant whose value is not the same after renaming (`Leader = n1`),
* CHOOSE, which takes the first value in an order by name, and the built-ins like it,
* a fold over a set, which takes the members in that order, unless it is a sum or a product.

CHOOSE is harmless where what it chooses from holds none of the permuted values, where only one value can
be chosen, and where it is a constant that is the same after renaming. Where none of this can be seen, the
answer is a doubt: it need not be a fault.

That a quantifier stops at the first value that decides it is no matter: whether it is true does not depend
on the order, only whether a value beside it is looked at that cannot be evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from aioformal.diagnostic import DiagnosticError
from aioformal.engine.explicit.nameless import Nameless
from aioformal.engine.protocol import Problem
from aioformal.resolve.model import Definition, Level
from aioformal.resolve.traverse import walk
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind
from aioformal.value.fault import ValueFault
from aioformal.value.operators import OPERATORS
from aioformal.value.permutation import Group, renamed
from aioformal.value.values import LazySet, Value

BY_NAME = frozenset(
    {
        *("RandomElement", "RandomSubset", "RandomSetOfSubsets"),
        *("ToString", "TLCModelValue", "SortSeq", "TLCGet", "TLCSet"),
    }
)
"""Built-ins whose value may depend on names, or on what the search did before."""


class Doubt(Struct, frozen=True):
    """What may tell model values apart, and where it stands."""

    what: str
    span: Span


class Equivariance:
    """`nameless` knows what surely holds none of the permuted values."""

    def __init__(self, problem: Problem, group: Group, nameless: Nameless) -> None:
        self._problem = problem
        self._definitions = problem.model.flat.definitions
        self._group = group
        self._nameless = nameless
        self._same: dict[str, bool] = {}

    def doubt(self, formulas: Iterable[ast.Expr]) -> Doubt | None:
        """What may tell model values apart in formulas and all that they use; None if nothing can."""
        waiting, seen = list(formulas), set[str]()
        while waiting:
            body = waiting.pop()
            for node in walk(body):
                found = self._of_node(node, body)
                if found is not None:
                    return found
                used = self._used(node)
                if used is not None and used.key not in seen:
                    seen.add(used.key)
                    if not self._is_same_constant(used):
                        waiting.append(used.body)
        return None

    def _used(self, node: ast.Node) -> Definition | None:
        match node:
            case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
                return self._definitions[key]
            case _:
                return None

    def _of_node(self, node: ast.Node, body: ast.Expr) -> Doubt | None:
        match node:
            case ast.Name():
                return self._of_name(node)
            case ast.Choose() if not self._is_harmless(node, body):
                return Doubt("CHOOSE takes the first of several values by name", node.span)
            case ast.Apply(operator=ast.Name(binding=ast.Binding(BindingKind.BUILTIN, "FoldMembers"))) if (
                not is_sum(node)
            ):
                return Doubt("a fold takes the members of a set in an order by name", node.span)
            case _:
                return None

    def _of_name(self, name: ast.Name) -> Doubt | None:
        match name.binding:
            case None:
                return Doubt(f"what `{name.name}` means is not known", name.span)
            case ast.Binding(kind=BindingKind.CONSTANT, key=key):
                value = self._problem.model.constants.get(key)
                if value is None or not self._is_same(value):
                    return Doubt(f"constant `{key}` is another one when the values are permuted", name.span)
            case ast.Binding(kind=BindingKind.BUILTIN, key=key) if key in BY_NAME or key not in OPERATORS:
                return Doubt(f"{key} may depend on how values are called", name.span)
            case _:
                pass
        return None

    def _is_harmless(self, choice: ast.Choose, body: ast.Expr) -> bool:
        domain = choice.bound.domain
        if domain is None or is_extremum(choice):
            # What is chosen from everything has no value at all.
            return True
        return self._nameless.holds(domain, body) or (self._is_closed(choice) and self._evaluates(choice))

    def _is_closed(self, expr: ast.Expr) -> bool:
        """Whether nothing but constants decides a value."""
        bound, used = set[str](), set[str]()
        for node in walk(expr):
            match node:
                case ast.Let() | ast.Lambda() | ast.At():
                    return False
                case ast.Bound(names=names):
                    bound.update(name.name for name in names)
                case ast.Name(binding=ast.Binding(kind=BindingKind.LOCAL, key=key)):
                    used.add(key)
                case ast.Name(binding=ast.Binding(kind=BindingKind.VARIABLE)):
                    return False
                case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
                    if self._definitions[key].level is not Level.CONSTANT:
                        return False
                case _:
                    pass
        return used <= bound

    def _is_same_constant(self, definition: Definition) -> bool:
        """Whether a definition is a constant that is the same after renaming, whatever it is made of."""
        if definition.params or definition.level is not Level.CONSTANT:
            return False
        if definition.key not in self._same:
            # A definition that comes back to itself is walked through like any other.
            self._same[definition.key] = False
            doubtful = self.doubt([definition.body]) is not None
            self._same[definition.key] = doubtful and self._evaluates(definition.body)
        return self._same[definition.key]

    def _evaluates(self, expr: ast.Expr) -> bool:
        """Whether a constant has a value that is the same after renaming."""
        try:
            return self._is_same(self._problem.program.evaluate(expr))
        except (DiagnosticError, RecursionError):
            return False

    def _is_same(self, value: Value) -> bool:
        try:
            plain = value.freeze() if isinstance(value, LazySet) else value
            return all(renamed(plain, generator) == plain for generator in self._group.generators)
        except ValueFault:
            return False


def is_extremum(choice: ast.Choose) -> bool:
    """Whether it is `CHOOSE x \\in S : \\A y \\in S : x >= y`, or the like: there is at most one such number,
    and nothing but numbers can be compared so."""
    match choice:
        case ast.Choose(
            bound=ast.Bound(names=(x,), domain=domain, is_tuple=False),
            body=ast.Quantifier(
                kind="\\A",
                bounds=(ast.Bound(names=(y,), domain=others, is_tuple=False),),
                body=ast.Apply(operator=ast.Name(binding=binding), args=(ast.Name() as a, ast.Name() as b)),
            ),
        ):
            is_order = (
                binding is not None and binding.kind is BindingKind.BUILTIN and binding.key in (">=", "<=")
            )
            return is_order and domain == others and {a.name, b.name} == {x.name, y.name}
        case _:
            return False


def is_sum(fold: ast.Apply) -> bool:
    """Whether it is `FoldMembers(LAMBDA x, rest : e + rest, base, S)`, or with `*`: numbers, and their order
    does not matter."""
    match fold.args[0]:
        case ast.Lambda(
            params=(_, rest),
            body=ast.Apply(
                operator=ast.Name(binding=ast.Binding(BindingKind.BUILTIN, "+" | "*")),
                args=(term, ast.Name(name=last)),
            ),
        ):
            return last == rest.name and not any(
                isinstance(node, ast.Name) and node.name == last for node in walk(term)
            )
        case _:
            return False
