"""Which atoms are true in a state and on the steps out of it, by machine code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.concrete import Program
from aioformal.encode import encode_actions, encode_model
from aioformal.engine.explicit.preparation import MOST_PROPERTIES, Prepared
from aioformal.engine.explicit.reduction import disagreement
from aioformal.engine.liveness.atoms import MARK, Atom, AtomKind, Atoms
from aioformal.engine.liveness.graph import stuttering
from aioformal.engine.liveness.judging import UnjudgedError
from aioformal.ir.system import SystemProperty, Transition
from aioformal.native.branching import UnboundedInputError
from aioformal.native.kernel import Kernel
from aioformal.native.layout import Packed, TooWideError
from aioformal.native.plan import TooMuchCodeError, plan_of
from aioformal.native.runners import Runner, make_kernel
from aioformal.resolve.model import Model, PartKind, Property, PropertyKind, PropertyPart
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

AT_ONCE = MOST_PROPERTIES // 2 - 1
"""Atoms that are claims. The last bit of a kernel's masks is not used: others share it."""

Steps = dict[Packed, tuple[int, bool]]
"""Where the steps of the model lead, with the atoms that are true on them and whether ACTION_CONSTRAINT
allows them."""


class Letters:
    """The truth of all atoms. `unchanged`: those that are true of a step that changes nothing."""

    def __init__(self, prepared: Prepared, model: Model, atoms: Atoms, runner: Runner) -> None:
        self._prepared = prepared
        self._program = Program(model)
        self._atoms = atoms.atoms
        self.unchanged = stuttering(atoms.atoms)
        steps = _encoded_steps(prepared, model, self._atoms)
        claimed = [
            n
            for n, atom in enumerate(self._atoms)
            if atom.kind is not AtomKind.ENABLED and _taken(atom, model) is None
        ]
        claims, properties = _encoded_claims(prepared, model, self._atoms, claimed[:AT_ONCE])
        self._claims = _Claims({n: self._atoms[n] for n in claims})
        self._enabled = [(1 << n, 1 << a.action) for n, a in enumerate(self._atoms) if a.action in steps]
        known = {*steps, *claims, *(n for n, a in enumerate(self._atoms) if a.action in steps)}
        self._evaluated = [n for n in range(len(self._atoms)) if n not in known]
        self._kernel = self._made(steps, properties, runner)

    def _made(
        self, steps: dict[int, tuple[Transition, ...]], claims: tuple[SystemProperty, ...], runner: Runner
    ) -> Kernel:
        """One kernel for all that words can say."""
        whole = self._prepared.encoding.system
        transitions = [*whole.transitions]
        self._masks = [0] * len(transitions)
        """By transition, the atom that it is a step of; 0 for those of the model."""
        for number, rules in steps.items():
            self._masks += [1 << number] * len(rules)
            transitions += rules
        system = replace(whole, transitions=tuple(transitions), properties=claims)
        try:
            kernel = make_kernel(plan_of(system), 1, runner)
        except (TooWideError, TooMuchCodeError, UnboundedInputError) as refusal:
            raise UnjudgedError(str(refusal)) from None
        kernel.open_states = kernel.open_steps = (1 << len(claims)) - 1
        return kernel

    def of(self, words: Packed) -> tuple[int, Steps]:
        """The atoms that are true in a state, and the steps out of it. Raises `DiagnosticError` where an atom
        has no value, `UnjudgedError` where it cannot be said."""
        found = self._kernel.steps(words)
        if found is None:
            return self._by_evaluation(words)
        steps: Steps = {}
        own: dict[Packed, int] = {}
        for rule, after, failed, permitted in found:
            mask = self._masks[rule]
            if mask == 0:
                steps[after] = self._claims.of_step(failed), bool(permitted)
            elif after != words:
                own[after] = own.get(after, 0) | mask
        now, possible = self._claims.of_state(self._kernel.verdicts(words)[1]), 0
        for after, letter in own.items():
            possible |= letter
            if after in steps:
                steps[after] = steps[after][0] | letter, steps[after][1]
        for bit, action in self._enabled:
            if possible & action:
                now |= bit
        return self._with_evaluated(words, now, steps, self._evaluated) if self._evaluated else (now, steps)

    def _with_evaluated(
        self, words: Packed, now: int, steps: Steps, numbers: Sequence[int]
    ) -> tuple[int, Steps]:
        """With what the reference semantics says of some atoms."""
        state = self._prepared.decoded(words)
        for number in numbers:
            atom = self._atoms[number]
            if atom.kind is not AtomKind.STEP:
                now |= self._program.predicate(atom.formula)(state) << number
                continue
            holds = self._program.step_predicate(atom.formula)
            for after, (letter, permitted) in steps.items():
                there = self._prepared.decoded(after)
                steps[after] = letter | holds(state, there) << number, permitted
        return now, steps

    def _by_evaluation(self, words: Packed) -> tuple[int, Steps]:
        """What the reference semantics says of a state in which some action has no value or leaves the
        shapes; no step of the model does, as the search has seen."""
        state = self._prepared.decoded(words)
        steps: Steps = {}
        for step in self._program.successors(state):
            permitted = self._program.satisfies_action_constraints(state, step.state)
            steps[self._prepared.packed(step.state)] = 0, permitted
        return self._with_evaluated(words, 0, steps, range(len(self._atoms)))

    def confirm(self, words: Packed, now: int, steps: Steps) -> None:
        """Raises check.evidence where the reference semantics says otherwise."""
        expected, after = self._by_evaluation(words)
        if now != expected or steps != after:
            raise disagreement("which actions a step is one of, or which are enabled")

    def close(self) -> None:
        self._kernel.close()


def _encoded_steps(
    prepared: Prepared, model: Model, atoms: Sequence[Atom]
) -> dict[int, tuple[Transition, ...]]:
    """The transitions of the actions among the atoms, by number, where words can say them."""
    if model.history is not None:
        # What is remembered may change where the specification's own variables do not.
        return {}
    actions = {n: action for n, atom in enumerate(atoms) if (action := _taken(atom, model)) is not None}
    encoded = encode_actions(model, prepared.shapes, list(actions.values()))
    return {n: rules for n, rules in zip(actions, encoded, strict=True) if rules is not None}


def _taken(atom: Atom, model: Model) -> ast.Expr | None:
    """The action A of `<<A>>_v`, where v is all variables."""
    formula, around = atom.formula, list[tuple[ast.Unit, ...]]()
    while isinstance(formula, ast.Let):
        around.append(formula.units)
        formula = formula.body
    if not isinstance(formula, ast.ActionAngle):
        return None
    if not set(model.variables) <= set(_listed(formula.subscript, model)):
        return None
    action = formula.action
    for units in reversed(around):
        action = ast.Let(action.span, units, action)
    return action


def _listed(subscript: ast.Expr, model: Model) -> Iterator[str]:
    """The variables of which a subscript is a tuple."""
    match subscript:
        case ast.Name(binding=ast.Binding(kind=BindingKind.VARIABLE, key=key)):
            yield key
        case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
            definition = model.flat.definitions[key]
            if not definition.recursive:
                yield from _listed(definition.body, model)
        case ast.Tuple(elements=elements):
            for element in elements:
                yield from _listed(element, model)
        case _:
            pass


def _encoded_claims(
    prepared: Prepared, model: Model, atoms: Sequence[Atom], numbers: Sequence[int]
) -> tuple[list[int], tuple[SystemProperty, ...]]:
    """The atoms that are claims, and two claims for each of them."""
    claims = [claim for number in numbers for claim in _claims(number, atoms[number])]
    system = encode_model(
        replace(model, next=None, constraints=(), action_constraints=()),
        prepared.shapes,
        claims,
        looping=True,
    )
    refused = {int(name.rpartition(MARK)[2]) for name, _ in system.system.unsupported}
    kept = [number for number in numbers if number not in refused]
    names = {claim.name for number in kept for claim in _claims(number, atoms[number])}
    return kept, tuple(prop for prop in system.system.properties if prop.name in names)


def _claims(number: int, atom: Atom) -> Iterator[Property]:
    """That an atom is true, and that it is not."""
    is_step = atom.kind is AtomKind.STEP
    kind = PropertyKind.ACTION if is_step else PropertyKind.INVARIANT
    where = PartKind.STEP if is_step else PartKind.ALWAYS
    span = atom.formula.span
    operator = ast.Name(span, "~", (), ast.Binding(BindingKind.BUILTIN, "~"))
    negation = ast.Apply(span, operator, (atom.formula,), "prefix")
    for sign, formula in (("", atom.formula), ("~", negation)):
        yield Property(f"{sign}{MARK}{number}", kind, (PropertyPart(where, formula),), span)


class _Claims(Struct):
    """Reads masks of claims that fail: two bits for each of some atoms, by number, in order."""

    atoms: Mapping[int, Atom]
    _of_states: dict[int, int] = field(default_factory=dict[int, int])
    _of_steps: dict[int, int] = field(default_factory=dict[int, int])

    def of_state(self, failed: int) -> int:
        known = self._of_states.get(failed)
        if known is None:
            known = self._of_states[failed] = self._letter(failed, of_steps=False)
        return known

    def of_step(self, failed: int) -> int:
        known = self._of_steps.get(failed)
        if known is None:
            known = self._of_steps[failed] = self._letter(failed, of_steps=True)
        return known

    def _letter(self, failed: int, *, of_steps: bool) -> int:
        """The atoms that are true."""
        letter = 0
        for position, (number, atom) in enumerate(self.atoms.items()):
            if (atom.kind is AtomKind.STEP) is not of_steps:
                continue
            match failed >> 2 * position & 3:
                case 1:
                    pass
                case 2:
                    letter |= 1 << number
                case _:
                    raise UnjudgedError(f"a part of it has no value in some state ({atom.formula.span})")
        return letter
