------------------------- MODULE DiningPhilosophers -------------------------
(***************************************************************************)
(* Philosophers at a round table, one fork between each two, and each      *)
(* needs both of his to eat.                                               *)
(*                                                                         *)
(*   E. W. Dijkstra: Hierarchical ordering of sequential processes.        *)
(*   EWD 310; Acta Informatica 1(2), 1971.                                 *)
(*                                                                         *)
(* If each takes his left fork first, all may sit there with one fork in   *)
(* the hand, for ever: DiningPhilosophers-naive.cfg.  If the forks are     *)
(* numbered and each takes his lower one first, that cannot be: who has    *)
(* the highest of the forks that are taken waits, if at all, for a higher  *)
(* one, and that is on the table.                                          *)
(***************************************************************************)
EXTENDS Integers

CONSTANTS
    N,                  \* how many philosophers, and forks
    Ordered             \* each takes the lower of his forks first, not the left one

ASSUME N \in Nat /\ N > 1 /\ Ordered \in BOOLEAN

VARIABLES
    phase,              \* phase[p]: what philosopher p does
    holder              \* holder[f]: who has fork f, or Table

vars == <<phase, holder>>

Seats == 0 .. N-1
Table == -1

Left(p)  == p
Right(p) == (p + 1) % N

First(p)  == IF Ordered /\ Right(p) < Left(p) THEN Right(p) ELSE Left(p)
Second(p) == IF First(p) = Left(p) THEN Right(p) ELSE Left(p)

Init == /\ phase = [p \in Seats |-> "thinks"]
        /\ holder = [f \in Seats |-> Table]

-----------------------------------------------------------------------------
Goto(p, from, to) == phase[p] = from /\ phase' = [phase EXCEPT ![p] = to]

Take(p, f) == holder[f] = Table /\ holder' = [holder EXCEPT ![f] = p]
Put(f)     == holder' = [holder EXCEPT ![f] = Table]

GetHungry(p)  == Goto(p, "thinks", "hungry") /\ UNCHANGED holder
TakeFirst(p)  == Goto(p, "hungry", "has one") /\ Take(p, First(p))
TakeSecond(p) == Goto(p, "has one", "eats") /\ Take(p, Second(p))
PutSecond(p)  == Goto(p, "eats", "is full") /\ Put(Second(p))
PutFirst(p)   == Goto(p, "is full", "thinks") /\ Put(First(p))

Next == \E p \in Seats :
    GetHungry(p) \/ TakeFirst(p) \/ TakeSecond(p) \/ PutSecond(p) \/ PutFirst(p)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
TypeOK == /\ phase \in [Seats -> {"thinks", "hungry", "has one", "eats", "is full"}]
          /\ holder \in [Seats -> Seats \cup {Table}]

\* Who eats has both forks, so his neighbours do not.
EatsWithBoth == \A p \in Seats : phase[p] = "eats" => holder[Left(p)] = p /\ holder[Right(p)] = p

NeighboursDoNotEat == \A p \in Seats : ~(phase[p] = "eats" /\ phase[Right(p)] = "eats")

\* Forks are where their owners think they are.
ForksAreWhereTheyBelong ==
    \A p \in Seats :
       /\ holder[First(p)] = p <=> phase[p] \in {"has one", "eats", "is full"}
       /\ holder[Second(p)] = p <=> phase[p] = "eats"

\* Forks go from hand to hand by way of the table.
NobodySnatches == [][\A f \in Seats : holder'[f] # holder[f] => Table \in {holder[f], holder'[f]}]_holder

\* One moves at a time.
OneMoves == [][\E p \in Seats : \A q \in Seats \ {p} : phase'[q] = phase[q]]_phase
=============================================================================
