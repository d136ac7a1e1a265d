------------------------------ MODULE Symmetric ------------------------------
(* Waiting in line for a lock; who waits behind whom is a function from clients to clients. *)
EXTENDS Naturals, FiniteSets, TLC
CONSTANTS Clients, Nobody
VARIABLES holder, last, before

vars == <<holder, last, before>>

Init == /\ holder = Nobody
        /\ last = Nobody
        /\ before = [c \in Clients |-> Nobody]

Waits(c) == before[c] # Nobody \/ holder = c

Enqueue(c) == /\ ~Waits(c) /\ last # c
              /\ before' = [before EXCEPT ![c] = last]
              /\ holder' = IF last = Nobody THEN c ELSE holder
              /\ last' = c

Release(c) == /\ holder = c
              /\ IF last = c
                 THEN holder' = Nobody /\ last' = Nobody /\ UNCHANGED before
                 ELSE \E n \in Clients : /\ before[n] = c
                                         /\ holder' = n
                                         /\ before' = [before EXCEPT ![n] = Nobody]
                                         /\ UNCHANGED last

Next == \E c \in Clients : Enqueue(c) \/ Release(c)

Line == \A c, d \in Clients : c # d /\ before[c] = before[d] => before[c] = Nobody
Held == holder = Nobody <=> last = Nobody
HandedOn == [][holder # Nobody /\ holder' # holder /\ holder' # Nobody => before[holder'] = holder]_vars

AnyOrder == Permutations(Clients)
==============================================================================
