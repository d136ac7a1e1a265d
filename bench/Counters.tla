---- MODULE Counters ----
(* Four counters that go up one at a time: very many states that cost next to nothing to make, so that what
   is measured is the table of states and its memory. *)
EXTENDS Naturals

CONSTANT Top

VARIABLES a, b, c, d

TypeOK == a \in 0..Top /\ b \in 0..Top /\ c \in 0..Top /\ d \in 0..Top

Init == a = 0 /\ b = 0 /\ c = 0 /\ d = 0

Next ==
    \/ a < Top /\ a' = a + 1 /\ UNCHANGED <<b, c, d>>
    \/ b < Top /\ b' = b + 1 /\ UNCHANGED <<a, c, d>>
    \/ c < Top /\ c' = c + 1 /\ UNCHANGED <<a, b, d>>
    \/ d < Top /\ d' = d + 1 /\ UNCHANGED <<a, b, c>>

Spec == Init /\ [][Next]_<<a, b, c, d>>
====
