------------------------------ MODULE TwoPhase ------------------------------
\* Two-phase commit with messages that are never lost: a set of records of two forms.
CONSTANT RM
VARIABLES rm, tm, prepared, msgs
vars == <<rm, tm, prepared, msgs>>

Messages == [type : {"prepared"}, from : RM] \cup [type : {"commit", "abort"}]

TypeOK == /\ rm \in [RM -> {"working", "prepared", "committed", "aborted"}]
          /\ tm \in {"init", "committed", "aborted"}
          /\ prepared \subseteq RM
          /\ msgs \subseteq Messages

Init == /\ rm = [r \in RM |-> "working"]
        /\ tm = "init" /\ prepared = {} /\ msgs = {}

Collect(r) == /\ tm = "init"
              /\ [type |-> "prepared", from |-> r] \in msgs
              /\ prepared' = prepared \cup {r}
              /\ UNCHANGED <<rm, tm, msgs>>
Decide == /\ tm = "init"
          /\ \/ prepared = RM /\ tm' = "committed" /\ msgs' = msgs \cup {[type |-> "commit"]}
             \/ tm' = "aborted" /\ msgs' = msgs \cup {[type |-> "abort"]}
          /\ UNCHANGED <<rm, prepared>>
Prepare(r) == /\ rm[r] = "working"
              /\ rm' = [rm EXCEPT ![r] = "prepared"]
              /\ msgs' = msgs \cup {[type |-> "prepared", from |-> r]}
              /\ UNCHANGED <<tm, prepared>>
GiveUp(r) == rm[r] = "working" /\ rm' = [rm EXCEPT ![r] = "aborted"] /\ UNCHANGED <<tm, prepared, msgs>>
Hear(r) == /\ \/ [type |-> "commit"] \in msgs /\ rm' = [rm EXCEPT ![r] = "committed"]
              \/ [type |-> "abort"] \in msgs /\ rm' = [rm EXCEPT ![r] = "aborted"]
           /\ UNCHANGED <<tm, prepared, msgs>>
Next == Decide \/ \E r \in RM : Collect(r) \/ Prepare(r) \/ GiveUp(r) \/ Hear(r)
Spec == Init /\ [][Next]_vars

Consistent == \A a, b \in RM : ~(rm[a] = "aborted" /\ rm[b] = "committed")
DecidedOnce == [][tm # "init" => tm' = tm]_tm
=============================================================================
