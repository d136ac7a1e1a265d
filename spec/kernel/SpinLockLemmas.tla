--------------------------- MODULE SpinLockLemmas ---------------------------
(***************************************************************************)
(* What module SpinLock promises.  On each CPU a task adds to a counter    *)
(* under a lock, by a load and a store; on some, interrupts come whose     *)
(* handlers do the same.  A handler runs to its end before its task goes   *)
(* on.                                                                     *)
(*                                                                         *)
(* `Form` is how tasks take the lock.  Handlers use spin_lock().           *)
(***************************************************************************)
EXTENDS Integers, FiniteSets

CONSTANTS Cpus,
          Interrupted,      \* the CPUs on which interrupts come
          Form              \* "spin_lock", "spin_lock_irqsave" or "spin_trylock"

SpinLock == INSTANCE SpinLock

\* Misuse is recorded.
ASSUME LET held == SpinLock!Lock(SpinLock!New, 1)
       IN /\ SpinLock!Lock(held, 1).fault = "recursion"
          /\ SpinLock!LockIrq(held, 1).fault = "recursion"
          /\ SpinLock!Unlock(SpinLock!New, 1).fault = "already unlocked"
          /\ SpinLock!Unlock(held, 2).fault = "wrong CPU"
          /\ SpinLock!Lock(SpinLock!Unlock(held, 2), 1).fault = "wrong CPU"
          /\ SpinLock!TryLock(held, 1) = held /\ ~SpinLock!CanLock(held, 2)
          /\ ~SpinLock!NoFault(SpinLock!Lock(held, 1))

VARIABLES lock, counter,
          pc,               \* what each context does
          register          \* what each context loaded

vars == <<lock, counter, pc, register>>

Contexts == Cpus \X {"task", "irq"}
Irq(x)   == x[2] = "irq"
Cpu(x)   == x[1]

Init == /\ lock = SpinLock!New
        /\ counter = 0
        /\ pc = [x \in Contexts |-> "begin"]
        /\ register = [x \in Contexts |-> 0]

\* A handler that has begun keeps its task from running; after a self-deadlock nothing runs.
Runs(x) == /\ SpinLock!NoFault(lock)
           /\ Irq(x) \/ pc[Cpu(x), "irq"] \in {"begin", "done"}

Step(x, from, to) ==
    /\ pc[x] = from
    /\ Runs(x)
    /\ pc' = [pc EXCEPT ![x] = to]

Interrupt(x) ==
    /\ Irq(x)
    /\ Cpu(x) \in Interrupted
    /\ SpinLock!CanInterrupt(lock, Cpu(x))
    /\ Step(x, "begin", "lock")
    /\ UNCHANGED <<lock, counter, register>>

Call(x) ==
    /\ ~Irq(x)
    /\ Step(x, "begin", "lock")
    /\ UNCHANGED <<lock, counter, register>>

Lock(x) ==
    /\ Irq(x) \/ Form # "spin_trylock"
    /\ SpinLock!CanLock(lock, Cpu(x))
    /\ Step(x, "lock", "load")
    /\ lock' = IF Irq(x) \/ Form = "spin_lock"
                 THEN SpinLock!Lock(lock, Cpu(x))
                 ELSE SpinLock!LockIrq(lock, Cpu(x))
    /\ UNCHANGED <<counter, register>>

TryLock(x) ==
    /\ ~Irq(x) /\ Form = "spin_trylock"
    /\ Step(x, "lock", IF SpinLock!Free(lock) THEN "load" ELSE "done")
    /\ lock' = SpinLock!TryLock(lock, Cpu(x))
    /\ UNCHANGED <<counter, register>>

Load(x) ==
    /\ Step(x, "load", "store")
    /\ register' = [register EXCEPT ![x] = counter]
    /\ UNCHANGED <<lock, counter>>

Store(x) ==
    /\ Step(x, "store", "unlock")
    /\ counter' = register[x] + 1
    /\ UNCHANGED <<lock, register>>

Unlock(x) ==
    /\ Step(x, "unlock", "done")
    /\ lock' = SpinLock!Unlock(lock, Cpu(x))
    /\ UNCHANGED <<counter, register>>

\* Tasks are through, and handlers that came.
Finished ==
    /\ \A x \in Contexts : pc[x] = "done" \/ (Irq(x) /\ pc[x] = "begin")
    /\ UNCHANGED vars

Next == \/ \E x \in Contexts : \/ Interrupt(x) \/ Call(x) \/ Lock(x) \/ TryLock(x)
                               \/ Load(x) \/ Store(x) \/ Unlock(x)
        \/ Finished

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
Locked == {x \in Contexts : pc[x] \in {"load", "store", "unlock"}}

TypeOK == /\ lock \in SpinLock!Type(Cpus)
          /\ counter \in 0..Cardinality(Contexts)
          /\ pc \in [Contexts -> {"begin", "lock", "load", "store", "unlock", "done"}]
          /\ register \in [Contexts -> 0..Cardinality(Contexts)]

\* No rule of spinlocks is broken.
NoFault == SpinLock!NoFault(lock)

MutualExclusion == Cardinality(Locked) <= 1

\* The lock says who is inside.
HolderIsInside == \A c \in Cpus : SpinLock!Holds(lock, c) <=> \E x \in Locked : Cpu(x) = c

\* No addition is lost.
NothingIsLost ==
    \A x \in Contexts : pc[x] = "store" => register[x] = counter
=============================================================================
