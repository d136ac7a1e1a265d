"""JSON as it comes out of a log: every mistake with its place."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from aioformal.diagnostic import DiagnosticError, error
from aioformal.source import Source, Span
from aioformal.tracing.json_places import too_deep

MOST_LEVELS = 100
LONG_NUMBER = re.compile(r"\d{4000,}")


class _RefusedError(ValueError):
    """Something that JSON's grammar allows, or Python's reader, and a log does not. `text`: what stands
    there."""

    def __init__(self, message: str, text: str) -> None:
        super().__init__(message)
        self.text = text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _RefusedError(f"{twice!r} is given twice", json.dumps(twice, ensure_ascii=False))
    return found


def _constant(text: str) -> NoReturn:
    raise _RefusedError(f"{text} is no JSON", text)


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def parse_json(source: Source) -> Any:
    """The data of a JSON text. Raises `DiagnosticError` log.malformed."""
    text = source.text
    deep = too_deep(text, MOST_LEVELS)
    if deep is not None:
        raise _malformed(f"nested deeper than {MOST_LEVELS} levels", source, deep)
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as problem:
        raise _syntax(problem, source) from None
    except _RefusedError as problem:
        raise _malformed(str(problem), source, max(0, text.rfind(problem.text)), len(problem.text)) from None
    except ValueError:  # Python reads no integers of thousands of digits
        found = LONG_NUMBER.search(text)
        start, end = (0, 1) if found is None else found.span()
        raise _malformed("a number with thousands of digits", source, start, end - start) from None


def _syntax(problem: json.JSONDecodeError, source: Source) -> DiagnosticError:
    at = min(problem.pos, max(0, len(source.text) - 1))
    reason = problem.msg[:1].lower() + problem.msg[1:]
    cut_off = not source.text[problem.pos :].strip() or problem.msg.startswith("Unterminated string")
    hint = "the line seems to be cut off: was the writer stopped?" if cut_off else None
    return _malformed(f"no JSON: {reason}", source, at, hint=hint)


def _malformed(
    message: str, source: Source, at: int, length: int = 1, hint: str | None = None
) -> DiagnosticError:
    return error("log.malformed", message, Span(source, at, at + length), hint=hint)
