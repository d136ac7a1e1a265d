"""A map to begin with: every action of a specification as an event of the same name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from aioformal.tracing.vocabulary import Vocabulary

BARE = re.compile(r"[A-Za-z0-9_-]+")

HEAD = """\
# How a log of {module} is to be read: `aioformal trace {spec} LOG --map THIS-FILE`.
#
# A log is a file with one JSON object on each line, an event:
#     {{"event": "{example}", ...}}
# For each event the map says which action's step it is, and which of its fields are parameters of the
# action, or values of variables. An event need not say everything: what it leaves out is searched for.

[log]
event = "event"             # the field that names the event
# time = "ts"               # when it happened; without a time, in the order of the lines
# earliest = "start"        # or, where only a time box is known: between `start`
# latest = "end"            #   and `end`; events whose boxes overlap may have happened in any order
# slack = 0                 # how far clocks may be apart, in the unit of the times
# lane = "cpu"              # events with the same value here happened in the order of the lines
# ignore = ["comment"]      # events that say nothing

# Steps of these actions may be missing in the log, up to `limit` of them between two events.
[unlogged]
actions = []                # [{all_actions}]
limit = 8

# A log has its own names for the members of a set: addresses for model values, say. With a table
# [names.SET] a name that is new stands for some member that has no name yet, and keeps it.
"""

NAMES = """\
# [names.{name}]{gap}# {members}
"""

FIELDS = """
# Fields whose values are such names, or have to be translated:
# [fields.ctx]
# names = "SET"
# [fields.op]
# values = {{ 1 = "submit" }}
"""

EVENTS = """
# One table for each event. `before` and `after` say what variables, or parts of them, are in the states
# around the step: "{variable}" = "FIELD"; a parameter of the action can be an index, as in x[t].f.
# An event without an action is no step, but looks at a state. `release = ["FIELD"]` frees a name.
"""


def render_template(vocabulary: Vocabulary, spec: str) -> str:
    """The map as TOML. It reads logs whose events have the names of the specification."""
    actions = tuple(vocabulary.actions)
    parts = [
        HEAD.format(
            module=PurePath(spec).stem,
            spec=spec,
            example=actions[0] if actions else "Action",
            all_actions=", ".join(f'"{name}"' for name in actions[:3]) + (", ..." if actions[3:] else ""),
        ),
        *_names(vocabulary),
        FIELDS.format(),
        EVENTS.format(variable=vocabulary.variables[0] if vocabulary.variables else "x"),
        *_events(vocabulary),
    ]
    return "".join(parts)


def _names(vocabulary: Vocabulary) -> Iterator[str]:
    for name in vocabulary.sets:
        members = vocabulary.set_named(name) or frozenset()
        shown = ", ".join(sorted(map(str, members))[:6])
        yield NAMES.format(name=name, gap=" " * max(1, 18 - len(name)), members=f"{{{shown}}}")


def _events(vocabulary: Vocabulary) -> Iterator[str]:
    for name, parameters in vocabulary.actions.items():
        yield f'\n[events.{_key(name)}]\naction = "{name}"\n'
        if parameters:
            fields = ", ".join(f'{parameter} = "{parameter}"' for parameter in parameters)
            yield f"parameters = {{ {fields} }}\n"
        variable = vocabulary.variables[0] if vocabulary.variables else "x"
        yield f'# after = {{ {variable} = "{variable}" }}\n'


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else f'"{name}"'
