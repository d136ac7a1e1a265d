"""Threads that call io_setup, io_submit, io_getevents and io_destroy, and write down what they see."""

from __future__ import annotations

import errno
import json
import random
import threading
import time
from collections.abc import Callable
from typing import Any, TextIO

from msgspec import Struct, field

from aioformal.observe.syscalls import Context, Kernel, UnavailableError

HELD = 2
"""Contexts of a thread at a time."""

BATCH = 4
"""Requests of one io_submit()."""

REQUESTS = 8
"""Requests of a context at most."""

LARGEST = 100_000
"""Events of a context at most: their ring takes memory."""

SMALL = (1, 2, 7, 64)

ATTEMPTS = 6


class Plan(Struct, frozen=True):
    """`exhaust`: to go to the limit of the machine, where other processes get -EAGAIN too; else no more than
    a quarter of what is free is taken. `seconds`: when to begin nothing new."""

    threads: int = 4
    rounds: int = 50
    seconds: float = 10.0
    seed: int = 0
    exhaust: bool = False


class Recorder(Struct):
    """Writes events as JSON Lines, each with its time box."""

    file: TextIO
    lines: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, event: str, **fields: Any) -> None:
        line = json.dumps({"event": event, **fields}) + "\n"
        with self._lock:
            self.file.write(line)
            self.lines += 1


def observe(kernel: Kernel, plan: Plan, file: TextIO) -> int:
    """Runs the workload, and writes the log of it. How many lines that are. Raises `OSError`."""
    recorder = Recorder(file)
    before, strangers = kernel.read_nr(), kernel.strangers()
    sizes = _sizes(plan, kernel.max_nr - before)
    charges = {size: _calibrated(kernel, size) for size in sizes}
    recorder.write(
        "begin",
        kernel=kernel.name,
        aio_max_nr=kernel.max_nr,
        aio_nr=before,
        strangers=strangers,
        ctxs=[_slot(t, k) for t in range(plan.threads) for k in range(HELD)],
        charges=sorted(set(charges.values())),
        requests=REQUESTS,
    )
    for size, charge in charges.items():
        recorder.write("calibrated", nr_events=size, charge=charge)
    _run_threads(kernel, plan, recorder, charges)
    _Thread(kernel, plan, recorder, charges, plan.threads).read()
    recorder.write("end", strangers=kernel.strangers())
    return recorder.lines


def _run_threads(kernel: Kernel, plan: Plan, recorder: Recorder, charges: dict[int, int]) -> None:
    """Raises what the first of the threads has failed with."""
    failures: list[BaseException] = []
    deadline = time.monotonic() + plan.seconds

    def guarded(run: Callable[[float], None]) -> None:
        try:
            run(deadline)
        except BaseException as failure:
            failures.append(failure)

    workers = [_Thread(kernel, plan, recorder, charges, number) for number in range(plan.threads)]
    threads = [threading.Thread(target=guarded, args=(worker.run,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def _sizes(plan: Plan, free: int) -> list[int]:
    """What io_setup() is asked for."""
    contexts = plan.threads * HELD
    if plan.exhaust:
        large = [max(1, 2 * free // 3), max(1, free // contexts)]
    else:
        large = [max(1, free // (4 * contexts))]
    return sorted({min(size, LARGEST) for size in (*SMALL, *large) if size <= max(1, free)})


def _calibrated(kernel: Kernel, size: int) -> int:
    """What a context of this size takes of the quota: kernels have rounded it up, and do not any more.
    Raises `UnavailableError` where others change the quota all the time."""
    seen: list[int] = []
    for _ in range(ATTEMPTS):
        before = kernel.read_nr()
        context = kernel.io_setup(size)
        taken = kernel.read_nr() - before
        kernel.io_destroy(context)
        if taken > 0 and taken in seen:
            return taken
        seen.append(taken)
    raise UnavailableError(f"io_setup({size}) changes fs.aio-nr by {seen}: other processes use AIO meanwhile")


def _slot(thread: int, number: int) -> str:
    return f"ctx{thread + 1}{'abcdefgh'[number]}"


class _Thread:
    def __init__(
        self, kernel: Kernel, plan: Plan, recorder: Recorder, charges: dict[int, int], number: int
    ) -> None:
        self._kernel = kernel
        self._plan = plan
        self._recorder = recorder
        self._charges = charges
        self._number = number
        self._random = random.Random(f"{plan.seed} {number}")
        self._held: dict[str, Context] = {}

    def run(self, deadline: float) -> None:
        for _ in range(self._plan.rounds):
            if time.monotonic() >= deadline:
                break
            self._round()
        for slot in list(self._held):
            self._destroy(slot)

    def _round(self) -> None:
        slot = _slot(self._number, self._random.randrange(HELD))
        if slot not in self._held:
            self._setup(slot)
        elif self._random.random() < 0.5:
            self._destroy(slot)
        else:
            self._use(slot)
        if self._random.random() < 0.5:
            self.read()

    def _setup(self, slot: str) -> None:
        size = self._random.choice(list(self._charges))
        about = {"nr_events": size, "charge": self._charges[size]}
        start = time.monotonic_ns()
        try:
            self._held[slot] = context = self._kernel.io_setup(size)
        except OSError as refusal:
            if refusal.errno != errno.EAGAIN:
                raise
            self._write("io_setup_eagain", start, **about)
            return
        self._write("io_setup", start, ctx=slot, handle=hex(context.handle), **about)

    def _use(self, slot: str) -> None:
        context = self._held[slot]
        if context.submitted + BATCH <= REQUESTS and self._random.random() < 0.7:
            wanted = self._random.randint(1, BATCH)
            start = time.monotonic_ns()
            self._write("io_submit", start, ctx=slot, submitted=self._kernel.io_submit(context, wanted))
        else:
            start = time.monotonic_ns()
            self._write("io_getevents", start, ctx=slot, reaped=self._kernel.io_getevents(context, REQUESTS))

    def _destroy(self, slot: str) -> None:
        context = self._held.pop(slot)
        start = time.monotonic_ns()
        self._write("io_destroy", start, ctx=slot, completed=self._kernel.io_destroy(context))

    def read(self) -> None:
        """Looks at fs.aio-nr."""
        start = time.monotonic_ns()
        self._write("aio_nr", start, value=self._kernel.read_nr())

    def _write(self, event: str, start: int, **fields: Any) -> None:
        end = time.monotonic_ns()
        self._recorder.write(event, thread=self._number + 1, start=start, end=end, **fields)
