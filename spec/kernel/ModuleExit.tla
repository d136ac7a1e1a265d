----------------------------- MODULE ModuleExit -----------------------------
(***************************************************************************)
(* A module frees its objects through call_rcu(), with a callback of its   *)
(* own.  When it is unloaded, its text goes, and a callback that runs      *)
(* afterwards runs into nothing.  synchronize_rcu() waits for readers, and *)
(* that is not enough: a callback whose grace period is over can still be  *)
(* on its way.  rcu_barrier() waits for the callbacks.                     *)
(*                                                                         *)
(* `Wait` is what the module's exit function calls.                        *)
(***************************************************************************)
EXTENDS Naturals

CONSTANTS Readers, Objects, Exit,
          Wait              \* "rcu_barrier" or "synchronize_rcu"

RCU == INSTANCE RCU

VARIABLES rcu,
          listed,           \* the objects that a reader can find
          seen,             \* what each reader has found
          text,             \* the module's text is there
          crashed,          \* a callback had no text to run
          pc                \* where the exit function is

vars == <<rcu, listed, seen, text, crashed, pc>>

Init == /\ rcu = RCU!New(Readers, Objects \cup {Exit})
        /\ listed = Objects
        /\ seen = [r \in Readers |-> {}]
        /\ text = TRUE
        /\ crashed = FALSE
        /\ pc = "loaded"

Enter(r) ==
    /\ ~RCU!IsInside(rcu, r)
    /\ rcu' = RCU!Enter(rcu, r)
    /\ seen' = [seen EXCEPT ![r] = listed]
    /\ UNCHANGED <<listed, text, crashed, pc>>

Leave(r) ==
    /\ RCU!IsInside(rcu, r)
    /\ rcu' = RCU!Leave(rcu, r)
    /\ seen' = [seen EXCEPT ![r] = {}]
    /\ UNCHANGED <<listed, text, crashed, pc>>

\* list_del_rcu(), call_rcu(&obj->rcu, free_obj), under the list's lock.
Remove(o) ==
    /\ pc \in {"loaded", "exit"}
    /\ o \in listed
    /\ listed' = listed \ {o}
    /\ rcu' = RCU!CallRcu(rcu, o, "free_obj")
    /\ UNCHANGED <<seen, text, crashed, pc>>

Callback(o) ==
    /\ RCU!CanRun(rcu, o)
    /\ rcu' = RCU!Run(rcu, o)
    /\ crashed' = (crashed \/ ~text)
    /\ UNCHANGED <<listed, seen, text, pc>>

Unload ==
    /\ pc = "loaded"
    /\ pc' = "exit"
    /\ UNCHANGED <<rcu, listed, seen, text, crashed>>

\* All objects are removed.  Wait for the last callbacks.
WaitForRcu ==
    /\ pc = "exit"
    /\ listed = {}
    /\ pc' = "waits"
    /\ rcu' = IF Wait = "rcu_barrier" THEN RCU!Barrier(rcu, Exit) ELSE RCU!Synchronize(rcu, Exit)
    /\ UNCHANGED <<listed, seen, text, crashed>>

Unloaded ==
    /\ pc = "waits"
    /\ RCU!CanReturn(rcu, Exit)
    /\ pc' = "unloaded"
    /\ rcu' = RCU!Return(rcu, Exit)
    /\ text' = FALSE
    /\ UNCHANGED <<listed, seen, crashed>>

Next == \/ \E r \in Readers : Enter(r) \/ Leave(r)
        \/ \E o \in Objects : Remove(o) \/ Callback(o)
        \/ Unload \/ WaitForRcu \/ Unloaded

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
NoFault == RCU!NoFault(rcu)

\* No callback runs without its text.
NoCrash == ~crashed

\* What a reader has found has not been freed.
FoundStays == \A r \in Readers : \A o \in seen[r] : o \in listed \/ RCU!Queued(rcu, o)
=============================================================================
