------------------------------ MODULE Renamed ------------------------------
\* Next values that are given by another name: a parameter, a definition, a name of a LET.
EXTENDS Naturals
VARIABLES x, y, z, w
Following == y'
Give(variable, value) == variable' = value
Put(target, old) == target = (old + 1) % 3
Init == Put(x, 2) /\ LET me == y IN me = 0 /\ z = 0 /\ w = 0
Next == /\ Put(x', x)
        /\ Following \in {x', x}
        /\ LET here == z' IN here = [k \in {x'} |-> y'][x']
        /\ Give(w, z')
Spec == Init /\ [][Next]_<<x, y, z, w>>
Small == x < 3 /\ y < 3 /\ z = y /\ w = z
=============================================================================
