"""The next-state action as a list of instances: each disjunct for each choice of constants.

`\\/`, `\\E` over a constant set, and definitions are walked through as far as the first conjunct, as
far as the name of the action is still open. What is left becomes one function per disjunct, called
with the chosen values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

from aioformal.concrete.action import Enumeration
from aioformal.concrete.choices import conjuncts, defined_by, disjuncts
from aioformal.concrete.condition import builtin_key
from aioformal.concrete.conjunct import naming_conjunct
from aioformal.concrete.context import Context, Entry, Env, Local, Partial, Substituted, Whole
from aioformal.concrete.path import Item, Label, Leaf, Point, chain_of
from aioformal.concrete.writer import Writer
from aioformal.syntax import ast
from aioformal.value.values import State, Value

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler

MOST_INSTANCES = 4096
MOST_FILTERS = 3

Outcome: TypeAlias = "tuple[Leaf, tuple[Value | None, ...], tuple[Value, ...]]"
"""The end of a path, its label's arguments, and the new values of `Leaf.variables`."""


@dataclass(frozen=True)
class Guard:
    """A test that must hold for an instance to have successors; `reads` the variables it looks at."""

    expr: ast.Expr
    env: Env
    reads: frozenset[int]


@dataclass(frozen=True)
class Site:
    """A disjunct. `header` names the parameters of its function, `choices` their values."""

    items: tuple[Item, ...]
    label: Label
    header: tuple[str, ...] = ()
    choices: tuple[tuple[Value, ...], ...] = ()

    @property
    def size(self) -> int:
        count = 1
        for values in self.choices:
            count *= len(values)
        return count


@dataclass(frozen=True)
class Instance:
    """One disjunct with its constants. `reads`: the variables that its outcomes depend on.

    `run(out, state)` calls `out` with each `Outcome`; `guard(state)`, if there is one, is false only
    where there are none, and looks at the filter variables alone.
    """

    run: Callable[[Callable[[Outcome], None], State], None]
    reads: tuple[int, ...]
    guard: Callable[[State], bool] | None = None


class Sites:
    """Takes the next-state action apart."""

    def __init__(self, c: Compiler) -> None:
        self.c = c
        self.enumeration = Enumeration(c)

    def of(self, action: ast.Expr, label: Label) -> list[Site]:
        return list(self._split(Site((Item(action, {}, opens=True),), label), 0))

    def _split(self, site: Site, at: int) -> Iterator[Site]:
        """The disjuncts of the item at a place; the items before it are tests."""
        item = site.items[at]
        expr = item.expr
        if isinstance(expr, ast.Label):
            yield from self._split(_replaced(site, at, [replace(item, expr=expr.body)]), at)
        elif _is_disjunction(expr):
            for part in disjuncts(expr):
                yield from self._split(_replaced(site, at, [replace(item, expr=part)]), at)
        elif isinstance(expr, ast.Quantifier) and expr.kind == "\\E":
            yield from self._choose(site, at, expr)
        elif (definition := defined_by(expr, self.c.definitions)) is not None:
            args = expr.args if isinstance(expr, ast.Apply) else ()
            yield from self._enter(site, at, definition, args)
        elif _is_conjunction(expr):
            yield from self._conjunction(site, at, expr)
        else:
            yield site

    def _conjunction(self, site: Site, at: int, expr: ast.Expr) -> Iterator[Site]:
        item = site.items[at]
        parts = conjuncts(expr)
        naming = naming_conjunct(self.enumeration, parts, item.env)
        items = [Item(part, item.env, i == naming) for i, part in enumerate(parts)]
        split = _replaced(site, at, items)
        if naming is None:
            yield split
        else:
            yield from self._split(split, at + naming)

    def _choose(self, site: Site, at: int, expr: ast.Quantifier) -> Iterator[Site]:
        """`\\E` over constant sets becomes parameters of the site's function."""
        item = site.items[at]
        names: list[tuple[str, str]] = []
        choices: list[tuple[Value, ...]] = []
        for bound in expr.bounds:
            plain = None if bound.is_tuple else bound.domain
            values = None if plain is None else self.c.members_of_constant(plain, MOST_INSTANCES)
            if values is None:
                yield site
                return
            for name in bound.names:
                names.append((name.name, self.c.fresh(f"v_{name.name}")))
                choices.append(values)
        header = (*site.header, *(text for _, text in names))
        grown = replace(site, header=header, choices=(*site.choices, *choices))
        if grown.size > MOST_INSTANCES:
            yield site
            return
        env = {**item.env, **{name: Local(text) for name, text in names}}
        grown = replace(grown, label=site.label.choosing(names))
        yield from self._split(_replaced(grown, at, [Item(expr.body, env, opens=True)]), at)

    def _enter(self, site: Site, at: int, definition: Any, args: Sequence[ast.Expr]) -> Iterator[Site]:
        """A definition whose arguments are constants or have been chosen."""
        item = site.items[at]
        facts = self.c.analysis.of_definition(definition.key)
        entries: dict[str, Entry] = {}
        grown = site
        for param, arg in zip(definition.params, args, strict=True):
            entry = None if param.arity or param.name in facts.primed else self._argument(arg, item.env)
            if isinstance(entry, tuple):
                text = self.c.fresh(f"v_{param.name}")
                grown = replace(grown, header=(*grown.header, text), choices=(*grown.choices, entry))
                entry = Local(text)
            if entry is None:
                yield site
                return
            entries[param.name] = entry
        if not facts.following or site.label.depth.count(definition.key):
            yield site
            return
        shown = [(name, entry.text) for name, entry in entries.items() if isinstance(entry, Local)]
        label = site.label.entering(definition.key)
        label = label.named(definition.key, definition.span, shown, bool(definition.params))
        grown = replace(grown, label=label)
        yield from self._split(_replaced(grown, at, [Item(definition.body, entries, opens=True)]), at)

    def _argument(self, arg: ast.Expr, env: Env) -> Entry | tuple[Value, ...] | None:
        if isinstance(arg, ast.Name) and arg.binding and arg.binding.kind is ast.BindingKind.LOCAL:
            entry = env.get(arg.binding.key)
            return entry if isinstance(entry, Local) else None
        value = self.c.constant_now(arg)
        return None if value is None else (value,)

    # ------------------------------------------------------------ code

    def compile(self, site: Site) -> tuple[str, frozenset[int]]:
        """The name of the site's function, and the variables that it reads."""
        name = self.c.fresh("action")
        writer = Writer()
        now = Whole("s")
        context = Context({}, now, Partial(len(self.c.index), base=now))
        with self.c.tracking() as reads:
            self.enumeration.proceed(Point(context, site.label, chain_of(site.items)), writer)
        self.c.function(name, ("out", *site.header, "s"), writer.lines)
        return name, frozenset(reads)

    def guards(self, site: Site) -> list[Guard]:
        """The tests among the conjuncts of a site, definitions walked through."""
        found: list[Guard] = []
        waiting = [(item.expr, item.env) for item in reversed(site.items)]
        while waiting:
            expr, env = waiting.pop()
            definition = defined_by(expr, self.c.definitions)
            if _is_conjunction(expr):
                waiting.extend((part, env) for part in reversed(conjuncts(expr)))
            elif definition is not None and not definition.recursive and len(found) < 32:
                args = expr.args if isinstance(expr, ast.Apply) else ()
                pairs = zip(definition.params, args, strict=True)
                waiting.append((definition.body, {p.name: Substituted(a, env) for p, a in pairs}))
            elif not self.enumeration.reads_target(expr, env):
                found.append(Guard(expr, env, self.c.variables_read(expr, env)))
        return found

    def compile_guard(self, site: Site, filters: frozenset[int]) -> str | None:
        """A function that tests what the filter variables alone decide."""
        tests = [guard for guard in self.guards(site) if guard.reads and guard.reads <= filters]
        if not tests:
            return None
        name = self.c.fresh("guard")
        context = Context({}, Whole("s"))
        texts = [self.c.condition(guard.expr, context.within(guard.env)) for guard in tests]
        self.c.function(name, (*site.header, "s"), [f"    return {' and '.join(texts)}"])
        return name


def choices_of(site: Site) -> Iterator[tuple[Value, ...]]:
    """The values for the parameters of a site's function, in canonical order."""
    return product(*site.choices)


def filter_variables(guards: Sequence[Sequence[Guard]]) -> frozenset[int]:
    """Few variables that many guards look at, and at nothing else: program counters."""
    every = [guard.reads for site in guards for guard in site if guard.reads]
    chosen: frozenset[int] = frozenset()
    while len(chosen) < MOST_FILTERS:
        open_guards = [reads for reads in every if not reads <= chosen]
        candidates = {reads - chosen for reads in open_guards if len(reads - chosen) == 1}
        gain = {more: sum(reads <= chosen | more for reads in open_guards) for more in candidates}
        best = max(candidates, key=lambda more: (gain[more], sorted(more)), default=None)
        if best is None or gain[best] * 5 < len(guards):
            return chosen
        chosen |= best
    return chosen


def _replaced(site: Site, at: int, items: Sequence[Item]) -> Site:
    return replace(site, items=(*site.items[:at], *items, *site.items[at + 1 :]))


def _is_disjunction(expr: ast.Expr) -> bool:
    return builtin_key(expr) == "\\/" or (isinstance(expr, ast.Junction) and expr.kind == "\\/")


def _is_conjunction(expr: ast.Expr) -> bool:
    return builtin_key(expr) == "/\\" or (isinstance(expr, ast.Junction) and expr.kind == "/\\")
