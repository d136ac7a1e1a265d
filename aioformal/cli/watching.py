"""The face of `watch` on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.text import Text

from aioformal.cli.proving import show_report, stderr_console, stdout_console
from aioformal.cli.signals import stop_on_signals
from aioformal.diagnostic import Exit
from aioformal.engine.protocol import Event
from aioformal.portfolio.stop import Stop
from aioformal.report.progress import Display, make_display
from aioformal.report.result import Report
from aioformal.session import Options
from aioformal.watch import watch


class TerminalFace:
    """Progress while a run goes on, its report at the end, and what is waited for."""

    def __init__(self, output: Console, progress: Console) -> None:
        self._output = output
        self._progress = progress
        self._stack = ExitStack()
        self._display: Display | None = None

    def begin(self, changed: Iterable[Path]) -> None:
        names = ", ".join(sorted(str(path) for path in changed))
        if names:
            self._say(f"--- {names} saved: proving again")
        self._display = self._stack.enter_context(make_display(self._progress))

    def event(self, event: Event) -> None:
        if self._display is not None:
            self._display.show(event)

    def outdated(self) -> None:
        self.close()

    def vanished(self, path: Path) -> None:
        self._say(f"--- {path} is gone: waiting for it to come back")

    def finished(self, report: Report, files: Iterable[Path]) -> None:
        self.close()
        show_report(report, self._output)
        if report.exit_code is Exit.INTERRUPTED:
            return
        count = len(list(files))
        self._say(f"--- watching {count} file{'s' if count != 1 else ''}; Ctrl-C leaves")

    def close(self) -> None:
        """Takes the progress display down."""
        self._stack.close()
        self._display = None

    def _say(self, text: str) -> None:
        self._progress.print(Text(text, "dim"), soft_wrap=True)


def watch_and_show(spec: Path, config: Path | None, options: Options) -> int:
    """Watches until Ctrl-C."""
    face = TerminalFace(stdout_console(), stderr_console())
    with ExitStack() as signals:

        def make_stop() -> Stop:
            signals.close()
            return signals.enter_context(stop_on_signals())

        try:
            watch(spec, config, options, face, make_stop)
        except KeyboardInterrupt:
            face.close()
    return Exit.INTERRUPTED
