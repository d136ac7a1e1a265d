------------------------- MODULE NaturalsInduction -------------------------
(* Theorems can be used only in proofs, which are checked in form and not    *)
(* carried out: what remains of this module of the TLA+ Proof System is what *)
(* it extends.  Where it is extended, no name in a proof counts as unknown.  *)
EXTENDS Integers
=============================================================================
