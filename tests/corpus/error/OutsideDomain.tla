---- MODULE OutsideDomain ----
EXTENDS Naturals
VARIABLES f, i
Init == f = [n \in 1..3 |-> n] /\ i = 1
Next == i' = i + 1 /\ f' = [f EXCEPT ![1] = f[i]]
====
