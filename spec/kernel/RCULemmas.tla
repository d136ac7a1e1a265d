----------------------------- MODULE RCULemmas -----------------------------
(***************************************************************************)
(* What module RCU promises, in its textbook use: readers follow a pointer *)
(* to an object; an updater replaces the object, and frees the old one     *)
(* after a grace period.  It waits as it likes, by call_rcu() or by        *)
(* synchronize_rcu(), and now and then calls rcu_barrier().                *)
(*                                                                         *)
(* `Updates` is the flavour of its grace periods; the readers are in rcu.  *)
(***************************************************************************)
EXTENDS Naturals

CONSTANTS Readers, Objects, Updater, NULL,
          Updates           \* the updater's flavour, "rcu" or "sched"

RCU  == INSTANCE RCU
Slab == INSTANCE Slab

\* Misuse is recorded.
ASSUME LET s      == RCU!New({1}, {1, 2})
           inside == RCU!Enter(s, 1)
       IN /\ RCU!Leave(s, 1).fault = "unbalanced rcu_read_unlock"
          /\ RCU!CallRcu(RCU!CallRcu(s, 2, "f"), 2, "f").fault = "call_rcu on a queued head"
          /\ RCU!Synchronize(inside, 1).fault = "a reader waits for readers"
          /\ RCU!Barrier(inside, 1).fault = "a reader waits for readers"
          /\ RCU!Synchronize(RCU!Enter(RCU!Leave(s, 1), 1), 1).fault = "unbalanced rcu_read_unlock"
          /\ ~RCU!NoFault(RCU!Leave(s, 1)) /\ RCU!NoFault(RCU!Leave(inside, 1))

VARIABLES rcu, sched,       \* the two flavours of RCU
          slab,             \* the memory of each object
          current,          \* the pointer that readers follow
          seen,             \* the object that each reader has found
          old, pc           \* the updater's pointer to what it replaced, and where it is

vars == <<rcu, sched, slab, current, seen, old, pc>>

Heads   == Objects \cup {Updater}
Nesting == 2

Init == /\ rcu   = RCU!New(Readers, Heads)
        /\ sched = RCU!New(Readers, Heads)
        /\ slab  = [o \in Objects |-> Slab!New]
        /\ current = NULL
        /\ seen  = [r \in Readers |-> NULL]
        /\ old   = NULL
        /\ pc    = "idle"

-----------------------------------------------------------------------------
(* Readers: enter, load the pointer, look at the object, leave. *)

Enter(r) ==
    /\ rcu.depth[r] < Nesting
    /\ rcu' = RCU!Enter(rcu, r)
    /\ UNCHANGED <<sched, slab, current, seen, old, pc>>

Load(r) ==
    /\ RCU!IsInside(rcu, r)
    /\ seen' = [seen EXCEPT ![r] = current]
    /\ UNCHANGED <<rcu, sched, slab, current, old, pc>>

Use(r) ==
    /\ seen[r] # NULL
    /\ slab' = [slab EXCEPT ![seen[r]] = Slab!Touch(@)]
    /\ UNCHANGED <<rcu, sched, current, seen, old, pc>>

Leave(r) ==
    /\ RCU!IsInside(rcu, r)
    /\ rcu' = RCU!Leave(rcu, r)
    /\ seen' = IF RCU!IsInside(rcu', r) THEN seen ELSE [seen EXCEPT ![r] = NULL]
    /\ UNCHANGED <<sched, slab, current, old, pc>>

-----------------------------------------------------------------------------
(* The updater, with grace periods of its flavour. *)

Flavour == IF Updates = "rcu" THEN rcu ELSE sched

Grace(new) == IF Updates = "rcu"
                THEN rcu' = new /\ UNCHANGED sched
                ELSE sched' = new /\ UNCHANGED rcu

Replace ==
    /\ pc = "idle"
    /\ \E o \in Objects :
        /\ Slab!CanAlloc(slab[o])
        /\ slab' = [slab EXCEPT ![o] = Slab!Alloc(@)]
        /\ current' = o
    /\ old' = current
    /\ pc' = IF current = NULL THEN "idle" ELSE "replaced"
    /\ UNCHANGED <<rcu, sched, seen>>

CallRcu ==
    /\ pc = "replaced"
    /\ Grace(RCU!CallRcu(Flavour, old, "free"))
    /\ old' = NULL
    /\ pc' = "idle"
    /\ UNCHANGED <<slab, current, seen>>

Callback(o) ==
    /\ RCU!CanRun(Flavour, o)
    /\ Grace(RCU!Run(Flavour, o))
    /\ slab' = [slab EXCEPT ![o] = Slab!Free(@)]
    /\ UNCHANGED <<current, seen, old, pc>>

Synchronize ==
    /\ pc = "replaced"
    /\ Grace(RCU!Synchronize(Flavour, Updater))
    /\ pc' = "synchronize_rcu"
    /\ UNCHANGED <<slab, current, seen, old>>

Synchronized ==
    /\ pc = "synchronize_rcu"
    /\ RCU!CanReturn(Flavour, Updater)
    /\ Grace(RCU!Return(Flavour, Updater))
    /\ slab' = [slab EXCEPT ![old] = Slab!Free(@)]
    /\ old' = NULL
    /\ pc' = "idle"
    /\ UNCHANGED <<current, seen>>

Barrier ==
    /\ pc = "idle"
    /\ Grace(RCU!Barrier(Flavour, Updater))
    /\ pc' = "rcu_barrier"
    /\ UNCHANGED <<slab, current, seen, old>>

Drained ==
    /\ pc = "rcu_barrier"
    /\ RCU!CanReturn(Flavour, Updater)
    /\ Grace(RCU!Return(Flavour, Updater))
    /\ pc' = "drained"
    /\ UNCHANGED <<slab, current, seen, old>>

GoOn ==
    /\ pc = "drained"
    /\ pc' = "idle"
    /\ UNCHANGED <<rcu, sched, slab, current, seen, old>>

Next == \/ \E r \in Readers : Enter(r) \/ Load(r) \/ Use(r) \/ Leave(r)
        \/ \E o \in Objects : Callback(o)
        \/ Replace \/ CallRcu \/ Synchronize \/ Synchronized \/ Barrier \/ Drained \/ GoOn

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
TypeOK == /\ rcu \in RCU!Type(Readers, Heads, {"free"}, Nesting)
          /\ sched \in RCU!Type(Readers, Heads, {"free"}, Nesting)
          /\ slab \in [Objects -> Slab!Type]
          /\ current \in Objects \cup {NULL}
          /\ seen \in [Readers -> Objects \cup {NULL}]
          /\ old \in Objects \cup {NULL}
          /\ pc \in {"idle", "replaced", "synchronize_rcu", "rcu_barrier", "drained"}

\* No rule of RCU is broken.
NoFault == RCU!NoFault(rcu) /\ RCU!NoFault(sched)

\* Nobody looks at freed memory, and nothing is freed twice.
NoMemoryFault == \A o \in Objects : Slab!NoFault(slab[o])

\* What a reader has found stays until it leaves, also if it only leaves an inner section.
FoundStays == \A r \in Readers : seen[r] # NULL => Slab!Used(slab[seen[r]])

\* Only who is inside is waited for.
WaitsForReaders == RCU!WaitsForReaders(rcu) /\ RCU!WaitsForReaders(sched)

\* Entering does not make anybody wait longer.
LaterReadersDoNotCount ==
    [][\A r \in Readers : ~RCU!IsInside(rcu, r)
         => \A h \in Heads : RCU!Queued(rcu, h) => r \notin rcu'.head[h].waits]_vars

\* When rcu_barrier() has returned, no callback from before it is left.
BarrierDrains == pc = "drained" => \A o \in Objects : ~RCU!Queued(Flavour, o)

\* Not promised: an end of a grace period finds no reader inside.
NobodyInsideAtTheEnd ==
    [][\A o \in Objects : RCU!Queued(rcu, o) /\ ~RCU!Queued(rcu', o) => RCU!Inside(rcu) = {}]_vars
=============================================================================
