"""When better code is asked for."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from aioformal.engine.explicit import optimizing
from aioformal.engine.explicit.optimizing import Optimizer


class Kernel:
    """Stands in for one: it only knows what its first code took to make, and what it was asked."""

    def __init__(self, compiling_seconds: float) -> None:
        self.compiling_seconds = compiling_seconds
        self.optimizing = False
        self.asked = threading.Event()

    def optimize(self) -> None:
        self.asked.set()


def considered(
    monkeypatch: pytest.MonkeyPatch, kernel: Any, *times: float, workers: int = 1, processors: int = 2
) -> Any:
    clock = iter(times)
    monkeypatch.setattr(optimizing, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    some = SimpleNamespace(sched_getaffinity=lambda _: set(range(processors)))
    monkeypatch.setattr(optimizing, "os", some)
    optimizer = Optimizer(workers)
    for _ in times:
        optimizer.consider(kernel)
    return kernel


def test_a_short_search_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not considered(monkeypatch, Kernel(0.01), 5.0, 5.2, 5.29).optimizing


def test_the_time_counts_from_the_first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = considered(monkeypatch, Kernel(0.01), 5.0, 5.4)
    assert kernel.optimizing
    assert kernel.asked.wait(10)


def test_the_time_counts_anew_for_another_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter((5.0, 5.2, 5.4, 5.6, 5.8))
    monkeypatch.setattr(optimizing, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    optimizer = Optimizer()
    one, other = Kernel(0.01), Kernel(0.01)
    for kernel in (one, one, other, other):
        optimizer.consider(kernel)  # type: ignore[arg-type]
    assert not one.optimizing
    assert not other.optimizing
    optimizer.consider(other)  # type: ignore[arg-type]
    assert other.optimizing


def test_code_that_takes_long_to_make_needs_a_longer_search(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not considered(monkeypatch, Kernel(1.0), 5.0, 7.9).optimizing
    assert considered(monkeypatch, Kernel(1.0), 5.0, 8.1).optimizing


@pytest.mark.parametrize(("workers", "processors", "seconds"), [(2, 2, 25), (1, 1, 50), (8, 4, 12.5)])
def test_it_waits_longer_where_no_processor_is_free(
    monkeypatch: pytest.MonkeyPatch, workers: int, processors: int, seconds: float
) -> None:
    for end, begun in ((seconds - 0.1, False), (seconds + 0.1, True)):
        kernel = considered(monkeypatch, Kernel(1.0), 5.0, 5.0 + end, workers=workers, processors=processors)
        assert kernel.optimizing is begun
