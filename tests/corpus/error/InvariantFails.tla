---- MODULE InvariantFails ----
EXTENDS Naturals
VARIABLE i
Init == i = 1
Next == i' = i + 1
Small == <<10, 20, 30>>[i] < 100
====
