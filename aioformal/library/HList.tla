------------------------------- MODULE HList -------------------------------
(***************************************************************************)
(* The kernel's hlist, pointer by pointer.  Pure operators over one value, *)
(* the heap of all lists:                                                  *)
(*                                                                         *)
(*   next[x]   of a head its `first`, of a node its `next`: both are one   *)
(*             pointer to a node, and a pprev can point at either          *)
(*   pprev[n]  whose next[] points at node n: a head or a node.  NULL: on  *)
(*             no list.  POISON: taken off one.                            *)
(*   fault     the first misuse, or "none"                                 *)
(*                                                                         *)
(*     list' = HList!AddHead(list, n, head)                                *)
(*     n == HList!Next(list, head)                                         *)
(*                                                                         *)
(* Under a lock that all writers take, AddHead and the forms of Del are    *)
(* one step: readers without the lock see next[] only, and of that one     *)
(* store.  Without the lock they are three, with the caller's own copies   *)
(* of what it loaded:                                                      *)
(*                                                                         *)
(*   add   1 first := Next(list, head), list' = AddInit(list, n, head)     *)
(*         2 list' = AddFirst(list, n, head)                               *)
(*         3 list' = AddPprev(list, n, first)                              *)
(*   del   1 next := Next(list, n), pprev := Pprev(list, n)                *)
(*         2 list' = DelNext(list, next, pprev)                            *)
(*         3 list' = PoisonRcu(DelPprev(list, next, pprev), n)             *)
(*                                                                         *)
(* NULL and POISON are those of the specification: declare constants of    *)
(* these names, or say INSTANCE HList WITH NULL <- ..., POISON <- ...      *)
(*                                                                         *)
(* Assumed: heads, nodes, NULL and POISON are all different.  Abstracted:  *)
(* the two poisons of the kernel are one; memory order (interleaving       *)
(* semantics).  Whether n is allocated is for Slab to say.                 *)
(***************************************************************************)
CONSTANTS NULL, POISON

\* INIT_HLIST_HEAD() and INIT_HLIST_NODE() of all.
New(Heads, Nodes) ==
    [next  |-> [x \in Heads \cup Nodes |-> NULL],
     pprev |-> [n \in Nodes |-> NULL],
     fault |-> "none"]

\* The values that the heap can have.
Type(Heads, Nodes) ==
    [next  : [Heads \cup Nodes -> Nodes \cup {NULL, POISON}],
     pprev : [Nodes -> Heads \cup Nodes \cup {NULL, POISON}],
     fault : {"none", "NULL dereference", "poison dereference"}]

\* The loads, one atomic step each: of a head, Next is its `first`.
Next(s, x)  == s.next[x]
Pprev(s, n) == s.pprev[n]

\* hlist_empty().
Empty(s, head) == s.next[head] = NULL

\* hlist_unhashed(): never on a list, or taken off by an _init form.
Unhashed(s, n) == s.pprev[n] = NULL

\* On a list now.
Linked(s, n) == s.pprev[n] \notin {NULL, POISON}

\* INIT_HLIST_NODE(), and what an allocation leaves: one node as new.
Reset(s, n) == [s EXCEPT !.next[n] = NULL, !.pprev[n] = NULL]

-----------------------------------------------------------------------------
(* Under the writers' lock: one atomic step. *)

\* hlist_add_head(), hlist_add_head_rcu().
AddHead(s, n, head) ==
    LET first == s.next[head] IN
    [s EXCEPT !.next  = [@ EXCEPT ![n] = first, ![head] = n],
              !.pprev = [m \in DOMAIN @ |-> CASE m = n     -> head
                                              [] m = first -> n
                                              [] OTHER     -> @[m]]]

\* Following p is what the kernel dies of; nothing else changes, and only the first is kept.
LOCAL Fault(s, p) ==
    [s EXCEPT !.fault = CASE @ # "none" -> @
                          [] p = NULL   -> "NULL dereference"
                          [] OTHER      -> "poison dereference"]

\* __hlist_del(), and what n is left with.  A node that is not on a list is a fault.
LOCAL Unlink(s, n, next, pprev) ==
    LET after  == s.next[n]
        before == s.pprev[n]
    IN IF ~Linked(s, n)
       THEN Fault(s, before)
       ELSE [s EXCEPT !.next  = [@ EXCEPT ![n] = next, ![before] = after],
                      !.pprev = [m \in DOMAIN @ |-> CASE m = n     -> pprev
                                                      [] m = after -> before
                                                      [] OTHER     -> @[m]]]

\* hlist_del(): poisons both.  A reader that stands on n is lost.
Del(s, n) == Unlink(s, n, POISON, POISON)

\* hlist_del_rcu(): keeps next, so that a reader that stands on n finds back to the list.
DelRcu(s, n) == Unlink(s, n, s.next[n], POISON)

\* hlist_del_init(): as new; does nothing to a node on no list.
DelInit(s, n) == IF Unhashed(s, n) THEN s ELSE Unlink(s, n, NULL, NULL)

\* hlist_del_init_rcu(): keeps next; does nothing to a node on no list.
DelInitRcu(s, n) == IF Unhashed(s, n) THEN s ELSE Unlink(s, n, s.next[n], NULL)

-----------------------------------------------------------------------------
(* Without it: one atomic step each, in this order. *)

\* first = h->first; n->next = first; n->pprev = &h->first, in memory that is still private.
AddInit(s, n, head) == [s EXCEPT !.next[n] = s.next[head], !.pprev[n] = head]

\* h->first = n.
AddFirst(s, n, head) == [s EXCEPT !.next[head] = n]

\* if (first) first->pprev = &n->next.
AddPprev(s, n, first) == IF first = NULL THEN s ELSE [s EXCEPT !.pprev[first] = n]

\* *pprev = next.
DelNext(s, next, pprev) ==
    IF pprev \in {NULL, POISON} THEN Fault(s, pprev) ELSE [s EXCEPT !.next[pprev] = next]

\* if (next) next->pprev = pprev.
DelPprev(s, next, pprev) ==
    CASE next = NULL   -> s
      [] next = POISON -> Fault(s, next)
      [] OTHER         -> [s EXCEPT !.pprev[next] = pprev]

\* The last stores of hlist_del() and of hlist_del_rcu(), to the node that is off the list.
Poison(s, n)    == [s EXCEPT !.next[n] = POISON, !.pprev[n] = POISON]
PoisonRcu(s, n) == [s EXCEPT !.pprev[n] = POISON]

-----------------------------------------------------------------------------
(* What holds of every state that these operators make. *)

\* No rule has been broken yet.
NoFault(s) == s.fault = "none"

\* next and pprev agree: what points at a linked node is what its pprev says, and what a head or a
\* linked node points at is linked.  Not between the stores of the forms without a lock.
Consistent(s) ==
    /\ \A n \in DOMAIN s.pprev : Linked(s, n) => s.next[s.pprev[n]] = n
    /\ \A x \in DOMAIN s.next :
         (x \notin DOMAIN s.pprev \/ Linked(s, x)) /\ s.next[x] # NULL
           => s.next[x] # POISON /\ s.pprev[s.next[x]] = x

\* One load further: the entries in S and those that they point at.
Ahead(s, S) == S \cup ({s.next[x] : x \in S} \ {NULL, POISON})
=============================================================================
