---- MODULE NegatedRule ----
EXTENDS Naturals, Ordering
VARIABLES inside, calls
Init == inside = FALSE /\ calls = 0
Enter == ~inside /\ calls < 3 /\ inside' = TRUE /\ UNCHANGED calls
Leave == inside /\ inside' = FALSE /\ UNCHANGED calls
Call  == calls < 3 /\ calls' = calls + 1 /\ UNCHANGED inside
Next  == Enter \/ Leave \/ Call
Rule  == ~Within(Call, Enter, Leave)
====
