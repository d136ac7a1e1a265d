"""The runtime that is compiled before the specification's functions, and all of it compiled as one."""

from __future__ import annotations

import pytest

from aioformal.native import ready_made
from aioformal.native.llvm_kernel import LlvmKernel
from aioformal.native.llvm_runtime import Form, form_of
from tests.unit.native.runs import explored, plan_for

COUNTING = (
    "VARIABLES x, y\nInit == x = 0 /\\ y \\in 0..3\n"
    "Next == \\/ x' = (x + y) % 7 /\\ y' = y\n        \\/ x > 3 /\\ y' \\in 0..3 /\\ x' = x\n"
    "Low == x < 7 /\\ y < 4\n"
)
CONFIG = "INVARIANT Low\n"


def test_both_say_the_same() -> None:
    plan = plan_for(COUNTING, CONFIG)
    mixed, whole = LlvmKernel(plan), LlvmKernel(plan)
    whole.optimize()
    assert explored(mixed) == explored(whole)


def test_it_is_made_once_for_each_form(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Form] = []

    def noted(form: Form) -> bytes:
        made.append(form)
        return b"code"

    monkeypatch.setattr(ready_made, "_made", {})
    monkeypatch.setattr(ready_made, "_compiled", noted)
    ready_made.begin(Form(2))
    assert [ready_made.object_code(Form(words)) for words in (2, 1, 2)] == [b"code"] * 3
    assert sorted(form.words for form in made) == [1, 2]


def test_what_goes_wrong_in_the_thread_is_raised_for_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []

    def fails(_: Form) -> bytes:
        raise RuntimeError("no such machine")

    monkeypatch.setattr(ready_made, "_made", {})
    monkeypatch.setattr(ready_made, "_compiled", fails)
    monkeypatch.setattr("threading.excepthook", said.append)
    with pytest.raises(RuntimeError, match="no such machine"):
        ready_made.object_code(Form(3))
    assert len(said) == 1


def test_a_view_is_part_of_the_runtime() -> None:
    assert not ready_made.has_object_code(Form(1, view=1))
    assert ready_made.has_object_code(form_of(plan_for(COUNTING, CONFIG)))
