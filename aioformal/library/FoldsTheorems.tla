--------------------------- MODULE FoldsTheorems ----------------------------
(* Theorems can be used only in proofs, which are checked in form and not    *)
(* carried out: what remains of this module is what it extends.  Where it is *)
(* extended, no name in a proof counts as unknown.                           *)
EXTENDS Folds, FiniteSets
=============================================================================
