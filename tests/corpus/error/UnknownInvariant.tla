---- MODULE UnknownInvariant ----
VARIABLE x
Init == x = 0
Next == x' = x
TypeOK == x = 0
====
