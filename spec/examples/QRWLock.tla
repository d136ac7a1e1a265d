------------------------------ MODULE QRWLock -------------------------------
(***************************************************************************)
(* The queued read-write lock of the Linux kernel (qrwlock.c, W. Long,     *)
(* 2014): a word with a count of readers and two bits for the              *)
(* writer, and a fair spinlock on which those queue that do not get it at  *)
(* once.  It is a relative of                                              *)
(*                                                                         *)
(*   J. M. Mellor-Crummey, M. L. Scott: Scalable reader-writer             *)
(*   synchronization for shared-memory multiprocessors.  PPoPP 1991.       *)
(*                                                                         *)
(* On some CPUs a task reads, on some a task writes, on some both.  On     *)
(* some, interrupts come whose handlers read.  A handler runs to its end   *)
(* before its CPU's task goes on.  So it must not queue: in front of it a  *)
(* writer may wait for the very task that the handler interrupted.  That   *)
(* is why the kernel lets readers in interrupts pass everything but a      *)
(* writer that has the lock; QRWLock-irq-queues.cfg is the lock without    *)
(* this exception.  Writers keep interrupts off (write_lock_irqsave).      *)
(*                                                                         *)
(* The spinlock is not the subject here: it is a queue.  One action is one *)
(* access to the word or to the queue.                                     *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
    Readers,            \* the CPUs whose tasks call read_lock()
    Writers,            \* the CPUs whose tasks call write_lock_irqsave()
    Interrupted,        \* the CPUs on which interrupts come
    IrqPasses           \* a reader in an interrupt does not queue

ASSUME IrqPasses \in BOOLEAN

Cpus     == Readers \cup Writers \cup Interrupted
Contexts == Cpus \X {"task", "irq"}
Irq(x)   == x[2] = "irq"

VARIABLES
    cnts,               \* the word: how many readers, is a writer waiting, is the lock a writer's
    queue,              \* who stands for wait_lock, and first the one who has it
    pc                  \* pc[x]: what context x does

vars == <<cnts, queue, pc>>

Init == /\ cnts = [readers |-> 0, waiting |-> FALSE, locked |-> FALSE]
        /\ queue = <<>>
        /\ pc = [x \in Contexts |-> "outside"]

WritePlaces == {"write", "w queue", "w try", "w mark", "w wait", "w leave"}
ReadPlaces  == {"read", "r slow", "r queue", "r count", "r wait", "r leave", "r spin"}

\* An interrupt keeps the task of its CPU from running.
Runs(x) == IF Irq(x)
             THEN x[1] \in Interrupted /\ pc[x[1], "task"] \notin WritePlaces
             ELSE pc[x[1], "irq"] = "outside"

\* x goes from one place to another.
Step(x, from, to) == /\ pc[x] = from
                     /\ Runs(x)
                     /\ pc' = [pc EXCEPT ![x] = to]

HasWaitLock(x) == queue # <<>> /\ Head(queue) = x

JoinQueue(x)  == queue' = Append(queue, x) /\ UNCHANGED cnts
LeaveQueue(x) == HasWaitLock(x) /\ queue' = Tail(queue) /\ UNCHANGED cnts

-----------------------------------------------------------------------------
\* read_lock()

\* Count first, then look: no writer, and the lock is ours.
ReadLock(x) ==
    /\ Irq(x) \/ x[1] \in Readers
    /\ Step(x, "outside", IF cnts.waiting \/ cnts.locked
                            THEN IF Irq(x) /\ IrqPasses THEN "r spin" ELSE "r slow"
                            ELSE "read")
    /\ cnts' = [cnts EXCEPT !.readers = @ + 1]
    /\ UNCHANGED queue

\* In an interrupt: wait for the writer that has the lock, not for the one that waits.
ReadSpin(x) ==
    /\ Step(x, "r spin", "read")
    /\ ~cnts.locked
    /\ UNCHANGED <<cnts, queue>>

\* Else take the count back, and queue.
ReadSlow(x) ==
    /\ Step(x, "r slow", "r queue")
    /\ cnts' = [cnts EXCEPT !.readers = @ - 1]
    /\ UNCHANGED queue

ReadQueue(x) == Step(x, "r queue", "r count") /\ JoinQueue(x)

ReadCount(x) ==
    /\ Step(x, "r count", "r wait")
    /\ HasWaitLock(x)
    /\ cnts' = [cnts EXCEPT !.readers = @ + 1]
    /\ UNCHANGED queue

ReadWait(x) ==
    /\ Step(x, "r wait", "r leave")
    /\ ~cnts.locked
    /\ UNCHANGED <<cnts, queue>>

ReadLeave(x) == Step(x, "r leave", "read") /\ LeaveQueue(x)

ReadUnlock(x) ==
    /\ Step(x, "read", "outside")
    /\ cnts' = [cnts EXCEPT !.readers = @ - 1]
    /\ UNCHANGED queue

\* write_lock_irqsave()

Free == cnts.readers = 0 /\ ~cnts.waiting /\ ~cnts.locked

\* One compare-and-swap of the whole word.
WriteLock(x) ==
    /\ ~Irq(x) /\ x[1] \in Writers
    /\ Step(x, "outside", IF Free THEN "write" ELSE "w queue")
    /\ cnts' = [cnts EXCEPT !.locked = @ \/ Free]
    /\ UNCHANGED queue

WriteQueue(x) == Step(x, "w queue", "w try") /\ JoinQueue(x)

WriteTry(x) ==
    /\ Step(x, "w try", IF Free THEN "w leave" ELSE "w mark")
    /\ HasWaitLock(x)
    /\ cnts' = [cnts EXCEPT !.locked = @ \/ Free]
    /\ UNCHANGED queue

\* From now on no reader comes in on the fast path.
WriteMark(x) ==
    /\ Step(x, "w mark", "w wait")
    /\ cnts' = [cnts EXCEPT !.waiting = TRUE]
    /\ UNCHANGED queue

WriteWait(x) ==
    /\ Step(x, "w wait", "w leave")
    /\ cnts = [readers |-> 0, waiting |-> TRUE, locked |-> FALSE]
    /\ cnts' = [readers |-> 0, waiting |-> FALSE, locked |-> TRUE]
    /\ UNCHANGED queue

WriteLeave(x) == Step(x, "w leave", "write") /\ LeaveQueue(x)

WriteUnlock(x) ==
    /\ Step(x, "write", "outside")
    /\ cnts' = [cnts EXCEPT !.locked = FALSE]
    /\ UNCHANGED queue

Next == \E x \in Contexts :
    \/ ReadLock(x) \/ ReadSpin(x) \/ ReadSlow(x) \/ ReadQueue(x)
    \/ ReadCount(x) \/ ReadWait(x) \/ ReadLeave(x) \/ ReadUnlock(x)
    \/ WriteLock(x) \/ WriteQueue(x) \/ WriteTry(x) \/ WriteMark(x)
    \/ WriteWait(x) \/ WriteLeave(x) \/ WriteUnlock(x)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
At(places) == {x \in Contexts : pc[x] \in places}

TypeOK == /\ cnts \in [readers : 0 .. Cardinality(Contexts), waiting : BOOLEAN, locked : BOOLEAN]
          /\ queue \in Seq(Contexts) /\ Len(queue) <= Cardinality(Contexts)
          /\ pc \in [Contexts -> {"outside"} \cup ReadPlaces \cup WritePlaces]

\* A reader that has only to let go of wait_lock has the lock already; so has such a writer.
Reading == At({"read", "r leave"})
Writing == At({"write", "w leave"})

ReadersExcludeWriters == Writing # {} => Reading = {}
WritersExcludeWriters == Cardinality(Writing) <= 1

\* The word says what is the case.
ReadersAreCounted == cnts.readers = Cardinality(At({"read", "r slow", "r wait", "r leave", "r spin"}))
LockedIsWriting   == cnts.locked <=> Writing # {}
WaitingIsWaiting  == cnts.waiting <=> At({"w wait"}) # {}

\* The queue is of those that stand in it, each once, and only the first does anything.
QueueIsGood ==
    /\ Cardinality({queue[i] : i \in 1 .. Len(queue)}) = Len(queue)
    /\ {queue[i] : i \in 1 .. Len(queue)}
         = At({"r count", "r wait", "r leave", "w try", "w mark", "w wait", "w leave"})
    /\ \A x \in At({"r wait", "r leave", "w mark", "w wait", "w leave"}) : HasWaitLock(x)

\* The queue is first come, first served.
QueueIsFair ==
    [][\/ queue # <<>> /\ queue' = Tail(queue)
       \/ \E x \in Contexts : queue' = Append(queue, x)]_queue

\* A writer that waits keeps new readers out, unless they are in interrupts.
WriterIsNotStarved ==
    [][cnts.waiting => \A x \in Contexts : pc[x] # "read" /\ pc'[x] = "read" => Irq(x)]_vars
=============================================================================
