---------------------------- MODULE ForbiddenSteps ----------------------------
\* ACTION_CONSTRAINT stops the search behind a step, but the step itself and the state behind it are judged.
EXTENDS Naturals
VARIABLE x
Init == x = 0
Next == x' = (x + 1) % 9 \/ x' = (x + 2) % 9
Short == x < 4 /\ x' <= x + 1
UpToSix == x <= 6
NoGreatLeap == [][x' <= x + 2]_x
=============================================================================
