"""The ordering rules of a model: what they say, what they remember, and their automata."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from aioformal.ordering.automaton import Automaton, automaton_of
from aioformal.ordering.graph import label_of
from aioformal.ordering.monitors import readings, with_monitors
from aioformal.ordering.past import RefusedError
from aioformal.ordering.reading import Always, Both, Each, Either, First, Formula, Rule
from aioformal.resolve.model import Model


class ListedRule(Struct, frozen=True):
    """A rule, the property `of` which it is a part, and a name for a file: of the property, with a number
    where the property has several."""

    of: str
    name: str
    rule: Rule
    automaton: Automaton

    @property
    def texts(self) -> dict[str, str]:
        """What its events are, by parameter."""
        pairs = zip(self.rule.operator.params, self.rule.events, strict=True)
        return {param: event.text for param, event in pairs}

    @property
    def carries_data(self) -> bool:
        """Whether events differ by what a quantifier chooses."""
        return bool(self.rule.bounds)


def listed_rules(model: Model) -> list[ListedRule]:
    """All rules, in the order of the configuration. `model`: as it is configured."""
    found: list[ListedRule] = []
    for name, formula in readings(model).items():
        rules = [] if isinstance(formula, RefusedError) else list(_rules(formula))
        for number, rule in enumerate(rules, 1):
            label = name if len(rules) == 1 else f"{name}-{number}"
            found.append(ListedRule(name, label, rule, automaton_of(rule.operator)))
    return found


def rules_text(model: Model) -> str:
    """The rules with their automata, and what is remembered of a behaviour for all of them."""
    lines: list[str] = []
    for name, formula in readings(model).items():
        if isinstance(formula, RefusedError):
            lines += [f"{name}: not judged: {formula.reason}", f"    {formula.span}", ""]
            continue
        for listed in (one for one in listed_rules(model) if one.of == name):
            lines += [*_rule_lines(listed), ""]
        if not any(True for _ in _rules(formula)):
            lines += [f"{name}: looks back from states and steps; no rule of its own", ""]
    if not lines:
        return "no property speaks of the order of events\n"
    hidden = with_monitors(model).hidden_variables
    lines.append(f"remembered: {', '.join(hidden) or 'nothing'}")
    return "\n".join(lines) + "\n"


def _rule_lines(listed: ListedRule) -> Iterator[str]:
    rule, texts = listed.rule, listed.texts
    yield f"{listed.name}: {rule.text}"
    said = rule.operator.says.format(*(event.text for event in rule.events))
    chosen = ", ".join(name.name for bound in rule.bounds for name in bound.names)
    yield f"    {said}" + (f", for each {chosen}" if chosen else "")
    for source, target, letters in listed.automaton.edges():
        if source != target:
            yield f"    {source} -> {target}: {label_of(letters, listed.automaton.events, texts)}"


def _rules(formula: Formula) -> Iterator[Rule]:
    match formula:
        case Rule():
            yield formula
        case Both(parts) | Either(parts):
            for part in parts:
                yield from _rules(part)
        case Each(body=body):
            yield from _rules(body)
        case First() | Always():
            return
