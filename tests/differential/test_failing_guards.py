"""Guards that may fail: the reference semantics fails where the machine code does, and not elsewhere.

What the reference asks beforehand to save itself the evaluation of an action must not hide a failure in it.
The encoding knows nothing of that; it says where evaluation fails by the path to each expression.
"""

from __future__ import annotations

from collections import Counter

import pytest

from aioformal.concrete import Program, compile_model
from aioformal.diagnostic import DiagnosticError
from aioformal.encode import encode_model, infer_shapes
from aioformal.engine.reference.expand import Expander
from aioformal.engine.reference.store import Node, Store
from aioformal.resolve import Model, load_model
from aioformal.value.values import State
from tests.differential.guard_models import module, random_module
from tests.differential.test_transitions import Symbolic, concrete_steps

CONFIG = "CONSTANT NULL = NULL\nINIT Init\nNEXT Next\n"


def loaded(text: str) -> Model:
    return load_model("Guarded.tla", "Guarded.cfg", {"Guarded.tla": text, "Guarded.cfg": CONFIG})


class Remembering:
    """The steps as the reference search finds them, with what it remembers of other states."""

    def __init__(self, program: Program) -> None:
        self._store = Store(program.model.flat.variables)
        self._expander = Expander(program, self._store)

    def steps(self, state: State) -> Counter[State] | None:
        node = Node(self._store.pack(state), self._store)
        try:
            found = self._expander.successors(node)
        except DiagnosticError:
            return None
        return Counter(self._store.unpack(packed) for _, packed in found)


def check(text: str) -> tuple[int, int]:
    """How many states fail, and how many do not."""
    model = loaded(text)
    program = compile_model(model)
    encoding = encode_model(model, infer_shapes(model, program), (), counting=True)
    remembering = Remembering(program)
    failing = 0
    states = list(program.initial_states())
    for state in states:
        symbolic = Symbolic(encoding, state)
        fails = symbolic.fires("evaluation", "assert")
        steps = concrete_steps(program, state)
        assert (steps is None) == fails, (state, symbolic.fired)
        remembered = remembering.steps(state)
        assert (remembered is None) == fails, (state, symbolic.fired)
        failing += fails
        if steps is not None:
            assert remembered == Counter(step.state for step in steps)
            assert symbolic.made == Counter((step.label.name, step.state) for step in steps)
    return failing, len(states) - failing


@pytest.mark.parametrize("block", range(4))
def test_random_guards_fail_where_the_encoding_does(block: int) -> None:
    counts = [check(random_module(seed)) for seed in range(block * 15, block * 15 + 15)]
    failing, fine = map(sum, zip(*counts, strict=True))
    assert failing > 50
    assert fine > 50


ORDERS = {
    "a later test of the same variable": "f[x] = 1 /\\ x # NULL /\\ n' = n",
    "a later test of another variable": "Head(q) = 1 /\\ n = 0 /\\ n' = n",
    "a later test of several variables": "1 \\div n = 1 /\\ f[x] = Len(q) /\\ n' = n",
    "a test after one of several variables": "f[x] = Len(q) /\\ n = 0 /\\ n' = n",
    "a test behind a definition": "Fails(n) /\\ Unset /\\ n' = n",
    "another way": "(x # NULL \\/ Head(q) = n) /\\ n = 0 /\\ n' = n",
    "a way in one variable": "(n = 0 \\/ 1 \\div n = 1) /\\ n = 1 /\\ n' = n",
    "a way with a step": "((n = 1 /\\ n' = 0) \\/ (1 \\div n = 1 /\\ n' = 1)) /\\ x = NULL",
    "a member": "(\\E i \\in 0..n : 1 \\div i = 1) /\\ x = NULL /\\ n' = n",
    "a member that is not known": "\\E i \\in DOMAIN q : 1 \\div (1 - i) = 1 /\\ x = NULL /\\ n' = n",
    "the set of a bound": "\\E i \\in DOMAIN Head(q) : x = NULL /\\ n' = n",
    "an assignment": "n' = 1 \\div n /\\ x = NULL",
    "a condition": "(IF Head(q) = 1 THEN n' = 1 ELSE n' = 0) /\\ x = NULL",
    "a name of LET": "LET h == Head(q) IN h = 1 /\\ x = NULL /\\ n' = n",
    "a constant": "(NULL = NULL \\/ Fails(0)) /\\ x = NULL /\\ n' = n",
}


@pytest.mark.parametrize("case", ORDERS)
def test_what_comes_before_fails_first(case: str) -> None:
    failing, _ = check(module(f"{ORDERS[case]} /\\ UNCHANGED <<x, q, f>>"))
    assert failing


def test_what_a_test_before_excludes_does_not_fail() -> None:
    action = "x \\in DOMAIN f /\\ n = 1 /\\ f[x] = 1 /\\ (q = <<>> \\/ Head(q) = 1) /\\ n' = 1 \\div n"
    failing, fine = check(module(f"{action} /\\ UNCHANGED <<x, q, f>>"))
    # All but the second way: it is looked at where q is empty, too.
    assert (failing, fine) == (1, 23)
