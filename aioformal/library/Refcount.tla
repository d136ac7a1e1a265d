------------------------------ MODULE Refcount ------------------------------
(***************************************************************************)
(* Reference counts: refcount_t, which is a number, and percpu_ref, which  *)
(* is a record.  Pure operators over the value of one count.               *)
(*                                                                         *)
(*     obj' = [obj EXCEPT ![o].users = Refcount!Inc(@)]                    *)
(*                                                                         *)
(* refcount_t: as lib/refcount.c, a misuse is warned of and saturates the  *)
(* count: the object leaks, and nothing moves the count any more.  The     *)
(* saturated values are negative and say what the misuse was.  (For the    *)
(* older atomic_t, which forgives, write @ + 1 and @ - 1.)                 *)
(*                                                                         *)
(* percpu_ref: while `atomic` is FALSE the references are spread over the  *)
(* CPUs, and nobody can see them become zero.  Kill forbids tryget_live    *)
(* and puts the initial reference.  The caller queues the switch:          *)
(*                                                                         *)
(*     ref' = Refcount!Kill(ref)                                           *)
(*     rcu' = RCU!CallRcu(rcu, obj, "switch")                              *)
(*                                                                         *)
(* and the callback, a grace period of the flavour that percpu_ref uses    *)
(* later, does ref' = Refcount!Switch(ref) and, if SwitchIsLast(ref),      *)
(* releases the object.                                                    *)
(*                                                                         *)
(* Assumed: every get and put is one atomic step.  For the per-CPU ones    *)
(* that are a load of the mode and an add, both in a read-side section,    *)
(* the step is the load: until the section ends nobody looks at the sum.   *)
(* Abstracted: overflow, and the kernel's own reference during the switch. *)
(***************************************************************************)
LOCAL INSTANCE Integers

(* refcount_t. *)

\* The saturated values, and the kernel's words for what happened.
AddOnZero == -1         \* "addition on 0; use-after-free"
Underflow == -2         \* "underflow; use-after-free"
DecLeak   == -3         \* "decrement hit 0; leaking memory"

\* refcount_set(): before anybody else can see the object.
New(n) == n

\* The values up to n, and the saturated ones.
Type(n) == DecLeak..n

\* It has been misused: for ever.
Saturated(r) == r < 0

\* refcount_inc(): one atomic step.  The caller has a reference; on zero it is a fault.
Inc(r) == CASE r > 0 -> r + 1
            [] r = 0 -> AddOnZero
            [] OTHER -> r

\* refcount_inc_not_zero(): one atomic step; a zero stays zero.
IncNotZero(r) == IF r > 0 THEN r + 1 ELSE r

\* Guard: refcount_inc_not_zero() gives a reference now.  Saturated counts give one: they leak.
CanGet(r) == r # 0

\* refcount_dec_and_test(): one atomic step; and whether it returns true: the last reference goes,
\* and the caller releases the object.
DecAndTest(r) == CASE r > 0 -> r - 1
                   [] r = 0 -> Underflow
                   [] OTHER -> r
IsLast(r) == r = 1

\* refcount_dec(): one atomic step.  The caller knows that it is not the last; if it is, nobody
\* would release the object, and that is a fault.
Dec(r) == IF IsLast(r) THEN DecLeak ELSE DecAndTest(r)

\* "none", or what the kernel's warning says; and whether there was none.
Fault(r) == CASE r = AddOnZero -> "addition on 0; use-after-free"
              [] r = Underflow -> "underflow; use-after-free"
              [] r = DecLeak   -> "decrement hit 0; leaking memory"
              [] OTHER -> "none"
NoFault(r) == Fault(r) = "none"

-----------------------------------------------------------------------------
(* percpu_ref. *)

\* percpu_ref_init(): in per-CPU mode, live, with the initial reference.
NewPercpu == [count |-> 1, dead |-> FALSE, atomic |-> FALSE, fault |-> "none"]

\* The values with counts up to n.
TypePercpu(n) ==
    [count : 0..n, dead : BOOLEAN, atomic : BOOLEAN,
     fault : {"none", "get on zero", "put on zero", "killed twice"}]

\* Only the first misuse is kept: what follows it is fiction.
LOCAL Misuse(p, what) == [p EXCEPT !.fault = IF @ = "none" THEN what ELSE @]

\* It has not been killed.
Live(p) == ~p.dead

\* The references are gone and the kernel knows it: release has been called.
Released(p) == p.atomic /\ p.count = 0

\* percpu_ref_get(): one atomic step.  The caller has a reference.
Get(p) ==
    IF p.count <= 0
    THEN Misuse(p, "get on zero")
    ELSE [p EXCEPT !.count = @ + 1]

\* percpu_ref_tryget(): one atomic step.  Fails on a zero, which only the atomic mode can see: a
\* killed ref still gives references, also after the last one was put.
CanTryget(p) == ~Released(p)
Tryget(p) == IF CanTryget(p) THEN [p EXCEPT !.count = @ + 1] ELSE p

\* percpu_ref_tryget_live(): one atomic step.  Fails once the ref is killed.
CanTrygetLive(p) == Live(p)
TrygetLive(p) == IF CanTrygetLive(p) THEN [p EXCEPT !.count = @ + 1] ELSE p

\* percpu_ref_put(): one atomic step, and whether it releases: the last one does, in atomic mode.
Put(p) ==
    IF p.count <= 0
    THEN Misuse(p, "put on zero")
    ELSE [p EXCEPT !.count = @ - 1]
PutIsLast(p) == p.atomic /\ p.count = 1

\* percpu_ref_kill(): one atomic step.  Puts the initial reference; never releases by itself.
Kill(p) ==
    IF p.dead
    THEN Misuse(p, "killed twice")
    ELSE [Put(p) EXCEPT !.dead = TRUE]

\* The callback of the switch: one atomic step, and whether it releases.
Switch(p) == [p EXCEPT !.atomic = TRUE]
SwitchIsLast(p) == p.count = 0

\* No rule has been broken yet.
NoPercpuFault(p) == p.fault = "none"
=============================================================================
