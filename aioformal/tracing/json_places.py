"""Where a part of a JSON document stands in its text. Only asked when something is wrong there."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, cast

BLANK = re.compile(r"[ \t\n\r]*")
OPENING = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)

_scan = cast("Any", scanstring)
_decoder = json.JSONDecoder()


def place_of(text: str, path: Sequence[str | int]) -> tuple[int, int]:
    """The half-open range of the value at a path, with its key in front; of what is nearest to it, if there
    is no such value; of the whole text, if that is no JSON."""
    start = _skip(text, 0)
    found = start, max(start, len(text.rstrip()))
    try:
        for step in path:
            inner = _entry(text, start, step)
            if inner is None:
                return found
            key_start, start, end = inner
            found = key_start, end
    except (ValueError, IndexError, RecursionError):
        return found
    return found


def too_deep(text: str, most: int) -> int | None:
    """The offset of the bracket that opens level `most` + 1; None if there is none."""
    if text.count("[") + text.count("{") <= most:
        return None
    depth = 0
    for found in OPENING.finditer(text):
        if found[0] in "[{":
            depth += 1
            if depth > most:
                return found.start()
        elif found[0] in "]}":
            depth -= 1
    return None


def _entry(text: str, start: int, step: str | int) -> tuple[int, int, int] | None:
    """Where an entry of the object or list at `start` begins, where its value does, and where both end."""
    is_object = text[start] == "{"
    if text[start] not in "{[" or is_object != isinstance(step, str):
        return None
    at, index = _skip(text, start + 1), 0
    while text[at] not in "}]":
        first, key = at, index
        if is_object:
            key, at = _scan(text, at + 1, True)
            at = _skip(text, _skip(text, at) + 1)
        _, end = _decoder.raw_decode(text, at)
        if key == step:
            return first, at, end
        at, index = _skip(text, end), index + 1
        if text[at] == ",":
            at = _skip(text, at + 1)
    return None


def _skip(text: str, at: int) -> int:
    found = BLANK.match(text, at)
    return at if found is None else found.end()
