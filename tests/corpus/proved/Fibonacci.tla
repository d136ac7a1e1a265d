----------------------------- MODULE Fibonacci -----------------------------
\* The property alone is not inductive (from -1 and -2 the next is -3). That neither number is ever
\* negative is found as a shape, and proved along with the property.
EXTENDS Integers
VARIABLES x, y
Init == x = 0 /\ y = 1
Next == x' = x + y /\ y' = x
NotFar == x # 0 - 3
=============================================================================
