---------------------------- MODULE Constrained ----------------------------
\* CONSTRAINT stops the search behind a state, but the state itself is still judged.
EXTENDS Naturals
VARIABLE x
Init == x = 0
Next == x' = x + 1 \/ x' = x + 2
Near == x < 5
NotSix == x # 6
=============================================================================
