"""The state that stands for its images: the same for all of them, one of them, the same in both runners."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aioformal.engine.explicit.preparation import Prepared, prepare
from aioformal.engine.protocol import Problem
from aioformal.native.interpreted import InterpretedKernel
from aioformal.native.llvm_kernel import LlvmKernel
from aioformal.value.values import State
from tests.unit.concrete.specs import model_of
from tests.unit.engine.symmetric_models import image, symmetric_models


def prepared(pair: tuple[str, str]) -> Prepared:
    text, config = pair
    model = model_of(text, f"INIT Init\nNEXT Next\nSYMMETRY Perms\n{config}")
    return prepare(Problem(model, model.properties, False))


def some_states(made: Prepared, data: st.DataObject) -> list[State]:
    """States on a random way from an initial one, as far as they fit the shapes."""
    program = made.problem.program
    states = [next(program.initial_states())]
    for _ in range(6):
        options = [step.state for step in program.successors(states[-1]) if made.shapes.contains(step.state)]
        if not options:
            break
        states.append(data.draw(st.sampled_from(options)))
    return states


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(symmetric_models(), st.data())
def test_one_state_stands_for_all_images(pair: tuple[str, str], data: st.DataObject) -> None:
    made = prepared(pair)
    assert made.group is not None
    machine, twin = LlvmKernel(made.plan), InterpretedKernel(made.plan)
    for state in some_states(made, data):
        images = {made.packed(image(state, by)) for by in made.group.elements()}
        found = {machine.representative(words) for words in images}
        assert len(found) == 1
        assert found <= images
        assert found == {twin.representative(words) for words in images}
    machine.close()


def test_without_symmetry_a_state_stands_for_itself() -> None:
    model = model_of("VARIABLE x\nInit == x \\in 0..5\nNext == x' \\in 0..5")
    plan = prepare(Problem(model, (), False)).plan
    assert LlvmKernel(plan).representative((3,)) == InterpretedKernel(plan).representative((3,)) == (3,)
