"""Proving again whenever something that the run has read is saved."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from aioformal.diagnostic import DiagnosticError
from aioformal.engine.protocol import Event
from aioformal.portfolio.stop import Stop
from aioformal.report.result import Report
from aioformal.session import Options, Session

POLL_EVERY = 0.3
"""Seconds between two looks at the files where there are no file events."""

MISSING_FOR = 1.0
"""Seconds after which a file that is not there is not just being replaced."""

Snapshot = dict[Path, bytes | None]


class Face(Protocol):
    """What a watching user is shown."""

    def begin(self, changed: Iterable[Path]) -> None: ...

    def event(self, event: Event) -> None: ...

    def outdated(self) -> None: ...

    def vanished(self, path: Path) -> None: ...

    def finished(self, report: Report, files: Iterable[Path]) -> None: ...


def snapshot(files: Iterable[Path]) -> Snapshot:
    """The contents of the files; None for one that is not there (or just being replaced)."""
    contents: Snapshot = {}
    for path in files:
        try:
            contents[path] = path.read_bytes()
        except OSError:
            contents[path] = None
    return contents


def changed_files(before: Snapshot) -> set[Path]:
    """Which files of a snapshot have other contents now. A file that has vanished is being saved."""
    now = snapshot(before)
    return {path for path, content in now.items() if content is not None and content != before[path]}


def files_of(session: Session, spec: Path, config: Path | None) -> set[Path]:
    """What a session reads. Where it cannot even be loaded: every module beside the specification,
    since any of them may hold the cure."""
    files = {spec, config or spec.with_suffix(".cfg")}
    try:
        names = (source.name for source in session.loaded.sources)
        return files | {Path(name) for name in names if not name.startswith("<")}
    except DiagnosticError:
        return files | set(spec.parent.glob("*.tla"))


class Vanished:
    """Says once of each file that it is gone, and takes it out of the snapshot: when it comes back, it
    has changed, whatever it holds."""

    def __init__(self, before: Snapshot, on_vanish: Callable[[Path], None]) -> None:
        self._before = before
        self._on_vanish = on_vanish
        self._since: dict[Path, float] = {}

    def look(self, now: float) -> None:
        """Looks which files are there, at a time."""
        for path in [path for path, content in self._before.items() if content is not None]:
            if path.exists():
                self._since.pop(path, None)
            elif now - self._since.setdefault(path, now) >= MISSING_FOR:
                self._before[path] = None
                self._on_vanish(path)


class Changes:
    """A thread that waits until a file is saved with other contents, and says so once."""

    def __init__(
        self,
        before: Snapshot,
        on_change: Callable[[], None],
        on_vanish: Callable[[Path], None] = lambda _: None,
    ) -> None:
        self._before = before
        self._on_change = on_change
        self._vanished = Vanished(before, on_vanish)
        self._over = threading.Event()
        self._happened = threading.Event()
        self.changed: set[Path] = set()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Changes:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def happened(self) -> bool:
        return self._happened.is_set()

    def wait(self) -> None:
        """Blocks until a file has changed; Ctrl-C gets through."""
        while not self._happened.wait(POLL_EVERY):
            pass

    def _watch(self) -> None:
        for _ in self._ticks():
            self.changed = changed_files(self._before)
            if self.changed:
                self._happened.set()
                self._on_change()
                return
            self._vanished.look(time.monotonic())

    def _ticks(self) -> Iterable[object]:
        """One tick at each moment at which it is worth to look at the files."""
        try:
            from watchfiles import watch as file_events
        except ImportError:
            return iter(lambda: self._over.wait(POLL_EVERY), True)
        directories = {path.parent for path in self._before if path.parent.is_dir()}
        return file_events(
            *directories,
            stop_event=self._over,
            debounce=50,
            recursive=False,
            rust_timeout=int(POLL_EVERY * 1000),
            yield_on_timeout=True,
            raise_interrupt=False,
        )


def watch(
    spec: Path, config: Path | None, options: Options, face: Face, make_stop: Callable[[], Stop]
) -> None:
    """Proves, and again at every save, for ever. A save outdates a run that is still going on.

    `make_stop` gives the stop sign of each run. Raises KeyboardInterrupt when the user has enough.
    """
    changed: set[Path] = set()
    while True:
        face.begin(changed)
        session = Session(str(spec), None if config is None else str(config))
        stop = make_stop()
        files = files_of(session, spec, config)
        with Changes(_as_read(session, files), lambda s=stop: s.set("outdated"), face.vanished) as changes:
            report = session.prove(options, face.event, stop)
            if stop.reason == "interrupt":
                face.finished(report, files)
                raise KeyboardInterrupt
            if changes.happened:
                face.outdated()
            else:
                face.finished(report, files)
                changes.wait()
            changed = changes.changed


def _as_read(session: Session, files: set[Path]) -> Snapshot:
    """The contents as the session has read them, so that a save in between is not missed."""
    contents = snapshot(files)
    try:
        for source in session.loaded.sources:
            path = Path(source.name)
            known = contents.get(path)
            if known is not None and known.decode("utf-8", errors="replace") != source.text:
                contents[path] = source.text.encode()
    except DiagnosticError:
        pass
    return contents
