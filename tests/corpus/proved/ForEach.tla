------------------------------ MODULE ForEach ------------------------------
\* A universal quantifier over a constant set is a conjunction: it can fork, and it can give next values.
EXTENDS Naturals
VARIABLES x, y
May == \A r, s \in {1, 2} : x < 5 \/ y >= s - 1
Go == May /\ x < 7 /\ x' = (x + 1) % 3 /\ UNCHANGED y
Set == \A i \in {1, 2}, j \in {3} : IF i = 1 THEN x' = i ELSE y' = j
Init == (\A k \in {1} : x = k) /\ y = 0
Next == Go \/ Set
Spec == Init /\ [][Next]_<<x, y>>
Known == x \in 0..2 /\ y \in {0, 3}
=============================================================================
