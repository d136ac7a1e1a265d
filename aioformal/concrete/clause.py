"""Formulas as many small tests, each of which looks at little.

A conjunction is taken apart, `\\A` over a constant set into its instances, `A => B` into the clauses of
B under the premise A, `A \\/ B` into those of B under the premise that A is false. `x[i]` with a known
`i` is all that is read of `x` there. Whoever evaluates a formula for many states can then remember each
test's answer by the few values that it depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from aioformal.concrete.choices import conjuncts, defined_by, disjuncts
from aioformal.concrete.condition import builtin_key, is_condition
from aioformal.concrete.context import Env, Local, Substituted
from aioformal.syntax import ast
from aioformal.value.values import Value

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler

MOST_CLAUSES = 128


class Read(NamedTuple):
    """A variable that is read in the first or (`primed`) in the second state. With `at`, only what it
    maps that value to."""

    variable: int
    at: Value | None
    primed: bool


class Test(Struct, frozen=True):
    """A condition on a state, or on two, and what it depends on. Raises `EvaluationError`."""

    holds: Callable[..., bool]
    reads: tuple[Read, ...]


class Clause(Struct, frozen=True):
    """Holds if a premise is false, or if the conclusion holds; evaluated in this order."""

    premises: tuple[Test, ...]
    conclusion: Test


class Scoped(Struct, frozen=True):
    """An expression with the names around it."""

    expr: ast.Expr
    env: Env


class Shape(Struct, frozen=True):
    """A clause for every choice of values: `header` names the Python parameters for them.

    `path` says where the clause stands: the number of the conjunct at each conjunction on the way, and
    the parameter at each quantifier.
    """

    premises: tuple[Scoped, ...]
    conclusion: Scoped
    header: tuple[str, ...] = ()
    choices: tuple[tuple[Value, ...], ...] = ()
    path: tuple[int | str, ...] = ()

    @property
    def size(self) -> int:
        count = 1
        for values in self.choices:
            count *= len(values)
        return count

    def instances(self) -> Iterator[tuple[tuple[int, ...], dict[str, Value]]]:
        """The values for each choice, after where the clause stands in the order of evaluation."""
        for chosen in product(*map(enumerate, self.choices)):
            numbers = dict(zip(self.header, (number for number, _ in chosen), strict=True))
            place = tuple(numbers[step] if isinstance(step, str) else step for step in self.path)
            yield place, dict(zip(self.header, (value for _, value in chosen), strict=True))


def shapes_of(c: Compiler, formula: ast.Expr) -> Iterator[Shape]:
    """The clauses of a formula."""
    return _split(c, Shape((), Scoped(formula, {})), ())


def _split(c: Compiler, shape: Shape, seen: tuple[str, ...]) -> Iterator[Shape]:
    expr, env = shape.conclusion.expr, shape.conclusion.env
    parts = conjuncts(expr)
    definition = defined_by(expr, c.definitions)
    if len(parts) > 1:
        for number, part in enumerate(parts):
            path = (*shape.path, number)
            yield from _split(c, replace(shape, conclusion=Scoped(part, env), path=path), seen)
    elif isinstance(expr, ast.Label):
        yield from _split(c, replace(shape, conclusion=Scoped(expr.body, env)), seen)
    elif len(alternatives := disjuncts(expr)) > 1:
        # `A \\/ B` is `~A => B`.
        premises = (*shape.premises, *(Scoped(_negation(part), env) for part in alternatives[:-1]))
        yield from _split(
            c, replace(shape, premises=premises, conclusion=Scoped(alternatives[-1], env)), seen
        )
    elif isinstance(expr, ast.Apply) and builtin_key(expr) == "=>":
        premises = (*shape.premises, Scoped(expr.args[0], env))
        yield from _split(c, replace(shape, premises=premises, conclusion=Scoped(expr.args[1], env)), seen)
    elif definition is not None and definition.key not in seen and is_condition(definition.body):
        args = expr.args if isinstance(expr, ast.Apply) else ()
        pairs = zip(definition.params, args, strict=True)
        inner = Scoped(definition.body, {p.name: Substituted(a, env) for p, a in pairs})
        yield from _split(c, replace(shape, conclusion=inner), (*seen, definition.key))
    elif isinstance(expr, ast.Quantifier) and (grown := _instances(c, shape, expr)) is not None:
        yield from _split(c, grown, seen)
    else:
        yield shape


def _negation(expr: ast.Expr) -> ast.Expr:
    binding = ast.Binding(ast.BindingKind.BUILTIN, "~")
    return ast.Apply(expr.span, ast.Name(expr.span, "~", (), binding), (expr,), "prefix")


def _instances(c: Compiler, shape: Shape, expr: ast.Quantifier) -> Shape | None:
    """`\\A` over constant sets: the shape with a parameter for each bound name."""
    env = dict(shape.conclusion.env)
    header, choices, path = list(shape.header), list(shape.choices), list(shape.path)
    for bound in expr.bounds:
        plain = None if bound.is_tuple or expr.kind != "\\A" else bound.domain
        values = None if plain is None else c.members_of_constant(plain, MOST_CLAUSES)
        if values is None:
            return None
        for name in bound.names:
            text = c.fresh(f"v_{name.name}")
            env[name.name] = Local(text)
            header.append(text)
            choices.append(values)
            path.append(text)
    inner = Scoped(expr.body, env)
    grown = Shape(shape.premises, inner, tuple(header), tuple(choices), tuple(path))
    return grown if grown.size <= MOST_CLAUSES else None


def reads_of(c: Compiler, scoped: Sequence[Scoped], values: Mapping[str, Value]) -> tuple[Read, ...]:
    """What some expressions depend on; a read of a whole variable covers those of its parts."""
    found: set[Read] = set()
    for one in scoped:
        found |= _reads(c, one, values)
    whole = {(read.variable, read.primed) for read in found if read.at is None}
    kept = [r for r in found if r.at is None or (r.variable, r.primed) not in whole]
    return tuple(sorted(kept, key=lambda read: (read.primed, read.variable, str(read.at))))


def _reads(c: Compiler, scoped: Scoped, values: Mapping[str, Value]) -> set[Read]:
    facts = c.analysis.of(scoped.expr)
    found = {
        Read(cell.variable, _value_of(cell.name, scoped.env, values), cell.primed) for cell in facts.cells
    }
    for name in facts.names:
        entry = scoped.env.get(name)
        if isinstance(entry, Substituted):
            inner = _reads(c, Scoped(entry.expr, entry.env), values)
            found |= inner
            if name in facts.looked_ahead:
                found |= {read._replace(primed=True) for read in inner}
    return found


def _value_of(name: str | None, env: Env, values: Mapping[str, Value]) -> Value | None:
    """The value of a local name, if it is chosen; None otherwise."""
    entry = None if name is None else env.get(name)
    if isinstance(entry, Local):
        return values.get(entry.text)
    if not isinstance(entry, Substituted) or not isinstance(entry.expr, ast.Name):
        return None
    binding = entry.expr.binding
    is_local = binding is not None and binding.kind is ast.BindingKind.LOCAL
    return _value_of(binding.key, entry.env, values) if binding and is_local else None
