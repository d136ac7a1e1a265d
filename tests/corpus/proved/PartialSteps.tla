---------------------------- MODULE PartialSteps ----------------------------
\* ACTION_CONSTRAINT has no value on a step out of CONSTRAINT: nobody asks for it there.
EXTENDS Naturals, Sequences
VARIABLE x
Init == x = 0
Next == x' = x + 1 \/ x' = x
Near == x < 4
Allowed == <<TRUE, TRUE, TRUE, TRUE>>[x' + 1]
UpToFour == x <= 4
=============================================================================
