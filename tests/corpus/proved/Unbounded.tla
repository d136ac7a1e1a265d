----------------------------- MODULE Unbounded -----------------------------
\* Two counters without a bound: no state space to search, an induction to find.
EXTENDS Integers
VARIABLES x, y
Init == x = 0 /\ y = 0
Up   == x' = x + 1 /\ y' = y + 2
Skip == x' = x + 3 /\ y' = y + 6
Next == Up \/ Skip
Double == y = 2 * x
NotNegative == x >= 0
Grows == [][x' > x]_<<x, y>>
=============================================================================
