---- MODULE Unassigned ----
EXTENDS Naturals
VARIABLES x, y
Init == x = 0 /\ y = 0
Forget == x' = x + 1
Next == Forget
====
