------------------------------ MODULE TwoPhase ------------------------------
(***************************************************************************)
(* Two-phase commit.                                                       *)
(*                                                                         *)
(*   J. Gray: Notes on data base operating systems.  LNCS 60, 1978.        *)
(*   J. Gray, L. Lamport: Consensus on transaction commit.  ACM TODS       *)
(*   31(1), 2006, whose abstraction this is.                               *)
(*                                                                         *)
(* Resource managers did parts of one transaction; either all of them      *)
(* commit or none does.  Each may prepare, which it tells the              *)
(* coordinator, or give up by itself.  The coordinator commits when all    *)
(* have prepared, and may abort at any time before.                        *)
(*                                                                         *)
(* Messages are never taken out of `sent': they may be late, may come      *)
(* twice, and may never come, since nobody is made to read.  A manager     *)
(* that gives up says nothing; that its coordinator would learn of it is   *)
(* an abort out of the blue.  Nobody crashes.                              *)
(*                                                                         *)
(* Managers differ in their names only, so they may be permuted:           *)
(* TwoPhase-symmetry.cfg.                                                  *)
(***************************************************************************)
EXTENDS TLC

CONSTANT Managers

VARIABLES
    manager,            \* manager[m]: what m is about
    coordinator,        \* what the coordinator has decided
    heard,              \* the managers whose "prepared" the coordinator has read
    sent                \* all messages ever sent

vars == <<manager, coordinator, heard, sent>>

Prepared(m) == [is |-> "prepared", from |-> m]
Verdict(v)  == [is |-> v]
Messages    == {Prepared(m) : m \in Managers} \cup {Verdict("commit"), Verdict("abort")}

Init == /\ manager = [m \in Managers |-> "working"]
        /\ coordinator = "waiting"
        /\ heard = {}
        /\ sent = {}

-----------------------------------------------------------------------------
\* The coordinator.

Hear(m) ==
    /\ coordinator = "waiting"
    /\ Prepared(m) \in sent
    /\ heard' = heard \cup {m}
    /\ UNCHANGED <<manager, coordinator, sent>>

Commit ==
    /\ coordinator = "waiting"
    /\ heard = Managers
    /\ coordinator' = "commit"
    /\ sent' = sent \cup {Verdict("commit")}
    /\ UNCHANGED <<manager, heard>>

Abort ==
    /\ coordinator = "waiting"
    /\ coordinator' = "abort"
    /\ sent' = sent \cup {Verdict("abort")}
    /\ UNCHANGED <<manager, heard>>

\* A manager.

Prepare(m) ==
    /\ manager[m] = "working"
    /\ manager' = [manager EXCEPT ![m] = "prepared"]
    /\ sent' = sent \cup {Prepared(m)}
    /\ UNCHANGED <<coordinator, heard>>

GiveUp(m) ==
    /\ manager[m] = "working"
    /\ manager' = [manager EXCEPT ![m] = "aborted"]
    /\ UNCHANGED <<coordinator, heard, sent>>

ObeyCommit(m) ==
    /\ Verdict("commit") \in sent
    /\ manager' = [manager EXCEPT ![m] = "committed"]
    /\ UNCHANGED <<coordinator, heard, sent>>

ObeyAbort(m) ==
    /\ Verdict("abort") \in sent
    /\ manager' = [manager EXCEPT ![m] = "aborted"]
    /\ UNCHANGED <<coordinator, heard, sent>>

Next == \/ Commit
        \/ Abort
        \/ \E m \in Managers :
              Hear(m) \/ Prepare(m) \/ GiveUp(m) \/ ObeyCommit(m) \/ ObeyAbort(m)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
AnyOrder == Permutations(Managers)

TypeOK == /\ manager \in [Managers -> {"working", "prepared", "committed", "aborted"}]
          /\ coordinator \in {"waiting", "commit", "abort"}
          /\ heard \subseteq Managers
          /\ sent \subseteq Messages

\* What it is all for.
Agreement == \A m, n \in Managers : ~(manager[m] = "committed" /\ manager[n] = "aborted")

\* Who was told to commit had prepared.
CommitMeansAllPrepared ==
    Verdict("commit") \in sent => \A m \in Managers : manager[m] \in {"prepared", "committed"}

OneVerdict == ~({Verdict("commit"), Verdict("abort")} \subseteq sent)

\* A decision is for ever: the coordinator's, and each manager's.
CoordinatorDecidesOnce == [][coordinator = "waiting"]_coordinator
ManagersDecideOnce ==
    [][\A m \in Managers : manager[m] \in {"committed", "aborted"} => manager'[m] = manager[m]]_manager

\* A manager that has prepared may not leave by itself.
PreparedWaitsForVerdict ==
    [][\A m \in Managers : manager[m] = "prepared" /\ manager'[m] # "prepared"
                             => coordinator # "waiting"]_manager
=============================================================================
