-------------------------- MODULE WorkqueueLemmas --------------------------
(***************************************************************************)
(* What module Workqueue promises.  Tasks post requests and queue a work   *)
(* item; its function takes all requests that it finds, and then serves    *)
(* them.  A task may flush the item, and one tears it down.                *)
(*                                                                         *)
(* `Teardown` is how: cancel_work_sync(), or cancel_work(), which does not *)
(* wait.                                                                   *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets

CONSTANTS Posters, Owner,
          Teardown          \* "cancel_work_sync" or "cancel_work"

Workqueue == INSTANCE Workqueue

\* Queued twice is queued once; who is being cancelled is not queued.
ASSUME LET queued    == Workqueue!Queue(Workqueue!New)
           cancelled == Workqueue!Cancel(Workqueue!Begin(queued), 1)
       IN /\ Workqueue!Queue(queued) = queued /\ ~Workqueue!CanQueue(queued)
          /\ Workqueue!CanQueue(Workqueue!Begin(queued))
          /\ Workqueue!Queue(cancelled) = cancelled /\ ~Workqueue!CanQueue(cancelled)
          /\ ~Workqueue!CanReturn(cancelled, 1)
          /\ Workqueue!Return(Workqueue!End(cancelled), 1) = Workqueue!New

VARIABLES work,
          function,         \* where the item's function is: "idle", "begun" or "serves"
          posted,           \* the requests that nobody has taken, each named by its poster
          taken,            \* those that the function has taken and not served
          pc,               \* what each task does
          alive             \* the item's memory is there

vars == <<work, function, posted, taken, pc, alive>>

Tasks == Posters \cup {Owner}

Init == /\ work = Workqueue!New
        /\ function = "idle"
        /\ posted = {}
        /\ taken = {}
        /\ pc = [t \in Tasks |-> "idle"]
        /\ alive = TRUE

Goto(t, from, to) == pc[t] = from /\ pc' = [pc EXCEPT ![t] = to]

-----------------------------------------------------------------------------
(* Posters, as long as the owner has not begun to tear down. *)

Post(t) ==
    /\ pc[Owner] = "idle"
    /\ Goto(t, "idle", "queue_work")
    /\ posted' = posted \cup {t}
    /\ UNCHANGED <<work, function, taken, alive>>

Queue(t) ==
    /\ Goto(t, "queue_work", "queued")
    /\ work' = Workqueue!Queue(work)
    /\ UNCHANGED <<function, posted, taken, alive>>

Flush(t) ==
    /\ Goto(t, "queued", "flush_work")
    /\ work' = Workqueue!Flush(work, t)
    /\ UNCHANGED <<function, posted, taken, alive>>

Flushed(t) ==
    /\ Workqueue!CanReturn(work, t)
    /\ Goto(t, "flush_work", "flushed")
    /\ work' = Workqueue!Return(work, t)
    /\ UNCHANGED <<function, posted, taken, alive>>

Again(t) ==
    /\ pc[t] \in {"queued", "flushed"}
    /\ pc' = [pc EXCEPT ![t] = "idle"]
    /\ UNCHANGED <<work, function, posted, taken, alive>>

-----------------------------------------------------------------------------
(* The worker: the function takes what is posted in one step, and serves it in another. *)

Begin ==
    /\ Workqueue!CanBegin(work)
    /\ work' = Workqueue!Begin(work)
    /\ function' = "begun"
    /\ UNCHANGED <<posted, taken, pc, alive>>

Take ==
    /\ function = "begun"
    /\ function' = "serves"
    /\ taken' = posted
    /\ posted' = {}
    /\ UNCHANGED <<work, pc, alive>>

End ==
    /\ function = "serves"
    /\ function' = "idle"
    /\ taken' = {}
    /\ work' = Workqueue!End(work)
    /\ UNCHANGED <<posted, pc, alive>>

-----------------------------------------------------------------------------
(* The owner, when no poster is on its way to queue. *)

Cancel ==
    /\ \A t \in Posters : pc[t] = "idle"
    /\ Goto(Owner, "idle", "cancel")
    /\ work' = IF Teardown = "cancel_work_sync"
                 THEN Workqueue!Cancel(work, Owner)
                 ELSE Workqueue!CancelAsync(work)
    /\ UNCHANGED <<function, posted, taken, alive>>

Canceled ==
    /\ Workqueue!CanReturn(work, Owner)
    /\ Goto(Owner, "cancel", "canceled")
    /\ work' = Workqueue!Return(work, Owner)
    /\ alive' = FALSE
    /\ UNCHANGED <<function, posted, taken>>

Finished == pc[Owner] = "canceled" /\ UNCHANGED vars

Next == \/ \E t \in Posters : Post(t) \/ Queue(t) \/ Flush(t) \/ Flushed(t) \/ Again(t)
        \/ Begin \/ Take \/ End
        \/ Cancel \/ Canceled \/ Finished

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
TypeOK == /\ work \in Workqueue!Type(Tasks)
          /\ function \in {"idle", "begun", "serves"}
          /\ posted \subseteq Posters
          /\ taken \subseteq Posters
          /\ pc \in [Tasks -> {"idle", "queue_work", "queued", "flush_work", "flushed",
                               "cancel", "canceled"}]
          /\ alive \in BOOLEAN

\* The worker is in the function.
Runs == work.running <=> function # "idle"

\* What is posted and queued will be taken, unless the item is torn down: a run is still to begin,
\* or one has begun that has not taken yet.
NothingIsForgotten ==
    \A t \in posted : pc[t] \in {"queued", "flush_work", "flushed"} /\ pc[Owner] = "idle"
                        => work.pending \/ function = "begun"

\* flush_work() waits for what was queued before it.
FlushWaits == \A t \in Posters : pc[t] = "flushed" => t \notin posted \cup taken

\* After the teardown nothing runs and nothing will.
NothingRunsAfterwards == ~alive => Workqueue!Idle(work)

\* However often it is queued before it begins, it runs once for it.
RunsOnce == [][function = "idle" /\ function' = "begun" => work.pending /\ ~work'.pending]_vars
=============================================================================
