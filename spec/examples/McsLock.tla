------------------------------ MODULE McsLock -------------------------------
(***************************************************************************)
(* The queue lock of Mellor-Crummey and Scott, in which each CPU spins on  *)
(* a flag of its own.                                                      *)
(*                                                                         *)
(*   J. M. Mellor-Crummey, M. L. Scott: Algorithms for scalable            *)
(*   synchronization on shared-memory multiprocessors.  ACM TOCS 9(1),     *)
(*   1991, section 2.4.                                                    *)
(*                                                                         *)
(* The lock is a pointer to the last node of a queue.  Who comes swaps     *)
(* itself in and links itself behind its predecessor; between the two      *)
(* stores the queue is in two pieces.  Who leaves and sees nobody behind   *)
(* it tries to swap the tail back to nothing.  If that fails, somebody is  *)
(* between its two stores, and the leaver has to wait for the link.        *)
(* McsLock-no-await.cfg is the lock without that wait.                     *)
(*                                                                         *)
(* Each CPU has one node.  Its fields are set before the swap, when nobody *)
(* else can reach it, so that is part of the swap's step.                  *)
(***************************************************************************)
EXTENDS Integers, FiniteSets

CONSTANTS
    Cpus,
    NULL,               \* the pointer to nothing
    AwaitLink           \* the leaver waits for a successor that has not linked itself yet

ASSUME NULL \notin Cpus /\ AwaitLink \in BOOLEAN

VARIABLES
    tail,               \* the lock: the last in the queue
    next,               \* next[c]: who stands behind c
    waits,              \* waits[c]: the flag on which c spins
    prev,               \* prev[c]: c's register: who stood last when it came
    pc                  \* pc[c]: what c does

vars == <<tail, next, waits, prev, pc>>

Init == /\ tail = NULL
        /\ next = [c \in Cpus |-> NULL]
        /\ waits = [c \in Cpus |-> FALSE]
        /\ prev = [c \in Cpus |-> NULL]
        /\ pc = [c \in Cpus |-> "outside"]

Goto(c, place) == pc' = [pc EXCEPT ![c] = place]

-----------------------------------------------------------------------------
\* lock

Swap(c) ==
    /\ pc[c] = "outside"
    /\ tail' = c
    /\ prev' = [prev EXCEPT ![c] = tail]
    /\ next' = [next EXCEPT ![c] = NULL]
    /\ waits' = [waits EXCEPT ![c] = tail # NULL]
    /\ Goto(c, IF tail = NULL THEN "inside" ELSE "link")

Link(c) ==
    /\ pc[c] = "link"
    /\ next' = [next EXCEPT ![prev[c]] = c]
    /\ prev' = [prev EXCEPT ![c] = NULL]
    /\ Goto(c, "spin")
    /\ UNCHANGED <<tail, waits>>

Enter(c) ==
    /\ pc[c] = "spin"
    /\ ~waits[c]
    /\ Goto(c, "inside")
    /\ UNCHANGED <<tail, next, waits, prev>>

\* unlock

LookBehind(c) ==
    /\ pc[c] = "inside"
    /\ Goto(c, IF next[c] = NULL THEN "cmpxchg" ELSE "pass")
    /\ UNCHANGED <<tail, next, waits, prev>>

SwapBack(c) ==
    /\ pc[c] = "cmpxchg"
    /\ IF tail = c
         THEN tail' = NULL /\ Goto(c, "outside")
         ELSE tail' = tail /\ Goto(c, IF AwaitLink THEN "await" ELSE "outside")
    /\ UNCHANGED <<next, waits, prev>>

LinkCame(c) ==
    /\ pc[c] = "await"
    /\ next[c] # NULL
    /\ Goto(c, "pass")
    /\ UNCHANGED <<tail, next, waits, prev>>

\* The node is not used any more; next is cleared for the sake of fewer states.
Pass(c) ==
    /\ pc[c] = "pass"
    /\ waits' = [waits EXCEPT ![next[c]] = FALSE]
    /\ next' = [next EXCEPT ![c] = NULL]
    /\ Goto(c, "outside")
    /\ UNCHANGED <<tail, prev>>

Next == \E c \in Cpus :
    Swap(c) \/ Link(c) \/ Enter(c) \/ LookBehind(c) \/ SwapBack(c) \/ LinkCame(c) \/ Pass(c)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
Holding == {"inside", "cmpxchg", "await", "pass"}

TypeOK == /\ tail \in Cpus \cup {NULL}
          /\ next \in [Cpus -> Cpus \cup {NULL}]
          /\ waits \in [Cpus -> BOOLEAN]
          /\ prev \in [Cpus -> Cpus \cup {NULL}]
          /\ pc \in [Cpus -> {"outside", "link", "spin"} \cup Holding]

Holders == {c \in Cpus : pc[c] \in Holding \/ (pc[c] = "spin" /\ ~waits[c])}

MutualExclusion == Cardinality({c \in Cpus : pc[c] \in Holding}) <= 1

\* The lock is always in one place: with one CPU, which may not know it yet, or free.
OneHolder == Cardinality(Holders) = IF tail = NULL THEN 0 ELSE 1

\* Nobody queues twice, and whoever someone points at stands and waits.
LinksAreGood ==
    /\ \A c, d \in Cpus : next[c] # NULL /\ next[c] = next[d] => c = d
    /\ \A c \in Cpus : next[c] # NULL => pc[next[c]] = "spin" /\ waits[next[c]]

\* Who waits is linked to, or is about to link itself; so somebody will wake it.
NobodyIsForgotten ==
    \A c \in Cpus : waits[c] => \/ pc[c] = "link" /\ pc[prev[c]] # "outside"
                                \/ \E p \in Cpus : next[p] = c

\* From each that stands in the queue, the last is reached, in no more steps than there are CPUs.
RECURSIVE Last(_, _)
Last(c, steps) ==
    LET behind == {d \in Cpus : next[c] = d \/ (pc[d] = "link" /\ prev[d] = c)}
    IN  IF behind = {} \/ steps = 0 THEN c ELSE Last(CHOOSE d \in behind : TRUE, steps - 1)

OneQueue == \A c \in Cpus : pc[c] # "outside" => Last(c, Cardinality(Cpus)) = tail

\* The flag is given by a holder, and to one CPU at a time.
HandedOver ==
    [][\A c \in Cpus : waits[c] /\ ~waits'[c] => \E h \in Cpus : pc[h] = "pass" /\ next[h] = c]_waits

\* The queue is first come, first served: nobody's predecessor changes.
LinkedOnce == [][\A c \in Cpus : next[c] # NULL => next'[c] \in {next[c], NULL}]_next
=============================================================================
