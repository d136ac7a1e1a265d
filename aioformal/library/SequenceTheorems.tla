-------------------------- MODULE SequenceTheorems --------------------------
(* Theorems can be used only in proofs, which are skipped: what remains of   *)
(* this module of the TLA+ Proof System is what it extends.                  *)
EXTENDS Sequences, Integers
=============================================================================
