"""What a diagnostic code means, with a wrong and a right example.

`explanations.txt` has an entry for every code: `== CODE`, what it means, and perhaps two examples, `wrong`
and `right`. An example is the body of a module M, then perhaps `cfg` and a configuration; lines that begin
with `|` are a whole file. `wrong$ COMMAND` is an example on the command line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

BEHAVIOUR = "INIT Init\nNEXT Next\n"


@dataclass(frozen=True, slots=True)
class Example:
    """`module` and `config` are the texts of M.tla and M.cfg; `command` is what to type, else empty."""

    module: str = ""
    config: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    code: str
    meaning: str
    wrong: Example | None = None
    right: Example | None = None


@cache
def explanations() -> dict[str, Explanation]:
    """Every explanation, by code, in the order of the file."""
    text = files("aioformal").joinpath("explanations.txt").read_text(encoding="utf-8")
    found = (_explanation(entry) for entry in re.split(r"^== ", text, flags=re.MULTILINE)[1:])
    return {explanation.code: explanation for explanation in found}


def _explanation(entry: str) -> Explanation:
    head, *examples = re.split(r"^(wrong|right)(\$ .*)?\n", entry, flags=re.MULTILINE)
    code, _, meaning = head.partition("\n")
    given = {
        name: _example(body, command)
        for name, command, body in zip(examples[::3], examples[1::3], examples[2::3], strict=True)
    }
    return Explanation(code, meaning.strip(), given.get("wrong"), given.get("right"))


def _example(body: str, command: str | None) -> Example:
    if command is not None:
        return Example(command=command.removeprefix("$ "))
    if body.startswith("|"):
        return Example(re.sub(r"^\|", "", body, flags=re.MULTILINE))
    module, has_config, config = body.partition("cfg\n")
    return Example(f"---- MODULE M ----\n{module}====\n", config if has_config else _usual_config(module))


def _usual_config(module: str) -> str:
    if not re.search(r"^Init ==", module, re.MULTILINE):
        return ""
    checked = "INVARIANT Inv\n" if re.search(r"^Inv\b.*==", module, re.MULTILINE) else ""
    return BEHAVIOUR + checked
