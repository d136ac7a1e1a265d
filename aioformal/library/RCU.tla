-------------------------------- MODULE RCU --------------------------------
(***************************************************************************)
(* Read-copy-update: read-side sections, and the grace periods that wait   *)
(* for them.  Pure operators over one value,                               *)
(*                                                                         *)
(*   depth[r]  how many sections reader r is inside of: they nest          *)
(*   head[h]   what is queued on rcu_head h: the name of the callback, the *)
(*             readers that its grace period waits for, and the heads that *)
(*             an rcu_barrier() waits for                                  *)
(*   fault     the first misuse, or "none"                                 *)
(*                                                                         *)
(*     rcu' = RCU!CallRcu(rcu, ctx, "free")                                *)
(*     RCU!CanRun(rcu, ctx) /\ rcu' = RCU!Run(rcu, ctx) /\ ...             *)
(*                                                                         *)
(* A task that calls synchronize_rcu() or rcu_barrier() waits on a head of *)
(* its own, as in the kernel; its head is named by the task.               *)
(*                                                                         *)
(* A grace period waits for the readers that are inside when it is asked   *)
(* for, for no later ones, and may end at any moment after that, or never: *)
(* CanRun allows the callback and nothing forces it.  Callbacks run in any *)
(* order.                                                                  *)
(*                                                                         *)
(* Flavours: one value each.  Where rcu and sched-RCU differ (preemptible  *)
(* kernels before 4.20), a variable `sched` beside `rcu` has the sections  *)
(* with preemption off, and no grace period of the one waits for a reader  *)
(* of the other.  From 4.20 on call_rcu() waits for both: enter the one    *)
(* value for either kind of section.  SRCU: a value for each srcu_struct.  *)
(*                                                                         *)
(* Abstracted: a real grace period may begin later than asked for and wait *)
(* for more readers; nothing may rely on that, so it is left out.  Of a    *)
(* callback that takes several steps, rcu_barrier() sees the first only.   *)
(* Interleaving semantics: rcu_dereference() and rcu_assign_pointer() are  *)
(* plain loads and stores.                                                 *)
(***************************************************************************)
LOCAL INSTANCE Naturals

\* What a head holds that is not queued.
NoCallback == [func |-> "none", waits |-> {}, behind |-> {}]

\* No reader is inside, nothing is queued.  Heads has one member for each object with an rcu_head
\* and each task that waits.
New(Readers, Heads) ==
    [depth |-> [r \in Readers |-> 0], head |-> [h \in Heads |-> NoCallback], fault |-> "none"]

\* The values that a state has when no more than `nesting` sections are inside each other.
Type(Readers, Heads, Funcs, nesting) ==
    [depth : [Readers -> 0..nesting],
     head  : [Heads -> [func   : Funcs \cup {"none", "synchronize_rcu", "rcu_barrier"},
                        waits  : SUBSET Readers,
                        behind : SUBSET Heads]],
     fault : {"none", "unbalanced rcu_read_unlock", "call_rcu on a queued head",
              "a reader waits for readers"}]

-----------------------------------------------------------------------------
(* Readers. *)

\* Only the first misuse is kept: what follows it is fiction.
LOCAL Misuse(s, what) == [s EXCEPT !.fault = IF @ = "none" THEN what ELSE @]

\* Predicates and sets of a state, no steps: who is inside of a section now, and whether r is.
Inside(s)      == {r \in DOMAIN s.depth : s.depth[r] > 0}
IsInside(s, r) == s.depth[r] > 0

\* rcu_read_lock(): one atomic step.
Enter(s, r) == [s EXCEPT !.depth[r] = @ + 1]

\* rcu_read_unlock(): one atomic step.  The outermost one ends the section, and no grace period
\* waits for r any more.
Leave(s, r) ==
    IF s.depth[r] = 0
    THEN Misuse(s, "unbalanced rcu_read_unlock")
    ELSE [s EXCEPT !.depth[r] = @ - 1,
                   !.head = IF s.depth[r] > 1
                            THEN @
                            ELSE [h \in DOMAIN @ |-> [@[h] EXCEPT !.waits = @ \ {r}]]]

-----------------------------------------------------------------------------
(* Callbacks. *)

\* Whether a callback is queued on h, or a call waits on it; and which.
Queued(s, h) == s.head[h].func # "none"
Func(s, h)   == s.head[h].func

\* call_rcu(): one atomic step; does not wait.  A head that is still queued is a fault.  f is any
\* name but "none", "synchronize_rcu" and "rcu_barrier".
CallRcu(s, h, f) ==
    IF Queued(s, h)
    THEN Misuse(s, "call_rcu on a queued head")
    ELSE [s EXCEPT !.head[h] = [func |-> f, waits |-> Inside(s), behind |-> {}]]

\* Guard: what h waited for is over, and its callback may run, or its caller may go on.
CanRun(s, h) == Queued(s, h) /\ s.head[h].waits = {} /\ s.head[h].behind = {}

\* One atomic step, with what the callback does: its head is free, and no rcu_barrier() waits for
\* it any more.
Run(s, h) ==
    [s EXCEPT !.head = [i \in DOMAIN @ |->
        IF i = h THEN NoCallback ELSE [@[i] EXCEPT !.behind = @ \ {h}]]]

-----------------------------------------------------------------------------
(* Waiting: two steps, the call and the return; in between, the task is blocked. *)

\* A caller that is inside a section waits for itself: a fault.
LOCAL Block(s, t, wait) ==
    IF t \in Inside(s)
    THEN Misuse(s, "a reader waits for readers")
    ELSE [s EXCEPT !.head[t] = wait]

\* synchronize_rcu() is called by task t: its grace period begins.
Synchronize(s, t) ==
    Block(s, t, [func |-> "synchronize_rcu", waits |-> Inside(s), behind |-> {}])

\* rcu_barrier() is called by task t: it waits until all callbacks of this moment have run.
Barrier(s, t) ==
    Block(s, t, [func   |-> "rcu_barrier",
                 waits  |-> {},
                 behind |-> {h \in DOMAIN s.head :
                               Func(s, h) \notin {"none", "synchronize_rcu", "rcu_barrier"}}])

\* Guard: the call of task t may return.
CanReturn(s, t) == CanRun(s, t)

\* The call of task t returns: one atomic step.
Return(s, t) == Run(s, t)

\* Task t is in synchronize_rcu() or rcu_barrier().
Waits(s, t) == Func(s, t) \in {"synchronize_rcu", "rcu_barrier"}

-----------------------------------------------------------------------------
(* What holds of every state that these operators make. *)

\* No rule has been broken yet.
NoFault(s) == s.fault = "none"

\* Grace periods wait for readers that are inside, and never for anybody else.
WaitsForReaders(s) == \A h \in DOMAIN s.head : s.head[h].waits \subseteq Inside(s)
=============================================================================
