"""The certificate of a k-induction: its base and its step as SMT-LIB scripts, and its statement in TLA+."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aioformal.engine.claim import Claim, Failure, trouble
from aioformal.engine.induction_step import assumptions, hypotheses
from aioformal.engine.unrolling import Unrolling, admission
from aioformal.evidence.verdict import Inductive
from aioformal.ir.term import false, or_
from aioformal.resolve.model import Model, PartKind, PropertyPart
from aioformal.solve import Script, make_script
from aioformal.solve.protocol import At
from aioformal.syntax import unparse

NOTHING = Failure(false, false)


def certificate(model: Model, unrolling: Unrolling, claims: Mapping[str, Claim], k: int) -> Inductive:
    """The proof that the claims are inductive at k, together with the absence of trouble. Claims about
    the first state alone need no step, and do not rest on that absence."""
    initial = all(claim.initial for claim in claims.values())
    troubled = NOTHING if initial else trouble(unrolling.relation)
    return Inductive(
        k=k,
        invariant=invariant_text(model, claims),
        base=_base(unrolling, claims, troubled, k),
        step=_step(unrolling, claims, troubled, k),
    )


def invariant_text(model: Model, claims: Iterable[str]) -> str:
    """The conjunction of what was shown, a line for each formula, with the property's name."""
    lines: list[str] = []
    for name in claims:
        prop = model.property_named(name)
        formulas = ["ENABLED Next"] if prop is None else [_part_text(part) for part in prop.parts]
        lines += [f"/\\ {formula}  \\* {name}" for formula in formulas]
    return "\n".join(lines)


def _part_text(part: PropertyPart) -> str:
    formula = unparse(part.formula)
    if part.kind is not PartKind.STEP:
        return f"({formula})"
    return f"[][{formula}]_({unparse(part.subscript)})" if part.subscript else f"[]({formula})"


def _base(unrolling: Unrolling, claims: Mapping[str, Claim], troubled: Failure, k: int) -> str:
    """Some behaviour of less than k steps breaks a claim: must be unsatisfiable."""
    script = make_script(unrolling.system)
    script.comment(f"Base: a behaviour of less than {k} steps breaks a claim. To be unsatisfiable.")
    relation = unrolling.relation
    ends = [_initial_trouble(script, unrolling)]
    path = script.define("state 0 is initial", At(relation.initial, -1))
    for i in range(k):
        if i > 0:
            path = _longer(script, unrolling, path, i)
        broken = _failures(script, claims, troubled, i)
        ends.append(script.conjunction(f"broken after {i} steps", [path, broken]))
    script.require(script.disjunction("broken", ends))
    return script.text()


def _initial_trouble(script: Script, unrolling: Unrolling) -> str:
    conditions = [o.condition for o in unrolling.relation.initial_obligations]
    return script.define("no initial state can be made", At(or_(*conditions), -1))


def _longer(script: Script, unrolling: Unrolling, path: str, i: int) -> str:
    """A behaviour of i steps: one of i - 1 whose last state is expanded, and a step."""
    facts = [*admission(unrolling.system, i - 1), At(unrolling.relation.step, i - 1)]
    parts = [script.define(f"step {i}, part {n}", fact) for n, fact in enumerate(facts)]
    return script.conjunction(f"behaviour of {i} steps", [path, *parts])


def _failures(script: Script, claims: Mapping[str, Claim], troubled: Failure, i: int) -> str:
    broken = [script.define(f"{name} broken at {i}", claim.fails(i)) for name, claim in claims.items()]
    broken.append(script.define(f"trouble at {i}", troubled.at(i)))
    return script.disjunction(f"broken at {i}", broken)


def _step(unrolling: Unrolling, claims: Mapping[str, Claim], troubled: Failure, k: int) -> str:
    """k good states are followed by one that is not: must be unsatisfiable."""
    script = make_script(unrolling.system)
    script.comment(f"Step: {k} good, different states in a row, then a bad one. To be unsatisfiable.")
    for i in range(k):
        for n, fact in enumerate(assumptions(unrolling, troubled, i)):
            script.require(script.define(f"assumption {n} on state {i}", fact))
        script.require(script.define(f"step from state {i}", At(unrolling.relation.step, i)))
    for name, claim in claims.items():
        for i, fact in enumerate(hypotheses(claim, k)):
            script.require(script.define(f"{name} holds at {i}", fact))
    script.require(_failures(script, claims, troubled, k))
    return script.text()
