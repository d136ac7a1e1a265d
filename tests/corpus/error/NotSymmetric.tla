---- MODULE NotSymmetric ----
EXTENDS Naturals, TLC
CONSTANTS P, first
VARIABLE n
Init == n = [p \in P |-> 0]
Next == \E p \in P : n[p] < 2 /\ (p = first \/ n[first] = 2) /\ n' = [n EXCEPT ![p] = @ + 1]
Small == \A p \in P : n[p] < 3
AnyOrder == Permutations(P)
====
