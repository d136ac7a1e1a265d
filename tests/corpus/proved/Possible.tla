------------------------------ MODULE Possible ------------------------------
\* ENABLED of an action that is a parameter, or that a LET names.
EXTENDS Naturals
VARIABLE x
Can(action) == ENABLED action
Up == x < 3 /\ x' = x + 1
Down == x = 3 /\ x' = 0
Init == x = 0
Next == Up \/ Down
Spec == Init /\ [][Next]_x
OneOfThem == Can(Up) # Can(Down) /\ Can(Next)
Named == LET step == x > 0 /\ x' = x IN (ENABLED step) = (x > 0)
=============================================================================
