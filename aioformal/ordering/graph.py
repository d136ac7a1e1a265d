"""Automata as Graphviz text: for people, and as the kernel's runtime verification reads them.

The kernel's `rvgen` reads a digraph with one edge for each single event: the initial state is entered from
an unlabelled node whose name begins with `__init_`, and what has no edge is an error. It knows no data, and
one event at a time. https://docs.kernel.org/trace/rv/deterministic_automata.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from aioformal.ordering.automaton import Automaton, Letter


def graphviz(name: str, automaton: Automaton, texts: Mapping[str, str]) -> str:
    """The automaton of a rule; `texts`: what the events are in the specification, by parameter."""
    lines = [f"digraph {_quoted(name)} {{", "    rankdir=LR;", '    start [shape=point, label=""];']
    for state in automaton.states:
        shape = "doublecircle, color=red" if state == automaton.error else "circle"
        lines.append(f"    {_quoted(state)} [shape={shape}];")
    lines.append(f"    start -> {_quoted(automaton.initial)};")
    for source, target, letters in automaton.edges():
        if source != target:
            label = label_of(letters, automaton.events, texts)
            lines.append(f"    {_quoted(source)} -> {_quoted(target)} [label={_quoted(label)}];")
    return "\n".join([*lines, "}", ""])


def label_of(letters: Sequence[Letter], events: Sequence[str], texts: Mapping[str, str]) -> str:
    """When an edge is taken, as a disjunction of few conjunctions over the events."""
    return " \\/ ".join(_conjunction(cube, texts) for cube in _cubes(letters, events)) or "never"


Cube = tuple[tuple[str, bool], ...]
"""Events that happen (true) or do not (false)."""


def _cubes(letters: Sequence[Letter], events: Sequence[str]) -> list[Cube]:
    """Letters joined where they differ in one event only, until no two do: Quine and McCluskey."""
    cubes: set[Cube] = {tuple((e, e in letter) for e in events) for letter in letters}
    prime: set[Cube] = set()
    while cubes:
        joined: set[Cube] = set()
        used: set[Cube] = set()
        for one in cubes:
            for index, (event, happens) in enumerate(one):
                other = (*one[:index], (event, not happens), *one[index + 1 :])
                if other in cubes:
                    used |= {one, other}
                    joined.add((*one[:index], *one[index + 1 :]))
        prime |= cubes - used
        cubes = joined
    return _covering(sorted(prime, key=lambda cube: (len(cube), cube)), letters)


def _covering(cubes: Iterable[Cube], letters: Sequence[Letter]) -> list[Cube]:
    """Enough of the cubes to cover all letters."""
    open_letters, kept = set(letters), list[Cube]()
    for cube in cubes:
        covered = {one for one in open_letters if all((event in one) is happens for event, happens in cube)}
        if covered:
            kept.append(cube)
            open_letters -= covered
    return kept


def _conjunction(cube: Cube, texts: Mapping[str, str]) -> str:
    if not cube:
        return "TRUE"
    return " /\\ ".join(texts[event] if happens else f"~({texts[event]})" for event, happens in cube)


def runtime_verification(automaton: Automaton, events: Mapping[str, str]) -> str:
    """The automaton as `rvgen` reads it. `events`: the name of each parameter's event; parameters of one
    name are one event."""
    named: dict[str, Letter] = {}
    for parameter, text in events.items():
        event = identifier(text)
        named[event] = named.get(event, Letter()) | {parameter}
    lines = [
        "digraph state_automaton {",
        '    {node [shape = plaintext, style=invis, label=""] "__init_none"};',
        f'    {{node [shape = doublecircle] "{automaton.initial}"}};',
    ]
    states = [state for state in automaton.states if state != automaton.error]
    lines += [f'    {{node [shape = circle] "{state}"}};' for state in states]
    lines.append(f'    "__init_none" -> "{automaton.initial}";')
    lines += [f'    "{state}" [label = "{state}"];' for state in states]
    for state in states:
        for event, letter in named.items():
            target = automaton.step(state, letter)
            if target != automaton.error:
                lines.append(f'    "{state}" -> "{target}" [ label = "{event}" ];')
    lines += ["    { rank = min ;", '        "__init_none";', f'        "{automaton.initial}";', "    }", "}"]
    return "\n".join(lines) + "\n"


def identifier(text: str) -> str:
    """`KillXchg` as `kill_xchg`: what can be an event's name in C."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    return re.sub(r"\W+", "_", words).strip("_").lower()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
