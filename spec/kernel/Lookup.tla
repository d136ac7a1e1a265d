------------------------------- MODULE Lookup -------------------------------
(***************************************************************************)
(* Objects on an RCU list, with reference counts: look one up and use it   *)
(* when no lock is held any more; take one off, and free it when nobody    *)
(* uses it.  There are two right ways:                                     *)
(*                                                                         *)
(*   R1  unlink, wait for a grace period, put the list's reference; at     *)
(*       zero, free.  A lookup may use refcount_inc().                     *)
(*   R2  unlink, put the list's reference; at zero, wait for a grace       *)
(*       period, free.  A lookup must use refcount_inc_not_zero().         *)
(*                                                                         *)
(* The mixed forms look alike and are not right.                           *)
(***************************************************************************)
EXTENDS Naturals

CONSTANTS Tasks, Objects, Head, NULL, POISON,
          Wait,             \* where the grace period is: "before put", "before free" or "nowhere"
          Get               \* how a lookup takes a reference: "inc" or "inc_not_zero"

RCU      == INSTANCE RCU
Refcount == INSTANCE Refcount
Slab     == INSTANCE Slab
HList    == INSTANCE HList

VARIABLES rcu,
          list,             \* the hlist, with the objects' nodes
          obj,              \* struct obj { refcount_t ref; } and its memory
          task              \* where each task is, and its pointer to an object

vars == <<rcu, list, obj, task>>

Idle    == [pc |-> "idle", o |-> NULL]
FreeObj == [slab |-> Slab!New, ref |-> 0]

Init == /\ rcu = RCU!New(Tasks, Objects)
        /\ list = HList!New({Head}, Objects)
        /\ obj = [o \in Objects |-> FreeObj]
        /\ task = [t \in Tasks |-> Idle]

\* After the first fault nothing moves.
Running == /\ RCU!NoFault(rcu) /\ HList!NoFault(list)
           /\ \A o \in Objects : Slab!NoFault(obj[o].slab) /\ Refcount!NoFault(obj[o].ref)

At(t, l)      == task[t].pc = l
Goto(t, l)    == task' = [task EXCEPT ![t].pc = l]
Stand(t, l, o) == task' = [task EXCEPT ![t] = IF o = NULL THEN Idle ELSE [pc |-> l, o |-> o]]

-----------------------------------------------------------------------------
(* A new object, with the list's reference; the list is under a lock. *)

Insert(t) ==
    /\ At(t, "idle")
    /\ \E o \in Objects :
        /\ Slab!CanAlloc(obj[o].slab)
        /\ obj' = [obj EXCEPT ![o] = [slab |-> Slab!Alloc(@.slab), ref |-> Refcount!New(1)]]
        /\ list' = HList!AddHead(HList!Reset(list, o), o, Head)
    /\ UNCHANGED <<rcu, task>>

-----------------------------------------------------------------------------
(* Lookup: walk, take a reference, use, put. *)

\* rcu_read_lock(); load the first pointer.
Enter(t) ==
    /\ At(t, "idle")
    /\ ~HList!Empty(list, Head)
    /\ rcu' = RCU!Enter(rcu, t)
    /\ Stand(t, "found", HList!Next(list, Head))
    /\ UNCHANGED <<list, obj>>

\* Not this one: load the next pointer; rcu_read_unlock() after the last.
Walk(t) ==
    /\ At(t, "found")
    /\ LET o == task[t].o
           n == HList!Next(list, o)
       IN /\ obj' = [obj EXCEPT ![o].slab = Slab!Touch(@)]
          /\ Stand(t, "found", n)
          /\ rcu' = IF n = NULL THEN RCU!Leave(rcu, t) ELSE rcu
    /\ UNCHANGED list

\* refcount_inc() or refcount_inc_not_zero(); rcu_read_unlock().
TakeRef(t) ==
    /\ At(t, "found")
    /\ LET o == task[t].o IN
        /\ obj' = [obj EXCEPT ![o].slab = Slab!Touch(@),
                              ![o].ref = IF Get = "inc" THEN Refcount!Inc(@)
                                                        ELSE Refcount!IncNotZero(@)]
        /\ Stand(t, "uses", IF Get = "inc" \/ Refcount!CanGet(obj[o].ref) THEN o ELSE NULL)
    /\ rcu' = RCU!Leave(rcu, t)
    /\ UNCHANGED list

Use(t) ==
    /\ At(t, "uses")
    /\ obj' = [obj EXCEPT ![task[t].o].slab = Slab!Touch(@)]
    /\ Goto(t, "put")
    /\ UNCHANGED <<rcu, list>>

-----------------------------------------------------------------------------
(* Removal, and the end of an object. *)

\* hlist_del_rcu(), under the lock.
Remove(t) ==
    /\ At(t, "idle")
    /\ \E o \in Objects :
        /\ HList!Linked(list, o)
        /\ list' = HList!DelRcu(list, o)
        /\ Stand(t, IF Wait = "before put" THEN "call_rcu" ELSE "put", o)
    /\ UNCHANGED <<rcu, obj>>

\* R1: the list's reference is put after a grace period.
PutLater(t) ==
    /\ At(t, "call_rcu")
    /\ rcu' = RCU!CallRcu(rcu, task[t].o, "put")
    /\ Stand(t, "idle", NULL)
    /\ UNCHANGED <<list, obj>>

\* refcount_dec_and_test() of k, and kfree() where nobody has to be waited for.
Putted(k) ==
    IF Refcount!IsLast(k.ref) /\ Wait # "before free"
    THEN [slab |-> Slab!Free(k.slab), ref |-> 0]
    ELSE [slab |-> Slab!Touch(k.slab), ref |-> Refcount!DecAndTest(k.ref)]

Put(t) ==
    /\ At(t, "put")
    /\ LET o == task[t].o IN
        /\ obj' = [obj EXCEPT ![o] = Putted(@)]
        /\ rcu' = IF Refcount!IsLast(obj[o].ref) /\ Wait = "before free"
                    THEN RCU!CallRcu(rcu, o, "free")
                    ELSE rcu
    /\ Stand(t, "idle", NULL)
    /\ UNCHANGED list

Callback(o) ==
    /\ RCU!CanRun(rcu, o)
    /\ rcu' = RCU!Run(rcu, o)
    /\ obj' = [obj EXCEPT ![o] = IF RCU!Func(rcu, o) = "put"
                                   THEN Putted(@)
                                   ELSE [slab |-> Slab!Free(@.slab), ref |-> 0]]
    /\ UNCHANGED <<list, task>>

Next == /\ Running
        /\ \/ \E t \in Tasks : \/ Insert(t) \/ Enter(t) \/ Walk(t) \/ TakeRef(t) \/ Use(t)
                               \/ Remove(t) \/ PutLater(t) \/ Put(t)
           \/ \E o \in Objects : Callback(o)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
NoUseAfterFree == \A o \in Objects : obj[o].slab # "use after free"
NoDoubleFree   == \A o \in Objects : obj[o].slab # "double free"
NoRefcountWarn == \A o \in Objects : Refcount!NoFault(obj[o].ref)
NoRcuFault     == RCU!NoFault(rcu)
NoListFault    == HList!NoFault(list) /\ HList!Consistent(list)

\* Who uses an object has a reference to it.
UsedIsCounted == \A t \in Tasks : At(t, "uses") => obj[task[t].o].ref > 0
=============================================================================
