---------------------------- MODULE PartialSteps ----------------------------
\* ACTION_CONSTRAINT has no value on some step inside CONSTRAINT.
EXTENDS Naturals, Sequences
VARIABLE x
Init == x = 0
Next == x' = x + 1 \/ x' = x
Near == x < 5
Allowed == <<TRUE, TRUE, TRUE, TRUE>>[x' + 1]
UpToFour == x <= 4
=============================================================================
