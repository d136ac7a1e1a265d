"""Floor 1: what is wrong, where, and what would help.

Every code is stable and listed in `CODES` with the exit code that a run ends with when it
is the worst thing that happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from aioformal.source import Span


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Exit(int, Enum):
    """Exit codes: TLC's numbers, and ours (20-23, 130) beside them."""

    OK = 0
    USAGE = 2
    ASSUMPTION = 10
    DEADLOCK = 11
    SAFETY = 12
    LIVENESS = 13
    ASSERT = 14
    UNDECIDED = 20
    VACUOUS = 21
    EVIDENCE = 22
    OUTDATED = 23
    EVALUATION = 75
    EVALUATION_SAFETY = 76
    EVALUATION_LIVENESS = 77
    INTERRUPTED = 130
    PARSE = 150
    CONFIG = 151
    TOO_LARGE = 152
    SYSTEM = 153
    INTERNAL = 255


CODES: dict[str, tuple[Exit, str]] = {
    # files
    "file.missing": (Exit.SYSTEM, "a file that was named does not exist"),
    "file.unreadable": (Exit.SYSTEM, "a file cannot be read: a directory, no permission, not text"),
    "file.unwritable": (Exit.SYSTEM, "a file cannot be written"),
    "file.empty": (Exit.PARSE, "a file holds no module"),
    "file.too-large": (Exit.PARSE, "a file is larger than the limit"),
    # syntax
    "parse.unexpected": (Exit.PARSE, "a token stands where none of its kind can stand"),
    "parse.unclosed": (Exit.PARSE, "a comment, string, bracket or module is not closed"),
    "parse.layout": (Exit.PARSE, "the columns of a junction list do not line up"),
    "parse.precedence": (Exit.PARSE, "two operators need parentheses to say which binds tighter"),
    "parse.nesting": (Exit.PARSE, "an expression is nested too deeply"),
    "parse.character": (Exit.PARSE, "a character that TLA+ does not know"),
    # names, modules, levels
    "name.unknown": (Exit.PARSE, "a name is used that nothing declares"),
    "name.redefined": (Exit.PARSE, "a name is declared twice"),
    "name.arity": (Exit.PARSE, "an operator is applied to the wrong number of arguments"),
    "name.instance": (Exit.PARSE, "an argument of ENABLED that would have to be read in two ways"),
    "name.selector": (Exit.PARSE, "a part of a definition is selected by `!` that cannot be selected"),
    "proof.step": (Exit.PARSE, "a proof refers to a step that is not there, or has no value"),
    "proof.fact": (Exit.PARSE, "HIDE names what is no fact"),
    "module.unknown": (Exit.PARSE, "a module is named that no file and no library holds"),
    "module.cycle": (Exit.PARSE, "modules extend or instantiate each other in a circle"),
    "module.name": (Exit.PARSE, "a module's name is not its file's name"),
    "level.prime-in-state": (Exit.PARSE, "a prime stands where only one state is looked at"),
    "level.too-high": (Exit.PARSE, "an expression's level is higher than its place allows"),
    # ordering rules
    "ordering.misplaced": (Exit.CONFIG, "an ordering operator stands where behaviours are made"),
    "ordering.no-safety": (Exit.OK, "a formula about the order of events is no safety property"),
    "ordering.vacuous-part": (Exit.OK, "a part of an ordering rule can never be violated"),
    # configuration
    "config.missing": (Exit.CONFIG, "there is no configuration file"),
    "config.syntax": (Exit.CONFIG, "a configuration statement cannot be read"),
    "config.contradiction": (Exit.CONFIG, "two configuration statements exclude each other"),
    "config.incomplete": (Exit.CONFIG, "the configuration leaves something open"),
    "config.unknown-name": (Exit.CONFIG, "the configuration names something undefined"),
    "config.kind": (Exit.CONFIG, "a configured definition has the wrong level or arity"),
    "config.ignored": (Exit.OK, "a configuration statement is read and not used"),
    "config.symmetry": (Exit.CONFIG, "SYMMETRY names what is no symmetry of the specification"),
    "config.view": (Exit.OK, "VIEW does not tell states apart that were seen to differ in what is checked"),
    "config.unsupported": (Exit.CONFIG, "a configuration statement is not supported yet"),
    # evaluation
    "eval.kind": (Exit.EVALUATION, "values of different kinds are compared or combined"),
    "eval.domain": (Exit.EVALUATION, "a function is applied outside its domain"),
    "eval.partial": (Exit.EVALUATION, "an operator has no value for its arguments"),
    "eval.infinite": (Exit.EVALUATION, "an infinite set would have to be enumerated"),
    "eval.too-large": (Exit.TOO_LARGE, "a set is too large to enumerate"),
    "eval.unassigned": (Exit.EVALUATION, "an action leaves a variable without a next value"),
    "eval.unsupported": (Exit.EVALUATION, "a construct that this engine cannot evaluate"),
    "eval.assert": (Exit.ASSERT, "Assert was called with FALSE"),
    "eval.recursion": (Exit.EVALUATION, "a recursive definition does not come to an end"),
    # checking
    "check.assumption": (Exit.ASSUMPTION, "an ASSUME is false"),
    "check.nothing": (Exit.VACUOUS, "there is nothing to check"),
    "check.vacuous": (Exit.VACUOUS, "a property is true only because its premise never comes about"),
    "check.never-applies": (Exit.OK, "a part of a property never matters"),
    "check.never-enabled": (Exit.OK, "an action never happens"),
    "check.unbounded": (Exit.OK, "a variable grows without an end"),
    "check.undecided": (Exit.UNDECIDED, "a property is neither proved nor violated"),
    "check.evidence": (Exit.EVIDENCE, "a trace does not replay, or engines disagree"),
    "encode.unsupported": (Exit.EVALUATION, "a construct that the symbolic engines cannot take"),
    "itf.malformed": (Exit.SYSTEM, "a trace is not in the Informal Trace Format"),
    # logs and their maps
    "log.malformed": (Exit.SYSTEM, "an event of a log cannot be read"),
    "log.unmapped": (Exit.SYSTEM, "an event of a log, or a field of it, that the map does not know"),
    "log.order": (Exit.SYSTEM, "an event of a log comes too late to be put in order"),
    "map.syntax": (Exit.CONFIG, "a map is no TOML"),
    "map.invalid": (Exit.CONFIG, "a map says something that makes no sense, or not of this specification"),
    # a running kernel
    "observe.unavailable": (Exit.VACUOUS, "the system calls to observe do not exist here, or are forbidden"),
    "observe.failed": (Exit.SYSTEM, "a system call that is observed failed in a way that says nothing"),
    # the run
    "run.interrupted": (Exit.INTERRUPTED, "the run was interrupted"),
    "run.timeout": (Exit.UNDECIDED, "the time budget is used up"),
    "run.memory": (Exit.TOO_LARGE, "the memory of this machine is used up"),
    "run.print": (Exit.OK, "what Print and PrintT say"),
    "run.registers": (Exit.OK, "an answer that depends on the order of the search"),
    "run.reference": (Exit.OK, "the reference semantics runs instead of machine code"),
    "run.reduction": (Exit.OK, "what SYMMETRY or VIEW mean for the search, or for the answer"),
    "run.usage": (Exit.USAGE, "an option has a value that makes no sense"),
    "compile.outdated": (Exit.OUTDATED, "a compiled module is not what the specification says now"),
    # checkpoints
    "checkpoint.missing": (Exit.SYSTEM, "there is no checkpoint to resume"),
    "checkpoint.exists": (Exit.SYSTEM, "a new search would replace the checkpoint of an unfinished one"),
    "checkpoint.locked": (Exit.SYSTEM, "another process is using the checkpoint folder"),
    "checkpoint.foreign": (Exit.SYSTEM, "a checkpoint belongs to something else, or to another version"),
    "checkpoint.corrupt": (Exit.SYSTEM, "a checkpoint is not what was written"),
    "checkpoint.unwritable": (Exit.SYSTEM, "a checkpoint cannot be written"),
    "checkpoint.none": (Exit.OK, "the search that runs writes no checkpoints"),
    "checkpoint.written": (Exit.OK, "where an unfinished search can go on"),
    # mistakes made in a specification
    "mutate.violated": (Exit.UNDECIDED, "mistakes are to be made in what is violated already"),
    "mutate.unfinished": (Exit.UNDECIDED, "mistakes are to be made in what has too many states"),
    "mutate.explained": (Exit.CONFIG, "a file that explains survivors cannot be read"),
    # matrices
    "matrix.malformed": (Exit.CONFIG, "the data file of a matrix cannot be understood"),
    "internal.fault": (Exit.INTERNAL, "a fault of aioformal itself"),
}


class Note(Struct, frozen=True):
    """A second place that belongs to a diagnostic: the other declaration, the caller."""

    message: str
    span: Span | None = None


class Diagnostic(Struct, frozen=True):
    code: str
    message: str
    span: Span | None = None
    severity: Severity = Severity.ERROR
    notes: tuple[Note, ...] = ()
    hint: str | None = None

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"unknown diagnostic code {self.code!r}")

    @property
    def exit_code(self) -> Exit:
        return CODES[self.code][0]


class DiagnosticError(Exception):
    """A stage cannot go on. Carries at least one diagnostic of severity ERROR."""

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic]) -> None:
        if isinstance(diagnostics, Diagnostic):
            diagnostics = (diagnostics,)
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in self.diagnostics))


def error(
    code: str,
    message: str,
    span: Span | None = None,
    *,
    hint: str | None = None,
    notes: Iterable[Note] = (),
) -> DiagnosticError:
    """An exception with one diagnostic: `raise error("name.unknown", ...)`."""
    return DiagnosticError(Diagnostic(code, message, span, notes=tuple(notes), hint=hint))


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` most likely misspells; None when none is close.

    The first of the closest in the order of the alphabet, so that an answer does not depend on the run.
    """
    pool = set(candidates) - {word}
    lower, letters, most = word.lower(), set(word.lower()), tolerance(word)
    best: tuple[int, str] | None = None
    for candidate in pool:
        if abs(len(candidate) - len(word)) <= most:
            other = candidate.lower()
            if len(letters.difference(other)) <= most and not _shares_too_little(lower, other):
                distance = edits(lower, other, most)
                if distance <= most and (best is None or (distance, candidate) < best):
                    best = distance, candidate
    return best[1] if best else _beginning_of(word, pool)


def tolerance(word: str) -> int:
    """How many edits still make a misspelling: one in `Lne`, two in `BOLEEAN`, three in `Cradinlaty`."""
    return min(3, (len(word) + 1) // 3 if len(word) > 2 else 0)


def edits(word: str, other: str, most: int) -> int:
    """Letters to add, drop, change, or swap with a neighbour; more than `most` is as good as far."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, above = above, row
    return above[-1]


def _shares_too_little(word: str, candidate: str) -> bool:
    """Of three letters, two that agree are chance: `Put` is no misspelling of `Get` or of `Pop`."""
    return len(word) == len(candidate) <= 3 and sorted(word) != sorted(candidate)


def _beginning_of(word: str, pool: set[str]) -> str | None:
    """`Length` and `Lenght` for `Len`: an abbreviation that was written out."""
    return max((c for c in pool if len(c) > 2 and word.startswith(c)), key=len, default=None)
