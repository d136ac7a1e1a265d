"""Ordering rules: from the operators of module `Ordering` to history bits, automata and text.

* `operators`: what each operator remembers and when it is violated, as pure data.
* `automaton`: the deterministic automaton that follows from it; pure data as well, for whoever writes
  monitors in another language (Graphviz, the kernel, Python).
* `reading`: a property's formula as a tree of rules, or the reason why it is no safety property.
* `monitors`: a model with its rules compiled into hidden history variables. Everything above this floor
  sees an ordinary model.
"""

from aioformal.ordering.automaton import Automaton, automaton_of
from aioformal.ordering.monitors import with_monitors

__all__ = ["Automaton", "automaton_of", "with_monitors"]
