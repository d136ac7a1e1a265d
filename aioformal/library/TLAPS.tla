------------------------------- MODULE TLAPS -------------------------------
(* The TLA+ Proof System's module names proof tactics.  They can stand only  *)
(* in proofs, which are skipped, so that specifications that extend TLAPS    *)
(* need nothing from it.                                                     *)
=============================================================================
