-------------------------------- MODULE Lock --------------------------------
\* Two tasks and a lock that one of them may forget to take.
EXTENDS Naturals, FiniteSets

CONSTANTS Tasks, Careful

ASSUME Tasks # {}

VARIABLES pc, owner

Acquire(t) ==
    /\ pc[t] = "idle"
    /\ owner = {} \/ ~Careful
    /\ pc' = [pc EXCEPT ![t] = "critical"]
    /\ owner' = owner \cup {t}

Release(t) ==
    /\ pc[t] = "critical"
    /\ pc' = [pc EXCEPT ![t] = "idle"]
    /\ owner' = owner \ {t}

Init == pc = [t \in Tasks |-> "idle"] /\ owner = {}
Next == \E t \in Tasks : Acquire(t) \/ Release(t)
Spec == Init /\ [][Next]_<<pc, owner>>

TypeOK == pc \in [Tasks -> {"idle", "critical"}] /\ owner \subseteq Tasks
Mutex  == \A s, t \in Tasks : s # t => ~(pc[s] = "critical" /\ pc[t] = "critical")
OneWay == [][\A t \in owner : pc'[t] # pc[t]]_owner
=============================================================================
