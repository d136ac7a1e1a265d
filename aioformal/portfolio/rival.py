"""The handle on the second process, as the first one sees it."""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import aioformal
from aioformal.portfolio.worker import Crashed, Job, Message


class Rival:
    """A worker process that has been started at most once, and is ended on leaving the context."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._messages: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._ending = False
        self.finished = False

    def __enter__(self) -> Rival:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def started(self) -> bool:
        return self._process is not None

    @property
    def running(self) -> bool:
        return self.started and not self.finished

    def start(self) -> None:
        """Starts the process and a thread that reads what it says."""
        package_root = str(Path(aioformal.__file__).parent.parent)
        search_path = os.pathsep.join(filter(None, (package_root, os.environ.get("PYTHONPATH"))))
        # -P: a file in the working directory must not stand in for a module of ours.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from aioformal.portfolio.worker import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("AIOFORMAL_DEBUG") else subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": search_path},
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._talk, args=(self._process,), daemon=True)
        self._listener.start()

    def poll(self, seconds: float = 0.0) -> Iterator[Message]:
        """What has been said since the last call; waits up to `seconds` for the first message."""
        block = seconds > 0
        while not self.finished:
            try:
                message = self._messages.get(block, seconds if block else None)
            except queue.Empty:
                return
            if message is None:
                self.finished = True
                return
            block = False
            yield message

    def end(self) -> None:
        """Kills the process if it is still there, and waits until it is gone. What it had said by then
        can still be polled."""
        process, listener = self._process, self._listener
        if process is None or listener is None:
            return
        self._ending = True
        process.kill()
        process.wait()
        listener.join()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            with suppress(OSError):
                stream.close()

    def _talk(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            pickle.dump(self._job, process.stdin)
            process.stdin.flush()
            while True:
                self._messages.put(pickle.load(process.stdout))
        except EOFError:
            code = process.wait()
            if code != 0:
                self._broke_off(f"the solver process ended with code {code}")
        except (OSError, pickle.UnpicklingError) as broken:
            self._broke_off(f"the solver process broke off: {broken}")
        finally:
            self._messages.put(None)

    def _broke_off(self, summary: str) -> None:
        """A message that is cut off is no crash where it was we who ended the process."""
        if not self._ending:
            self._messages.put(Crashed(summary, ""))
