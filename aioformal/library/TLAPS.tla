------------------------------- MODULE TLAPS -------------------------------
(* The TLA+ Proof System's module names proof tactics.  They can stand only  *)
(* in proofs, which are checked in form and not carried out, so that nothing *)
(* is defined here; where it is extended, no name in a proof counts as       *)
(* unknown.                                                                  *)
=============================================================================
