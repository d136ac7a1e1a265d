------------------------------ MODULE Peterson ------------------------------
\* Peterson's mutual exclusion for two processes, one shared access a step.
EXTENDS Integers
VARIABLES pc, flag, turn
vars == <<pc, flag, turn>>
Procs == {0, 1}
Other(p) == 1 - p

Init == /\ pc = [p \in Procs |-> "idle"]
        /\ flag = [p \in Procs |-> FALSE]
        /\ turn = 0

Goto(p, from, to) == pc[p] = from /\ pc' = [pc EXCEPT ![p] = to]

Raise(p) == Goto(p, "idle", "yield") /\ flag' = [flag EXCEPT ![p] = TRUE] /\ UNCHANGED turn
Yield(p) == Goto(p, "yield", "wait") /\ turn' = Other(p) /\ UNCHANGED flag
Enter(p) == /\ ~flag[Other(p)] \/ turn = p
            /\ Goto(p, "wait", "critical")
            /\ UNCHANGED <<flag, turn>>
Leave(p) == Goto(p, "critical", "idle") /\ flag' = [flag EXCEPT ![p] = FALSE] /\ UNCHANGED turn

Next == \E p \in Procs : Raise(p) \/ Yield(p) \/ Enter(p) \/ Leave(p)
Spec == Init /\ [][Next]_vars /\ WF_vars(Next)

TypeOK == /\ pc \in [Procs -> {"idle", "yield", "wait", "critical"}]
          /\ flag \in [Procs -> BOOLEAN]
          /\ turn \in Procs
Mutex == \E p \in Procs : pc[p] # "critical"
Inductive == /\ \A p \in Procs : flag[p] <=> pc[p] # "idle"
             /\ \A p \in Procs : pc[p] = "critical" /\ pc[Other(p)] = "wait" => turn = p
             /\ Mutex
=============================================================================
