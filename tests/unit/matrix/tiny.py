"""A specification with every kind of verdict, and data files about it."""

from __future__ import annotations

from pathlib import Path

SPEC = """---- MODULE Tiny ----
EXTENDS Naturals
CONSTANT Last
VARIABLE x
Init == x = 0
Up == x < Last /\\ x' = x + 1
Stay == x = Last /\\ UNCHANGED x
Next == Up \\/ Stay
Low == x < 3
Small == x < 10
Eventually == TRUE -+-> <>(x = Last)
====
"""
CONFIG = """INIT Init NEXT Next
CONSTANT Last = {last}
INVARIANTS Low Small
PROPERTY Eventually
CHECK_DEADLOCK TRUE
"""
DATA = """title = "Tiny"
opening = "It counts."
closing = "It stops."
spec = "Tiny.tla"
others = "proved"

[[row]]
config = "two.cfg"
title = "Two"
commit = "abc"
when = "then"
unknown = ["Eventually"]

[[row]]
config = "four.cfg"
text = "Too far."
unknown = ["Eventually"]
violated = { Low = 3 }
shows = ["Low"]
"""


def write_tiny(folder: Path, data: str = DATA) -> Path:
    """The data file, with the specification and its configurations beside it."""
    (folder / "Tiny.tla").write_text(SPEC, encoding="utf-8")
    for name, last in (("two", 2), ("four", 4)):
        (folder / f"{name}.cfg").write_text(CONFIG.format(last=last), encoding="utf-8")
    path = folder / "matrix.toml"
    path.write_text(data, encoding="utf-8")
    return path
