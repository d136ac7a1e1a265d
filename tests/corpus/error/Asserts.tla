---- MODULE Asserts ----
EXTENDS Naturals, TLC
VARIABLE x
Init == x = 0
Next == Assert(x < 3, "too far") /\ x' = x + 1
====
