"""Replaying a counterexample on the reference semantics before anyone is shown it.

Every step is confirmed by two readings of the next-state action: it must be among the enumerated
successors, and the action must be true as a plain predicate on the two states. All states but the last
must be ones that are expanded: inside CONSTRAINT, and reached by steps inside ACTION_CONSTRAINT.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from aioformal.concrete import Program, lasso
from aioformal.concrete.lasso import is_fair, violates_temporally
from aioformal.concrete.ordering import NotJudgedError, refutation
from aioformal.diagnostic import DiagnosticError
from aioformal.evidence.join import EvidenceError
from aioformal.evidence.verdict import ActionLabel, Fault, Trace
from aioformal.resolve.model import PartKind, Property, PropertyPart
from aioformal.value.digest import encode_value
from aioformal.value.fault import ValueFault
from aioformal.value.registers import REGISTERS
from aioformal.value.values import Function, State


def replay_trace(program: Program, prop: Property | None, trace: Trace) -> Trace:
    """Confirms that `trace` is a behaviour and that its end violates `prop` (None: is a deadlock).

    Returns the trace with the action labels that the reference semantics gives. Raises
    `EvidenceError` (check.evidence) when it does not replay.
    """
    with REGISTERS.elsewhere():
        return _replayed(program, prop, trace)


def _replayed(program: Program, prop: Property | None, trace: Trace) -> Trace:
    subject = "deadlock" if prop is None else prop.name
    replayed = replay_behaviour(program, subject, trace)
    if trace.loop is not None:
        replayed = replace(replayed, closing=_confirm_lasso(program, subject, trace))
    if prop is None:
        _confirm_deadlock(program, subject, trace)
    elif not violates(program, prop, trace):
        raise EvidenceError(f"the counterexample to {subject} does not violate it")
    else:
        _confirm_rule(program, prop, trace)
    return replayed


def _confirm_lasso(program: Program, subject: str, trace: Trace) -> ActionLabel | None:
    """That the last state is followed by the first of the cycle, and that the behaviour is fair. Returns the
    label of the step back."""
    assert trace.loop is not None
    last, first = trace.states[-1], trace.states[trace.loop]
    closing = None
    if last != first:
        place = f"the step back to {trace.loop + 1} in the counterexample to {subject}"
        around = replace(trace, states=(*trace.states, first), loop=None)
        _confirm_expanded(program, around, trace.depth, place)
        closing = replay_step(program, last, first, trace.closing or ActionLabel("Next"), place)
        _look_at(trace, trace.depth)
        if not program.satisfies_action_constraints(last, first):
            raise EvidenceError(f"{place} is forbidden by ACTION_CONSTRAINT")
    if not confirmed_fair(program, subject, trace):
        raise EvidenceError(f"the counterexample to {subject} is not fair")
    return closing


def confirmed_fair(program: Program, subject: str, trace: Trace) -> bool:
    """Whether a lasso satisfies the fairness that is assumed. Raises `EvidenceError` where that cannot be
    said."""
    return _judged(lambda: is_fair(program, trace), subject)


def _judged(judge: Callable[[], bool], subject: str) -> bool:
    """What the second reading of temporal formulas says."""
    try:
        return judge()
    except lasso.NotJudgedError as problem:
        raise EvidenceError(f"{subject} cannot be judged a second time: {problem}") from None


def _confirm_rule(program: Program, prop: Property, trace: Trace) -> None:
    """That an ordering rule is violated by its meaning, too: what was remembered does not count."""
    if prop.rule is None:
        return
    try:
        refuted = refutation(program, prop.rule, trace)
    except NotJudgedError as problem:
        raise EvidenceError(f"{prop.name} cannot be judged a second time: {problem}") from None
    if refuted is None:
        raise EvidenceError(
            f"the counterexample to {prop.name} violates a monitor, but not what it stands for"
        )


def replay_behaviour(program: Program, subject: str, trace: Trace) -> Trace:
    """Confirms that the states of `trace` follow each other from an initial state."""
    if not trace.states or len(trace.actions) != len(trace.states) - 1:
        raise EvidenceError(f"the counterexample to {subject} has no states, or not one action a step")
    _look_at(trace, 0)
    if not program.is_initial(trace.states[0]):
        raise EvidenceError(f"the counterexample to {subject} does not begin in an initial state")
    labels = tuple(
        _replay_step(program, subject, trace, index, action) for index, action in enumerate(trace.actions)
    )
    return replace(trace, actions=labels)


def replay_fault(program: Program, properties: tuple[Property, ...], fault: Fault) -> Property | None:
    """Confirms that the specification cannot be evaluated at the end of the fault's trace.

    Returns the property during whose evaluation it happens, None when it is the behaviour itself.
    """
    if fault.trace is None or not fault.trace.states:
        return None
    with REGISTERS.elsewhere():
        return _replayed_fault(program, properties, fault, fault.trace)


def _replayed_fault(
    program: Program, properties: tuple[Property, ...], fault: Fault, trace: Trace
) -> Property | None:
    replay_behaviour(program, "evaluation", trace)
    for prop in properties:
        if any(_faults_in(program, part, trace) for part in prop.parts):
            return prop
    if not _faults(lambda: _arrive_and_expand(program, trace)):
        raise EvidenceError(f"{fault.engine} found an evaluation error that does not come about on replay")
    return None


def _replay_step(
    program: Program, subject: str, trace: Trace, index: int, action: ActionLabel
) -> ActionLabel:
    before, after = trace.states[index], trace.states[index + 1]
    place = f"step {index + 1} of the counterexample to {subject}, {action.name},"
    _confirm_expanded(program, trace, index, place)
    _look_at(trace, index)
    return replay_step(program, before, after, action, place)


def replay_step(
    program: Program, before: State, after: State, action: ActionLabel, place: str
) -> ActionLabel:
    """Confirms that one state follows another, by both readings. `place` says which step it is.

    Returns the label that the reference semantics gives: `action` itself, if that is one of them. Raises
    `EvidenceError`.
    """
    if not program.is_step(before, after):
        raise EvidenceError(f"{place} is no step of the next-state action")
    labels = _labels_of_step(program, before, after, action)
    if labels is None:
        return action
    if not labels:
        raise EvidenceError(f"{place} is not among the successors of its state")
    return action if action in labels else labels[0]


def _confirm_expanded(program: Program, trace: Trace, index: int, place: str) -> None:
    """That a state is one whose successors are looked at."""
    _look_at(trace, index)
    if not program.satisfies_constraints(trace.states[index]):
        raise EvidenceError(f"{place} leaves a state outside CONSTRAINT")
    _look_at(trace, max(0, index - 1))
    if index and not program.satisfies_action_constraints(*trace.states[index - 1 : index + 1]):
        raise EvidenceError(f"{place} comes after a step that is forbidden by ACTION_CONSTRAINT")


def _labels_of_step(
    program: Program, before: State, after: State, wanted: ActionLabel
) -> list[ActionLabel] | None:
    """The labels under which `after` is enumerated, up to the wanted one.

    None where the enumeration breaks off (an infinite choice, an error in another branch): judging
    one given step is possible where enumerating all is not.
    """
    labels: list[ActionLabel] = []
    try:
        for step in program.successors(before):
            if step.state == after:
                labels.append(step.label)
                if step.label == wanted:
                    break
    except DiagnosticError:
        return labels or None
    return labels


def _confirm_deadlock(program: Program, subject: str, trace: Trace) -> None:
    _confirm_expanded(program, trace, trace.depth, f"the end of the counterexample to {subject}")
    _look_at(trace, trace.depth)
    if next(iter(program.successors(trace.states[-1])), None) is not None:
        raise EvidenceError("a state was reported as a deadlock, but it has a successor")


def _look_at(trace: Trace, index: int) -> None:
    """Tells TLCGet and Trace which state is looked at."""
    REGISTERS.level = index + 1
    REGISTERS.trace = lambda: [
        Function(dict(zip(trace.variables, state, strict=True))) for state in trace.states[: index + 1]
    ]


def violates(program: Program, prop: Property, trace: Trace) -> bool:
    """Whether the end of `trace`, or all of a lasso, violates a part of `prop`. Raises where the part has no
    value."""
    if trace.loop is not None:
        return _judged(lambda: violates_temporally(program, prop, trace), prop.name)
    return any(_violated(program, part, trace) for part in prop.parts)


def _violated(program: Program, part: PropertyPart, trace: Trace) -> bool:
    _look_at(trace, max(0, trace.depth - (part.kind is PartKind.STEP)))
    match part.kind:
        case PartKind.INITIAL:
            return not program.predicate(part.formula)(trace.states[0])
        case PartKind.ALWAYS:
            return not program.predicate(part.formula)(trace.states[-1])
        case PartKind.STEP:
            return len(trace.states) > 1 and not program.step_predicate(part.formula, part.subscript)(
                trace.states[-2], trace.states[-1]
            )
        case PartKind.TEMPORAL:
            return False


def _faults_in(program: Program, part: PropertyPart, trace: Trace) -> bool:
    return _faults(lambda: _violated(program, part, trace))


def _faults(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (DiagnosticError, ValueFault):
        return True
    return False


def evaluated(program: Program, prop: Property | None, trace: Trace) -> None:
    """Evaluates `prop` at the end of `trace`, or (None) what a search does there besides. Raises
    `DiagnosticError` or `ValueFault` where something has no value."""
    with REGISTERS.elsewhere():
        if prop is None:
            _arrive_and_expand(program, trace)
        else:
            violates(program, prop, trace)


def _arrive_and_expand(program: Program, trace: Trace) -> None:
    """What a search does with the last state besides judging it, in the same order."""
    _look_at(trace, trace.depth)
    if is_expanded(program, trace.states):
        for step in program.successors(trace.states[-1]):
            for value in step.state:
                encode_value(value)  # fails for what cannot be part of a state: [n \in Nat |-> n]
            is_expanded(program, (trace.states[-1], step.state))


def is_expanded(program: Program, states: Sequence[State]) -> bool:
    """Whether the last state, and the step to it, satisfy the constraints: only then it has successors."""
    if not program.satisfies_constraints(states[-1]):
        return False
    return len(states) == 1 or program.satisfies_action_constraints(states[-2], states[-1])
