"""Liveness: does every fair behaviour satisfy a temporal formula?

A search that has seen all states hands over the graph of their steps. A fair behaviour that violates the
formula is an infinite path through that graph; some such path is a lasso, a way from an initial state into a
cycle. Its search is the automata-theoretic one (Vardi, Wolper: An automata-theoretic approach to automatic
program verification, LICS 1986):

* `formula`, `reading`: a temporal formula in negation normal form, over numbered atoms, instance by instance.
* `automaton`: what accepts the behaviours that violate it (Couvreur: On-the-fly verification of linear
temporal
  logic, FM 1999: promises on transitions).
* `conditions`: fairness, as pairs of what is asked for and what answers it (Streett).
* `graph`: states by number, steps with the truth of every atom, stuttering included.
* `product`, `components`: the reachable product and its fair components (Emerson, Lei: Modalities for model
  checking, 1987: components are taken apart where a request has no answer).
* `lasso`: a way to such a component and around in it.

Stuttering is a step of every state, so a specification without fairness may stop anywhere.
"""
