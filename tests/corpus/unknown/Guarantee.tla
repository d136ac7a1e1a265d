------------------------------ MODULE Guarantee ------------------------------
EXTENDS Naturals
VARIABLE x
Init == x = 0
Next == x' = (x + 1) % 3
Spec == Init /\ [][Next]_x /\ WF_x(Next)
Small == x < 3
Follows == <>(x = 1) -+-> <>(x = 2)
==============================================================================
