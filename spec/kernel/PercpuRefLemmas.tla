-------------------------- MODULE PercpuRefLemmas --------------------------
(***************************************************************************)
(* Module Refcount says that percpu_ref is one number, and that each get   *)
(* and put is one step.  This is what it is in lib/percpu-refcount.c: a    *)
(* counter for each CPU, an atomic counter that starts at a large bias,    *)
(* two flags, and gets and puts that look at the flags first and add       *)
(* then, inside rcu_read_lock().  Each of its steps is a step of the       *)
(* module's percpu_ref or leaves it alone (Refines).                       *)
(*                                                                         *)
(* Threads are on CPUs of their own.  They find the ref, take it with      *)
(* tryget_live or tryget, and put it.  Somebody kills it.                  *)
(*                                                                         *)
(* `GracePeriod` says that the switch to the atomic mode waits for it.     *)
(***************************************************************************)
EXTENDS Integers, FiniteSets

CONSTANTS Threads, Ref,
          GracePeriod       \* the counters are summed up a grace period after the kill

Refcount == INSTANCE Refcount
RCU      == INSTANCE RCU

\* Misuse is recorded.
ASSUME LET live == Refcount!NewPercpu
           dead == Refcount!Kill(live)
           over == Refcount!Switch(dead)
       IN /\ Refcount!Kill(dead).fault = "killed twice"
          /\ Refcount!Put(dead).fault = "put on zero"
          /\ Refcount!Get(over).fault = "get on zero"
          /\ Refcount!Put(Refcount!Get(over)).fault = "get on zero"
          /\ Refcount!Tryget(over) = over /\ Refcount!TrygetLive(dead) = dead
          /\ \A p \in {live, dead, over} : p \in Refcount!TypePercpu(1)
          /\ \A p \in {live, dead, over} : Refcount!NoPercpuFault(p)
          /\ ~Refcount!NoPercpuFault(Refcount!Kill(dead))

VARIABLES percpu,           \* this_cpu of each thread
          atomic,           \* ref->data->count
          flag,             \* __PERCPU_REF_ATOMIC and __PERCPU_REF_DEAD, set together
          switched,         \* percpu_ref_switch_to_atomic_rcu() has run
          rcu,
          pc,               \* what each thread does
          released          \* how often release was called

vars == <<percpu, atomic, flag, switched, rcu, pc, released>>

Bias == 100                 \* PERCPU_COUNT_BIAS

Init == /\ percpu = [t \in Threads |-> 0]
        /\ atomic = Bias + 1
        /\ flag = FALSE
        /\ switched = FALSE
        /\ rcu = RCU!New(Threads, {Ref})
        /\ pc = [t \in Threads |-> "idle"]
        /\ released = 0

Goto(t, l) == pc' = [pc EXCEPT ![t] = l]

\* rcu_read_lock(); __ref_is_percpu(): load the flags.
Load(t, from, percpu_mode, atomic_mode) ==
    /\ pc[t] = from
    /\ Goto(t, IF flag THEN atomic_mode ELSE percpu_mode)
    /\ rcu' = RCU!Enter(rcu, t)
    /\ UNCHANGED <<percpu, atomic, flag, switched, released>>

\* this_cpu_add(*percpu_count, n); rcu_read_unlock().
Add(t, from, n, to) ==
    /\ pc[t] = from
    /\ percpu' = [percpu EXCEPT ![t] = @ + n]
    /\ Goto(t, to)
    /\ rcu' = RCU!Leave(rcu, t)
    /\ UNCHANGED <<atomic, flag, switched, released>>

\* percpu_ref_tryget_live(), percpu_ref_tryget().
TrygetLive(t) == Load(t, "idle", "get", "dead")
Tryget(t)     == Load(t, "idle", "get", "inc_not_zero")
GetPercpu(t)  == Add(t, "get", 1, "holds")

Dead(t) ==
    /\ pc[t] = "dead"
    /\ Goto(t, "idle")
    /\ rcu' = RCU!Leave(rcu, t)
    /\ UNCHANGED <<percpu, atomic, flag, switched, released>>

IncNotZero(t) ==
    /\ pc[t] = "inc_not_zero"
    /\ atomic' = IF atomic = 0 THEN 0 ELSE atomic + 1
    /\ Goto(t, IF atomic = 0 THEN "idle" ELSE "holds")
    /\ rcu' = RCU!Leave(rcu, t)
    /\ UNCHANGED <<percpu, flag, switched, released>>

\* percpu_ref_put().
Put(t)       == Load(t, "holds", "put", "dec_and_test")
PutPercpu(t) == Add(t, "put", -1, "idle")

DecAndTest(t) ==
    /\ pc[t] = "dec_and_test"
    /\ atomic' = atomic - 1
    /\ released' = IF atomic = 1 THEN released + 1 ELSE released
    /\ Goto(t, "idle")
    /\ rcu' = RCU!Leave(rcu, t)
    /\ UNCHANGED <<percpu, flag, switched>>

\* percpu_ref_kill(): set the flags, call_rcu(), put the initial reference, all under a lock.
Kill ==
    /\ ~flag
    /\ flag' = TRUE
    /\ atomic' = atomic - 1
    /\ rcu' = RCU!CallRcu(rcu, Ref, "switch_to_atomic")
    /\ UNCHANGED <<percpu, switched, pc, released>>

Sum == LET f[S \in SUBSET Threads] ==
             IF S = {} THEN 0 ELSE LET t == CHOOSE t \in S : TRUE IN percpu[t] + f[S \ {t}]
       IN f[Threads]

\* percpu_ref_switch_to_atomic_rcu().
Switch ==
    /\ RCU!Queued(rcu, Ref)
    /\ RCU!CanRun(rcu, Ref) \/ ~GracePeriod
    /\ rcu' = RCU!Run(rcu, Ref)
    /\ switched' = TRUE
    /\ atomic' = atomic + Sum - Bias
    /\ released' = IF atomic' = 0 THEN released + 1 ELSE released
    /\ UNCHANGED <<percpu, flag, pc>>

Next == \/ \E t \in Threads : \/ TrygetLive(t) \/ Tryget(t) \/ GetPercpu(t) \/ Dead(t)
                              \/ IncNotZero(t) \/ Put(t) \/ PutPercpu(t) \/ DecAndTest(t)
        \/ Kill \/ Switch

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
Are(p) == Cardinality({t \in Threads : pc[t] = p})

TypeOK == /\ percpu \in [Threads -> -1..1]
          /\ atomic \in -1..(Bias + 1 + Cardinality(Threads))
          /\ flag \in BOOLEAN
          /\ switched \in BOOLEAN
          /\ rcu \in RCU!Type(Threads, {Ref}, {"switch_to_atomic"}, 1)
          /\ pc \in [Threads -> {"idle", "get", "dead", "inc_not_zero", "holds", "put",
                                 "dec_and_test"}]
          /\ released \in 0..2

\* The module's percpu_ref: the references, and those that are about to be added or subtracted on
\* a CPU.
Abstract == [count  |-> Are("get") - Are("put")
                          + IF switched THEN atomic ELSE atomic - Bias + Sum,
             dead   |-> flag,
             atomic |-> switched,
             fault  |-> "none"]

\* What module Refcount can make of p in one step.
Steps(p) == {p, Refcount!Put(p), Refcount!Tryget(p), Refcount!TrygetLive(p), Refcount!Kill(p),
             Refcount!Switch(p)}

Refines == [][Abstract' \in Steps(Abstract)]_vars

\* Gets that succeed and fail do so in the module, too.
GetsAgree ==
    [][\A t \in Threads :
         /\ pc[t] = "idle" /\ pc'[t] = "get"  => Abstract' = Refcount!TrygetLive(Abstract)
         /\ pc[t] = "idle" /\ pc'[t] = "dead" => ~Refcount!CanTrygetLive(Abstract)
         /\ pc[t] = "inc_not_zero" => pc'[t] \in {pc[t], IF Refcount!CanTryget(Abstract)
                                                          THEN "holds" ELSE "idle"}]_vars

\* release is called once, when the module says,
ReleaseAgrees == released = IF Refcount!Released(Abstract) THEN 1 ELSE 0

\* and in the step that it says.
ReleasingStepsAgree ==
    [][released' # released <=>
         \/ Refcount!PutIsLast(Abstract)
            /\ \E t \in Threads : pc[t] = "dec_and_test" /\ pc'[t] = "idle"
         \/ Refcount!SwitchIsLast(Abstract) /\ switched' # switched]_vars

\* Who has a reference has an object.
HeldIsNotReleased == (\E t \in Threads : pc[t] \in {"holds", "put", "get"}) => released = 0
=============================================================================
