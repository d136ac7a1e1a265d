------------------------------ MODULE NoDigest ------------------------------
\* A function on an infinite set cannot be told from others, so it cannot be part of a state.
EXTENDS Naturals
VARIABLE x
Init == x = 0
Next == x' = [n \in Nat |-> n]
=============================================================================
