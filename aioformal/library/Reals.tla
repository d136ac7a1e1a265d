-------------------------------- MODULE Reals --------------------------------
(* Names for specifications that speak of real numbers, so that they can be  *)
(* read.  Nothing here can be evaluated beyond the integers.                 *)
EXTENDS Integers

Real == CHOOSE S : Int \subseteq S
Infinity == CHOOSE x : x \notin Real
a / b == CHOOSE c \in Real : b * c = a
=============================================================================
