"""From a problem to a plan: shapes with an end, the encoding, what words cannot hold."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from aioformal.diagnostic import DiagnosticError
from aioformal.encode import QUICK, Encoding, Shapes, encode_model, infer_shapes, widen_shapes
from aioformal.encode.encoding import deep_calls, state_variables
from aioformal.encode.growth import with_ends
from aioformal.encode.infer import Sample, first_states, shapes_so_far
from aioformal.encode.renaming import closed_shapes
from aioformal.encode.symmetry import symmetry_of
from aioformal.encode.view import encode_view
from aioformal.engine.explicit.doubts import Doubts
from aioformal.engine.explicit.reduction import asymmetric, group_of_model
from aioformal.engine.explicit.sampling import open_probes
from aioformal.engine.protocol import Problem
from aioformal.ir.reduction import Symmetry, View
from aioformal.native.branching import UnboundedInputError
from aioformal.native.kernel import Kernel
from aioformal.native.layout import Packed, TooWideError, layout_of
from aioformal.native.plan import Plan, TooMuchCodeError, plan_of
from aioformal.native.runners import Runner, begin_code, make_kernel
from aioformal.resolve.model import PartKind, Property, PropertyKind
from aioformal.syntax import ast
from aioformal.value.permutation import Group
from aioformal.value.values import State

REACHES = (2**15 - 1, 2**31 - 1, 2**61 - 1)
"""How far integers without an end are taken to go: the next one when they go farther."""

MOST_PROPERTIES = 64


class RefusedError(Exception):
    """The model is beyond packed words; the reference semantics has to do."""


class Prepared(Struct, frozen=True, dict=True):
    """`reach` is the position in `REACHES`. Properties are numbered as in `properties`, which holds what
    can be said of states and steps, and then `probes`, those that are looked for; `unseen` others are not,
    for want of numbers. Where states are told apart only up to a `group`, the shapes are
    closed under it. `whole`: every state is one of its own, whatever the configuration says."""

    problem: Problem
    shapes: Shapes
    reach: int
    properties: tuple[Property, ...]
    group: Group | None = None
    whole: bool = False
    unseen: int = 0

    @property
    def probes(self) -> dict[str, int]:
        """Their numbers, by name."""
        probing = PropertyKind.PROBE
        return {prop.name: number for number, prop in enumerate(self.properties) if prop.kind is probing}

    @cached_property
    def encoding(self) -> Encoding:
        """Raises `RefusedError`."""
        try:
            made = encode_model(self.problem.model, self.shapes, self.properties, counting=True, looping=True)
        except DiagnosticError as refusal:
            raise RefusedError(refusal.diagnostics[0].message) from None
        for name, reason in made.system.unsupported:
            raise RefusedError(f"{name}: {reason}")
        return made

    @cached_property
    def plan(self) -> Plan:
        """Raises `RefusedError`."""
        try:
            return plan_of(self.encoding.system, self.symmetry, self.view)
        except (TooWideError, UnboundedInputError) as refusal:
            raise RefusedError(str(refusal)) from None

    def kernel(self, workers: int = 1, runner: Runner = "auto") -> Kernel:
        """Raises `RefusedError`."""
        try:
            return make_kernel(self.plan, workers, runner)
        except TooMuchCodeError as refusal:
            raise RefusedError(str(refusal)) from None

    @cached_property
    def symmetry(self) -> Symmetry | None:
        return None if self.group is None else symmetry_of(self.shapes, self.group)

    def begin_code(self, runner: Runner = "auto") -> None:
        """Has made beside the encoding what machine code needs that does not depend on it."""
        with suppress(TooWideError):
            layout = layout_of(state_variables(self.shapes))
            if self.told_by is None:
                begin_code(layout, symmetric=self.group is not None, runner=runner)

    @property
    def told_by(self) -> ast.Expr | None:
        """What tells states apart, if not everything does."""
        return None if self.whole else self.problem.model.view

    @property
    def reduced_by(self) -> tuple[str, ...]:
        """The statements of the configuration by which states are taken for the same."""
        used = {"SYMMETRY": self.group is not None, "VIEW": self.told_by is not None}
        return tuple(name for name, is_used in used.items() if is_used)

    @cached_property
    def view(self) -> View | None:
        """Raises `RefusedError`."""
        model, told_by = self.problem.model, self.told_by
        try:
            return None if told_by is None else encode_view(model, told_by, self.shapes)
        except DiagnosticError as refusal:
            raise RefusedError(f"VIEW: {refusal.diagnostics[0].message}") from None

    @cached_property
    def doubts(self) -> Doubts:
        """What is not proved of the states that are taken for the same."""
        with deep_calls():
            return Doubts(self.problem, self.group, self.shapes)

    def unlike(self, what: str, prop: str | None = None) -> DiagnosticError:
        """Two states that SYMMETRY takes for the same were seen to differ, in a property or in what can
        happen."""
        doubted = self.doubts.common if prop is None else self.doubts.of(prop)
        return asymmetric(self.problem.model, what, proved=doubted is None)

    def decoded(self, words: Packed) -> State:
        return self.encoding.decode_state(self.plan.layout.unpack(words))

    def packed(self, state: State) -> Packed:
        """Raises `ValueError` for a state that does not fit."""
        return self.plan.layout.pack(self.encoding.encode_state(state))

    def widened(self, states: Sequence[State]) -> Prepared | None:
        """With room for states too; None if they all have a place. Raises `RefusedError`.

        A widening means new code, and another place for every state that was kept: it is generous with
        what room is left in the words that are needed anyway.
        """
        frugal = self._widened(states, generous=False)
        if frugal is None:
            return None
        generous = self._widened(states, generous=True)
        return generous if generous is not None and generous._costs_no_word(frugal) else frugal

    def _costs_no_word(self, frugal: Prepared) -> bool:
        """Whether these shapes can be used, in as many words as others take."""
        try:
            fewest = layout_of(state_variables(frugal.shapes)).words
            return layout_of(state_variables(self.shapes)).words <= fewest and self.plan.layout.words > 0
        except (TooWideError, RefusedError):
            return False

    def _widened(self, states: Sequence[State], *, generous: bool) -> Prepared | None:
        shapes, reach = self.shapes, self.reach
        for state in states:
            while not shapes.contains(state):
                wider = widen_shapes(shapes, state, generous=generous)
                shapes, reach = _ended(wider, state, reach)
        if shapes is self.shapes:
            return None
        return replace(self, shapes=_closed(shapes, self.group), reach=reach)


def _closed(shapes: Shapes, group: Group | None) -> Shapes:
    return shapes if group is None else closed_shapes(shapes, group)


def _ended(shapes: Shapes, state: State | None, reach: int) -> tuple[Shapes, int]:
    """The shapes with an end to every integer, and the reach that took."""
    for position in range(reach, len(REACHES)):
        found = with_ends(shapes, REACHES[position])
        if state is None or found.contains(state):
            return found, position
    raise RefusedError(f"an integer grows beyond {REACHES[-1]}")


def prepare(
    problem: Problem, *, whole: bool = False, sample: Sample | None = None, runner: Runner | None = None
) -> Prepared:
    """Shapes from a sample, made here unless the first states were looked at already. With a `runner`, the
    code that these shapes need is begun as soon as there is a first notion of them.

    Raises `RefusedError`, and, if not for the `whole` of the states, config.symmetry where SYMMETRY is no
    set of permutations."""
    model, program = problem.model, problem.program
    if program.is_volatile:
        raise RefusedError("what TLCGet, TLCSet or Trace ask for is known to the reference search only")
    group = None if whole else group_of_model(problem)
    properties = safety_properties(problem)
    if len(properties) > MOST_PROPERTIES:
        raise RefusedError(f"there are more than {MOST_PROPERTIES} properties")
    try:
        sample = first_states(model, program, QUICK) if sample is None else sample
        if runner is not None:
            # Walks add values, but seldom words.
            shapes, reach = _ended(shapes_so_far(model, program, sample), None, 0)
            Prepared(problem, _closed(shapes, group), reach, (), group, whole).begin_code(runner)
        shapes, reach = _ended(infer_shapes(model, program, QUICK, sample), None, 0)
    except DiagnosticError as refusal:
        raise RefusedError(refusal.diagnostics[0].message) from None
    probes = open_probes(program, sample, problem.probes)
    properties = (*properties, *probes)[:MOST_PROPERTIES]
    unseen = len(probes) - sum(prop.kind is PropertyKind.PROBE for prop in properties)
    return Prepared(problem, _closed(shapes, group), reach, properties, group, whole, unseen)


def safety_properties(problem: Problem) -> tuple[Property, ...]:
    """What can be said of states and steps, in the order of the problem's properties."""
    return tuple(safety for prop in problem.properties if (safety := _safety_of(prop)) is not None)


def _safety_of(prop: Property) -> Property | None:
    """What a property says of single states and steps; None if that is nothing."""
    parts = tuple(part for part in prop.parts if part.kind is not PartKind.TEMPORAL)
    return replace(prop, parts=parts) if parts else None
