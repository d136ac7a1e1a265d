------------------------------- MODULE Parts -------------------------------
\* Parts of definitions, selected under parameters, bound names, labels and definitions of a LET.
EXTENDS Integers
VARIABLE x
Op(a) == \E y \in {1, 2} : mark(y) :: LET twice(z) == 2 * z + a IN y = twice(3)
Call(F(_, _), p, q) == F(p, q)
Three(F(_, _, _), p, q, r) == F(p, q, r)
Choice == CASE 1 = 2 -> 3 [] OTHER -> 4
Fields == [a |-> 1, b |-> 2]
Sum == [i, j \in {1, 2}, k \in {3} |-> i + j + k]
ASSUME Op(5)!1 = {1, 2}
ASSUME Op(5)!(7)!1!>> = 11
ASSUME Op(5)!mark(7)!1!<< = 7
ASSUME Op(5)!(7)!twice(4) = 13
ASSUME Op(5)!mark(7)!:!twice(4) = 13
ASSUME Call(Op!@, 1, 7) /\ ~Call(Op!mark, 1, 8)
ASSUME Three(Op!@!twice, 5, 7, 4) = 13
ASSUME Choice!1!2 = 3 /\ Choice!2!2 = 4 /\ Fields!2 = 2
ASSUME Sum!2 = {3} /\ Sum!(7, 8, 9) = 24
Step(a) == \/ /\ x < a
              /\ x' = x + 1
           \/ x' = 0
Init == x = 0
Next == Step(3)!1 \/ (x = 3 /\ Step(3)!2)
Spec == Init /\ [][Next]_x
Known == x \in 0..3
=============================================================================
