"""When a search is saved, and how it comes to life again."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct, to_builtins

from aioformal.concrete.behaviour import Trace
from aioformal.diagnostic import Diagnostic, DiagnosticError, Severity
from aioformal.engine.behaviour import trace_along
from aioformal.engine.explicit.checkpoint import CancelledError, Store
from aioformal.engine.explicit.counts import Counts
from aioformal.engine.explicit.deferral import deferred_signals
from aioformal.engine.explicit.header import Header, layout_digest, problem_digest
from aioformal.engine.explicit.preparation import REACHES, Prepared, safety_properties
from aioformal.engine.explicit.reduction import group_of_model
from aioformal.engine.explicit.written import Json, read_shapes, read_state, write_shapes, write_state
from aioformal.engine.protocol import Problem
from aioformal.native.kernel import Kernel

EVERY = 60.0
"""Seconds between two checkpoints, unless somebody says otherwise."""


class Where(Struct):
    """The level that is being expanded: the states from `first` up to `end`. `ahead`: ranges of it that
    the kernel has not been given. `initial`: how many kept states are initial ones."""

    first: int
    end: int
    ahead: list[tuple[int, int]]
    initial: int

    @classmethod
    def beginning(cls, initial: int) -> Where:
        return cls(0, initial, [(0, initial)], initial)

    def go_on(self, distinct: int) -> bool:
        """To the next level. Whether there is one."""
        self.first, self.end = self.end, distinct
        self.ahead = [(self.first, self.end)] if self.first < self.end else []
        return self.first < self.end


class Restored(Struct):
    """What a header says of the search."""

    prepared: Prepared
    counts: Counts
    where: Where
    violated: dict[str, Trace]
    distinct: int


class Saver:
    """Saves a search into a folder, and restores it from there.

    Raises checkpoint.* where the folder cannot be used.
    """

    def __init__(self, problem: Problem, folder: Path, every: float, *, resume: bool) -> None:
        self._problem = problem
        self._every = every
        self._store = Store(folder, problem_digest(problem), resume=resume)
        self._next = time.monotonic() + every if resume else 0.0
        self._said: str | None = None

    @property
    def saved(self) -> Header | None:
        """The checkpoint that is in the folder and belongs to this search."""
        return self._store.saved

    @property
    def due(self) -> bool:
        return time.monotonic() >= self._next

    # ------------------------------------------------------------ saving

    def save(
        self, prepared: Prepared, kernel: Kernel, counts: Counts, where: Where, violated: Mapping[str, Trace]
    ) -> Diagnostic | None:
        """Between two runs of the kernel. What there is to say about it: that it could not be done."""
        try:
            shapes = write_shapes(prepared.shapes)
            ahead = [*kernel.unexpanded(), *where.ahead]
            search = {
                "shapes": shapes,
                "reach": prepared.reach,
                "counts": counts.saved(kernel),
                "where": {**to_builtins(where), "ahead": ahead},
                "violated": {name: list(map(write_state, t.states)) for name, t in violated.items()},
            }
            layout = layout_digest(prepared.plan, shapes)
            with deferred_signals(self._store.cancel):
                self._store.save(kernel, layout, search)
        except CancelledError:
            return None
        except (OSError, ValueError, MemoryError) as problem:
            return self._failed(problem)
        finally:
            self._next = time.monotonic() + self._every
        self._said = None
        return None

    def _failed(self, problem: OSError | ValueError | MemoryError) -> Diagnostic | None:
        """A search goes on without its checkpoint; what stands in the way is said once."""
        reason = getattr(problem, "strerror", None) or str(problem) or "out of memory"
        if reason == self._said:
            return None
        self._said = reason
        saved = self._store.saved
        last = "none was written before" if saved is None else f"the one of {saved.distinct:,} states stands"
        return Diagnostic(
            "checkpoint.unwritable",
            f"a checkpoint could not be written to {self._store.folder}: {reason}; {last}",
            severity=Severity.WARNING,
            hint="make room, and the next one will be" if _is_full(problem) else None,
        )

    def note(self) -> Diagnostic | None:
        """Where to go on from, at the end of a search that has not seen everything."""
        saved = self._store.saved
        if saved is None:
            return None
        message = f"the checkpoint in {self._store.folder} holds {saved.distinct:,} states"
        return Diagnostic(
            "checkpoint.written", message, severity=Severity.NOTE, hint="--resume goes on from there"
        )

    def finish(self) -> None:
        """There is nothing to go on with."""
        with deferred_signals(lambda: None):
            self._store.finish()

    def close(self) -> None:
        self._store.close()

    # ------------------------------------------------------------ restoring

    def restored(self) -> Restored:
        """What the saved header says. Raises checkpoint.corrupt where it makes no sense."""
        header = self._store.saved
        assert header is not None
        try:
            return self._read(header)
        except DiagnosticError:
            raise
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as nonsense:
            raise self._store.corrupt(f"the header makes no sense ({nonsense})") from None

    def _read(self, header: Header) -> Restored:
        search = header.search
        shapes = read_shapes(search["shapes"])
        if tuple(shapes) != self._problem.model.variables or not 0 <= search["reach"] < len(REACHES):
            raise ValueError("other variables")
        problem = self._problem
        group = group_of_model(problem)
        prepared = Prepared(
            problem, shapes, search["reach"], safety_properties(problem), group, unseen=len(problem.probes)
        )
        if layout_digest(prepared.plan, search["shapes"]) != header.layout:
            raise ValueError("states lie otherwise in memory now")
        violated = {name: self._trace(states) for name, states in search["violated"].items()}
        counts, where = Counts.restored(search["counts"]), _read_where(search["where"], header)
        return Restored(prepared, counts, where, violated, header.distinct)

    def _trace(self, written: Json) -> Trace:
        """Whether it violates anything is for the audit to say, as with every trace."""
        states = [read_state(state) for state in written]
        if not states or any(len(state) != len(self._problem.model.variables) for state in states):
            raise ValueError("a trace of other states")
        return trace_along(self._problem.program, states)

    def blocks(self) -> Iterator[tuple[bytes, bytes]]:
        """See `Store.blocks`."""
        return self._store.blocks()


def _read_where(written: Json, header: Header) -> Where:
    ahead = [(int(first), int(end)) for first, end in written["ahead"]]
    where = Where(written["first"], written["end"], ahead, written["initial"])
    inside = all(where.first <= first < end <= where.end for first, end in ahead)
    if not inside or not 0 <= where.first <= where.end <= header.distinct or where.initial > where.end:
        raise ValueError("ranges that there are not")
    return where


def _is_full(problem: Exception) -> bool:
    return getattr(problem, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
