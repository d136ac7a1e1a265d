"""How Python looks for garbage while trees are built."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

RARELY = (100_000, 50, 100)


@contextmanager
def few_collections() -> Generator[None]:
    """Trees are kept, and hold no cycles: to look for some among a growing heap takes a third of the time."""
    thresholds = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
