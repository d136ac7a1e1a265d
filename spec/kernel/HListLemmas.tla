---------------------------- MODULE HListLemmas ----------------------------
(***************************************************************************)
(* What module HList promises.  Writers add nodes to the head of a list    *)
(* and take others off; a node can be added again a grace period later.    *)
(* A reader walks the list inside an RCU section.                          *)
(*                                                                         *)
(* `Locked` says that writers take a lock, so that adding and removing are *)
(* one step each.  `Del` is how nodes are taken off.                       *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets

CONSTANTS Writers, Reader, Nodes, Head, NULL, POISON,
          Locked,           \* writers exclude each other
          Del               \* "del_rcu", "del_init_rcu", "del" or "del_init"

HList == INSTANCE HList
RCU   == INSTANCE RCU

\* Misuse is recorded.
ASSUME LET empty == HList!New({1}, {2})
           one   == HList!AddHead(empty, 2, 1)
       IN /\ HList!DelRcu(empty, 2).fault = "NULL dereference"
          /\ HList!DelRcu(HList!DelRcu(one, 2), 2).fault = "poison dereference"
          /\ HList!DelNext(HList!DelRcu(empty, 2), NULL, POISON).fault = "NULL dereference"
          /\ HList!DelNext(one, NULL, POISON).fault = "poison dereference"
          /\ HList!DelPprev(one, POISON, 1).fault = "poison dereference"
          /\ HList!DelInit(one, 2) = empty /\ HList!DelInit(empty, 2) = empty
          /\ HList!DelInitRcu(one, 2) = empty /\ HList!Unhashed(empty, 2)
          /\ HList!Empty(empty, 1) /\ ~HList!Empty(one, 1)

VARIABLES list, rcu,
          node,             \* of each node: "out", "listed", "busy" (a writer works on it), "gone"
          writer,           \* of each writer: where it is, its node, and what it has loaded
          reader            \* where the reader is, what it has come by, and what it must come by

vars == <<list, rcu, node, writer, reader>>

Idle    == [pc |-> "idle", n |-> NULL, next |-> NULL, pprev |-> NULL]
Outside == [at |-> NULL, seen |-> {}, must |-> {}]

Init == /\ list = HList!New({Head}, Nodes)
        /\ rcu = RCU!New({Reader}, Nodes)
        /\ node = [n \in Nodes |-> "out"]
        /\ writer = [w \in Writers |-> Idle]
        /\ reader = Outside

-----------------------------------------------------------------------------
(* Writers with the lock. *)

Add(w) ==
    /\ Locked
    /\ \E n \in Nodes :
        /\ node[n] = "out"
        /\ list' = HList!AddHead(list, n, Head)
        /\ node' = [node EXCEPT ![n] = "listed"]
    /\ UNCHANGED <<rcu, writer, reader>>

Remove(w) ==
    /\ Locked
    /\ \E n \in Nodes :
        /\ node[n] = "listed"
        /\ list' = CASE Del = "del_rcu"      -> HList!DelRcu(list, n)
                     [] Del = "del_init_rcu" -> HList!DelInitRcu(list, n)
                     [] Del = "del_init"     -> HList!DelInit(list, n)
                     [] OTHER                -> HList!Del(list, n)
        /\ node' = [node EXCEPT ![n] = "gone"]
        /\ rcu' = RCU!CallRcu(rcu, n, "reset")
        /\ reader' = [reader EXCEPT !.must = @ \ {n}]
    /\ UNCHANGED writer

-----------------------------------------------------------------------------
(* Writers without it: three steps each. *)

Goto(w, l) == writer' = [writer EXCEPT ![w].pc = l]
At(w, l)   == writer[w].pc = l

AddInit(w) ==
    /\ ~Locked
    /\ At(w, "idle")
    /\ \E n \in Nodes :
        /\ node[n] = "out"
        /\ list' = HList!AddInit(list, n, Head)
        /\ node' = [node EXCEPT ![n] = "busy"]
        /\ writer' = [writer EXCEPT ![w] =
                        [Idle EXCEPT !.pc = "add_first", !.n = n, !.next = HList!Next(list, Head)]]
    /\ UNCHANGED <<rcu, reader>>

AddFirst(w) ==
    /\ At(w, "add_first")
    /\ list' = HList!AddFirst(list, writer[w].n, Head)
    /\ Goto(w, "add_pprev")
    /\ UNCHANGED <<rcu, node, reader>>

AddPprev(w) ==
    /\ At(w, "add_pprev")
    /\ list' = HList!AddPprev(list, writer[w].n, writer[w].next)
    /\ node' = [node EXCEPT ![writer[w].n] = "listed"]
    /\ writer' = [writer EXCEPT ![w] = Idle]
    /\ UNCHANGED <<rcu, reader>>

DelLoad(w) ==
    /\ ~Locked
    /\ At(w, "idle")
    /\ \E n \in Nodes :
        /\ node[n] = "listed"
        /\ node' = [node EXCEPT ![n] = "busy"]
        /\ reader' = [reader EXCEPT !.must = @ \ {n}]
        /\ writer' = [writer EXCEPT ![w] =
                        [pc |-> "del_next", n |-> n,
                         next |-> HList!Next(list, n), pprev |-> HList!Pprev(list, n)]]
    /\ UNCHANGED <<list, rcu>>

DelNext(w) ==
    /\ At(w, "del_next")
    /\ list' = HList!DelNext(list, writer[w].next, writer[w].pprev)
    /\ Goto(w, "del_pprev")
    /\ UNCHANGED <<rcu, node, reader>>

DelPprev(w) ==
    /\ At(w, "del_pprev")
    /\ list' = HList!DelPprev(list, writer[w].next, writer[w].pprev)
    /\ Goto(w, "poison")
    /\ UNCHANGED <<rcu, node, reader>>

Poison(w) ==
    /\ At(w, "poison")
    /\ LET n == writer[w].n IN
        /\ list' = IF Del = "del" THEN HList!Poison(list, n) ELSE HList!PoisonRcu(list, n)
        /\ rcu' = RCU!CallRcu(rcu, n, "reset")
        /\ node' = [node EXCEPT ![n] = "gone"]
    /\ writer' = [writer EXCEPT ![w] = Idle]
    /\ UNCHANGED reader

Callback(n) ==
    /\ RCU!CanRun(rcu, n)
    /\ rcu' = RCU!Run(rcu, n)
    /\ list' = HList!Reset(list, n)
    /\ node' = [node EXCEPT ![n] = "out"]
    /\ UNCHANGED <<writer, reader>>

-----------------------------------------------------------------------------
(* The reader: enter and load the first pointer; load the next; leave after the last. *)

\* It stands on what it loaded, with all that it must come by yet.
On(x, r) == [r EXCEPT !.at = x, !.seen = @ \cup ({x} \ {NULL, POISON})]

Enter ==
    /\ ~RCU!IsInside(rcu, Reader)
    /\ rcu' = RCU!Enter(rcu, Reader)
    /\ reader' = On(HList!Next(list, Head),
                    [Outside EXCEPT !.must = {n \in Nodes : node[n] = "listed"}])
    /\ UNCHANGED <<list, node, writer>>

Walk ==
    /\ reader.at \in Nodes
    /\ reader' = On(HList!Next(list, reader.at), reader)
    /\ UNCHANGED <<list, rcu, node, writer>>

Leave ==
    /\ RCU!IsInside(rcu, Reader)
    /\ reader.at = NULL
    /\ rcu' = RCU!Leave(rcu, Reader)
    /\ reader' = Outside
    /\ UNCHANGED <<list, node, writer>>

Next == /\ HList!NoFault(list)
        /\ \/ \E w \in Writers : \/ Add(w) \/ Remove(w)
                                 \/ AddInit(w) \/ AddFirst(w) \/ AddPprev(w)
                                 \/ DelLoad(w) \/ DelNext(w) \/ DelPprev(w) \/ Poison(w)
           \/ \E n \in Nodes : Callback(n)
           \/ Enter \/ Walk \/ Leave

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
TypeOK == /\ list \in HList!Type({Head}, Nodes)
          /\ rcu \in RCU!Type({Reader}, Nodes, {"reset"}, 1)
          /\ node \in [Nodes -> {"out", "listed", "busy", "gone"}]
          /\ writer \in [Writers -> [pc : {"idle", "add_first", "add_pprev", "del_next",
                                           "del_pprev", "poison"},
                                     n : Nodes \cup {NULL},
                                     next : Nodes \cup {NULL, POISON},
                                     pprev : Nodes \cup {Head, NULL, POISON}]]
          /\ reader \in [at : Nodes \cup {NULL, POISON}, seen : SUBSET Nodes, must : SUBSET Nodes]

\* Nobody follows NULL or POISON to write there.
NoFault == HList!NoFault(list)

Busy == \E w \in Writers : writer[w].pc # "idle"

Consistent == ~Busy => HList!Consistent(list)

\* The entries are those that were added and not taken off, and nothing else.
ExactlyTheListed ==
    ~Busy => LET one == HList!Ahead(list, {Head})
                 all == HList!Ahead(list, HList!Ahead(list, HList!Ahead(list, one)))
             IN all \ {Head} = {n \in Nodes : node[n] = "listed"}

\* The reader follows no poison, and stands on nothing that can be used again.
ReaderIsNotLost == /\ reader.at # POISON
                   /\ reader.at \in Nodes => node[reader.at] # "out"

\* It comes by every entry that is on the list all the time.
ReaderMissesNothing ==
    RCU!IsInside(rcu, Reader) /\ reader.at = NULL => reader.must \subseteq reader.seen
=============================================================================
