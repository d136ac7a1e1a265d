----------------------------- MODULE EvenSteps -----------------------------
\* True, and k-inductive only for k > 500: neither the search nor a short induction can tell.
EXTENDS Integers
VARIABLE x
Init == x = 0
Next == x' = x + 2
NeverOdd == x # 1001
=============================================================================
