"""A whole transition system as an SMT-LIB script: what `dump --stage smt2` prints."""

from __future__ import annotations

from aioformal.ir.dump import label_text
from aioformal.ir.relation import Relation
from aioformal.ir.sort import IntSort
from aioformal.ir.system import Obligation, Transition, TransitionSystem
from aioformal.ir.term import Term, not_, or_, true
from aioformal.solve.lowering import is_finite
from aioformal.solve.protocol import At
from aioformal.solve.smtlib import Script


def system_to_smtlib(system: TransitionSystem) -> str:
    """Initial states, steps, properties and obligations as named formulas over the states 0 and 1. The
    question at the end is whether an initial state has a successor."""
    script = Script(finite=is_finite(system))
    _describe(script, system)
    relation = Relation(system)
    script.comment("\nState 0 is an initial state.")
    initial = script.define("initial", At(relation.initial, -1))
    script.comment("\nEvery transition by itself: where it is enabled.")
    for number, transition in enumerate(system.transitions):
        _transition(script, number, transition)
    script.comment("\nSome transition, the one that ?@action@0 names, leads from state 0 to state 1.")
    step = script.define("step", At(relation.step, 0))
    _constraints(script, system)
    _obligations(script, "obligation", relation.step_obligations)
    _properties(script, system)
    for formula in (initial, step):
        script.require(formula)
    return script.text()


def _describe(script: Script, system: TransitionSystem) -> None:
    script.comment("x@0 is the value of x before the step, x@1 after it, ?i@0 a free choice of the step.")
    for v in system.variables:
        bounds = f" (integers {v.sort})" if isinstance(v.sort, IntSort) else ""
        script.comment(f"variable {v.name}: {v.sort}{bounds}")


def _transition(script: Script, number: int, transition: Transition) -> None:
    script.comment(f"{number}: {label_text(transition.label)}, changes {', '.join(transition.updates)}")
    script.define(f"enabled {number}", At(transition.guard, 0))


def _constraints(script: Script, system: TransitionSystem) -> None:
    for name, term in (("CONSTRAINT", system.constraint), ("ACTION_CONSTRAINT", system.action_constraint)):
        if term is not true:
            script.define(name, At(term, 0))


def _obligations(script: Script, name: str, obligations: tuple[Obligation, ...]) -> None:
    for number, obligation in enumerate(obligations):
        script.comment(f"\n{obligation.kind}: must not happen: {obligation.message}")
        script.define(f"{name} {number}", At(obligation.condition, 0))


def _properties(script: Script, system: TransitionSystem) -> None:
    for prop in system.properties:
        script.comment(f"\n{prop.kind.value} {prop.name}")
        for number, part in enumerate(prop.parts):
            script.define(f"{prop.name} {number} {part.kind.value}", At(part.term, 0))
            failures: list[Term] = [not_(part.term), *(o.condition for o in part.obligations)]
            script.define(f"{prop.name} {number} fails", At(or_(*failures), 0))
