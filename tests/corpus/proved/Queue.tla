------------------------------- MODULE Queue -------------------------------
\* A bounded first-in-first-out queue of values that are numbered as they are sent.
EXTENDS Sequences, Naturals
CONSTANTS Bound, Values
VARIABLES queue, last
Init == queue = <<>> /\ last \in Values
Put == \E v \in Values : Len(queue) < Bound /\ queue' = Append(queue, v) /\ UNCHANGED last
Get == queue # <<>> /\ last' = Head(queue) /\ queue' = Tail(queue)
Next == Put \/ Get
Spec == Init /\ [][Next]_<<queue, last>>
TypeOK == queue \in Seq(Values) /\ last \in Values
Bounded == Len(queue) <= Bound
Fifo == [][Len(queue') < Len(queue) => <<last'>> \o queue' = queue]_<<queue, last>>
=============================================================================
