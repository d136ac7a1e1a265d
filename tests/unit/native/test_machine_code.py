"""Waiting for machine code: whoever is interrupted does not wait for the end of a compilation."""

from __future__ import annotations

import _thread
import threading

import pytest

from aioformal.native.machine_code import interruptible


def test_a_long_compilation_is_left_alone_when_its_waiter_is_interrupted() -> None:
    begun, release = threading.Event(), threading.Event()

    def compiling() -> bool:
        begun.set()
        # Without an end of its own, a waiter that cannot be interrupted would hang here.
        return release.wait(30)

    def interrupting() -> None:
        begun.wait()
        _thread.interrupt_main()

    threading.Thread(target=interrupting).start()
    with pytest.raises(KeyboardInterrupt):
        interruptible(compiling)
    assert not release.is_set()
    release.set()


def test_what_is_made_or_fails_comes_back() -> None:
    assert interruptible(lambda: threading.current_thread()) is not threading.main_thread()
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 // 0)
