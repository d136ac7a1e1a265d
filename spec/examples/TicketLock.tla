----------------------------- MODULE TicketLock -----------------------------
(***************************************************************************)
(* The ticket spinlock, as the Linux kernel had it from 2.6.25 on.         *)
(*                                                                         *)
(*   D. P. Reed, R. K. Kanodia: Synchronization with eventcounts and       *)
(*   sequencers.  CACM 22(2), 1979.                                        *)
(*   J. M. Mellor-Crummey, M. L. Scott: Algorithms for scalable            *)
(*   synchronization on shared-memory multiprocessors.  ACM TOCS 9(1),     *)
(*   1991, section 2.2.                                                    *)
(*                                                                         *)
(* As at a counter in a shop: who comes takes the next ticket and waits    *)
(* until it is served.  Both numbers are halves of one word and wrap.      *)
(* That does no harm while there are no more threads than tickets:         *)
(* TicketLock-wrap.cfg has one ticket too few.                             *)
(*                                                                         *)
(* spin_lock is a fetch-and-add and then loads; spin_trylock a load of the *)
(* whole word and then a compare-and-swap; spin_unlock a load and a store, *)
(* which need not be atomic, as nobody else writes that half.              *)
(***************************************************************************)
EXTENDS Integers, FiniteSets

CONSTANTS
    Threads,
    Tickets             \* how many numbers there are before they wrap

ASSUME Tickets \in Nat /\ Tickets > 0

VARIABLES
    next,               \* the ticket that the next to come will take
    owner,              \* the ticket that is served
    pc,                 \* pc[t]: what thread t does
    ax                  \* ax[t]: its register: ticket, or what it loaded; 0 when it holds nothing of use

vars == <<next, owner, pc, ax>>

Numbers == 0 .. Tickets-1
After(n) == (n + 1) % Tickets

Init == /\ next = 0
        /\ owner = 0
        /\ pc = [t \in Threads |-> "outside"]
        /\ ax = [t \in Threads |-> 0]

Goto(t, place, value) == /\ pc' = [pc EXCEPT ![t] = place]
                         /\ ax' = [ax EXCEPT ![t] = value]

-----------------------------------------------------------------------------
\* spin_lock()

TakeTicket(t) ==
    /\ pc[t] = "outside"
    /\ next' = After(next)
    /\ Goto(t, "spin", next)
    /\ UNCHANGED owner

Served(t) ==
    /\ pc[t] = "spin"
    /\ owner = ax[t]
    /\ Goto(t, "inside", 0)
    /\ UNCHANGED <<next, owner>>

\* spin_trylock(): the load saw a free lock, or the call fails at once and nothing has happened.

TryLoad(t) ==
    /\ pc[t] = "outside"
    /\ next = owner
    /\ Goto(t, "cmpxchg", next)
    /\ UNCHANGED <<next, owner>>

TryCmpxchg(t) ==
    /\ pc[t] = "cmpxchg"
    /\ IF next = ax[t] /\ owner = ax[t]
         THEN next' = After(next) /\ Goto(t, "inside", 0)
         ELSE next' = next /\ Goto(t, "outside", 0)
    /\ UNCHANGED owner

\* spin_unlock()

UnlockLoad(t) ==
    /\ pc[t] = "inside"
    /\ Goto(t, "unlock", owner)
    /\ UNCHANGED <<next, owner>>

UnlockStore(t) ==
    /\ pc[t] = "unlock"
    /\ owner' = After(ax[t])
    /\ Goto(t, "outside", 0)
    /\ UNCHANGED next

Next == \E t \in Threads :
    TakeTicket(t) \/ Served(t) \/ TryLoad(t) \/ TryCmpxchg(t) \/ UnlockLoad(t) \/ UnlockStore(t)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
TypeOK == /\ next \in Numbers
          /\ owner \in Numbers
          /\ pc \in [Threads -> {"outside", "spin", "inside", "cmpxchg", "unlock"}]
          /\ ax \in [Threads -> Numbers]

Holds(t) == pc[t] \in {"inside", "unlock"}

MutualExclusion == \A t, u \in Threads : Holds(t) /\ Holds(u) => t = u

\* How many are served before t; it spins.
Ahead(t) == (ax[t] - owner) % Tickets

TicketsAreUnique ==
    \A t, u \in Threads : pc[t] = "spin" /\ pc[u] = "spin" /\ ax[t] = ax[u] => t = u

\* Every ticket between owner and next is in somebody's hand.
TicketsAddUp ==
    (next - owner) % Tickets
      = Cardinality({t \in Threads : pc[t] = "spin" \/ Holds(t)}) % Tickets

\* While somebody holds the lock, it is nobody else's turn.
HolderIsServed == \A t, u \in Threads : Holds(t) /\ pc[u] = "spin" => Ahead(u) > 0

\* First come, first served: nobody who spins is overtaken by another who spins.
NoOvertaking ==
    [][LET spinsOn == {t \in Threads : pc[t] = "spin" /\ pc'[t] = "spin"}
       IN  \A t, u \in spinsOn : Ahead(t) < Ahead(u) => Ahead(t)' < Ahead(u)']_vars

\* Only the holder calls the next ticket.
OnlyHolderServes == [][owner' = After(owner) /\ \E t \in Threads : Holds(t)]_owner
=============================================================================
