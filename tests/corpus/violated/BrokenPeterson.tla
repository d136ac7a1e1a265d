--------------------------- MODULE BrokenPeterson ---------------------------
\* The flag is raised only after the turn was given away: both get in.
EXTENDS Integers
VARIABLES pc, flag, turn
Procs == {0, 1}
Goto(p, from, to) == pc[p] = from /\ pc' = [pc EXCEPT ![p] = to]
Init == pc = [p \in Procs |-> "idle"] /\ flag = [p \in Procs |-> FALSE] /\ turn = 0
Yield(p) == Goto(p, "idle", "raise") /\ turn' = 1 - p /\ UNCHANGED flag
Raise(p) == Goto(p, "raise", "wait") /\ flag' = [flag EXCEPT ![p] = TRUE] /\ UNCHANGED turn
Enter(p) == /\ ~flag[1 - p] \/ turn = p
            /\ Goto(p, "wait", "critical") /\ UNCHANGED <<flag, turn>>
Leave(p) == Goto(p, "critical", "idle") /\ flag' = [flag EXCEPT ![p] = FALSE] /\ UNCHANGED turn
Next == \E p \in Procs : Yield(p) \/ Raise(p) \/ Enter(p) \/ Leave(p)
Mutex == \E p \in Procs : pc[p] # "critical"
=============================================================================
