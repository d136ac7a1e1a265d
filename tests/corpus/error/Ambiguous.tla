---- MODULE Ambiguous ----
VARIABLES a, b, c
Init == a /\ b \/ c
Next == UNCHANGED <<a, b, c>>
====
