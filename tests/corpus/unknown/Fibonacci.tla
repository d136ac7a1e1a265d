------------------------------ MODULE Fibonacci ------------------------------
\* Fibonacci numbers: never negative, but the property alone is not inductive for any small k.
EXTENDS Integers
VARIABLES x, y
Init == x = 0 /\ y = 1
Next == x' = x + y /\ y' = x
NotFar == x # 0 - 3
=============================================================================
