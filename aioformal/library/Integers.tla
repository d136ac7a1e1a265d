------------------------------ MODULE Integers ------------------------------
(* Integers: those of Naturals, and negative ones.  The meaning is built in. *)
EXTENDS Naturals

Int == Nat
-. a == 0 - a
=============================================================================
