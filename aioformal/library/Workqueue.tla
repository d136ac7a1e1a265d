----------------------------- MODULE Workqueue -----------------------------
(***************************************************************************)
(* A work item, struct work_struct.  Pure operators over the value of one: *)
(*                                                                         *)
(*   pending     it is queued and not begun                                *)
(*   running     a worker is in its function                               *)
(*   flushers    who waits, in flush_work() or cancel_work_sync(): `next`  *)
(*               for the run that is pending, `now` for the one under way  *)
(*   cancellers  who is in cancel_work_sync(): meanwhile nobody can queue  *)
(*                                                                         *)
(*     obj' = [obj EXCEPT ![o].work = Workqueue!Queue(@)]                  *)
(*                                                                         *)
(* An item that is queued twice before it begins runs once.  From its      *)
(* beginning on it can be queued again, also by its own function; it never *)
(* runs twice at a time.  So `begin` is a step of its own, and what the    *)
(* function does are the steps between Begin and End.                      *)
(*                                                                         *)
(* Assumed: workers are free to begin any pending item in any order, and   *)
(* need never do so unless the specification says it with fairness.        *)
(* Abstracted: which workqueue and which CPU; delays (a delayed_work's     *)
(* timer is Queue at some later time).  An ordered workqueue is a guard:   *)
(* Begin only while no other item runs.                                    *)
(***************************************************************************)

\* INIT_WORK(): not queued, nobody waits.
New == [pending |-> FALSE, running |-> FALSE,
        flushers |-> [next |-> {}, now |-> {}], cancellers |-> {}]

\* The values that it can have.
Type(Tasks) ==
    [pending : BOOLEAN, running : BOOLEAN,
     flushers : [next : SUBSET Tasks, now : SUBSET Tasks], cancellers : SUBSET Tasks]

\* Nothing of it is left to happen: what holds it may be freed.  (The function itself may free it.)
Idle(w) == ~w.pending /\ ~w.running

\* Guard: queue_work() will return true.
CanQueue(w) == ~w.pending /\ w.cancellers = {}

\* queue_work(), schedule_work(): one atomic step; does nothing if it is queued already, or being
\* cancelled.
Queue(w) == [w EXCEPT !.pending = @ \/ w.cancellers = {}]

\* Guard: a worker may take it.
CanBegin(w) == w.pending /\ ~w.running

\* The worker takes it and calls its function: one atomic step.
Begin(w) ==
    [w EXCEPT !.pending = FALSE, !.running = TRUE,
              !.flushers = [next |-> {}, now |-> w.flushers.next]]

\* Its function returns: one atomic step.
End(w) == [w EXCEPT !.running = FALSE, !.flushers.now = {}]

-----------------------------------------------------------------------------
(* Waiting: two steps, the call and the return; in between, the task is blocked. *)

\* flush_work() is called by t: it waits for the last run that was asked for until now.
Flush(w, t) ==
    CASE w.pending -> [w EXCEPT !.flushers.next = @ \cup {t}]
      [] w.running -> [w EXCEPT !.flushers.now = @ \cup {t}]
      [] OTHER     -> w

\* cancel_work_sync() is called by t: a pending run is dropped, one under way is waited for.
Cancel(w, t) ==
    [w EXCEPT !.pending = FALSE,
              !.flushers = [next |-> {}, now |-> IF w.running THEN @.now \cup {t} ELSE {}],
              !.cancellers = @ \cup {t}]

\* cancel_work(): one atomic step; does not wait for a run that is under way.
CancelAsync(w) == [w EXCEPT !.pending = FALSE, !.flushers.next = {}]

\* Guard: flush_work() or cancel_work_sync() of t may return.
CanReturn(w, t) == t \notin w.flushers.next \cup w.flushers.now

\* It returns: one atomic step.
Return(w, t) == [w EXCEPT !.cancellers = @ \ {t}]
=============================================================================
