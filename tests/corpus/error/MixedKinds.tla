---- MODULE MixedKinds ----
EXTENDS Naturals
VARIABLE x
Init == x = 1
Next == x' = IF x = "a" THEN 2 ELSE 3
====
