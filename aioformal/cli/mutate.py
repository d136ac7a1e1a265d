"""`aioformal mutate`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aioformal.cli.parameters import LIBRARY
from aioformal.cli.teaching import LessonCommand

EXPLAINED = """\
A survivor that is explained:
  [[survivor]]
  mutant = "Unlock: drop-guard: owner = t"
  why = "only the holder is ever told to unlock"
"""

KINDS = """\
Kinds of mistakes:
  drop-guard, flip-guard           a condition of an action
  drop-assignment, drop-update     a variable, or a part of it, stays the same
  drop-choice, drop-condition      an alternative, a conjunct
  flip-condition, flip-comparison  IF, CASE, \\A and \\E; = # < <= \\in
  flip-truth, shift-number         TRUE, FALSE; n + 1, n - 1
  swap-operator                    + -, \\cup \\cap, S \\ T
  swap-steps                       two steps that follow each other
"""

EXAMPLES = """\
Examples:
  aioformal mutate spec/examples/TicketLock.tla
  aioformal mutate spec/aio.tla --only PutIoctx --all
  aioformal mutate spec/aio.tla --kind drop-guard --kind swap-steps
"""

EXIT_CODES = """\
Exit codes: 0 all are noticed or explained; 20 some are not, or SPEC itself
  does not hold; 130 interrupted, what was found is shown; else as prove.
"""


@click.command(
    cls=LessonCommand,
    short_help="Make small mistakes in SPEC, and see which property notices.",
    lesson=(EXPLAINED, KINDS, EXAMPLES, EXIT_CODES),
)
@click.argument("spec", metavar="SPEC", type=click.Path(path_type=Path))
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The configuration.  [default: NAME.cfg beside NAME.tla]",
)
@LIBRARY
@click.option(
    "--only", metavar="DEFINITION", multiple=True, help="Only mistakes in this definition. Can be repeated."
)
@click.option(
    "--kind", "kinds", metavar="KIND", multiple=True, help="Only mistakes of this kind. Can be repeated."
)
@click.option("--sample", metavar="N", type=click.IntRange(min=1), help="Only N of them, chosen at random.")
@click.option("--seed", metavar="N", type=int, default=0, show_default=True, help="Of that choice.")
@click.option(
    "--library-modules",
    is_flag=True,
    help="Also mistakes in the library's modules that SPEC uses.",
)
@click.option("--all", "everything", is_flag=True, help="Show every mistake and what became of it.")
@click.option(
    "--explained",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Survivors that are explained.  [default: NAME-survivors.toml beside NAME.cfg, if there is one]",
)
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1, max=64),
    help="Processes that judge mistakes.  [default: one for each core]",
)
@click.option(
    "--timeout",
    metavar="S",
    type=click.FloatRange(min=0),
    default=120.0,
    show_default=True,
    help="Seconds for each of them; 0: no limit.",
)
@click.option("--json", "json_path", metavar="FILE", help="Also write it as JSON; - is standard output.")
def mutate(
    spec: Path,
    config: Path | None,
    only: tuple[str, ...],
    kinds: tuple[str, ...],
    sample: int | None,
    seed: int,
    library_modules: bool,
    everything: bool,
    explained: Path | None,
    jobs: int | None,
    timeout: float,
    json_path: str | None,
) -> int:
    """Has SPEC teeth? Make small mistakes in what it says happens, one at a time, and see which property
    notices each, in how many steps.

    Mistakes are made in Init, Next and all that they use, never in what is claimed; not in modules of
    aioformal's library either, if not told so, which have lemmas of their own. One that changes no step at
    all, as in a variant that the configuration switches off, does not count; nor does one that cannot be
    evaluated. What is left unnoticed is shown with its place: either a property is missing, or
    somebody should write down why not, in NAME-survivors.toml.
    """
    from aioformal.cli.mutating import checked_kinds, mutate_and_show
    from aioformal.mutation.running import Task

    task = Task(str(spec), None if config is None else str(config), timeout or None)
    return mutate_and_show(
        task,
        jobs=jobs or os.cpu_count() or 1,
        only=only,
        kinds=checked_kinds(kinds),
        sample=sample,
        seed=seed,
        library_modules=library_modules,
        explained=explained,
        everything=everything,
        json_path=json_path,
    )
