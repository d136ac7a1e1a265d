"""A transition system as text: what `dump --stage ir` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import indent

from aioformal.ir.node import Term, one, true
from aioformal.ir.system import Initial, Label, Obligation, SystemProperty, Transition, TransitionSystem
from aioformal.ir.text import text
from aioformal.value.format import format_value


def dump_system(system: TransitionSystem) -> str:
    """Variables, initial rules, transitions, constraints and properties, one after the other."""
    return "\n".join(_lines(system)) + "\n"


def _lines(system: TransitionSystem) -> Iterator[str]:
    for v in system.variables:
        yield f"variable {v.name}: {v.sort}"
    for rule in system.initial:
        yield from ("", "initial", *_rule(rule))
    for transition in system.transitions:
        yield from ("", f"transition {label_text(transition.label)}", *_rule(transition))
    for word, term in (("constraint", system.constraint), ("action constraint", system.action_constraint)):
        if term is not true:
            yield from ("", *_term(word, term))
    for prop in system.properties:
        yield from ("", *_property(prop))
    for name, reason in system.unsupported:
        yield from ("", f"unsupported {name}: {reason}")


def label_text(label: Label) -> str:
    """`Action(x = 1, y = 2)`, or just the name."""
    arguments = ", ".join(f"{name} = {format_value(value)}" for name, value in label.arguments)
    return f"{label.name}({arguments})" if arguments else label.name


def _rule(rule: Initial | Transition) -> Iterator[str]:
    initial = isinstance(rule, Initial)
    for i in rule.inputs:
        yield f"    input {i.name}: {i.sort}"
    yield from _term("    guard", rule.guard)
    for name, value in (rule.values if initial else rule.updates).items():
        yield from _term(f"    {name}{'' if initial else chr(39)} =", value)
    if rule.ways is not one:
        yield from _term("    ways", rule.ways)
    yield from _obligations(rule.obligations)


def _obligations(obligations: Iterable[Obligation]) -> Iterator[str]:
    for obligation in obligations:
        yield f"    obligation {obligation.kind}: {obligation.message}"
        yield from _term("        never", obligation.condition)


def _property(prop: SystemProperty) -> Iterator[str]:
    yield f"{prop.kind.value} {prop.name}"
    for part in prop.parts:
        yield from _term(f"    {part.kind.value}", part.term)
        yield from _obligations(part.obligations)


def _term(word: str, term: Term) -> Iterator[str]:
    """One line where the term needs one, else the term in lines of its own below the word."""
    written = text(term)
    if "\n" not in written:
        yield f"{word} {written}"
        return
    yield word
    margin = " " * (len(word) - len(word.lstrip()) + 4)
    yield from indent(written, margin).split("\n")
