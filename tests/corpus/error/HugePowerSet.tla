---- MODULE HugePowerSet ----
EXTENDS Naturals
VARIABLE s
Init == s = {}
Next == \E t \in SUBSET (1..40) : s' = t
====
