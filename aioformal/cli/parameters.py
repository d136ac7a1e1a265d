"""Options that take more than a line: sizes of memory, where a search is saved, how far is walked."""

from __future__ import annotations

import math
import os
import random
import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

if TYPE_CHECKING:
    from aioformal.engine.simulation import Walking
    from aioformal.session import Options

SEARCH_PATH = "AIOFORMAL_PATH"
UNITS = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}
WRITTEN_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,15})?)\s*([KMGT]?)(?:I?B)?", re.IGNORECASE)

SEARCHING = ("auto", "explicit")
"""Engines that can be saved, and gone on with."""


def size(text: str) -> int:
    """A number of bytes, as people write it."""
    found = WRITTEN_SIZE.fullmatch(text.strip())
    bytes_meant = 0 if found is None else int(float(found[1]) * (1 << UNITS[found[2].upper()]))
    if bytes_meant <= 0:
        raise click.BadParameter(f"{text!r} is no size: write 500M or 4G (K, M, G, T: powers of 1024)")
    return bytes_meant


def not_empty(_context: click.Context, _parameter: click.Parameter, path: str | None) -> str | None:
    """A path that a shell variable was meant to hold, and did not, must not become another one."""
    if path is not None and not path.strip():
        raise click.BadParameter("the path is empty")
    return path


def folder(context: click.Context, parameter: click.Parameter, path: str | None) -> Path | None:
    """A path that is not empty."""
    found = not_empty(context, parameter, path)
    return None if found is None else Path(found)


@contextmanager
def _searched(folders: tuple[str, ...]) -> Generator[None]:
    """The search path, longer while a command runs: processes that it starts inherit it."""
    before = os.environ.get(SEARCH_PATH)
    os.environ[SEARCH_PATH] = os.pathsep.join((*folders, *([before] if before else [])))
    try:
        yield
    finally:
        if before is None:
            del os.environ[SEARCH_PATH]
        else:
            os.environ[SEARCH_PATH] = before


def _search(context: click.Context, _parameter: click.Parameter, folders: tuple[str, ...]) -> None:
    if folders:
        context.with_resource(_searched(folders))


LIBRARY = click.option(
    "--library",
    metavar="DIR",
    type=click.Path(file_okay=False, exists=True),
    multiple=True,
    expose_value=False,
    callback=_search,
    help="Also look for modules in this folder. Can be repeated; the environment variable AIOFORMAL_PATH "
    "names more, separated as in PATH.",
)

CHECKPOINT = click.option(
    "--checkpoint",
    metavar="DIR",
    type=click.Path(file_okay=False),
    callback=folder,
    help="Save the explicit search into this folder now and then, and at its end.",
)
EVERY = click.option(
    "--checkpoint-every",
    "every",
    metavar="S",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="Seconds between two checkpoints.",
)
RESUME = click.option(
    "--resume", is_flag=True, help="Go on with the search that was saved in the folder of --checkpoint."
)


def checkpoint_options(command: Any) -> Any:
    """The options that say where a search is saved."""
    for option in (RESUME, EVERY, CHECKPOINT):
        command = option(command)
    return command


def with_checkpoint(options: Options, folder: Path | None, every: float, *, resume: bool) -> Options:
    """Raises click.UsageError for options that make no sense together."""
    if math.isnan(every):
        raise click.BadParameter("not a number of seconds", param_hint="--checkpoint-every")
    if folder is None and resume:
        raise click.UsageError("--resume needs --checkpoint DIR: the folder to go on from")
    if folder is not None and options.engine not in SEARCHING:
        raise click.UsageError(f"--checkpoint saves an explicit search; --engine {options.engine} runs none")
    return replace(options, checkpoint=folder, every=every, resume=resume)


DEFAULT_WALKS = 1_000
DEFAULT_WALK_DEPTH = 100
LARGEST_SEED = (1 << 32) - 1

WALK_DEPTH = click.option(
    "--depth",
    metavar="N",
    type=click.IntRange(min=0),
    default=DEFAULT_WALK_DEPTH,
    show_default=True,
    help="Steps of a walk at most.",
)
WALKS = click.option(
    "--walks",
    metavar="N",
    type=click.IntRange(min=1),
    help="Walk so many times.  [default: 1000 without --seconds]",
)
SECONDS = click.option(
    "--seconds",
    metavar="S",
    type=click.FloatRange(min=0, min_open=True),
    help="Walk for so long. With --walks: whichever comes first.",
)
SEED = click.option(
    "--seed", metavar="N", type=int, help="Walk as a run with this seed has walked.  [default: a new one]"
)


def walking_options(command: Any) -> Any:
    """The options that say how far is walked."""
    for option in (SEED, SECONDS, WALKS, WALK_DEPTH):
        command = option(command)
    return command


def walking_of(depth: int, walks: int | None, seconds: float | None, seed: int | None) -> Walking:
    """Raises click.BadParameter for what is no time."""
    from aioformal.engine.simulation import Walking

    if seconds is not None and math.isnan(seconds):
        raise click.BadParameter("not a number of seconds", param_hint="--seconds")
    if walks is None and seconds is None:
        walks = DEFAULT_WALKS
    drawn = random.SystemRandom().randint(0, LARGEST_SEED) if seed is None else seed
    return Walking(drawn, depth, walks, seconds)
