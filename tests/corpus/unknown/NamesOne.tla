---- MODULE NamesOne ----
(* The sum goes through the workers in an order of their names. That it does not matter is beyond
   what is proved of SYMMETRY. *)
EXTENDS Integers, TLC
CONSTANT Workers
VARIABLE load

RECURSIVE Sum(_)
Sum(S) == IF S = {} THEN 0 ELSE LET w == CHOOSE v \in S : TRUE IN load[w] + Sum(S \ {w})

Init == load = [w \in Workers |-> 0]
Take(w) == load[w] < 2 /\ load' = [load EXCEPT ![w] = @ + 1]
Reset == load' = [w \in Workers |-> 0]
Next == Reset \/ \E w \in Workers : Take(w)

Enough == Sum(Workers) <= 6
Below == \A w \in Workers : load[w] <= 2
AnyOrder == Permutations(Workers)
====
