--------------------------- MODULE RefcountLemmas ---------------------------
(***************************************************************************)
(* What module Refcount promises of a refcount_t.  Threads find an object  *)
(* through a pointer, take a reference, and put it.  One clears the        *)
(* pointer and puts the reference that the pointer stood for; whoever puts *)
(* the last one releases the object, and it is made anew.  The memory      *)
(* stays an object of this kind (SLAB_TYPESAFE_BY_RCU).                    *)
(*                                                                         *)
(* `Get` is how a thread that found the object takes its reference.        *)
(***************************************************************************)
EXTENDS Integers, FiniteSets

CONSTANTS Threads,
          Get               \* "inc_not_zero" or "inc"

Refcount == INSTANCE Refcount

\* Misuse is recorded, and nothing moves the count after that.
ASSUME /\ Refcount!Inc(0) = Refcount!AddOnZero
       /\ Refcount!DecAndTest(0) = Refcount!Underflow /\ Refcount!Dec(0) = Refcount!Underflow
       /\ Refcount!Dec(1) = Refcount!DecLeak /\ Refcount!Dec(2) = 1
       /\ Refcount!IncNotZero(0) = 0 /\ Refcount!Fault(0) = "none"
       /\ \A r \in {Refcount!AddOnZero, Refcount!Underflow, Refcount!DecLeak} :
            /\ Refcount!Saturated(r) /\ ~Refcount!NoFault(r) /\ Refcount!Fault(r) # "none"
            /\ {Refcount!Inc(r), Refcount!IncNotZero(r)} = {r}
            /\ {Refcount!Dec(r), Refcount!DecAndTest(r)} = {r}
            /\ Refcount!CanGet(r) /\ ~Refcount!IsLast(r)

VARIABLES count,            \* the object's refcount_t
          published,        \* the pointer leads to the object
          live,             \* it has been made, and not released
          pc                \* what each thread does

vars == <<count, published, live, pc>>

Init == /\ count = Refcount!New(0)
        /\ published = FALSE
        /\ live = FALSE
        /\ pc = [t \in Threads |-> "idle"]

Make ==
    /\ ~live
    /\ live' = TRUE
    /\ count' = Refcount!New(1)
    /\ published' = TRUE
    /\ UNCHANGED pc

Find(t) ==
    /\ pc[t] = "idle"
    /\ published
    /\ pc' = [pc EXCEPT ![t] = "found"]
    /\ UNCHANGED <<count, published, live>>

GetNotZero(t) ==
    /\ Get = "inc_not_zero"
    /\ pc[t] = "found"
    /\ pc' = [pc EXCEPT ![t] = IF Refcount!CanGet(count) THEN "holds" ELSE "idle"]
    /\ count' = Refcount!IncNotZero(count)
    /\ UNCHANGED <<published, live>>

GetAnyway(t) ==
    /\ Get = "inc"
    /\ pc[t] = "found"
    /\ pc' = [pc EXCEPT ![t] = "holds"]
    /\ count' = Refcount!Inc(count)
    /\ UNCHANGED <<published, live>>

\* A second reference of a thread that has one.
GetMore(t) ==
    /\ pc[t] = "holds"
    /\ pc' = [pc EXCEPT ![t] = "holds two"]
    /\ count' = Refcount!Inc(count)
    /\ UNCHANGED <<published, live>>

PutOne(t) ==
    /\ pc[t] = "holds two"
    /\ pc' = [pc EXCEPT ![t] = "holds"]
    /\ count' = Refcount!Dec(count)
    /\ UNCHANGED <<published, live>>

PutLast(t) ==
    /\ pc[t] \in {"holds", "unpublished"}
    /\ pc' = [pc EXCEPT ![t] = IF Refcount!IsLast(count) THEN "releases" ELSE "idle"]
    /\ count' = Refcount!DecAndTest(count)
    /\ UNCHANGED <<published, live>>

Unpublish(t) ==
    /\ pc[t] = "idle"
    /\ published
    /\ published' = FALSE
    /\ pc' = [pc EXCEPT ![t] = "unpublished"]
    /\ UNCHANGED <<count, live>>

Release(t) ==
    /\ pc[t] = "releases"
    /\ live' = FALSE
    /\ pc' = [pc EXCEPT ![t] = "idle"]
    /\ UNCHANGED <<count, published>>

Next == \/ Make
        \/ \E t \in Threads : \/ Find(t) \/ GetNotZero(t) \/ GetAnyway(t) \/ GetMore(t)
                              \/ PutOne(t) \/ PutLast(t) \/ Unpublish(t) \/ Release(t)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
Are(p) == Cardinality({t \in Threads : pc[t] = p})

TypeOK == /\ count \in Refcount!Type(2 * Cardinality(Threads) + 1)
          /\ published \in BOOLEAN
          /\ live \in BOOLEAN
          /\ pc \in [Threads -> {"idle", "found", "holds", "holds two", "unpublished", "releases"}]

NoFault == Refcount!NoFault(count)

\* The count is the number of references, the pointer's among them.
Counts == count = Are("holds") + 2 * Are("holds two") + Are("unpublished")
                    + (IF published THEN 1 ELSE 0)

\* Who has a reference has an object.
HeldIsLive == \A t \in Threads : pc[t] \in {"holds", "holds two", "unpublished"} => live

\* One thread releases, and only a count of zero.
ReleasedOnce == Are("releases") <= 1 /\ (Are("releases") = 1 => live /\ count = 0)

\* A count that fell to zero stays there as long as this object lives.
NoResurrection == [][live /\ count = 0 => count' = 0]_vars

\* Nothing moves the saturated count of an object. (It never applies but in RefcountLemmas-inc.cfg.)
SaturatedForEver == [][live /\ Refcount!Saturated(count) => count' = count]_vars
=============================================================================
