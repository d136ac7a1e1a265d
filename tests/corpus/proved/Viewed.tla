---- MODULE Viewed ----
(* A round robin that counts its turns for ever; only whose turn it is matters. *)
EXTENDS Naturals
VARIABLES turn, turns
Init == turn = 0 /\ turns = 0
Next == turn' = (turn + 1) % 7 /\ turns' = turns + 1
InRange == turn \in 0 .. 6
Whose == <<"turn", turn>>
====
