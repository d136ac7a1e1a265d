"""The runtime that is compiled before the specification's functions, and all of it compiled as one."""

from __future__ import annotations

import pytest

from aioformal.ir.sort import int_sort
from aioformal.ir.system import StateVariable
from aioformal.native import ready_made
from aioformal.native.layout import layout_of
from aioformal.native.llvm_kernel import LlvmKernel
from aioformal.native.llvm_runtime import Form, form_of, form_without_view
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


def test_states_are_remembered_where_some_word_is_no_state() -> None:
    def form(*widths: int, symmetric: bool = False) -> Form:
        variables = [StateVariable(f"x{n}", int_sort(0, (1 << w) - 1)) for n, w in enumerate(widths)]
        return form_without_view(layout_of(variables), symmetric=symmetric)

    assert form(40, 23).recalls
    assert not form(40, 24).recalls
    assert not form(40, 25).recalls
    assert not form(40, 23, symmetric=True).recalls
