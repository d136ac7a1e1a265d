"""Does every part of a property ever matter? Implications, quantifiers and branches that never apply.

What is true because nothing ever tests it is worth little. Of each property the *probes* are collected: for
`P => Q` that P is true, for `\\A x \\in S` that S has a member, for a branch that it is taken, each together
with the conditions on the way to it and closed over the names that are bound there. A search looks for a
state, or a step, of each; a probe that none of all reachable ones shows becomes a note. (Antecedent failure:
Beer, Ben-David, Eisner, Rodeh, Efficient detection of vacuity in temporal model checking, 2001.)

* `frames`: what stands around a part of a formula, and the formula that says that it is reached.
* `entering`: the body of a definition where it is applied.
* `collecting`: the probes of properties.
* `telling`: the notes.
"""

from aioformal.vacuity.collecting import Probe, Probes, probes_of
from aioformal.vacuity.telling import never_applying

__all__ = ["Probe", "Probes", "never_applying", "probes_of"]
