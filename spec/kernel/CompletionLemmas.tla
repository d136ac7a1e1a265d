-------------------------- MODULE CompletionLemmas --------------------------
(***************************************************************************)
(* What module Completion promises.  Waiters wait for a completion, some   *)
(* try only.  A driver completes it, as often as it likes or for all.      *)
(*                                                                         *)
(* `Ends` is what the driver does last: complete_all(), or one complete(). *)
(***************************************************************************)
EXTENDS Integers, FiniteSets

CONSTANTS Waiters,
          Calls,            \* how often the driver may call complete() before
          Ends              \* "complete_all" or "complete"

Completion == INSTANCE Completion

\* complete_all() lets all go, and complete() takes nothing of that back.
ASSUME /\ Completion!Wait(Completion!All) = Completion!All
       /\ Completion!Complete(Completion!All) = Completion!All
       /\ Completion!CompleteAll(Completion!New) = Completion!All
       /\ Completion!Done(Completion!All) /\ ~Completion!Done(Completion!New)

VARIABLES done,
          calls,            \* how often complete() was called
          over,             \* the driver has done its last
          pc

vars == <<done, calls, over, pc>>

Init == /\ done = Completion!New
        /\ calls = 0
        /\ over = FALSE
        /\ pc = [w \in Waiters |-> "idle"]

Complete ==
    /\ ~over
    /\ calls < Calls
    /\ done' = Completion!Complete(done)
    /\ calls' = calls + 1
    /\ UNCHANGED <<over, pc>>

End ==
    /\ ~over
    /\ done' = IF Ends = "complete_all" THEN Completion!CompleteAll(done)
                                        ELSE Completion!Complete(done)
    /\ calls' = IF Ends = "complete_all" THEN calls ELSE calls + 1
    /\ over' = TRUE
    /\ UNCHANGED pc

Call(w) ==
    /\ pc[w] = "idle"
    /\ pc' = [pc EXCEPT ![w] = "waits"]
    /\ UNCHANGED <<done, calls, over>>

Return(w) ==
    /\ pc[w] = "waits"
    /\ Completion!CanWait(done)
    /\ done' = Completion!Wait(done)
    /\ pc' = [pc EXCEPT ![w] = "through"]
    /\ UNCHANGED <<calls, over>>

\* try_wait_for_completion().
Try(w) ==
    /\ pc[w] = "idle"
    /\ Completion!CanWait(done)
    /\ done' = Completion!Wait(done)
    /\ pc' = [pc EXCEPT ![w] = "through"]
    /\ UNCHANGED <<calls, over>>

Finished == /\ over
            /\ \A w \in Waiters : pc[w] = "through"
            /\ UNCHANGED vars

Next == Complete \/ End \/ Finished \/ \E w \in Waiters : Call(w) \/ Return(w) \/ Try(w)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
Are(p) == Cardinality({w \in Waiters : pc[w] = p})

TypeOK == /\ done \in Completion!Type(Calls + 1)
          /\ calls \in 0..(Calls + 1)
          /\ over \in BOOLEAN
          /\ pc \in [Waiters -> {"idle", "waits", "through"}]

\* Each complete() lets one go, and no more; complete_all() lets all go.
EachLetsOneGo == done # Completion!All => done = calls - Are("through")
AllLetsAllGo  == over /\ Ends = "complete_all" => Completion!CanWait(done)
=============================================================================
