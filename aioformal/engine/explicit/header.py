"""The head of a checkpoint: one JSON document that says what the data files hold."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct, to_builtins

from aioformal import __version__
from aioformal.engine.explicit.written import Json
from aioformal.engine.protocol import Problem
from aioformal.native.plan import Plan
from aioformal.resolve import dump_model

FORMAT = "aioformal.checkpoint/1"
DATA_NAME = re.compile(r"(states|parents)-\d+")


class DataFile(Struct, frozen=True):
    """A file of the folder: what follows after `size` bytes does not belong to the checkpoint."""

    name: str
    size: int
    checksum: str


class Header(Struct, frozen=True):
    """`search` is what `saving` knows about; the rest is what makes the files readable."""

    format: str
    version: str
    digest: str
    byteorder: str
    finished: bool
    distinct: int
    words: int
    layout: str
    states: DataFile
    parents: DataFile
    search: Json

    def render(self) -> bytes:
        """The document, with a checksum of itself at its end."""
        return _closed(to_builtins(self))


class OtherWriterError(Exception):
    """The header is whole, and another version has written it. The text says which."""


def parse_header(raw: bytes) -> Header:
    """Raises ValueError, KeyError or TypeError for what is not, byte by byte, what `render` makes, and
    `OtherWriterError`."""
    fields = json.loads(raw)["checkpoint"]
    if _closed(fields) != raw:
        raise ValueError("its checksum does not agree")
    if (fields["format"], fields["version"]) != (FORMAT, __version__):
        raise OtherWriterError(f"aioformal {fields['version']}, as {fields['format']}")
    states, parents = (DataFile(**fields.pop(name)) for name in ("states", "parents"))
    if states.name == parents.name or not all(DATA_NAME.fullmatch(f.name) for f in (states, parents)):
        raise ValueError("it names strange files")
    return Header(**fields, states=states, parents=parents)


def digest(parts: Iterable[bytes]) -> str:
    """Of all parts and of where one ends and the next begins."""
    found = hashlib.blake2b(digest_size=32)
    for part in parts:
        found.update(len(part).to_bytes(8, "little"))
        found.update(part)
    return found.hexdigest()


def problem_digest(problem: Problem) -> str:
    """Of everything that decides which states there are, and what is asked of them."""
    model = problem.model
    texts = [source.text for source in model.flat.sources]
    asked = [prop.name for prop in problem.properties] + [str(problem.deadlock)]
    return digest(part.encode() for part in (*texts, _config(model.config_path), dump_model(model), *asked))


def _config(path: str | None) -> str:
    """The text of the configuration: `dump_model` does not show the definitions that it replaces."""
    try:
        return "" if path is None else Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def layout_digest(plan: Plan, shapes: Json) -> str:
    """Of how states lie in words and what the words mean, and of the transitions in their order."""
    fields = (f"{f.name} {f.sort!r} {f.word} {f.shift} {f.width} {f.least}" for f in plan.layout.fields)
    names = (label.name for label in plan.labels)
    return digest((_dumped(shapes), *(part.encode() for part in (*fields, "of", *names))))


def _closed(fields: Json) -> bytes:
    return _dumped({"checkpoint": fields, "checksum": digest([_dumped(fields)])}) + b"\n"


def _dumped(what: Json) -> bytes:
    return json.dumps(what, sort_keys=True, separators=(",", ":")).encode("ascii")
