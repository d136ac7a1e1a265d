----------------------------- MODULE Completion -----------------------------
(***************************************************************************)
(* A struct completion: how often it was completed and not waited for yet. *)
(* Pure operators over the value of one, which is a number.                *)
(*                                                                         *)
(*     done' = Completion!Complete(done)                                   *)
(*     Completion!CanWait(done) /\ done' = Completion!Wait(done)           *)
(*                                                                         *)
(* Each complete() lets one waiter go, now or later; complete_all() lets   *)
(* all go, now and later, until the completion is made anew.               *)
(*                                                                         *)
(* Assumed: nobody counts further than there are calls of complete().      *)
(* Abstracted: the order of waiters; timeouts and signals, which are one   *)
(* more choice of the waiter.  All is under its lock: one step each.       *)
(***************************************************************************)
LOCAL INSTANCE Integers

\* complete_all() was called: no count any more.
All == -1

\* init_completion(), reinit_completion().  Nobody may be waiting.
New == 0

\* The values up to n calls.
Type(n) == All..n

\* completion_done(): a waiter would not wait.
Done(c) == c # 0

\* complete(): one atomic step.
Complete(c) == IF c = All THEN All ELSE c + 1

\* complete_all(): one atomic step.
CompleteAll(c) == All

\* Guard: wait_for_completion() may return.
CanWait(c) == Done(c)

\* wait_for_completion(), try_wait_for_completion(): one atomic step, when CanWait.
Wait(c) == IF c = All THEN All ELSE c - 1
=============================================================================
