"""The next-state action as a list of instances: each disjunct for each choice of constants.

`\\/`, `\\E` over a constant set, and definitions are walked through as far as the first conjunct, as
far as the name of the action is still open. What is left becomes one function per disjunct, called
with the chosen values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from aioformal.concrete.action import Enumeration
from aioformal.concrete.choices import conjuncts, defined_by, disjuncts
from aioformal.concrete.clause import Read, Scoped
from aioformal.concrete.condition import builtin_key
from aioformal.concrete.conjunct import naming_conjunct
from aioformal.concrete.context import Context, Entry, Env, Local, Partial, Whole
from aioformal.concrete.needs import Walk, text_of_test
from aioformal.concrete.path import Item, Label, Leaf, Point, chain_of
from aioformal.concrete.writer import Writer
from aioformal.syntax import ast
from aioformal.value.values import State, Value

if TYPE_CHECKING:
    from aioformal.concrete.compiler import Compiler

MOST_INSTANCES = 4096

Outcome: TypeAlias = "tuple[Leaf, tuple[Value | None, ...], tuple[Value, ...]]"
"""The end of a path, its label's arguments, and the new values of `Leaf.variables`."""


class Site(Struct, frozen=True):
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


class Effect(Struct, frozen=True):
    """What a disjunct does to a state: `run(state)` gives its outcomes, which depend on the variables
    `reads`."""

    run: Callable[[State], list[Outcome]]
    reads: tuple[int, ...]


class Guard(Struct, frozen=True):
    """Tests that a disjunct makes, made on their own. `holds(state)` is None where the tests fail. Where it
    is true, `effect` is all that is left; where it is false and no need is None, there are no outcomes."""

    holds: Callable[[State], bool | None]
    reads: tuple[Read, ...]
    effect: Effect


class Instance(Struct, frozen=True):
    """One disjunct with its constants. `needs`: for some variables, a test of the variable's value. Where one
    is None, evaluation may fail, and `effect` has the last word. Else there are no outcomes where one is
    false."""

    effect: Effect
    needs: Mapping[int, Callable[[Value], bool | None]]
    guard: Guard | None = None

    def is_ruled_out(self, state: State) -> bool:
        """Whether the value of a single variable decides that there are no outcomes."""
        answers = [need(state[variable]) for variable, need in self.needs.items()]
        return False in answers and None not in answers


class Sites:
    """Takes the next-state action apart."""

    def __init__(self, c: Compiler) -> None:
        self.c = c
        self.enumeration = Enumeration(c)

    def of(self, action: ast.Expr, label: Label, beside: Sequence[ast.Expr] = ()) -> list[Site]:
        """The disjuncts of an action; `beside`: what happens in the same step and does not name it."""
        items = (Item(action, {}, opens=True), *(Item(expr, {}) for expr in beside))
        return list(self._split(Site(items, label), 0))

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
            entry = None if param.arity or param.name in facts.looked_ahead else self._argument(arg, item.env)
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

    def walk(self, site: Site) -> Walk:
        """What can be asked about a site beforehand."""
        walk = Walk(self.c, self.enumeration, [])
        walk.through(site.items)
        return walk

    def without(self, guards: Sequence[Scoped], site: Site) -> Site:
        """The site where the guards are known to hold. One that forks stays: it counts how often."""
        known = {(id(one.expr), id(one.env)) for one in guards if not self.c.forks(one.expr)}
        items = tuple(item for item in site.items if (id(item.expr), id(item.env)) not in known)
        return replace(site, items=items)

    def compile_guard(self, guards: Sequence[Scoped], site: Site) -> str:
        """A function that tests all the guards."""
        return self._tests("guard", site, " and ".join(text_of_test(self.c, guard) for guard in guards))

    def compile_need(self, walk: Walk, site: Site, variable: int) -> str | None:
        """A function that tests what the value of one variable decides. It is given a state in which
        only this variable can be looked at."""
        text = walk.need(variable)
        return None if text is None else self._tests("need", site, text)

    def _tests(self, prefix: str, site: Site, text: str) -> str:
        name = self.c.fresh(prefix)
        self.c.function(name, (*site.header, "s"), [f"    return {text}"])
        return name


def choices_of(site: Site) -> Iterator[tuple[Value, ...]]:
    """The values for the parameters of a site's function, in canonical order."""
    return product(*site.choices)


def _replaced(site: Site, at: int, items: Sequence[Item]) -> Site:
    return replace(site, items=(*site.items[:at], *items, *site.items[at + 1 :]))


def _is_disjunction(expr: ast.Expr) -> bool:
    return builtin_key(expr) == "\\/" or (isinstance(expr, ast.Junction) and expr.kind == "\\/")


def _is_conjunction(expr: ast.Expr) -> bool:
    return builtin_key(expr) == "/\\" or (isinstance(expr, ast.Junction) and expr.kind == "/\\")
