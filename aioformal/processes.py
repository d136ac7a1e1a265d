"""Independent work in several processes.

Only the parent hears signals: a terminal sends Ctrl-C to all of them, and what is known is for the parent
to say.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

Key = TypeVar("Key")
Given = TypeVar("Given")
Made = TypeVar("Made")


def each_done(
    work: Callable[[Given], Made], given: Mapping[Key, Given], jobs: int
) -> Generator[tuple[Key, Made], None, None]:
    """`work` of everything that is given, in the order in which it is done, `jobs` at a time. All of it must
    be picklable. Closing the generator, or an exception in it, ends all processes."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, len(given)) or 1, context, _leave_signals_to_the_parent)
    try:
        waiting = {pool.submit(work, one): key for key, one in given.items()}
        for future in as_completed(waiting):
            yield waiting[future], future.result()
    except BaseException:
        # Nobody waits for the rest any more.
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_signals_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
