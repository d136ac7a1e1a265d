------------------------------- MODULE Cache -------------------------------
\* A cache of objects that are counted: who gets one holds a reference until it is put, and only what
\* nobody holds can be thrown out.
EXTENDS Naturals, FiniteSets

CONSTANTS Keys, Room, MaxRefs

VARIABLES cached, refs

vars == <<cached, refs>>

Init == cached = {} /\ refs = [k \in Keys |-> 0]

\* A hit, or a miss that there is room for.
Get(k) ==
    /\ refs[k] < MaxRefs
    /\ k \in cached \/ Cardinality(cached) < Room
    /\ cached' = cached \cup {k}
    /\ refs' = [refs EXCEPT ![k] = @ + 1]

Put(k) ==
    /\ refs[k] > 0
    /\ refs' = [refs EXCEPT ![k] = @ - 1]
    /\ UNCHANGED cached

\* Throw out anything that nobody holds; the cache chooses.
Shrink ==
    \E k \in cached :
        /\ refs[k] = 0
        /\ cached' = cached \ {k}
        /\ UNCHANGED refs

Next == Shrink \/ \E k \in Keys : Get(k) \/ Put(k)

Spec == Init /\ [][Next]_vars

HeldIsCached == \A k \in Keys : refs[k] > 0 => k \in cached
WithinRoom == Cardinality(cached) <= Room
=============================================================================
