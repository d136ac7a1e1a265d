"""One process at a time for a folder."""

from __future__ import annotations

import os
from pathlib import Path

from aioformal.diagnostic import error

try:
    import fcntl
except ImportError:  # pragma: no cover (not a POSIX system)
    fcntl = None

NAME = "lock"


class Lock:
    """Held from construction until `release`, or until the process ends, however it ends.

    Raises checkpoint.locked where another process holds it. Where the system has no flock, it is only a
    file that names the process.
    """

    def __init__(self, folder: Path) -> None:
        self._handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._take(folder)
        except BaseException:
            os.close(self._handle)
            raise

    def _take(self, folder: Path) -> None:
        try:
            if fcntl is not None:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._handle, 32).decode("ascii", "replace").strip()
            raise error(
                "checkpoint.locked",
                f"process {holder or '(unknown)'} is using the checkpoint folder {folder}",
                hint="wait until it is done, or name another folder",
            ) from None
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Lets others have the folder. The file stays: to remove it would open a gap for two."""
        os.close(self._handle)
