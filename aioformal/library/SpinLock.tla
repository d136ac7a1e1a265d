------------------------------ MODULE SpinLock ------------------------------
(***************************************************************************)
(* A spinlock_t.  Pure operators over the value of one lock: its holder,   *)
(* as a set of at most one CPU; whether the holder turned interrupts off   *)
(* for it; and the first misuse, or "none".                                *)
(*                                                                         *)
(*     /\ SpinLock!CanLock(lock, cpu)                                      *)
(*     /\ lock' = SpinLock!Lock(lock, cpu)                                 *)
(*                                                                         *)
(* Who holds it is a CPU, since a holder is not preempted: name it by its  *)
(* task where each task stands for a CPU of its own.  A handler runs on    *)
(* the CPU of the task that it interrupts and has the same name.  So a     *)
(* handler that wants the lock of its own CPU's task is a self-deadlock,   *)
(* as it is in the kernel; CanInterrupt says when it can come.             *)
(*                                                                         *)
(* Assumed: spinning is waiting (CanLock is a guard), no fairness.         *)
(* Abstracted: the queue of waiters (mcs, qspinlock), lock and unlock are  *)
(* one step each, and that CPUs spin with interrupts off in the irq forms. *)
(* Nested irq forms are those of irqsave: the inner unlock leaves them off.*)
(* A raw_spinlock_t is the same; on PREEMPT_RT a spinlock_t is not.        *)
(***************************************************************************)

\* spin_lock_init(): free.
New == [holder |-> {}, irqs_off |-> FALSE, fault |-> "none"]

\* The values that it can have.
Type(Cpus) ==
    [holder : {{}} \cup {{c} : c \in Cpus}, irqs_off : BOOLEAN,
     fault : {"none", "recursion", "already unlocked", "wrong CPU"}]

\* Nobody has it; CPU c has it.
Free(l)     == l.holder = {}
Holds(l, c) == c \in l.holder

\* Guard of both forms: free, or the caller's own, which it will never get.
CanLock(l, c) == Free(l) \/ Holds(l, c)

\* Only the first misuse is kept: what follows it is fiction.
LOCAL Misuse(l, what) == [l EXCEPT !.fault = IF @ = "none" THEN what ELSE @]

LOCAL Take(l, c, off) ==
    IF Holds(l, c)
    THEN Misuse(l, "recursion")
    ELSE [l EXCEPT !.holder = {c}, !.irqs_off = off]

\* spin_lock(): one atomic step, when CanLock.  Not reentrant: a second one is a self-deadlock.
Lock(l, c) == Take(l, c, FALSE)

\* spin_lock_irq(), spin_lock_irqsave(): the same, and no handler comes on c.
LockIrq(l, c) == Take(l, c, TRUE)

\* spin_trylock(): one atomic step; never waits, never faults.  It takes the lock if it is Free.
TryLock(l, c) == IF Free(l) THEN Lock(l, c) ELSE l

\* spin_unlock() and its irq forms: one atomic step.  Only the holder may.
Unlock(l, c) ==
    CASE Holds(l, c) -> [l EXCEPT !.holder = {}, !.irqs_off = FALSE]
      [] Free(l)     -> Misuse(l, "already unlocked")
      [] OTHER       -> Misuse(l, "wrong CPU")

\* Guard: as far as this lock goes, an interrupt can come on c.
CanInterrupt(l, c) == ~(Holds(l, c) /\ l.irqs_off)

\* No rule has been broken yet.
NoFault(l) == l.fault = "none"
=============================================================================
