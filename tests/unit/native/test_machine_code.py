"""Machine code: whoever is interrupted does not wait for it, and functions of any size become it."""

from __future__ import annotations

import _thread
import threading

import pytest

from aioformal.native import llvm_functions, machine_code
from aioformal.native.llvm_kernel import LlvmKernel
from aioformal.native.llvm_tree import PASSED_OVER
from aioformal.native.machine_code import interruptible
from aioformal.native.memory import Event
from tests.unit.native.runs import events, explored, plan_for


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


MODULE = """
VARIABLES x, y
Init == x = 0 /\\ y = 0
Next == x' = (x + 1) % 50 /\\ y' = (y + x) % 7
Inv == \\A i \\in 0..6 : i * y # 36 \\/ (x + i) % 5 # 1
"""


@pytest.mark.parametrize("limits", [(4_000, 30_000), (5, 30_000), (5, 5)], ids=["small", "large", "huge"])
def test_functions_of_any_size_do_the_same(limits: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """However much care is taken of their code, before and after it is made better."""
    monkeypatch.setattr(llvm_functions, "LARGE", limits[0])
    monkeypatch.setattr(llvm_functions, "HUGE", limits[1])
    plan = plan_for(MODULE, "INVARIANT Inv\n")
    assert (PASSED_OVER in machine_code.text_of(plan)) is (limits == (5, 30_000))
    for better in (False, True):
        kernel = LlvmKernel(plan)
        if better:
            kernel.optimize()
        found = explored(kernel)
        assert (len(found.states), events(found)) == (50, [Event.STATE])
