---- MODULE UnknownName ----
EXTENDS Naturals
VARIABLE counter
Init == counter = 0
Next == counter' = conter + 1
====
