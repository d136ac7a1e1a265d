"""Ordering rules that the names of events and their arguments decide, without any state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from msgspec import Struct

from aioformal.ordering.automaton import Automaton, automaton_of
from aioformal.ordering.monitors import readings
from aioformal.ordering.reading import Both, Each, Formula, Rule
from aioformal.pymodule.definitions import file_name
from aioformal.pymodule.names import text_of_string
from aioformal.pymodule.symbols import ModuleSymbols
from aioformal.resolve.model import Definition, Level
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind


def rule_lines(symbols: ModuleSymbols) -> Iterator[str]:
    """`RULES`, and `events()` that watches them. A rule with an event that is no plain action is left out:
    its checks look at states."""
    rules = list(_named_rules(symbols))
    names: dict[str, str] = {}
    for one in rules:
        if one.automaton.name not in names:
            names[one.automaton.name] = symbols.free_name(f"{one.automaton.name}_automaton")
            yield from _table(one.automaton, names[one.automaton.name])
    yield "RULES: tuple[OrderingRule, ...] = ("
    yield from (f"    {one.row(names[one.automaton.name])}," for one in rules)
    yield ")"
    yield '"""Ordering rules that the names of events decide."""\n\n'
    yield "def events() -> EventMonitor:"
    yield '    """Watches events by their names alone, with no state: RULES, and nothing else."""'
    yield "    return EventMonitor(RULES)\n\n"


class NamedRule(Struct, frozen=True):
    """A rule whose events are told by their names: `events` are Python, by the automaton's names for them."""

    name: str
    automaton: Automaton
    events: tuple[tuple[str, str], ...]
    place: str

    def row(self, automaton: str) -> str:
        pairs = ", ".join(f"{text_of_string(name)}: {event}" for name, event in self.events)
        name, place = text_of_string(self.name), text_of_string(self.place)
        return f"OrderingRule({name}, {automaton}, {{{pairs}}}, {place})"


def _named_rules(symbols: ModuleSymbols) -> Iterator[NamedRule]:
    places = {prop.name: prop.span for prop in symbols.model.properties}
    for name, formula in readings(symbols.model).items():
        rules = _rules(formula) if not isinstance(formula, Exception) else []
        for number, rule in enumerate(rules, 1):
            events = _events(symbols, rule)
            if events is None:
                continue
            shown = name if len(rules) == 1 else f"{name}.{number}"
            place = f"{file_name(places[name].source.name)}:{places[name].line}"
            named = tuple(zip(rule.operator.params, events, strict=True))
            yield NamedRule(shown, automaton_of(rule.operator), named, place)


def _rules(formula: Formula) -> list[Rule]:
    """The rules that all must hold; none where a formula has other parts as well."""
    match formula:
        case Rule():
            return [formula]
        case Each(_, body, True):
            return _rules(body)
        case Both(parts):
            found = [_rules(part) for part in parts]
            return list(chain.from_iterable(found)) if all(found) else []
        case _:
            return []


def _events(symbols: ModuleSymbols, rule: Rule) -> list[str] | None:
    """The rule's events as Python; None where one is not told by its name."""
    instances = [name.name for bound in rule.bounds for name in bound.names]
    found: list[str] = []
    kinds: set[tuple[str, ...]] = set()
    for happening in rule.events:
        event = None if happening.is_state else _event(symbols, happening.expr, instances)
        if event is None:
            return None
        text, kind = event
        found.append(text)
        kinds |= {kind} - {(), tuple(instances)}
    return found if len(kinds) <= 1 else None


def _event(
    symbols: ModuleSymbols, expr: ast.Expr, instances: Sequence[str]
) -> tuple[str, tuple[str, ...]] | None:
    """A definition that is an action, applied to names of instances, to constants, and to names that `\\E`
    binds, which may be anything."""
    anything: set[str] = set()
    while isinstance(expr, ast.Quantifier) and expr.kind == "\\E":
        anything |= {name.name for bound in expr.bounds for name in bound.names}
        expr = expr.body
    definition = symbols.facts.defined(expr)
    if definition is None or not _is_event(symbols, definition):
        return None
    args = expr.args if isinstance(expr, ast.Apply) else ()
    per: dict[str, str] = {}
    where: list[str] = []
    for param, arg in zip(definition.params, args, strict=True):
        match arg:
            case ast.Name(binding=ast.Binding(BindingKind.LOCAL, key)) if key in instances and key not in per:
                per[key] = param.name
            case ast.String(value=value):
                where.append(f"({text_of_string(param.name)}, {text_of_string(value)})")
            case ast.Number(value=value):
                where.append(f"({text_of_string(param.name)}, {value})")
            case ast.Name(binding=ast.Binding(BindingKind.LOCAL, key)) if key in anything:
                anything.discard(key)
            case _:
                return None
    kind = tuple(name for name in instances if name in per)
    given = [text_of_string(definition.key)]
    if kind or where:
        given.append(_names(per[name] for name in kind))
    if where:
        given.append(f"({', '.join(where)},)")
    if kind and kind != tuple(per[name] for name in kind):
        given.append(f"instance={_names(kind)}")
    return f"Event({', '.join(given)})", kind


def _names(names: Iterable[str]) -> str:
    """Names as a tuple of strings."""
    return f"({''.join(f'{text_of_string(name)}, ' for name in names).rstrip(' ')})"


def _is_event(symbols: ModuleSymbols, definition: Definition) -> bool:
    """Whether what happens is called by the name of a definition: it is an action, and chooses no other one
    by whose name the step would be called."""
    return definition.level is Level.ACTION and not symbols.expected.below.get(definition.key)


def _table(automaton: Automaton, name: str) -> Iterator[str]:
    """The automaton as data, but for the moves of the state that is never left."""
    events = "".join(f"{text_of_string(event)}, " for event in automaton.events)
    initial, error = text_of_string(automaton.initial), text_of_string(automaton.error)
    yield f"{name} = Table(({events.rstrip(' ')}), {initial}, {error}, {{"
    for (state, letter), after in automaton.transitions.items():
        inside = ", ".join(map(text_of_string, sorted(letter)))
        named = f"frozenset({{{inside}}})" if letter else "frozenset()"
        if state != automaton.error:
            yield f"    ({text_of_string(state)}, {named}): {text_of_string(after)},"
    yield "})\n"
