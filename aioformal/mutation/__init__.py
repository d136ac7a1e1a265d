"""Has a specification teeth? Small mistakes are made in what it says happens, one at a time, and each should
break a property.

    mistakes(model) -> [Mutant]                   what can go wrong, in Init, Next and all that they use
    Subject(model, budget).judge(mutant, budget)  which property notices, in how many steps

After R. A. DeMillo, R. J. Lipton, F. G. Sayward: Hints on test data selection. Computer 11(4), 1978. The
properties are the tests here, and a complete search runs all of them.
"""

from aioformal.mutation.judging import Fate, Outcome, Subject
from aioformal.mutation.making import mistakes
from aioformal.mutation.mutant import KINDS, Edit, Kind, Mutant, mutated

__all__ = ["KINDS", "Edit", "Fate", "Kind", "Mutant", "Outcome", "Subject", "mistakes", "mutated"]
