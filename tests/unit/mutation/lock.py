"""A lock with a place of its own for each step, small enough to list all that can be done wrong."""

from __future__ import annotations

from aioformal.engine.protocol import Budget
from aioformal.mutation import Mutant, Outcome, Subject, mistakes
from aioformal.resolve import load_model
from aioformal.resolve.model import Model

SPEC = r"""
---- MODULE Lock ----
EXTENDS Naturals
CONSTANT Checked
VARIABLES pc, owner
Init == pc = [t \in {1, 2} |-> "idle"] /\ owner = 0
Free == owner = 0
Take(t) == /\ pc[t] = "idle"
           /\ Free \/ ~Checked
           /\ owner' = t
           /\ pc' = [pc EXCEPT ![t] = "in"]
Look(t) == /\ pc[t] = "in"
           /\ pc' = [pc EXCEPT ![t] = "out"]
           /\ UNCHANGED owner
Give(t) == /\ pc[t] = "out"
           /\ IF owner = t THEN owner' = 0 ELSE UNCHANGED owner
           /\ pc' = [pc EXCEPT ![t] = "idle"]
Next == \E t \in {1, 2} : Take(t) \/ Look(t) \/ Give(t)
Exclusive == ~(pc[1] # "idle" /\ pc[2] # "idle")
Held == Free \/ pc[owner] # "idle"
====
"""
CONFIG = "INIT Init\nNEXT Next\nCONSTANT Checked = TRUE\nINVARIANTS Exclusive Held\nCHECK_DEADLOCK TRUE\n"


def model(spec: str = SPEC, config: str = CONFIG) -> Model:
    return load_model("Lock.tla", "Lock.cfg", {"Lock.tla": spec, "Lock.cfg": config})


def named(found: list[Mutant]) -> dict[str, Mutant]:
    return {mutant.name: mutant for mutant in found}


def fate_of(name: str, spec: str = SPEC, config: str = CONFIG) -> Outcome:
    made = model(spec, config)
    return Subject(made, Budget()).judge(named(mistakes(made))[name], Budget())
