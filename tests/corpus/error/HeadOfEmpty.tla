---- MODULE HeadOfEmpty ----
EXTENDS Sequences, Naturals
VARIABLE q
Init == q = <<1, 2>>
Next == q' = Tail(q)
====
