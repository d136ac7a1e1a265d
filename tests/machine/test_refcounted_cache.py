"""A state machine made from a specification: a right implementation passes, seeded mistakes are found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import aioformal
from aioformal.hypothesis import machine
from tests.machine.refcounted_cache import Cache, ForgetfulCache, HastyCache

SPEC = aioformal.load(Path(__file__).with_name("Cache.tla"))
KEYS = ("a", "b", "c")
SETTINGS = settings(
    max_examples=40,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


class Driver:
    """Drives a cache. Shrink takes no argument: which object goes is the cache's to choose."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache

    def Get(self, k: str) -> None:  # noqa: N802
        self.cache.get(k)

    def Put(self, k: str) -> None:  # noqa: N802
        self.cache.put(k)

    def Shrink(self) -> None:  # noqa: N802
        self.cache.shrink()

    def observe(self) -> dict[str, object]:
        return {
            "cached": set(self.cache.references),
            "refs": {key: self.cache.references.get(key, 0) for key in KEYS},
        }


class RightDriver(Driver):
    def __init__(self) -> None:
        super().__init__(Cache(2))


class HastyDriver(Driver):
    def __init__(self) -> None:
        super().__init__(HastyCache(2))


class ForgetfulDriver(Driver):
    def __init__(self) -> None:
        super().__init__(ForgetfulCache(2))


def run(driver: Any) -> None:
    run_state_machine_as_test(machine(SPEC, driver), settings=SETTINGS)


def test_a_right_implementation_passes() -> None:
    run(RightDriver)


def test_a_cache_that_throws_out_what_is_held_is_found_and_the_run_is_shrunk() -> None:
    with pytest.raises(SPEC.Broken) as caught:
        run(HastyDriver)
    # A reference that is put leaves an object to throw out; one more is held, and goes first.
    assert caught.value.rule == "observe"
    assert [text for _, text in caught.value.steps][-1].startswith("Shrink")
    assert caught.value.event <= 8


def test_a_cache_that_forgets_a_reference_is_found_after_two_steps() -> None:
    with pytest.raises(SPEC.Broken) as caught:
        run(ForgetfulDriver)
    assert caught.value.event == 2
    assert "Get" in str(caught.value)


def test_a_driver_without_a_method_is_told_which() -> None:
    class Mute:
        def observe(self) -> dict[str, object]:
            return {}

    with pytest.raises(TypeError, match=r"Mute has no method \w+: write one, or put it into `ignore`"):
        run(Mute)


def test_an_observation_of_no_variable_is_told() -> None:
    class Wrong(RightDriver):
        def observe(self) -> dict[str, object]:
            return {"size": 1}

    with pytest.raises(ValueError, match="no variable is called size; there are cached, refs"):
        run(Wrong)
