----------------------------- MODULE SlabLemmas -----------------------------
(***************************************************************************)
(* What module Slab promises.  Threads share one pointer to an object.     *)
(* They look at the object under a lock; one of them takes the pointer     *)
(* away and frees the object, which can be allocated again at once.        *)
(*                                                                         *)
(* `Steal` is how a thread takes the pointer away: by xchg(), one step, or *)
(* by a load and a store of NULL.                                          *)
(***************************************************************************)
EXTENDS Naturals

CONSTANTS Threads, Objects, NULL, POISON,
          Steal             \* "xchg" or "load_then_store"

Slab == INSTANCE Slab

\* Misuse is recorded, and stays.
ASSUME LET used == Slab!Alloc(Slab!New)
       IN /\ Slab!Touch(used) = used /\ Slab!Used(used)
          /\ Slab!Free(used) = Slab!New
          /\ Slab!Free(Slab!New) = "double free"
          /\ Slab!Touch(Slab!New) = "use after free"
          /\ \A o \in {"double free", "use after free"} :
               {Slab!Touch(o), Slab!Free(o), Slab!Alloc(o)} = {o} /\ ~Slab!CanAlloc(o)

VARIABLES slab,
          fields,           \* of each object: two pointers that point at the object itself
          shared,           \* the pointer
          mine,             \* the object that each thread took away
          pc

vars == <<slab, fields, shared, mine, pc>>

Init == /\ slab = [o \in Objects |-> Slab!New]
        /\ fields = [o \in Objects |-> [next |-> POISON, prev |-> POISON]]
        /\ shared = NULL
        /\ mine = [t \in Threads |-> NULL]
        /\ pc = [t \in Threads |-> "idle"]

Make(t) ==
    /\ pc[t] = "idle"
    /\ shared = NULL
    /\ \E o \in Objects :
        /\ Slab!CanAlloc(slab[o])
        /\ slab' = [slab EXCEPT ![o] = Slab!Alloc(@)]
        /\ fields' = [fields EXCEPT ![o] = [next |-> o, prev |-> o]]
        /\ shared' = o
    /\ UNCHANGED <<mine, pc>>

\* Load the pointer and a field of what it points at, in one locked section.
Look(t) ==
    /\ pc[t] = "idle"
    /\ shared # NULL
    /\ slab' = [slab EXCEPT ![shared] = Slab!Touch(@)]
    /\ UNCHANGED <<fields, shared, mine, pc>>

Exchange(t) ==
    /\ Steal = "xchg"
    /\ pc[t] = "idle"
    /\ shared # NULL
    /\ mine' = [mine EXCEPT ![t] = shared]
    /\ shared' = NULL
    /\ pc' = [pc EXCEPT ![t] = "free"]
    /\ UNCHANGED <<slab, fields>>

Load(t) ==
    /\ Steal = "load_then_store"
    /\ pc[t] = "idle"
    /\ shared # NULL
    /\ mine' = [mine EXCEPT ![t] = shared]
    /\ pc' = [pc EXCEPT ![t] = "store"]
    /\ UNCHANGED <<slab, fields, shared>>

Store(t) ==
    /\ pc[t] = "store"
    /\ shared' = NULL
    /\ pc' = [pc EXCEPT ![t] = "free"]
    /\ UNCHANGED <<slab, fields, mine>>

Free(t) ==
    /\ pc[t] = "free"
    /\ slab' = [slab EXCEPT ![mine[t]] = Slab!Free(@)]
    /\ fields' = [fields EXCEPT ![mine[t]] = Slab!Poisoned(@, POISON)]
    /\ mine' = [mine EXCEPT ![t] = NULL]
    /\ pc' = [pc EXCEPT ![t] = "idle"]
    /\ UNCHANGED shared

Next == \E t \in Threads : Make(t) \/ Look(t) \/ Exchange(t) \/ Load(t) \/ Store(t) \/ Free(t)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
TypeOK == /\ slab \in [Objects -> Slab!Type]
          /\ fields \in [Objects -> [next : Objects \cup {POISON}, prev : Objects \cup {POISON}]]
          /\ shared \in Objects \cup {NULL}
          /\ mine \in [Threads -> Objects \cup {NULL}]
          /\ pc \in [Threads -> {"idle", "store", "free"}]

NoUseAfterFree == \A o \in Objects : slab[o] # "use after free"
NoDoubleFree   == \A o \in Objects : slab[o] # "double free"

\* What the pointer points at is allocated, and so is what a thread took away.
PointersAreValid ==
    /\ shared # NULL => Slab!Used(slab[shared])
    /\ \A t \in Threads : mine[t] # NULL => Slab!Used(slab[mine[t]])

\* Memory is poisoned when and only when it is not in use.
PoisonIsExact == \A o \in Objects : Slab!Used(slab[o]) <=> fields[o] = [next |-> o, prev |-> o]

\* A fault is recorded for ever. (It never applies where there is none: SlabLemmas-load-then-store.cfg has some.)
FaultsStay == [][\A o \in Objects : ~Slab!NoFault(slab[o]) => slab'[o] = slab[o]]_vars

\* An object is given out only when it is free.
NobodySharesMemory ==
    [][\A o \in Objects : fields[o] # fields'[o] /\ fields'[o].next = o => slab[o] = "free"]_vars
=============================================================================
