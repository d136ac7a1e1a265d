"""What a diagnostic code means, with a wrong and a right example.

`explanations.txt` has an entry for every code: `== CODE`, what it means, and perhaps two examples, `wrong`
and `right`. An example is the body of a module M, or lines that begin with `|`, a whole file; then perhaps
`cfg` and a configuration, `file NAME` and the text of another file, and lines `$ COMMAND`: what is typed, the
last of them being the one that is wrong or right. `wrong$ COMMAND` is a command on a specification that does
not matter.
`<<<TEXT N times>>>` stands for a text that would be too long to read.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from msgspec import Struct

BEHAVIOUR = "INIT Init\nNEXT Next\n"
ANY_MODULE = "---- MODULE M ----\nVARIABLE x\nInit == x = 0\nNext == x' = x\n====\n"


class Example(Struct, frozen=True):
    """`module` and `config` are the texts of M.tla and M.cfg, empty where they do not matter; `files` are the
    names and texts of others, and `commands` what to type, in order."""

    module: str = ""
    config: str = ""
    files: tuple[tuple[str, str], ...] = ()
    commands: tuple[str, ...] = ()

    def texts(self) -> dict[str, str]:
        """Every file by its name, written out in full."""
        module, config = (self.module, self.config) if self.module else (ANY_MODULE, BEHAVIOUR)
        given = (("M.tla", module), ("M.cfg", config), *self.files)
        return {name: _in_full(text) for name, text in given}


class Explanation(Struct, frozen=True):
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
    own, *others = re.split(r"^(cfg|file .+|\$ .+)\n", body, flags=re.MULTILINE)
    sections = list(zip(others[::2], others[1::2], strict=True))
    commands = [head.removeprefix("$ ") for head, _ in sections if head.startswith("$ ")]
    if command is not None:
        commands.insert(0, command.removeprefix("$ "))
    module = _module(own)
    config = next((text for head, text in sections if head == "cfg"), _usual_config(own))
    files = tuple((head.removeprefix("file "), text) for head, text in sections if head.startswith("file "))
    return Example(module, config if module else "", files, tuple(commands))


def _module(text: str) -> str:
    if text.startswith("|"):
        return re.sub(r"^\|", "", text, flags=re.MULTILINE)
    return f"---- MODULE M ----\n{text}====\n" if text else ""


def _in_full(text: str) -> str:
    return re.sub(r"<<<(.+?) (\d+) times>>>", lambda found: found[1] * int(found[2]), text)


def _usual_config(module: str) -> str:
    if not re.search(r"^Init ==", module, re.MULTILINE):
        return ""
    checked = "INVARIANT Inv\n" if re.search(r"^Inv\b.*==", module, re.MULTILINE) else ""
    return BEHAVIOUR + checked
