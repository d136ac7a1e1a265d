---- MODULE Hidden ----
(* Patient is false after ten turns; who looks only at whose turn it is does not see it. *)
EXTENDS Naturals
VARIABLES turn, turns
Init == turn = 0 /\ turns = 0
Next == turn' = (turn + 1) % 7 /\ turns' = turns + 1
Patient == turns < 10
InRange == turn \in 0 .. 6
Whose == <<turn>>
====
