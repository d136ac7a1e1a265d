--------------------------- MODULE FoldsTheorems ----------------------------
(* Theorems can be used only in proofs, which are skipped: what remains of   *)
(* this module is what it extends.                                           *)
EXTENDS Folds, FiniteSets
=============================================================================
