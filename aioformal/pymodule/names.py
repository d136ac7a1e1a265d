"""Python names for the names of a specification."""

from __future__ import annotations

import builtins
import json
import keyword
import re
from collections.abc import Iterable

SYMBOLS = {
    "+": "plus", "-": "minus", "*": "times", "/": "slash", "<": "less", ">": "greater", "=": "equals",
    "^": "hat", "|": "bar", "&": "and", "%": "percent", "#": "hash", "$": "dollar", "?": "query",
    ":": "colon", ".": "dot", "!": "_", "~": "not", "@": "at", "\\": "",
}  # fmt: skip
"""What the characters of infix operators are called; `M!Op` becomes `M_Op`."""

RESERVED = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | {"s", "n"}


def spelled(name: str) -> str:
    """A TLA+ name with every character that Python does not allow spelled out."""
    text = "".join(c if c.isalnum() or c == "_" else SYMBOLS.get(c, f"_{ord(c):x}_") for c in name)
    text = re.sub(r"[^A-Za-z0-9_]", lambda found: f"u{ord(found[0]):x}", text)
    return text if text and not text[0].isdigit() else f"_{text}"


class Names:
    """Gives names that nothing else in their scope has."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = {*RESERVED, *taken}

    def fresh(self, name: str) -> str:
        """The name itself if it is free, else with an underscore or a number after it."""
        text = spelled(name)
        made, number = text, 1
        while made in self.taken:
            made = f"{text}_" if number == 1 else f"{text}_{number}"
            number += 1
        self.taken.add(made)
        return made


def text_of_string(text: str) -> str:
    """A Python literal, in double quotes."""
    return json.dumps(text)


def can_be_argument(name: str) -> bool:
    """Whether a name can be that of a keyword argument."""
    return name.isidentifier() and name.isascii() and not keyword.iskeyword(name)
